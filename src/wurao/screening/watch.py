"""What a person must hear of beside the verdicts: senders above their ceiling, and rows that velocity passes over.

After each batch the engine shows what was decided, after each event `asking`; out go an alarm for each sender and hour,
and one warning of late rows. Nothing here changes a verdict.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from wurao.log import logger
from wurao.screening.sight import Sight
from wurao.snapshot.times import HOUR
from wurao.verdicts import Reason

if TYPE_CHECKING:
    from wurao.screening.kernel import VerdictColumns

Times = npt.NDArray[np.int64]
MOST_TOLD = 1 << 16
"""So many senders and hours are remembered as told of."""
LATE_SHARE = 0.01
"""Of more rows than this share being late it is told."""
LATE_ROWS = 10
"""But not of fewer late rows than this."""
LOOKED_AT = 1 << 16
"""The share is taken over so many rows."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_log = logger("screening")


class CeilingWatch:
    """Raises an alarm for each sender above its ceiling, once an hour of the events' time (DESIGN 5, rule 7).

    It goes by verdicts, so an hour in which every callee above the ceiling has guard level off is not told of.
    """

    def __init__(self, usual: int) -> None:
        self._usual = usual
        self._told: dict[tuple[str, int], None] = {}

    def batch(self, sight: Sight, at: Times, verdicts: VerdictColumns, decided: slice = slice(None)) -> None:
        """Look at the verdicts that a sight decided of a batch, and the times of its events, in microseconds."""
        ceiling, senders = Reason.SENDER_CEILING.value, verdicts.array("sender")
        above = (verdicts.array("reason") == ceiling) | (verdicts.array("label") == ceiling)
        rows = np.arange(len(at))[decided][(above & (senders >= 0))[decided]]
        if len(rows):
            keys = np.stack([senders[rows], at[rows] // HOUR])
            _, first = np.unique(keys, axis=1, return_index=True)
            for row in rows[np.sort(first)].tolist():
                self.one(sight, int(at[row]), int(senders[row]))

    def one(self, sight: Sight, at: int, sender: int) -> None:
        """Tell of one sender that an event shows to be above its ceiling."""
        sender_id = sight.overlaid.names.senders[sender].as_py()
        key = (sender_id, at // HOUR)
        if key in self._told:
            return
        self._told[key] = None
        if len(self._told) > MOST_TOLD:
            del self._told[next(iter(self._told))]
        own = int(sight.overlaid.registry.array("senders")[5 * sender + 1])
        ceiling = own if own >= 0 else self._usual
        _log.error("sender above its ceiling", alarm=True, sender_id=sender_id, per_hour=ceiling, at=_written(at))


class LateWatch:
    """Warns once when many rows are late, and names the time that made them so.

    One row with a time far ahead moves the clock of velocity, and all that follow are screened but not counted
    (CONTRACTS, Velocity): verdicts then miss what velocity would have said.
    """

    def __init__(self) -> None:
        self._rows = self._late = 0
        self._told = False
        self._greatest = "an earlier run"

    def batch(self, at: Times, event_id: Callable[[int], str | None], moved: bool, late: int, clock: int) -> None:
        """Look at a batch's times (microseconds), what names a row, whether it moved the clock, and its late rows."""
        if moved:
            row = int(at.argmax())
            self._greatest = event_id(row) or f"row {row + 1} of a batch"
        self._rows += len(at)
        self._late += late
        if not self._told and self._late >= LATE_ROWS and self._late > LATE_SHARE * self._rows:
            self._told = True
            _log.warning(
                "many rows lie behind the greatest time read and are not counted by velocity; "
                "take out that row if its time is wrong, or put the rows in order",
                late=self._late,
                rows=self._rows,
                greatest=_written(clock),
                event_id=self._greatest,
            )
        if self._rows >= LOOKED_AT:
            self._rows = self._late = 0


def _written(at: int) -> str:
    try:
        return (_EPOCH + timedelta(microseconds=at)).isoformat()
    except OverflowError:
        return f"{at} microseconds after 1970"
