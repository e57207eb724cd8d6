"""Ways to keep a profile number for each subscriber, measured at the province's density: bytes and look-ups a second.

`python -m benchmarks.wish_alternatives [--scale N]` prints the table of docs/decisions/0002-wish-pages.md. Every way is
asked the same numbers, half of them registered, one after another (but for the batch), so that what differs is
the layout; and every way must give the same answers.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.columns import Ints
from benchmarks.rounds import seconds_of
from benchmarks.workload import PROFILES, SEGMENTS, SUBSCRIBERS, subscriber_numbers
from wurao.compiled import compiled
from wurao.snapshot.hashing import find, make_table
from wurao.snapshot.pages import build_ranks, find_rank, profile_number, ranks_of
from wurao.snapshot.profiles import profiles_of
from wurao.snapshot.registry import Registry, empty_arrays
from wurao.wishes import DEFAULT_PROFILE

ASKED = 4_000_000
NOBODY = 65_535
VALUE = (1 << 59) - 1
FIRST_SEGMENT = 861_300_000

Numbers16 = npt.NDArray[np.uint16]


@dataclass(frozen=True, slots=True)
class Way:
    """One way: what it is, how many bytes it takes, and how it fills in what was asked."""

    name: str
    size: int
    look_up: Callable[[Ints, Ints], None]


def main() -> None:
    """Print a row for each way."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=int, default=1)
    scale = parser.parse_args().scale
    rng = np.random.default_rng(1)
    numbers = subscriber_numbers(rng, SUBSCRIBERS // scale, max(1, SEGMENTS // scale))
    profiles = rng.integers(0, PROFILES, len(numbers)).astype(np.uint16)
    half = ASKED // 2
    there, near = (numbers[rng.integers(0, len(numbers), half)] for _ in range(2))
    asked = rng.permutation(np.concatenate([there, near // 10_000 * 10_000 + rng.integers(0, 10_000, half)]))
    expected: Ints | None = None
    print("| way | bytes a subscriber | look-ups a second |")
    print("| --- | --- | --- |")
    for make in (pages_with_ranks, batched, plain_pages, hash_table, sorted_array, two_level):
        way = make(numbers, profiles)
        found, best = _measured(way, asked)
        expected = found if expected is None else expected
        if not np.array_equal(found, expected):
            raise AssertionError(f"{way.name} answers otherwise")
        print(f"| {way.name} | {way.size / len(numbers):.2f} | {len(asked) / best / 1e6:.1f} million |", flush=True)


def _measured(way: Way, asked: Ints) -> tuple[Ints, float]:
    """What was found, and the seconds of the best of three rounds."""
    found = np.empty(len(asked), dtype=np.int64)
    way.look_up(asked, found)
    return found, min(seconds_of(lambda: way.look_up(asked, found)) for _ in range(3))


def pages_with_ranks(numbers: Ints, profiles: Numbers16) -> Way:
    """As built: a bitmap of 480 places a line with its rank beside, profile numbers by rank."""
    registry = _registry(numbers, profiles)
    return Way(
        "bitmap with ranks, 480 places a line (as built)", _size(registry), lambda a, f: _by_rank(registry, a, f)
    )


def batched(numbers: Ints, profiles: Numbers16) -> Way:
    """The same, many at once."""
    registry = _registry(numbers, profiles)

    def look_up(asked: Ints, found: Ints) -> None:
        found[:] = profiles_of(registry, asked)

    return Way("the same, asked in batch", _size(registry), look_up)


def _registry(numbers: Ints, profiles: Numbers16) -> Registry:
    arrays, total = build_ranks([numbers])
    registry = Registry(**empty_arrays() | arrays)
    by_rank = np.empty(total, dtype=np.uint16)
    by_rank[ranks_of(registry, numbers)] = profiles
    table = np.arange(PROFILES, dtype=np.int64)
    return Registry(**empty_arrays() | arrays | {"profile_narrow": by_rank, "profiles": table})


def _size(registry: Registry) -> int:
    return sum(registry.array(n).nbytes for n in ("segment_page", "lines", "profile_narrow", "profiles", "scattered"))


def plain_pages(numbers: Ints, profiles: Numbers16) -> Way:
    """16 bits for each of a segment's 10,000 numbers."""
    segments = (numbers & VALUE) // 10_000 - FIRST_SEGMENT
    present = np.unique(segments)
    page = np.zeros(700_000, dtype=np.int32)
    page[present] = np.arange(1, len(present) + 1)
    places = np.full(len(present) * 10_000, NOBODY, dtype=np.uint16)
    places[(page[segments] - 1).astype(np.int64) * 10_000 + (numbers & VALUE) % 10_000] = profiles
    return Way("plain pages, 10,000 × 16 bits", page.nbytes + places.nbytes, lambda a, f: _in_page(page, places, a, f))


def hash_table(numbers: Ints, profiles: Numbers16) -> Way:
    """Open addressing, number and profile number in 16 bytes, at most half full."""
    table = make_table(numbers, profiles.astype(np.int64))
    return Way("hash table", table.nbytes, lambda a, f: _in_table(table, a, f))


def sorted_array(numbers: Ints, profiles: Numbers16) -> Way:
    """Sorted numbers and a binary search."""
    order = np.argsort(numbers)
    keys, values = numbers[order], profiles[order]
    return Way("sorted array, binary search", keys.nbytes + values.nbytes, lambda a, f: _searched(keys, values, a, f))


def two_level(numbers: Ints, profiles: Numbers16) -> Way:
    """Elias and Fano's split, at the segment: where each begins, and the last four digits sorted, in 16 bits each."""
    order = np.argsort(numbers)
    keys, values = numbers[order], profiles[order]
    segments = (keys & VALUE) // 10_000 - FIRST_SEGMENT
    starts = np.searchsorted(segments, np.arange(700_001)).astype(np.uint32)
    lows = ((keys & VALUE) % 10_000).astype(np.uint16)
    size = starts.nbytes + lows.nbytes + values.nbytes
    name = "split at the segment, 16 bits for the rest, searched"
    return Way(name, size, lambda a, f: _in_segment(starts, lows, values, a, f))


def _by_rank_all(registry: Registry, asked: Ints, found: Ints) -> None:
    for row in range(len(asked)):
        rank = find_rank(registry, np.int64(asked[row]))
        found[row] = registry.profiles[profile_number(registry, rank)] if rank >= 0 else DEFAULT_PROFILE


def _in_page_all(page: npt.NDArray[np.int32], places: Numbers16, asked: Ints, found: Ints) -> None:
    for row in range(len(asked)):
        value = np.int64(asked[row]) & 576460752303423487
        at = np.int64(page[value // 10_000 - 861_300_000])
        kept = np.int64(places[(at - 1) * 10_000 + value % 10_000]) if at > 0 else 65_535
        found[row] = kept if kept != 65_535 else DEFAULT_PROFILE


def _in_table_all(table: Ints, asked: Ints, found: Ints) -> None:
    for row in range(len(asked)):
        entry = find(table, 2, np.int64(asked[row]))
        found[row] = np.int64(table[entry + 1]) if entry >= 0 else DEFAULT_PROFILE


def _searched_all(keys: Ints, values: Numbers16, asked: Ints, found: Ints) -> None:
    for row in range(len(asked)):
        low, high = 0, len(keys)
        while low < high:
            middle = (low + high) >> 1
            if keys[middle] < asked[row]:
                low = middle + 1
            else:
                high = middle
        there = low < len(keys) and keys[low] == asked[row]
        found[row] = np.int64(values[low]) if there else DEFAULT_PROFILE


def _in_segment_all(starts: Any, lows: Numbers16, values: Numbers16, asked: Ints, found: Ints) -> None:
    for row in range(len(asked)):
        value = np.int64(asked[row]) & 576460752303423487
        segment = value // 10_000 - 861_300_000
        wanted = value % 10_000
        low, last = np.int64(starts[segment]), np.int64(starts[segment + 1])
        high = last
        while low < high:
            middle = (low + high) >> 1
            if np.int64(lows[middle]) < wanted:
                low = middle + 1
            else:
                high = middle
        there = low < last and np.int64(lows[low]) == wanted
        found[row] = np.int64(values[low]) if there else DEFAULT_PROFILE


_by_rank = compiled(_by_rank_all)
_in_page = compiled(_in_page_all)
_in_table = compiled(_in_table_all)
_searched = compiled(_searched_all)
_in_segment = compiled(_in_segment_all)


if __name__ == "__main__":
    main()
