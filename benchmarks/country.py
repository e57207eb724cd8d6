"""The whole country: 1.8 billion subscribers on the full plan, by the same builder, and look-ups at both sizes.

The numbers are made up piece by piece, the same at every walk, since as integers they would not fit the memory of an
ordinary machine; nobody of them keeps a list. What a look-up (rank and profile, in batch) is measured against is the
machine itself: the three loads that a look-up takes (page number, line, profile number), at random places of the
same memory, mapped in the same way, and nothing else done.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from functools import partial
from statistics import median

import numpy as np
import numpy.typing as npt

from benchmarks.columns import Ints
from benchmarks.figure import Figure
from benchmarks.ground import Ground
from benchmarks.nation import Nation, write_nation
from benchmarks.rounds import by_turns, seconds_of
from wurao.compiled import compiled
from wurao.snapshot import Snapshot, open_snapshot
from wurao.snapshot.pages import numbers_by_rank
from wurao.snapshot.profiles import profiles_of

NAME = "country"
ABOUT = "1.8 billion subscribers on 499,527 segments: size, opening, look-ups; and look-ups of the province"
SUBSCRIBERS = 1_800_000_000
SEGMENTS = 499_527
BYTES = 6e9
OPEN_SECONDS = 0.1
LOOK_UPS = 4_000_000
ROUNDS = 5
SHARE = 0.6


def run(ground: Ground) -> Iterator[Figure]:
    """Four lines: look-ups of the province; the country's bytes, opening and look-ups."""
    rng = np.random.default_rng(8)
    registered = numbers_by_rank(ground.snapshot.registry)
    asked = registered[rng.integers(0, len(registered), LOOK_UPS)]
    del registered
    yield look_ups("province-lookups", ground.snapshot, asked)
    store = ground.work / "country"
    shutil.rmtree(store, ignore_errors=True)
    nation = Nation(SEGMENTS // ground.scale, SUBSCRIBERS / (SEGMENTS * 10_000))
    ground.tell(f"compiling about {SUBSCRIBERS // ground.scale:,} subscribers on {nation.segments:,} segments")
    try:
        took = seconds_of(lambda: write_nation(nation, store))
        yield from _of_country(ground, nation, open_snapshot(store), took)
    finally:
        shutil.rmtree(store, ignore_errors=True)


def _of_country(ground: Ground, nation: Nation, snapshot: Snapshot, took: float) -> Iterator[Figure]:
    size = snapshot.manifest.size
    yield Figure(
        name="country-bytes",
        value=size,
        unit="bytes",
        reach=f"≤ {BYTES:,.0f} bytes",
        met=size <= BYTES,
        beside=f"numbers and 16-bit profile numbers in a sorted table: {10 * snapshot.subscribers:,} bytes (reckoned)",
        ratio=10 * snapshot.subscribers / size,
        notes=[
            f"{snapshot.subscribers:,} subscribers, {snapshot.wish_bytes / snapshot.subscribers:.2f} bytes each for "
            f"their wishes; compiled and written in {took:,.0f} s"
        ],
    )
    opened = [seconds_of(lambda: open_snapshot(ground.work / "country").registry) for _ in range(7)]
    yield Figure(
        name="country-open",
        value=median(opened),
        unit="seconds",
        reach=f"≤ {OPEN_SECONDS:g} seconds",
        met=median(opened) <= OPEN_SECONDS,
        beside="",
        ratio=None,
        notes=[f"warm; from {min(opened):.4f} to {max(opened):.4f} seconds"],
    )
    yield look_ups("country-lookups", snapshot, nation.sample(LOOK_UPS))


def look_ups(name: str, snapshot: Snapshot, asked: Ints) -> Figure:
    """Look-ups of numbers at random, beside the bare loads over memory as large."""
    registry = snapshot.registry
    profiles_of(registry, asked)
    columns = (registry.array(name) for name in ("segment_page", "lines", "profile_narrow"))
    bare_loads = partial(_loads, *columns, np.random.default_rng(9).integers(0, 1 << 63, len(asked)))
    bare_loads()
    rounds = by_turns(lambda: profiles_of(registry, asked), bare_loads, ROUNDS)
    rate, bare = len(asked) / rounds.seconds, len(asked) / rounds.their_seconds
    return Figure(
        name=name,
        value=rate,
        unit="look-ups a second",
        reach=f"≥ {SHARE:g} × beside",
        met=rounds.ratio >= SHARE,
        beside=f"the same three loads a look-up, at random places of the same memory, no more: {bare:,.0f} a second",
        ratio=rounds.ratio,
        ratio_low=min(rounds.ratios),
        ratio_high=max(rounds.ratios),
        notes=[f"{snapshot.wish_bytes / 1e6:,.0f} MB looked at, {snapshot.subscribers:,} subscribers"],
    )


def _bare_loads(
    pages: npt.NDArray[np.uint32], lines: npt.NDArray[np.uint64], numbers: npt.NDArray[np.uint16], drawn: Ints
) -> int:
    """One load from each column, at places that the drawn bits spread over all of it; lines at their beginnings."""
    total = np.int64(0)
    for row in range(len(drawn)):
        bits = np.int64(drawn[row])
        page = ((bits >> 32) * len(pages)) >> 31
        line = (((bits >> 16) & 2147483647) * (len(lines) // 8)) >> 31
        number = ((bits & 2147483647) * len(numbers)) >> 31
        total += np.int64(pages[page]) + np.int64(lines[line * 8] & np.uint64(1)) + np.int64(numbers[number])
    return total


_loads = compiled(_bare_loads)
