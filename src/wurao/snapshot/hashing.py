"""Open-addressing tables of int64: how they are filled when a snapshot is built, and how a key is found.

A table is one flat column; an entry takes `words` of it, the first of which is the key. Its places are a power of
two, at most half of them taken, and the next place is tried when one is taken: a look-up that finds nothing touches one
cache line most of the time. Keys are not negative, so -1 marks a free place.

A filter is bits: one that is not set says that a key is none of those it was made of. It stays near where a table
would not, so that who is not in an overlay, as most are not, costs no wait for memory.
"""

from __future__ import annotations

from typing import TypeVar

import numpy as np
import numpy.typing as npt

from wurao.compiled import Bundle, View, compiled

Keys = TypeVar("Keys", np.uint64, npt.NDArray[np.uint64])
FREE = -1
FEW = 1_000
"""Up to so many keys are placed without compiled code, which takes longer to load."""
_FOLD = np.uint64(32)
_SPREAD = np.uint64(0x9E3779B97F4A7C15)
_FOLD_AGAIN = np.uint64(29)
_WORD, _IN_WORD, _ONE = np.uint64(6), np.uint64(63), np.uint64(1)


def spread(key: int) -> np.uint64:
    """Mix a key so that neighbouring numbers lie far apart; wraps on purpose."""
    return mixed(np.uint64(key))


def mixed(keys: Keys) -> Keys:
    """The same of a key or a column of keys that are unsigned."""
    folded = (keys ^ (keys >> _FOLD)) * _SPREAD
    return folded ^ (folded >> _FOLD_AGAIN)


def home(table: View, words: int, key: int) -> int:
    """Where a key's entry begins if its place is not taken by another; 0 in an empty table."""
    places = len(table) // words
    if places == 0:
        return 0
    return int(np.int64(spread(key) & np.uint64(places - 1))) * words


def find(table: View, words: int, key: int) -> int:
    """Where the entry of a key begins, or -1; bounded by the table's size even when the table is damaged."""
    places = len(table) // words
    if places == 0:
        return -1
    place = int(np.int64(spread(key) & np.uint64(places - 1)))
    for _ in range(places):
        found = table[place * words]
        if found == key:
            return place * words
        if found == -1:
            return -1
        place = (place + 1) & (places - 1)
    return -1


def may_hold(bits: View, key: int) -> bool:
    """Whether a filter was made of a key, or (one in sixteen) of others that look like it."""
    words = len(bits)
    if words == 0:
        return False
    place = spread(key) & np.uint64(words * 64 - 1)
    return ((bits[int(np.int64(place >> _WORD))] >> (place & _IN_WORD)) & _ONE) == _ONE


def make_filter(keys: npt.NDArray[np.int64]) -> npt.NDArray[np.uint64]:
    """The filter of some keys, sixteen bits for each; an empty one for no keys."""
    if not len(keys):
        return np.empty(0, dtype=np.uint64)
    bits = np.zeros(1 << int(len(keys) * 16 // 64).bit_length(), dtype=np.uint64)
    place = mixed(keys.astype(np.uint64)) & np.uint64(len(bits) * 64 - 1)
    np.bitwise_or.at(bits, (place >> _WORD).astype(np.int64), _ONE << (place & _IN_WORD))
    return bits


def places_in(table: npt.NDArray[np.int64], words: int, keys: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Where the entry of each key begins in a table, -1 where it has none."""
    places = np.empty(len(keys), dtype=np.int64)
    _find_all(_Sought(table=table, keys=keys, places=places), words)
    return places


def among(table: npt.NDArray[np.int64], words: int, keys: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Which of some keys a table has."""
    found: npt.NDArray[np.bool_] = places_in(table, words, keys) >= 0
    return found


class _Sought(Bundle):
    """A table, keys, and room for where it has them."""

    columns = {"table": "i8", "keys": "i8", "places": "i8"}  # noqa: RUF012 - declared ClassVar by Bundle


def _find_each(sought: _Sought, words: int) -> None:
    for row in range(len(sought.keys)):
        sought.places[row] = find(sought.table, words, sought.keys[row])


def make_table(keys: npt.NDArray[np.int64], *columns: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """The table of distinct keys, each followed by its columns' values; an empty one for no keys."""
    words = 1 + len(columns)
    if not len(keys):
        return np.empty(0, dtype=np.int64)
    table = np.full(_places_for(len(keys)) * words, FREE, dtype=np.int64)
    _put(table, words, keys, columns)
    return table


def table_with(
    table: npt.NDArray[np.int64], keys: npt.NDArray[np.int64], *columns: npt.NDArray[np.int64]
) -> npt.NDArray[np.int64]:
    """A table with some distinct keys put into it, each over its entry where it has one; the table itself is left."""
    words = 1 + len(columns)
    if not len(keys):
        return table
    entries = table.reshape(-1, words)
    held = int(np.count_nonzero(entries[:, 0] != FREE))
    if 2 * (held + len(keys)) <= len(entries):
        grown = table.copy()
    else:
        grown = np.full(_places_for(2 * (held + len(keys))) * words, FREE, dtype=np.int64)
        entries = entries[entries[:, 0] != FREE]
        _put(grown, words, entries[:, 0], tuple(entries[:, 1:].T))
    _put(grown, words, keys, columns)
    return grown


def _places_for(keys: int) -> int:
    return 1 << int(2 * keys - 1).bit_length()


def _put(
    table: npt.NDArray[np.int64],
    words: int,
    keys: npt.NDArray[np.int64],
    columns: tuple[npt.NDArray[np.int64], ...],
) -> None:
    place = _place_keys if len(keys) > FEW else _take_places
    with np.errstate(over="ignore"):
        taken = place(table, words, np.ascontiguousarray(keys, dtype=np.int64))
    for number, column in enumerate(columns, start=1):
        table[taken + number] = column


def _take_places(table: npt.NDArray[np.int64], words: int, keys: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Where each key's entry begins, those that have none given one."""
    places = len(table) // words
    taken = np.empty(len(keys), dtype=np.int64)
    for row in range(len(keys)):
        place = np.int64(spread(int(keys[row])) & np.uint64(places - 1))
        while table[place * words] != -1 and table[place * words] != keys[row]:
            place = (place + 1) & (places - 1)
        table[place * words] = keys[row]
        taken[row] = place * words
    return taken


_place_keys = compiled(_take_places)
_find_all = compiled(_find_each)


def warm() -> None:
    """Compile the look-up of many keys."""
    nothing = np.empty(0, dtype=np.int64)
    among(nothing, 2, nothing)
