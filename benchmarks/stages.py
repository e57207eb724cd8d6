"""Where screening's time goes: the steps of `wurao screen` one after another, on one core, timed apart.

What a benchmark tells as its profile when a figure was not reached. In the command these steps run at the same time on
two threads and more.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from wurao.events.raw import Findings
from wurao.events.read import find_inputs, read_events
from wurao.screening.engine import Engine
from wurao.screening.output import VerdictFile

MOST = 1_000_000


class Clock:
    """Seconds that each step took, all batches together."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    def timed(self, step: str, work: Callable[[], Any]) -> Any:
        """Do one step of one batch."""
        began = time.perf_counter()
        done = work()
        self.seconds[step] = self.seconds.get(step, 0.0) + time.perf_counter() - began
        return done


def stages(store: Path, events: Path, out: Path) -> str:
    """Screen up to a million events of a file step by step; a sentence with each step's time an event."""
    clock = Clock()
    engine = clock.timed("opening", lambda: Engine.open(store))
    batches = read_events(find_inputs([str(events)]), Findings())
    file = VerdictFile(out)
    rows = 0
    while rows < MOST and (batch := clock.timed("reading", lambda: next(batches, None))) is not None:
        prepared = clock.timed("preparing", lambda batch=batch: engine.prepare(batch.events))
        verdicts = clock.timed("deciding", lambda prepared=prepared: engine.decide(prepared))
        rendered = clock.timed("rendering", lambda p=prepared, v=verdicts: engine.render(p, v))
        clock.timed("writing", lambda rendered=rendered: file.write(rendered))
        rows += batch.rows
    file.abandon()
    opening = clock.seconds.pop("opening")
    told = ", ".join(f"{step} {1e9 * seconds / rows:,.0f}" for step, seconds in clock.seconds.items())
    return f"ns an event, one step after another over {rows:,} events: {told}; opening took {opening:.2f} s"
