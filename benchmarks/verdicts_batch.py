"""Verdicts in batch, one core, without velocity, beside one DuckDB query over the same tables in memory.

The clock runs from integer columns in memory to action and reason columns; every rule but content is in, the live
changes stand above the snapshot, faults are armed (every index checked, the row in work noted). Both sides' answers
are compared row by row, and a difference is an error, not a figure.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from benchmarks import machine
from benchmarks.figure import Figure
from benchmarks.ground import Ground
from benchmarks.kernels import Still
from benchmarks.reference import Reference
from benchmarks.rounds import by_turns
from benchmarks.traffic import Columns
from wurao.settings import load
from wurao.settings.thresholds import thresholds

NAME = "verdicts-batch"
ABOUT = "verdicts in batch, one core, without velocity, beside one DuckDB query"
EVENTS = 10_000_000
LEAST = 200_000
TIMES = 3.0
AIM = 8_000_000.0
FEW, AGAIN = 2_000, 200
LOOKED_AT = (
    "lines",
    "profile_narrow",
    "personal",
    "list_entries",
    "consents",
    "callers",
    "prefixes",
    "headers",
    "header_orders",
    "senders",
    "order_targets",
    "order_slices",
)
"""The large columns of a snapshot that an event may touch."""


def run(ground: Ground) -> Iterator[Figure]:
    """One line."""
    columns = ground.events(max(EVENTS, LEAST * ground.scale))
    count = len(columns["at"])
    still = Still(ground.sight, thresholds(load()), columns)
    still.run()
    reference = Reference(ground)
    reference.take(columns)
    compare(still, reference)
    ground.tell(f"{count:,} events, both by turns")
    rounds = by_turns(still.run, reference.ask)
    speed, theirs = count / rounds.seconds, count / rounds.their_seconds
    yield Figure(
        name=NAME,
        value=speed,
        unit="verdicts a second",
        reach=f"≥ {TIMES:g} × beside; the figure to aim at is {AIM:,.0f}",
        met=rounds.ratio >= TIMES,
        beside=f"DuckDB, one query, one thread, the same tables: {theirs:,.0f} verdicts a second, every answer equal",
        ratio=rounds.ratio,
        ratio_low=min(rounds.ratios),
        ratio_high=max(rounds.ratios),
        notes=[
            _near(ground, columns),
            _memory(ground, speed),
            f"the aim is {'met' if speed >= AIM else 'not met'}; faults: {still.faults}",
        ],
    )


def compare(still: Still, reference: Reference) -> None:
    """Raise AssertionError where any answer differs: there is no figure for another answer."""
    action, reason = reference.answers()
    differ = (still.verdicts.array("action") != action) | (still.verdicts.array("reason") != reason)
    if differ.any():
        row = int(np.flatnonzero(differ)[0])
        ours = still.verdicts.array("action")[row], still.verdicts.array("reason")[row]
        raise AssertionError(
            f"{int(differ.sum()):,} of {len(differ):,} answers differ; the first is event {row}: "
            f"{ours} here, {(action[row], reason[row])} there"
        )


def _near(ground: Ground, columns: Columns) -> str:
    """What an event costs when all that it touches is near: the rest is waiting for memory."""
    few = Still(ground.sight, thresholds(load()), {name: values[:FEW].copy() for name, values in columns.items()})
    fastest = machine.rate(lambda: [few.run() for _ in range(AGAIN)], AGAIN * few.count)
    return f"the first {few.count:,} events over and over, so that all is near: {1e9 / fastest:,.0f} ns an event"


def _memory(ground: Ground, speed: float) -> str:
    """How long an event takes, told in loads from memory."""
    looked_at = sum(ground.snapshot.registry.array(name).nbytes for name in LOOKED_AT)
    free, waiting = machine.random_loads(max(1, looked_at // 8))
    return (
        f"{1e9 / speed:,.0f} ns an event; over as much memory ({looked_at / 1e6:,.0f} MB) a load at random takes "
        f"{1e9 / free:.1f} ns when independent and {1e9 / waiting:.0f} ns when each waits for the last: an event "
        f"costs {free / speed:.1f} independent loads, or {waiting / speed:.1f} waiting ones"
    )
