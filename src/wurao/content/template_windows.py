"""The windows by which templates are found: of each shape the stretch of fixed letters that fewest others have.

The columns of shapes that `template_index` has laid out come in; out come the table of windows with its filter, and the
shapes behind each. All windows of a shape's width are counted over all shapes first (by a hash of so many places that
few share one), so that 100,000 templates with one beginning are told apart by what differs. Every shape stands behind
one window, which makes the table small and means that a text tries each at most once.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from wurao.compiled import Bundle, compiled
from wurao.content.templates import BASE, POWERS, WIDTHS, mixed, window_key
from wurao.snapshot.hashing import make_filter, make_table

Arrays = dict[str, npt.NDArray[Any]]

_MOST_COUNTERS = 1 << 22


class _Windows(Bundle):
    """Shapes laid out, counters of windows, and room for the key and the width that each shape is found by."""

    columns = {  # noqa: RUF012 - declared ClassVar by Bundle
        "shapes": "i4",
        "pieces": "i4",
        "letters": "i4",
        "counters": "u4",
        "keys": "i8",
        "levels": "i4",
    }


def index_windows(laid: Arrays) -> Arrays:
    """The table of windows: of each shape the one that fewest others have."""
    shapes = len(laid["shapes"]) // 6
    counters = min(_MOST_COUNTERS, 1 << (2 * len(laid["letters"])).bit_length())
    windows = _Windows(
        shapes=laid["shapes"],
        pieces=laid["pieces"],
        letters=laid["letters"],
        counters=np.zeros(counters, dtype=np.uint32),
        keys=np.zeros(shapes, dtype=np.int64),
        levels=np.zeros(shapes, dtype=np.int32),
    )
    _choose(windows)
    keys, first, count = np.unique(windows.array("keys"), return_index=True, return_counts=True)
    postings = np.argsort(windows.array("keys"), kind="stable")
    first = np.cumsum(count) - count
    return {
        "windows": make_table(keys, first | count << 32),
        "filter": make_filter(keys),
        "postings": postings.astype(np.int32),
        "widths": np.bincount(windows.array("levels"), minlength=len(WIDTHS)).astype(np.int32),
    }


def _choose_all(windows: _Windows) -> None:
    for shape in range(len(windows.keys)):
        windows.levels[shape] = _level_of(windows, shape)
        _rarest(windows, shape, True)
    for shape in range(len(windows.keys)):
        windows.keys[shape] = _rarest(windows, shape, False)


def _level_of(windows: _Windows, shape: int) -> int:
    """The widest window that a piece of a shape is long enough for."""
    longest = 0
    first = windows.shapes[6 * shape]
    for piece in range(first, first + windows.shapes[6 * shape + 1] + 1):
        longest = max(longest, windows.pieces[3 * piece + 1])
    level = 0
    while WIDTHS[level] > longest:
        level += 1
    return level


def _rarest(windows: _Windows, shape: int, counting: bool) -> int:
    """The key of a shape's window that was counted least; or count each of its windows."""
    width, power = WIDTHS[windows.levels[shape]], POWERS[windows.levels[shape]]
    least, found = -1, 0
    first = windows.shapes[6 * shape]
    for piece in range(first, first + windows.shapes[6 * shape + 1] + 1):
        start, length = windows.pieces[3 * piece], windows.pieces[3 * piece + 1]
        for place in range(start, start + length - width + 1):
            so_far = np.uint64(0)
            for ahead in range(width):
                so_far = so_far * BASE + mixed(windows.letters[place + ahead])
            key = window_key(np.uint64(0), so_far, power)
            counter = key & (len(windows.counters) - 1)
            if counting:
                windows.counters[counter] += 1
            elif least < 0 or windows.counters[counter] < least:
                least, found = windows.counters[counter], key
    return found


_choose = compiled(_choose_all)
