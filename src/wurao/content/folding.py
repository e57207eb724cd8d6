"""A message's octets to its plain text: what a person reads in them, whatever they were disguised as.

In go the octets of a UTF-8 column, out come points (int32), one for each character of the plain text. In this order:
NFKC; format characters, fillers and marks that stand alone dropped, controls and blanks made a space; look-alikes
folded to what they look like, capitals made small; traditional made simplified (docs/decisions/0013). Punctuation and
symbols stay. `fold` is for compiled callers, one text each; `fold_texts` for a column; `folding_plain` says the
same in plain Python.

One look-up a character says all that is to be done with nearly every one. A character that may change the one before
it (a mark, a Hangul vowel) sends both through `folding_composition`; a text with a traditional character or the mark of
a phrase goes through `folding_simplified` once more. Nothing is allocated, and no octet is read more than a few times.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from wurao.compiled import Bundle, View, apart, compiled
from wurao.content.folding_composition import CLASSES, compose, decompose, put_in_order
from wurao.content.folding_layout import (
    BLOCK_MASK,
    BLOCK_SHIFT,
    DELTA_SHIFT,
    EXPANDS,
    JOINS,
    KEPT,
    POINT_MASK,
    POINTS_PER_OCTET,
    TRADITIONAL,
)
from wurao.content.folding_octets import next_point
from wurao.content.folding_simplified import simplify
from wurao.content.folding_tables import Folding, folding_tables

LONGEST_FIRST = 18
"""So many the first point of a stretch may give by itself (U+FDFA); those that join it, two for two octets at most."""


def room_for(octets: int) -> int:
    """How many points `points` must have room for, for a text of so many octets; none gives more."""
    return POINTS_PER_OCTET * octets + 1


def scratch_for(octets: int) -> int:
    """How many int32 `scratch` must have, for a text of so many octets."""
    return CLASSES + 2 * (2 * octets + LONGEST_FIRST)


@apart
def fold(tables: Folding, data: View, start: int, end: int, scratch: View, points: View) -> int:
    """Write the plain text of `data[start:end]` (uint8) to `points` (int32); how many points it has.

    `scratch` (int32) has room for `scratch_for`, `points` for `room_for` the text's octets; what is in them does not
    matter.
    Octets that are no UTF-8 become U+FFFD as Python's `errors="replace"` makes them.
    """
    count, _ = fold_and_tell(tables, data, start, end, scratch, points)
    return count


@apart
def fold_and_tell(tables: Folding, data: View, start: int, end: int, scratch: View, points: View) -> tuple[int, int]:
    """The same, and all bits that the entries of the text's points have (`folding_layout`)."""
    at, count, seen = start, 0, 0
    before, count_before = start, 0
    while at < end:
        point, after = next_point(data, at, end)
        entry = entry_of(tables, point)
        seen |= entry
        if entry & (JOINS | EXPANDS) == 0:
            before, count_before = at, count
            points[count] = point + (entry >> DELTA_SHIFT)
            count += entry & KEPT
            at = after
        elif entry & EXPANDS != 0:
            before, count_before = at, count
            count = _expand(tables, entry >> DELTA_SHIFT, points, count)
            at = after
        else:
            at, last = _gather(tables, data, before, end, scratch)
            count, more = _join(tables, scratch, last, points, count_before)
            seen |= more
            before, count_before = at, count
    if seen & TRADITIONAL != 0:
        simplify(tables, points, count)
    return count, seen


def entry_of(tables: Folding, point: int) -> int:
    """What the tables say of a point, as `folding_layout` has it."""
    return tables.entries[tables.blocks[point >> BLOCK_SHIFT] << BLOCK_SHIFT | point & BLOCK_MASK]


def _expand(tables: Folding, place: int, points: View, count: int) -> int:
    for n in range(place + 1, place + 1 + tables.expansions[place]):
        points[count] = tables.expansions[n]
        count += 1
    return count


@apart
def _gather(tables: Folding, data: View, at: int, end: int, scratch: View) -> tuple[int, int]:
    """Decompose into `scratch` the point that begins at an octet and all that join it; the octet and place behind."""
    point, at = next_point(data, at, end)
    last = decompose(tables, point, scratch, CLASSES)
    while at < end:
        point, after = next_point(data, at, end)
        if entry_of(tables, point) & JOINS == 0:
            break
        last = decompose(tables, point, scratch, last)
        at = after
    return at, last


@apart
def _join(tables: Folding, scratch: View, last: int, points: View, count: int) -> tuple[int, int]:
    """Compose what was gathered and write what it folds to; how many points there are, and their entries' bits."""
    seen = 0
    put_in_order(scratch, CLASSES, last, CLASSES + ((len(scratch) - CLASSES) >> 1))
    for at in range(CLASSES, compose(tables, scratch, CLASSES, last)):
        point = scratch[at] & POINT_MASK
        entry = entry_of(tables, point)
        seen |= entry
        points[count] = point + (entry >> DELTA_SHIFT)
        count += entry & KEPT
    return count, seen


class _Texts(Bundle):
    """A column of texts on its way through `fold`."""

    columns: ClassVar[dict[str, str]] = {
        "data": "uint8",
        "places": "int64",
        "scratch": "int32",
        "points": "int32",
        "found": "int32",
        "offsets": "int64",
    }


def fold_texts(column: Any) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int64]]:
    """The plain texts of an Arrow column of strings or octets, one after the other, and where each begins.

    Offsets are one more than rows; a null is an empty text. TypeError for a column of anything else.
    """
    data, places = octets_of(column)
    longest = int(np.max(places[1:] - places[:-1], initial=0))
    scratch, points = np.empty(scratch_for(longest), np.int32), np.empty(room_for(longest), np.int32)
    found = np.empty(len(data) + 1, np.int32)
    offsets = np.zeros(len(places), np.int64)
    row = 0
    while row < len(places) - 1:
        texts = _Texts(data=data, places=places, scratch=scratch, points=points, found=found, offsets=offsets)
        row = _fold_rows(folding_tables(), texts, row)
        if row < len(places) - 1:
            found = np.concatenate([found, np.empty(len(found) + len(points), np.int32)])
    return found[: offsets[-1]], offsets


def octets_of(column: Any) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64]]:
    """The octets of all rows, without those of nulls, and where each row begins."""
    import pyarrow as pa

    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if not any(is_that(column.type) for is_that in _text_types()):
        raise TypeError(f"a column of {column.type} holds no texts; give strings")
    column = column.cast(pa.large_binary()).fill_null(b"")
    _, places, data = column.buffers()
    offsets = np.frombuffer(places, np.int64)[column.offset :][: len(column) + 1] if len(column) else np.zeros(1, int)
    return np.frombuffer(data if data is not None else b"", np.uint8), np.ascontiguousarray(offsets, np.int64)


def _text_types() -> tuple[Callable[[Any], bool], ...]:
    from pyarrow import types

    return types.is_string, types.is_large_string, types.is_binary, types.is_large_binary, types.is_null


def warm() -> None:
    """Compile what this module compiles."""
    import pyarrow as pa

    fold_texts(pa.array(["e\u0301"]))


def _fold_each(tables: Folding, texts: _Texts, row: int) -> int:
    """Fold rows from `row` on until one has no room left in `found`; the row to go on with."""
    while row < len(texts.places) - 1:
        count = fold(tables, texts.data, texts.places[row], texts.places[row + 1], texts.scratch, texts.points)
        begin = texts.offsets[row]
        if begin + count > len(texts.found):
            return row
        for n in range(count):
            texts.found[begin + n] = texts.points[n]
        texts.offsets[row + 1] = begin + count
        row += 1
    return row


_fold_rows = compiled(_fold_each)
