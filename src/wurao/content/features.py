"""What the classifier sees of a text: hashed n-grams of its units, and signs: groups of words, and what was found.

Units (`units`) of a text go in; out come keys of n-grams (to three units; of Latin ones to five, so that a word is
seen whole) and how often each sign stands there. `Column` has them for many texts, one after the other: what training
takes. Called by `training` and, a text at a time, by `scoring`.
"""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from wurao.compiled import Bundle, View, apart, compiled
from wurao.content.folding import fold, octets_of, room_for, scratch_for
from wurao.content.folding_tables import Folding, folding_tables
from wurao.content.letters import kinds
from wurao.content.units import BOUNDARY, is_latin, spell
from wurao.content.words import Group, WordTable, count_words, word_table

N = 3
N_LATIN = 5
_MULTIPLY = np.uint64(0xD6E8FEB86659FD93)
_FOLD = np.uint64(32)
_KEY = np.uint64(24)
"""A key is the upper 40 bits."""


class Column(Bundle):
    """The features of a column of texts."""

    columns: ClassVar[dict[str, str]] = {
        "data": "u1",
        "places": "i8",
        "scratch": "i4",
        "points": "i4",
        "kinds": "u1",
        "units": "i4",
        "seen": "i4",
        "keys": "i8",
        "key_offsets": "i8",
        "counts": "i4",
    }

    data: View
    places: View
    scratch: View
    points: View
    kinds: View
    units: View
    seen: View
    keys: View
    """Of n-grams, all texts' one after the other."""
    key_offsets: View
    counts: View
    """Texts times groups."""


def features_of(texts: Any, given: tuple[Group, ...]) -> Column:
    """The features of an Arrow column of texts."""
    data, places = octets_of(texts)
    rows, longest = len(places) - 1, int(np.max(places[1:] - places[:-1], initial=0))
    table = word_table(given)
    column = Column(
        data=data,
        places=places,
        scratch=np.empty(scratch_for(longest), np.int32),
        points=np.empty(room_for(longest), np.int32),
        kinds=kinds(),
        units=np.empty(2 * room_for(longest), np.int32),
        seen=np.zeros(len(table.group_of), np.int32),
        keys=np.empty(N_LATIN * 2 * len(data) + N_LATIN, np.int64),
        key_offsets=np.zeros(rows + 1, np.int64),
        counts=np.zeros(rows * len(given), np.int32),
    )
    _read_all(folding_tables(), table, column, len(given))
    return column


def _read_each(folding: Folding, table: WordTable, column: Column, groups: int) -> None:
    at = 0
    for row in range(len(column.places) - 1):
        n = fold(folding, column.data, column.places[row], column.places[row + 1], column.scratch, column.points)
        count = spell(column.kinds, column.points, n, column.units)
        count_words(table, column.units, count, column.seen, row + 1, column.counts, row * groups)
        at += write_keys(column.units, count, column.keys, at)
        column.key_offsets[row + 1] = at


_read_all = compiled(_read_each)


@apart
def write_keys(units: View, n: int, keys: View, at: int) -> int:
    """Write the keys of all n-grams of the first `n` units from `at` on; how many."""
    first = at
    for begin in range(n):
        hashed = np.uint64(0)
        all_latin = True
        for size in range(N_LATIN):
            if begin + size >= n:
                break
            unit = units[begin + size]
            all_latin = all_latin and (is_latin(unit) or unit == BOUNDARY)
            if size >= N and not all_latin:
                break
            hashed = (hashed ^ np.uint64(unit)) * _MULTIPLY
            hashed ^= hashed >> _FOLD
            keys[at] = np.int64(hashed >> _KEY)
            at += 1
    return at - first
