"""Verdicts with velocity at 5 million active callers, beside the same without, by turns in one run."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from benchmarks.figure import Figure
from benchmarks.ground import Ground
from benchmarks.kernels import Moving, Still
from benchmarks.rounds import by_turns
from benchmarks.traffic import ACTIVE_PEOPLE, Columns
from benchmarks.workload import DAY, SENDERS, START
from wurao.screening.velocity import Velocity
from wurao.screening.velocity.layout import STRIDES
from wurao.settings import load
from wurao.settings.thresholds import thresholds

NAME = "verdicts-velocity"
ABOUT = "verdicts with velocity at 5 million active callers, beside the same without"
EVENTS = 2_000_000
LEAST = 50_000
ROUNDS = 5
SHARE = 0.5


def run(ground: Ground) -> Iterator[Figure]:
    """One line. Every round takes the next part of the day, since velocity is what came before."""
    limits = thresholds(load())
    callers = (ACTIVE_PEOPLE + SENDERS) // ground.scale
    velocity = Velocity.create(callers)
    warm = everyone_calls(ground, callers)
    ground.tell(f"every one of {callers:,} callers calls once, so that all are active")
    Moving(ground.sight, limits, warm, velocity).run()
    use_memory(velocity)
    columns = ground.events(max(EVENTS, LEAST * ground.scale) * (ROUNDS + 1))
    count = len(columns["at"]) // (ROUNDS + 1)
    columns["at"] += DAY // 24
    parts = [{name: values[n * count : (n + 1) * count] for name, values in columns.items()} for n in range(ROUNDS + 1)]
    moving = iter([Moving(ground.sight, limits, part, velocity) for part in parts])
    still = Still(ground.sight, limits, parts[0])
    next(moving).run()
    still.run()
    ground.tell(f"{count:,} events a round, both by turns")
    rounds = by_turns(lambda: next(moving).run(), still.run, ROUNDS)
    speed, without = count / rounds.seconds, count / rounds.their_seconds
    used = velocity.records()
    yield Figure(
        name=NAME,
        value=speed,
        unit="verdicts a second",
        reach=f"≥ {SHARE:g} × beside",
        met=rounds.ratio >= SHARE,
        beside=f"the same without velocity: {without:,.0f} verdicts a second",
        ratio=rounds.ratio,
        ratio_low=min(rounds.ratios),
        ratio_high=max(rounds.ratios),
        notes=[f"{used['callers']:,} active callers; velocity takes {velocity.bytes_used / 1e6:,.0f} MB"],
    )


def use_memory(velocity: Velocity) -> None:
    """Write to what is reserved and not used yet: a virtual machine's first touch of memory is its host's work."""
    for table, (name, used) in enumerate(velocity.records().items()):
        velocity.state.array(name)[used * STRIDES[table] :] = 0


def everyone_calls(ground: Ground, callers: int) -> Columns:
    """An hour before the day in which every active caller, person or header, calls once."""
    load_ = ground.load
    rng = np.random.default_rng(4)
    everyone = np.concatenate([load_.subscribers[: callers - len(load_.headers)], load_.headers])
    columns = ground.events(len(everyone) * ground.scale, seed=5)
    columns["caller"] = rng.permutation(everyone)
    columns["at"] = START + np.sort(rng.integers(0, DAY // 24, len(everyone)))
    return columns
