"""Rows for velocity's tests: how they are packed, made by hypothesis, and run through both machines."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from hypothesis import strategies as st

from tests.screening.velocity.reference import Row
from wurao.compiled import Bundle, compiled
from wurao.screening.facts import Measures
from wurao.screening.velocity import (
    Velocity,
    VelocityState,
    advance,
    count_late,
    enter,
    measure,
    touch_entries,
    touch_hour,
    touch_hour_slots,
    touch_hours_ahead,
    touch_records,
    touch_slots,
    touch_stores,
)
from wurao.settings import load
from wurao.settings.thresholds import Thresholds, thresholds

SETTINGS = thresholds(load())
START = 1_780_000_000_000_000
SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
MOBILE = 2 << 59
AMBULANCE = (4 << 59) | 1120
WITHHELD, IMPOSSIBLE = 0, 1 << 59
SHOWN = len(Measures._fields)


class Rows(Bundle):
    """Rows in columns, with room for what was measured."""

    columns = {  # noqa: RUF012 - declared ClassVar by Bundle
        "at": "i8",
        "channel": "i8",
        "caller": "i8",
        "registered": "i8",
        "callee": "i8",
        "sender": "i8",
        "otp": "i8",
        "fraud_order": "i8",
        "harassment_order": "i8",
        "action": "i8",
        "answered": "i8",
        "ring_s": "f8",
        "duration_s": "f8",
        "out": "i8",
    }


def _screen(state: VelocityState, limits: Thresholds, rows: Rows, start: int, stop: int) -> None:
    for n in range(start, stop):
        if n + 1 < stop:
            touch_slots(state, rows.caller[n + 1], rows.callee[n + 1], np.uint64(n), np.uint64(1))
            touch_records(state, rows.caller[n + 1], rows.callee[n + 1], np.uint64(n), np.uint64(1))
            touch_stores(state, rows.caller[n + 1], rows.callee[n + 1])
            touch_entries(state, rows.caller[n + 1], rows.callee[n + 1])
            touch_hour_slots(state, rows.sender[n + 1])
            touch_hour(state, rows.sender[n + 1])
            touch_hours_ahead(state)
        late = advance(state, limits, rows.at[n])
        sender, otp, fraud, harassment = rows.sender[n], rows.otp[n] != 0, rows.fraud_order[n], rows.harassment_order[n]
        seen = measure(state, limits, rows.caller[n], rows.callee[n], sender, otp, fraud, harassment)
        rows.out[n * 25 + 0] = seen.attempts_minute
        rows.out[n * 25 + 1] = seen.attempts_hour
        rows.out[n * 25 + 2] = seen.attempts_day
        rows.out[n * 25 + 3] = seen.callees_minute
        rows.out[n * 25 + 4] = seen.callees_hour
        rows.out[n * 25 + 5] = seen.callees_day
        rows.out[n * 25 + 6] = seen.answered_minute
        rows.out[n * 25 + 7] = seen.answered_hour
        rows.out[n * 25 + 8] = seen.answered_day
        rows.out[n * 25 + 9] = seen.ended_minute
        rows.out[n * 25 + 10] = seen.ended_hour
        rows.out[n * 25 + 11] = seen.ended_day
        rows.out[n * 25 + 12] = seen.one_ring_minute
        rows.out[n * 25 + 13] = seen.one_ring_hour
        rows.out[n * 25 + 14] = seen.one_ring_day
        rows.out[n * 25 + 15] = seen.callers_minute
        rows.out[n * 25 + 16] = seen.callers_hour
        rows.out[n * 25 + 17] = seen.callers_day
        rows.out[n * 25 + 18] = seen.sender_hour
        rows.out[n * 25 + 19] = seen.otp_window
        rows.out[n * 25 + 20] = seen.fraud_order_hour
        rows.out[n * 25 + 21] = seen.harassment_order_hour
        rows.out[n * 25 + 22] = seen.rescue_since
        rows.out[n * 25 + 23] = seen.rescue_until
        rows.out[n * 25 + 24] = seen.called_by_callee
        if late:
            count_late(state)
            continue
        enter(
            state,
            limits,
            rows.at[n],
            rows.channel[n],
            rows.caller[n],
            rows.registered[n] != 0,
            rows.callee[n],
            sender,
            otp,
            fraud,
            harassment,
            rows.action[n],
            rows.answered[n],
            rows.ring_s[n],
            rows.duration_s[n],
        )


screen = compiled(_screen)


def packed(rows: Sequence[Row]) -> Rows:
    columns = {}
    for name in Row._fields:
        dtype = Rows.columns[name]
        columns[name] = np.array([getattr(row, name) for row in rows], dtype=dtype)
    return Rows(**columns, out=np.zeros(len(rows) * SHOWN, dtype=np.int64))


def measured(
    rows: Sequence[Row],
    *,
    block: int = 1000,
    active: int = 1000,
    plain: bool = False,
    velocity: Velocity | None = None,
    limits: Thresholds = SETTINGS,
) -> list[Measures]:
    """What each row was measured as."""
    columns = packed(rows)
    velocity = velocity or Velocity.create(active)
    for start in range(0, len(rows), block):
        stop = min(len(rows), start + block)
        velocity.make_room(stop - start)
        (_screen if plain else screen)(velocity.state, limits, columns, start, stop)
    table = columns.array("out").reshape(-1, SHOWN).tolist()
    return [Measures(*line[:-1], bool(line[-1])) for line in table]


def row(at: int, caller: int, callee: int, **other: object) -> Row:
    """A delivered call without outcome, unless said otherwise."""
    given: dict[str, object] = {
        "channel": 0, "registered": False, "sender": -1, "otp": False, "fraud_order": -1, "harassment_order": -1,
        "action": 0, "answered": -1, "ring_s": float("nan"), "duration_s": float("nan"),
    }  # fmt: skip
    return Row(at=at, caller=caller, callee=callee, **{**given, **other})  # type: ignore[arg-type]


PEOPLE = [MOBILE | (8_613_800_000_000 + n) for n in range(6)]
STEPS = st.one_of(
    st.integers(0, 3 * SECOND),
    st.integers(0, 2 * MINUTE),
    st.integers(-12 * MINUTE, 0),
    st.integers(0, 2 * HOUR),
    st.sampled_from([MINUTE, HOUR, DAY, 0, -HOUR, 13 * HOUR, 365 * DAY]),
)
LASTING = st.one_of(st.just(float("nan")), st.floats(0, 200, width=32), st.sampled_from([0.0, 3.99, 4.0, 7200.0]))


@st.composite
def sequences(draw: st.DrawFn, longest: int = 60) -> list[Row]:
    """Rows among a few people, mostly forward in time."""
    at, rows = START + draw(st.integers(0, SECOND)), []
    for _ in range(draw(st.integers(1, longest))):
        at = max(0, at + draw(STEPS))
        rows.append(
            Row(
                at=at,
                channel=draw(st.sampled_from([0, 0, 1, 2])),
                caller=draw(st.sampled_from([*PEOPLE, PEOPLE[0], PEOPLE[0], WITHHELD, IMPOSSIBLE])),
                registered=draw(st.booleans()),
                callee=draw(st.sampled_from([*PEOPLE, AMBULANCE])),
                sender=draw(st.sampled_from([-1, 3, 4])),
                otp=draw(st.booleans()),
                fraud_order=draw(st.sampled_from([-1, 5])),
                harassment_order=draw(st.sampled_from([-1, 6])),
                action=draw(st.integers(0, 3)),
                answered=draw(st.integers(-1, 1)),
                ring_s=draw(LASTING),
                duration_s=draw(LASTING),
            )
        )
    return rows
