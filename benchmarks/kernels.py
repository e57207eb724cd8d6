"""The kernel run over columns in memory as the engine runs it: in blocks, with what a fault needs at hand."""

from __future__ import annotations

from collections.abc import Callable

from benchmarks.traffic import Columns, bundle
from wurao.compiled import compiled
from wurao.screening.engine import BLOCK, KERNEL, LOOK
from wurao.screening.kernel import VerdictColumns, blank_verdicts, screen_still
from wurao.screening.sight import Sight
from wurao.screening.velocity import Velocity
from wurao.settings.thresholds import Thresholds
from wurao.verdicts import Reason

STILL = compiled(screen_still)


class Still:
    """Verdicts without velocity."""

    def __init__(
        self, sight: Sight, thresholds: Thresholds, columns: Columns, kernel: Callable[..., None] = STILL
    ) -> None:
        self.sight, self.thresholds, self.events, self.kernel = sight, thresholds, bundle(columns), kernel
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
                first = int(self.verdicts.at_row[0])
                self.verdicts.array("reason")[first] = Reason.FAULT
                self.faults += 1
                first += 1

    def _call(self, first: int, last: int) -> None:
        base, overlay = self.sight.snapshot.registry, self.sight.overlaid.registry
        self.kernel(base, overlay, self.thresholds, self.events, self.verdicts, first, last)


class Moving(Still):
    """The same with velocity, whose state is the run's own: each block is looked up and then decided, on one core."""

    def __init__(self, sight: Sight, thresholds: Thresholds, columns: Columns, velocity: Velocity) -> None:
        super().__init__(sight, thresholds, columns, KERNEL)
        self.velocity = velocity

    def _call(self, first: int, last: int) -> None:
        self.velocity.make_room(last - first)
        base, overlay = self.sight.snapshot.registry, self.sight.overlaid.registry
        LOOK(base, overlay, self.events, first, last)
        self.kernel(base, overlay, self.velocity.state, self.thresholds, self.events, self.verdicts, first, last)
