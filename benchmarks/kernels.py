"""The kernel run over columns in memory as the engine runs it: in blocks, with what a fault needs at hand."""

from __future__ import annotations

from benchmarks.traffic import Columns, bundle
from wurao.compiled import compiled
from wurao.screening.engine import BLOCK, KERNEL
from wurao.screening.kernel import VerdictColumns, blank_verdicts, screen_still
from wurao.screening.sight import Sight
from wurao.screening.velocity import Velocity
from wurao.settings.thresholds import Thresholds

STILL = compiled(screen_still)


class Still:
    """Verdicts without velocity."""

    def __init__(self, sight: Sight, thresholds: Thresholds, columns: Columns) -> None:
        self.sight, self.thresholds, self.events = sight, thresholds, bundle(columns)
        self.count = len(columns["at"])
        self.verdicts = blank_verdicts(self.count)
        self.faults = 0

    def run(self) -> VerdictColumns:
        """Decide every event; a row that raises is let through and the block goes on behind it."""
        for first in range(0, self.count, BLOCK):
            self._block(first, min(self.count, first + BLOCK))
        return self.verdicts

    def _block(self, first: int, last: int) -> None:
        while first < last:
            try:
                self._call(first, last)
                return
            except Exception:
                first = int(self.verdicts.at_row[0]) + 1
                self.verdicts.let_through(first - 1)
                self.faults += 1

    def _call(self, first: int, last: int) -> None:
        base, overlay = self.sight.snapshot.registry, self.sight.overlaid.registry
        STILL(base, overlay, self.thresholds, self.events, self.verdicts, first, last)


class Moving(Still):
    """The same with velocity, whose state is the run's own."""

    def __init__(self, sight: Sight, thresholds: Thresholds, columns: Columns, velocity: Velocity) -> None:
        super().__init__(sight, thresholds, columns)
        self.velocity = velocity

    def _call(self, first: int, last: int) -> None:
        self.velocity.make_room(last - first)
        base, overlay = self.sight.snapshot.registry, self.sight.overlaid.registry
        KERNEL(base, overlay, self.velocity.state, self.thresholds, self.events, self.verdicts, first, last)
