"""Engines made for tests: over the small universe, with thresholds low enough to speak, compiled or plain."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa

from tests.snapshot import small
from wurao.screening.engine import KERNEL, Engine
from wurao.screening.kernel import VerdictColumns, screen_rows
from wurao.screening.sight import Sight
from wurao.settings import load
from wurao.snapshot import overlay, untouched

LOW = {
    "caller_attempts_per_hour": 4,
    "caller_callees_per_hour": 2,
    "callee_callers_per_hour": 3,
    "one_ring_attempts": 2,
    "one_ring_callees": 1,
    "sender_ceiling_per_hour": 3,
    "otp_silenced": 1,
}
SETTINGS = load()


class Plain:
    """A kernel that is never compiled."""

    def __init__(self, plain: Callable[..., None] = screen_rows) -> None:
        self.plain = plain

    def __call__(self, *arguments: Any) -> None:
        with np.errstate(over="ignore"):
            self.plain(*arguments)


def sight_of(made: small.Registry, changes: list[small.Step] | None = None) -> Sight:
    """The sight of a snapshot of rows, and of changes over it."""
    snapshot = small.snapshot_of(small.tables_of(made))
    changed = small.changed(changes or [])
    return Sight(snapshot, overlay(snapshot, changed) if changed else untouched(snapshot), len(changes or []), changed)


def engine_of(sight: Sight, kernel: Any = KERNEL) -> Engine:
    engine = Engine(sight, SETTINGS, kernel)
    engine.thresholds = engine.thresholds._replace(**LOW)
    return engine


def decided(engine: Engine, batch: pa.RecordBatch) -> dict[str, list[Any]]:
    """The columns of the verdicts as the engine writes them."""
    verdicts = engine.decide(engine.prepare(batch))
    return {name: verdicts.array(name).tolist() for name in VerdictColumns.columns if name not in ("at_row", "sight")}


def memory(engine: Engine) -> dict[str, list[int]]:
    """All that velocity knows; not where it looked last (`near`), which is only for speed."""
    return {name: words.tolist() for name, words in engine.velocity._arrays.items() if name != "near"}
