"""What the classifier sees of a text: hashed n-grams of its units, and signs: groups of words, and what was found.

Units (`units`) of a text go in; out come keys of n-grams (to three units; of Latin ones to five, so that a word is
seen whole), each once, and how often each sign stands there. `features_of` does so for a column, such as training
takes; `judging` for a text at a time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from wurao.compiled import Bundle, View, apart, compiled
from wurao.content.finds import FindKind, Finds, FindTables, find_all, find_tables
from wurao.content.folding import fold, octets_of, room_for, scratch_for
from wurao.content.folding_tables import Folding, folding_tables
from wurao.content.letters import kinds
from wurao.content.units import BOUNDARY, is_latin, spell
from wurao.content.words import WordTable, count_words

FOUND = tuple(kind.name.lower() for kind in FindKind)
"""The signs that stand behind the groups of words."""
N = 3
N_LATIN = 5
LAST = 4096
"""So many places remember which n-grams a text has had."""
_MULTIPLY = np.uint64(0xD6E8FEB86659FD93)
_FOLD = np.uint64(32)
_KEY = np.uint64(24)
"""A key is the upper 40 bits."""
_KEY_BITS = 40
_SERIALS = (1 << 23) - 1
_FOUND = len(FOUND)


@dataclass(frozen=True, slots=True)
class Features:
    """The features of a column of texts."""

    keys: npt.NDArray[np.int64]
    """Of n-grams, all texts' one after the other."""
    offsets: npt.NDArray[np.int64]
    """Where each text's keys begin, and where the last one's end."""
    signs: npt.NDArray[np.int32]
    """Texts × signs: how many different words of a group, how many finds of a kind."""


class _Column(Bundle):
    """A column on its way, and room for the longest text."""

    columns: ClassVar[dict[str, str]] = {
        "data": "u1",
        "places": "i8",
        "scratch": "i4",
        "points": "i4",
        "kinds": "u1",
        "units": "i4",
        "seen": "i4",
        "last": "i8",
        "keys": "i8",
        "offsets": "i8",
        "signs": "i4",
    }


def features_of(texts: Any, words: WordTable, groups: int) -> Features:
    """The features of an Arrow column of texts, by the words of so many groups."""
    data, places = octets_of(texts)
    rows, longest = len(places) - 1, int(np.max(places[1:] - places[:-1], initial=0))
    keys, offsets = np.empty(N_LATIN * 2 * (len(data) + 1), np.int64), np.zeros(rows + 1, np.int64)
    signs = np.zeros(rows * (groups + _FOUND), np.int32)
    column = _Column(
        data=data,
        places=places,
        scratch=np.empty(scratch_for(longest), np.int32),
        points=np.empty(room_for(longest), np.int32),
        kinds=kinds(),
        units=np.empty(2 * room_for(longest), np.int32),
        seen=np.zeros(len(words.group_of), np.int32),
        last=np.zeros(LAST, np.int64),
        keys=keys,
        offsets=offsets,
        signs=signs,
    )
    _read_all(folding_tables(), find_tables(), Finds.empty(), words, column, groups)
    return Features(keys[: offsets[-1]].copy(), offsets, signs.reshape(rows, groups + _FOUND))


def _read_each(
    folding: Folding, tables: FindTables, finds: Finds, words: WordTable, column: _Column, groups: int
) -> None:
    at = 0
    for row in range(len(column.places) - 1):
        n = fold(folding, column.data, column.places[row], column.places[row + 1], column.scratch, column.points)
        find_all(tables, column.points, n, finds)
        count = spell(column.kinds, column.points, n, column.units)
        base = row * (groups + _FOUND)
        count_signs(words, column.units, count, finds, column.seen, row + 1, column.signs, base, groups)
        at += write_keys(column.units, count, column.keys, at, column.last, row + 1)
        column.offsets[row + 1] = at


_read_all = compiled(_read_each)


def count_signs(
    words: WordTable,
    units: View,
    n: int,
    finds: Finds,
    seen: View,
    serial: int,
    signs: View,
    base: int,
    groups: int,
) -> None:
    """Add to `signs`, from `base` on, how often each of them stands in a text: groups first, then finds."""
    count_words(words, units, n, seen, serial, signs, base)
    for kind in range(_FOUND):
        signs[base + groups + kind] = finds.counts[kind]


@apart
def write_keys(units: View, n: int, keys: View, at: int, last: View, serial: int) -> int:
    """Write the keys of all n-grams of the first `n` units from `at` on, each once; how many.

    `last` remembers at each of its places the key that came there last, and in which text (`serial`), so that one
    repeated in a text is left out (one that another has driven off meanwhile is written again).
    """
    first = at
    text = (serial & _SERIALS) << _KEY_BITS
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
            hashed = _mixed(hashed, unit)
            key = np.int64(hashed >> _KEY)
            if last[key & (LAST - 1)] != text | key:
                last[key & (LAST - 1)] = text | key
                keys[at] = key
                at += 1
    return at - first


def _mixed(hashed: np.uint64, unit: int) -> np.uint64:
    more = (hashed ^ np.uint64(unit)) * _MULTIPLY
    return more ^ (more >> _FOLD)


def key_of(units: list[int]) -> int:
    """The key of one n-gram."""
    hashed = np.uint64(0)
    with np.errstate(over="ignore"):
        for unit in units:
            hashed = _mixed(hashed, unit)
    return int(hashed >> _KEY)
