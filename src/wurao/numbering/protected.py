"""Protected numbers: which numbers no order may block, and which only with a second person (DESIGN 5; FIELD, Numbers).

In goes a Number or a Prefix, out comes a tier. The list is `protected.csv`, with a source for each entry. `tier_of` and
`holds_protected` answer one question uncompiled; compiled code gets `protected_arrays()` and asks `tier_in`. Since
0351-110 is read as 110, it is 110 here as well.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from wurao.numbering.data_files import rows_of
from wurao.numbering.number import HOME_SPACE, Kind, length_of, pack, prefix_of, starts_with
from wurao.numbering.parse import parse_text

SHORT = Kind.SHORT.value
FREEPHONE = Kind.FREEPHONE.value

SHORTEST_PREFIX = 5
LONGEST_PREFIX = 6
"""An entry with extensions has so many digits, so `tier_in` asks for no other lengths."""


class Tier(IntEnum):
    """How far a number is protected. The integers are part of the stored format."""

    NONE = 0
    PROTECTED = 1
    NEVER = 2


@dataclass(frozen=True, slots=True)
class ProtectedNumber:
    """One entry: a Number, whether its holder's extensions are meant too, tier, names, where that is written."""

    number: int
    with_extensions: bool
    tier: Tier
    name_zh: str
    name_en: str
    source: str


@functools.cache
def protected_numbers() -> tuple[ProtectedNumber, ...]:
    """All entries, in the order of the file."""
    return tuple(
        ProtectedNumber(
            number=parse_text(row["number"]),
            with_extensions=row["match"] == "prefix",
            tier=Tier[row["tier"].upper()],
            name_zh=row["name_zh"],
            name_en=row["name_en"],
            source=row["source"],
        )
        for row in rows_of("protected.csv")
    )


@functools.cache
def protected_arrays() -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int8]]:
    """What `tier_in` takes: Numbers and, for extensions, Prefixes in rising order, and the tier of each."""
    tiers = {}
    for entry in protected_numbers():
        tiers[entry.number] = entry.tier
        if entry.with_extensions:
            tiers[prefix_of(entry.number, length_of(entry.number))] = entry.tier
    keys = np.array(sorted(tiers), dtype=np.int64)
    return keys, np.array([tiers[int(key)] for key in keys], dtype=np.int8)


def tier_of(number: int) -> Tier:
    """The tier of one Number."""
    return Tier(tier_in(int(number), *protected_arrays()))


def tier_in(number: int, keys: npt.NDArray[np.int64], tiers: npt.NDArray[np.int8]) -> int:
    """The tier of a Number among `protected_arrays()`: 0 none, 1 protected, 2 never. Plain scalar code."""
    kind = number >> 59
    if kind != SHORT and kind != FREEPHONE:
        return 0
    tier = _tier_at(number, keys, tiers)
    length = min(length_of(number) - 1, LONGEST_PREFIX)
    while tier == 0 and length >= SHORTEST_PREFIX:
        tier = _tier_at(prefix_of(number, length), keys, tiers)
        length -= 1
    return tier


def holds_protected(prefix: int) -> Tier:
    """The highest tier of any number that begins with a Prefix: what an order on it would touch."""
    touched = Tier.NONE
    for entry in protected_numbers():
        length = length_of(entry.number)
        is_held = starts_with(entry.number, prefix)
        is_extension = entry.with_extensions and _begins_like(prefix, prefix_of(entry.number, length))
        if is_held or is_extension:
            touched = max(touched, entry.tier)
    return touched


def entry_of(number: int) -> ProtectedNumber | None:
    """The entry that protects a Number; null where none does."""
    for entry in protected_numbers():
        whole = prefix_of(entry.number, length_of(entry.number))
        if number == entry.number or (entry.with_extensions and starts_with(number, whole)):
            return entry
    return None


def _begins_like(prefix: int, shorter: int) -> bool:
    """Whether a Prefix at home begins with another one."""
    digits = str(prefix & ((1 << 59) - 1))
    return prefix >> 59 == HOME_SPACE and digits.startswith(str(shorter - pack(HOME_SPACE, 0)))


def _tier_at(key: int, keys: npt.NDArray[np.int64], tiers: npt.NDArray[np.int8]) -> int:
    low, high = 0, len(keys)
    while low < high:
        middle = (low + high) // 2
        if int(keys[middle]) < key:
            low = middle + 1
        else:
            high = middle
    return int(tiers[low]) if low < len(keys) and int(keys[low]) == key else 0
