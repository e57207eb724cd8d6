"""The kernel: event columns, two registries and the velocity state go in, verdict columns are filled, row by row.

Plain scalar code that `engine` compiles; one event is a column of one row. Of each row, in this order: the clock moves
on; an event seen before gets its earlier verdict; else what the registries say, looked up ahead (`lookups`) or now, and
what velocity measures are put together, the rules decide, and the attempt is counted. `screen_still` is the same
without velocity, for whoever keeps none.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from wurao.compiled import Bundle, apart
from wurao.events.columns import EventColumns
from wurao.screening.facts import Facts, Measures
from wurao.screening.gather import LIMIT, Looked, facts_of, look
from wurao.screening.lookups import (
    FAR,
    GROUP,
    LAST,
    MIDDLE,
    NAME,
    NEAR,
    NEXT,
    ask_orders,
    calls_as_subscriber,
    is_looked_up,
    looked_at,
    sender_ahead,
    was_subscriber,
)
from wurao.screening.precedence import Decision, decide
from wurao.screening.velocity import (
    VelocityState,
    advance,
    clock,
    count_late,
    enter,
    find_repeat,
    measure,
    ready_repeat,
    recall,
    remember,
    touch_entries,
    touch_hour,
    touch_hour_slots,
    touch_hours_ahead,
    touch_records,
    touch_slots,
    touch_stores,
)
from wurao.settings.thresholds import Thresholds
from wurao.snapshot.ahead import ask_caller, ask_entries, ask_keys, ask_line, ask_personal, ask_ranked, ask_sender
from wurao.snapshot.orders import OVERLAY, slice_word
from wurao.snapshot.registry import Registry
from wurao.verdicts import Action, Reason

NOTHING_MEASURED = Measures(*(0,) * 24, False)
RULE_2, RULE_5 = 1, 4
"""The places of the two rules of orders."""
RESCUED = Reason.RESCUE_CALLBACK.value


class VerdictColumns(Bundle):
    """Verdicts as the engine writes them; -1 is null.

    `order` is the slice of the order that decided, with `OVERLAY` where it stands there; `at_row` and `sight` are one
    value each: the row in work, and ten bits that tell one sight from another.
    """

    columns = {  # noqa: RUF012 - declared ClassVar by Bundle
        "action": "i1",
        "reason": "i1",
        "label": "i1",
        "overseas_mark": "i1",
        "category": "i1",
        "sender": "i4",
        "order": "i8",
        "at_row": "i8",
        "sight": "i8",
    }

    def let_through(self, row: int, overseas: bool) -> None:
        """What a row gets that could not be screened."""
        self.array("overseas_mark")[row] = overseas
        for name in ("label", "category", "sender", "order"):
            self.array(name)[row] = -1
        self.array("action")[row] = Action.ALLOW
        self.array("reason")[row] = Reason.FAULT


def blank_verdicts(rows: int, sight: int = 0) -> VerdictColumns:
    """Room for so many verdicts."""
    columns: dict[str, npt.NDArray[np.generic]] = {
        name: np.zeros(rows, dtype=dtype) for name, dtype in VerdictColumns.columns.items()
    }
    columns["at_row"] = np.zeros(1, dtype=np.int64)
    columns["sight"] = np.full(1, sight & 1023, dtype=np.int64)
    return VerdictColumns(**columns)


def screen_rows(
    base: Registry,
    overlay: Registry,
    state: VelocityState,
    thresholds: Thresholds,
    events: EventColumns,
    verdicts: VerdictColumns,
    start: int,
    stop: int,
) -> None:
    """Screen rows in input order."""
    ahead = FAR if stop - start > FAR else 0
    for first in range(start - ahead, stop, GROUP):
        if ahead > 0:
            verdicts.at_row[0] = max(first, start)
            _ask_velocity_ahead(base, state, events, first, start, stop)
        for row in range(max(first, start), min(first + GROUP, stop)):
            verdicts.at_row[0] = row
            if events.channel[row] == NAME:
                _look_up(state, thresholds, events, verdicts, row)
            else:
                _attempt(base, overlay, state, thresholds, events, verdicts, row)


def screen_still(
    base: Registry,
    overlay: Registry,
    thresholds: Thresholds,
    events: EventColumns,
    verdicts: VerdictColumns,
    start: int,
    stop: int,
) -> None:
    """Screen rows without velocity: every event as if it were the first of all."""
    ahead = FAR if stop - start > FAR else 0
    for first in range(start - ahead, stop, GROUP):
        if ahead > 0:
            verdicts.at_row[0] = max(first, start)
            _ask_ahead(base, overlay, events, verdicts, first, start, stop)
        for row in range(max(first, start), min(first + GROUP, stop)):
            verdicts.at_row[0] = row
            if events.channel[row] == NAME:
                _name(events, verdicts, row)
            else:
                looked = look(base, overlay, events, row)
                facts = facts_of(base, overlay, events, row, looked, NOTHING_MEASURED, thresholds)
                _write(verdicts, row, looked, facts, decide(facts))


def _ask_ahead(
    base: Registry,
    overlay: Registry,
    events: EventColumns,
    verdicts: VerdictColumns,
    first: int,
    start: int,
    stop: int,
) -> None:
    """Ask for what the rows ahead of a group need; a rank found on the way is kept where its verdict will stand."""
    for row in range(first + FAR, min(first + FAR + GROUP, stop)):
        ask_keys(base, events.caller[row], events.callee[row])
    for row in range(max(first + MIDDLE, start), min(first + MIDDLE + GROUP, stop)):
        ask_line(base, events.callee[row])
        ask_caller(base, events.caller[row])
    for row in range(max(first + NEAR, start), min(first + NEAR + GROUP, stop)):
        verdicts.order[row] = ask_ranked(base, events.callee[row])
        ask_sender(base, overlay, events.caller[row])
    for row in range(max(first + NEXT, start), min(first + NEXT + GROUP, stop)):
        if not ask_personal(base, verdicts.order[row]):
            verdicts.order[row] = -1
    for row in range(max(first + LAST, start), min(first + LAST + GROUP, stop)):
        ask_entries(base, verdicts.order[row])


def _ask_velocity_ahead(
    base: Registry, state: VelocityState, events: EventColumns, first: int, start: int, stop: int
) -> None:
    """Ask for the memory of velocity, and for the orders, that the rows ahead of a group need."""
    touch_hours_ahead(state)
    for row in range(first + FAR, min(first + FAR + GROUP, stop)):
        touch_slots(state, events.caller[row], events.callee[row], events.id_high[row], events.id_low[row])
    for row in range(max(first + MIDDLE, start), min(first + MIDDLE + GROUP, stop)):
        touch_records(state, events.caller[row], events.callee[row], events.id_high[row], events.id_low[row])
    for row in range(max(first + NEAR, start), min(first + NEAR + GROUP, stop)):
        touch_stores(state, events.caller[row], events.callee[row])
    for row in range(max(first + NEXT, start), min(first + NEXT + GROUP, stop)):
        touch_entries(state, events.caller[row], events.callee[row])
        sender = sender_ahead(events, row)
        if sender >= 0:
            touch_hour_slots(state, sender)
    for row in range(max(first + LAST, start), min(first + LAST + GROUP, stop)):
        sender = sender_ahead(events, row)
        if sender >= 0:
            touch_hour(state, sender)
        ask_orders(base, events, row)


@apart
def _look_now(base: Registry, overlay: Registry, events: EventColumns, row: int) -> Looked:
    """What the registries say of a row that was not looked up ahead."""
    return look(base, overlay, events, row)


def _attempt(
    base: Registry,
    overlay: Registry,
    state: VelocityState,
    thresholds: Thresholds,
    events: EventColumns,
    verdicts: VerdictColumns,
    row: int,
) -> None:
    at = events.at[row]
    late = advance(state, thresholds, at)
    now = clock(state)
    high, low = events.id_high[row], events.id_low[row]
    repeat = find_repeat(state, high, low, now, thresholds)
    if repeat >= 0:
        _write_again(verdicts, row, recall(state, repeat))
        return
    caller, callee, channel = events.caller[row], events.callee[row], events.channel[row]
    ahead = is_looked_up(events, row)
    looked = looked_at(events, row) if ahead else _look_now(base, overlay, events, row)
    sender = looked.sender_mark
    fraud = _limiting(base, overlay, looked.fraud)
    harassment = _limiting(base, overlay, looked.harassment)
    measures = measure(state, thresholds, caller, callee, sender, looked.otp, fraud, harassment)
    facts = facts_of(base, overlay, events, row, looked, measures, thresholds)
    decision = decide(facts)
    _write(verdicts, row, looked, facts, decision)
    ready_repeat(state, high, low, now, thresholds)
    if late:
        count_late(state)
    else:
        enter(
            state,
            thresholds,
            at,
            channel,
            caller,
            was_subscriber(events, row) if ahead else calls_as_subscriber(base, overlay, events, row),
            callee,
            sender,
            looked.otp,
            fraud if _let_through(decision, RULE_2, facts.fraud.over_limit) else -1,
            harassment if _let_through(decision, RULE_5, facts.harassment.over_limit) else -1,
            decision.action,
            events.answered[row],
            events.ring_s[row],
            events.duration_s[row],
        )
    bits, word = _packed(verdicts, row)
    remember(state, high, low, now, thresholds, bits, word)


def _limiting(base: Registry, overlay: Registry, place: int) -> int:
    """The mark of the order of a slice that limits; -1 for one that does not, or none."""
    if place < 0 or ((slice_word(base, overlay, place, 2) >> 32) & 0xFF) != LIMIT:
        return -1
    return slice_word(base, overlay, place, 4)


def _let_through(decision: Decision, rule: int, over_limit: bool) -> bool:
    """Whether a rule of orders was asked and found its limit not used up."""
    return not over_limit and (decision.rule > rule or decision.reason == RESCUED)


def _write(verdicts: VerdictColumns, row: int, looked: Looked, facts: Facts, decision: Decision) -> None:
    verdicts.action[row] = decision.action
    verdicts.reason[row] = decision.reason
    verdicts.label[row] = decision.label
    verdicts.overseas_mark[row] = 1 if facts.overseas else 0
    verdicts.category[row] = facts.category
    verdicts.sender[row] = looked.sender
    order = -1
    if decision.rule == RULE_2:
        order = looked.fraud
    elif decision.rule == RULE_5:
        order = looked.harassment
    verdicts.order[row] = order


@apart
def _look_up(
    state: VelocityState, thresholds: Thresholds, events: EventColumns, verdicts: VerdictColumns, row: int
) -> None:
    """A look-up moves the clock and may come twice like an attempt, but has no velocity."""
    late = advance(state, thresholds, events.at[row])
    now = clock(state)
    high, low = events.id_high[row], events.id_low[row]
    repeat = find_repeat(state, high, low, now, thresholds)
    if repeat >= 0:
        _write_again(verdicts, row, recall(state, repeat))
        return
    _name(events, verdicts, row)
    ready_repeat(state, high, low, now, thresholds)
    if late:
        count_late(state)
    bits, word = _packed(verdicts, row)
    remember(state, high, low, now, thresholds, bits, word)


def _name(events: EventColumns, verdicts: VerdictColumns, row: int) -> None:
    """A look-up is asked one thing: whether the name is listed."""
    blocked = events.listed[row] != 0
    verdicts.action[row] = Action.BLOCK.value if blocked else Action.ALLOW.value
    verdicts.reason[row] = Reason.BLOCKED_DOMAIN.value if blocked else Reason.NOTHING_SPOKE.value
    verdicts.label[row] = -1
    verdicts.overseas_mark[row] = 0
    verdicts.category[row] = -1
    verdicts.sender[row] = -1
    verdicts.order[row] = -1


def _packed(verdicts: VerdictColumns, row: int) -> tuple[int, int]:
    """A verdict as 18 bits and a word: ten bits of the sight, 24 of the sender + 1, 29 of the order's slice + 1."""
    bits = (
        verdicts.action[row]
        | verdicts.reason[row] << 2
        | (verdicts.label[row] + 1) << 7
        | verdicts.overseas_mark[row] << 13
        | (verdicts.category[row] + 1) << 14
    )
    order = verdicts.order[row]
    if order >= OVERLAY:
        order = (order - OVERLAY) | (1 << 28)
    word = verdicts.sight[0] << 53 | ((verdicts.sender[row] + 1) & 0xFFFFFF) << 29 | ((order + 1) & 0x1FFFFFFF)
    return bits, word


def _write_again(verdicts: VerdictColumns, row: int, remembered: tuple[int, int]) -> None:
    """The earlier verdict; whose sender and order are known only to the sight that gave it."""
    bits, word = remembered
    verdicts.action[row] = bits & 3
    verdicts.reason[row] = (bits >> 2) & 31
    verdicts.label[row] = ((bits >> 7) & 63) - 1
    verdicts.overseas_mark[row] = (bits >> 13) & 1
    verdicts.category[row] = ((bits >> 14) & 15) - 1
    same = (word >> 53) == verdicts.sight[0]
    order = (word & 0x1FFFFFFF) - 1 if same else -1
    verdicts.sender[row] = ((word >> 29) & 0xFFFFFF) - 1 if same else -1
    verdicts.order[row] = (order & 0xFFFFFFF) + OVERLAY if order >= 1 << 28 else order
