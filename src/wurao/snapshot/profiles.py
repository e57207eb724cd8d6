"""The profiles of many numbers at once: what a batch that needs wishes and nothing else asks, and what is measured.

Numbers go in, profiles come out, those of whoever registered nothing as `DEFAULT_PROFILE`. A look-up waits for memory
twice, for its line and for its profile number, so a block of them is taken in three steps: ask for every line, then
find every rank and ask for its profile number, then read the profiles. By then what was asked for is near.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from wurao.compiled import compiled, prefetch
from wurao.snapshot.columns import Ints
from wurao.snapshot.pages import find_rank, profile_number
from wurao.wishes import DEFAULT_PROFILE

if TYPE_CHECKING:
    from wurao.snapshot.registry import Registry

AT_ONCE = 64
"""So many look-ups are under way together: more than a core can wait for at a time, few enough to stay near."""


def profiles_of(registry: Registry, numbers: Ints) -> Ints:
    """The profile of each number, with the snapshot's two bits."""
    profiles = np.empty(len(numbers), dtype=np.int64)
    _look_up(registry, numbers, profiles)
    return profiles


def _look_up_all(registry: Registry, numbers: Ints, profiles: Ints) -> None:
    for first in range(0, len(numbers), 64):
        last = min(first + 64, len(numbers))
        for row in range(first, last):
            ask_for_line(registry, int(np.int64(numbers[row])))
        for row in range(first, last):
            rank = find_rank(registry, int(np.int64(numbers[row])))
            profiles[row] = rank
            prefetch(registry.profile_narrow, rank)
            prefetch(registry.profile_wide, rank)
        for row in range(first, last):
            rank = int(np.int64(profiles[row]))
            profiles[row] = registry.profiles[profile_number(registry, rank)] if rank >= 0 else DEFAULT_PROFILE


def ask_for_line(registry: Registry, number: int) -> None:
    """Bring the line near that says whether a mobile number registered anything; of another number, nothing."""
    value = number & 576460752303423487
    segment = value // 10_000 - 861_300_000
    if (number >> 59) == 2 and segment >= 0 and segment < len(registry.segment_page):
        page = registry.segment_page[segment]
        prefetch(registry.lines, ((page - 1) * 10_000 + value % 10_000) // 480 * 8)


_look_up = compiled(_look_up_all)
