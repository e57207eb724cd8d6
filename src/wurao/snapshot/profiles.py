"""The profiles of many numbers at once: what a batch that needs wishes and nothing else asks, and what is measured.

Numbers go in, profiles come out, those of whoever registered nothing as `DEFAULT_PROFILE`. A look-up waits for memory
twice, for its line and for its profile number, so three are under way in turn: of one number the bit is found and its
line asked for, of the one 16 before it the rank is found and its profile number asked for, of the one 32 before it the
profile is read. By then what was asked for is near; 16 is about what a core can wait for at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from wurao.compiled import compiled, prefetch
from wurao.snapshot.columns import Ints
from wurao.snapshot.pages import bit_of, find_rank, profile_number, rank_at
from wurao.wishes import DEFAULT_PROFILE

if TYPE_CHECKING:
    from wurao.snapshot.registry import Registry


def profiles_of(registry: Registry, numbers: Ints) -> Ints:
    """The profile of each number, with the snapshot's two bits."""
    profiles = np.empty(len(numbers), dtype=np.int64)
    _look_up(registry, numbers, profiles)
    return profiles


def _look_up_all(registry: Registry, numbers: Ints, profiles: Ints) -> None:
    count = len(numbers)
    for step in range(count + 32):
        if step < count:
            bit = bit_of(registry, int(np.int64(numbers[step])))
            profiles[step] = bit
            prefetch(registry.lines, bit >> 6)
        row = step - 16
        if row >= 0 and row < count:
            bit = int(np.int64(profiles[row]))
            rank = rank_at(registry, bit) if bit >= 0 else find_rank(registry, int(np.int64(numbers[row])))
            profiles[row] = rank
            prefetch(registry.profile_narrow, rank)
            prefetch(registry.profile_wide, rank)
        row = step - 32
        if row >= 0:
            rank = int(np.int64(profiles[row]))
            profiles[row] = registry.profiles[profile_number(registry, rank)] if rank >= 0 else DEFAULT_PROFILE


_look_up = compiled(_look_up_all)
