"""The slow, obviously right counterpart of velocity: lists of what happened, counted anew for every row.

Times are taken to the millisecond and outcomes to the next 128 ms, as `layout` and `log` say of the real one.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from wurao.screening.facts import Measures
from wurao.settings.thresholds import Thresholds

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
WINDOWS = (MINUTE, HOUR, DAY)
RESCUE = {(4 << 59) | number for number in (1110, 1119, 1120, 1122)}


class Row(NamedTuple):
    """One event as velocity sees it."""

    at: int
    channel: int
    caller: int
    registered: bool
    callee: int
    sender: int
    otp: bool
    fraud_order: int
    harassment_order: int
    action: int
    answered: int
    ring_s: float
    duration_s: float


class Reference:
    """Everything that entered, in lists."""

    def __init__(self, thresholds: Thresholds) -> None:
        self.thresholds = thresholds
        self.clock: int | None = None
        self.rows: list[Row] = []
        self.late = 0

    def screen(self, row: Row) -> Measures:
        """Measure a row, then let it enter."""
        late = self.clock is not None and row.at < self.clock - self.thresholds.late_us
        self.clock = row.at if self.clock is None else max(self.clock, row.at)
        measures = self.measure(row)
        if late:
            self.late += 1
        else:
            self.rows.append(row)
        return measures

    def measure(self, row: Row) -> Measures:
        """What the windows hold."""
        assert self.clock is not None
        now = self.clock // 1000
        mine = [] if row.caller >> 59 < 2 else [r for r in self.rows if r.caller == row.caller]
        outcomes = [(due(r), r) for r in mine if r.channel != 1 and r.action < 2 and r.answered >= 0]

        def ago(time: int, span: int) -> bool:
            return now - span < time <= now

        def within(span: int) -> list[Row]:
            return [r for r in mine if r.at // 1000 > now - span]

        def ended(span: int) -> list[Row]:
            return [r for time, r in outcomes if ago(time, span)]

        def one_ring(r: Row) -> bool:
            return r.answered == 0 and r.ring_s * 1e6 < self.thresholds.one_ring_us

        def entered(span_us: int, which: object) -> int:
            return sum(1 for r in self.rows if r.at // 1000 > now - span_us // 1000 and which(r))  # type: ignore[operator]

        callers = []
        for span in WINDOWS:
            here = [r for r in self.rows if r.callee == row.callee and r.at // 1000 > now - span]
            callers.append(len({r.caller for r in here if r.caller >> 59 > 1}) + sum(r.caller >> 59 < 2 for r in here))
        t = self.thresholds
        calls = [r for r in self.rows if r.channel != 1 and r.caller == row.callee]
        rescue = window([r.at for r in calls if r.callee in RESCUE], t)
        return Measures(
            *(len(within(span)) for span in WINDOWS),
            *(len({r.callee for r in within(span)}) for span in WINDOWS),
            *(sum(r.answered == 1 for r in ended(span)) for span in WINDOWS),
            *(len(ended(span)) for span in WINDOWS),
            *(sum(one_ring(r) for r in ended(span)) for span in WINDOWS),
            *callers,
            entered(HOUR * 1000, lambda r: r.sender == row.sender) if row.sender >= 0 else 0,
            entered(t.otp_window_us, lambda r: r.otp and (r.sender, r.callee) == (row.sender, row.callee))
            if row.otp and row.sender >= 0
            else 0,
            entered(HOUR * 1000, lambda r: r.fraud_order == row.fraud_order) if row.fraud_order >= 0 else 0,
            entered(HOUR * 1000, lambda r: r.harassment_order == row.harassment_order)
            if row.harassment_order >= 0
            else 0,
            *(rescue if rescue[1] > self.clock - t.late_us else (0, 0)),
            row.caller >> 59 > 1
            and any(
                r.registered and r.channel != 1 and (r.caller, r.callee) == (row.callee, row.caller)
                for r in self.rows
                if r.at // 1000 > now - t.recently_called_us // 1000
            ),
        )


def window(calls: list[int], thresholds: Thresholds) -> tuple[int, int]:
    """The last stretch of time in which rescuers may ring back; breaks shorter than a row may be late are none."""
    since = until = 0
    for at in sorted(calls):
        since = at if at > until + thresholds.late_us else since
        until = at + thresholds.rescue_us
    return since, until


def due(row: Row) -> int:
    """When a row's outcome counts, in ms."""
    lasted = row.ring_s + row.duration_s
    ms = 60_000 if row.answered == 0 or math.isnan(lasted) else math.ceil(lasted * 1000.0)
    return (row.at // 1000 + ms + 127) // 128 * 128
