"""Ours and theirs by turns in one process, several rounds, so that a slow moment of the machine hits both."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

Work = Callable[[], object]
Clock = Callable[[], float]
"""Seconds since some time or other."""


@dataclass(frozen=True, slots=True)
class Rounds:
    """Seconds of each round, side by side."""

    ours: list[float]
    theirs: list[float]

    @property
    def ratios(self) -> list[float]:
        """How many times as long theirs took, round by round."""
        return [slow / fast for fast, slow in zip(self.ours, self.theirs, strict=True)]

    @property
    def ratio(self) -> float:
        """The median of them."""
        return median(self.ratios)

    @property
    def seconds(self) -> float:
        """The median of ours."""
        return median(self.ours)

    @property
    def their_seconds(self) -> float:
        """The median of theirs."""
        return median(self.theirs)


def by_turns(ours: Work, theirs: Work, rounds: int = 5, clock: Clock = time.perf_counter) -> Rounds:
    """Run both once a round, the first one changing; what has to be compiled or filled must have run before.

    `clock`: `time.process_time` where both do all their work in this process, so that other processes do not count.
    """
    times: tuple[list[float], list[float]] = ([], [])
    for number in range(rounds):
        for which in (0, 1) if number % 2 == 0 else (1, 0):
            times[which].append(seconds_of((ours, theirs)[which], clock))
    return Rounds(*times)


def seconds_of(work: Work, clock: Clock = time.perf_counter) -> float:
    """How long one run takes, garbage collected before and not during it."""
    gc.collect()
    gc.disable()
    try:
        began = clock()
        work()
        return clock() - began
    finally:
        gc.enable()
