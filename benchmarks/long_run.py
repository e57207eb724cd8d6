"""Hundreds of millions of events, Parquet to Parquet, in one run of `wurao screen`: time in proportion, memory flat.

The days follow one another; each has its own events, so none is a repeat of another's.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pyarrow import parquet

from benchmarks.ground import Ground
from benchmarks.parquet import A_FILE, EVENTS, FLAT, SECONDS, screen
from benchmarks.workload import DAY
from benchmarks.written import event_table

DAYS = 10
BYTES_AN_EVENT = 150
"""Of events and verdicts together, with room to spare."""


@dataclass(frozen=True, slots=True)
class Long:
    """What the long run came to."""

    events: int
    seconds: float
    most: float
    flat: bool
    told: str


def run(work: Path, scale: int, tell: Callable[[str], None]) -> Long:
    """Write the days, screen them all at once."""
    ground = Ground(scale, work, tell)
    needed = EVENTS * DAYS // scale * BYTES_AN_EVENT
    ground.warm()
    if shutil.disk_usage(work).free < needed:
        raise RuntimeError(f"{needed / 1e9:,.0f} GB of disk are needed in {work}")
    events, out = ground.work / "days", ground.work / "days-out"
    shutil.rmtree(events, ignore_errors=True)
    events.mkdir(parents=True)
    try:
        total = sum(_write_day(ground, events, day) for day in range(DAYS))
        tell(f"screening {total:,} events")
        done = screen(ground.store, events, out)
    finally:
        shutil.rmtree(events, ignore_errors=True)
        shutil.rmtree(out, ignore_errors=True)
    if done.events != total:
        raise AssertionError(f"{done.events:,} verdicts for {total:,} events")
    flat = done.memory.second_half <= FLAT * done.memory.first_half
    return Long(total, done.seconds, SECONDS * DAYS / scale, flat, done.memory.told())


def _write_day(ground: Ground, events: Path, day: int) -> int:
    ground.tell(f"day {day + 1} of {DAYS}")
    columns = ground.events(EVENTS, seed=100 + day)
    columns["at"] += day * DAY
    count = len(columns["at"])
    for number, start in enumerate(range(0, count, A_FILE)):
        part = {name: values[start : start + A_FILE] for name, values in columns.items()}
        table = event_table(part, day * count + start)
        place = events / f"day-{day:02d}-{number:05d}.parquet"
        parquet.write_table(table, place, row_group_size=250_000, compression="zstd")
    return count
