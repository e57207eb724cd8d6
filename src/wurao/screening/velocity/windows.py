"""What the engine asks of velocity for each row, in input order: `advance`, `measure`, then `enter` after the verdict.

Rows go in with their numbers, senders and orders as int64; `Measures` come out, the row itself not counted. All
windows are measured at the greatest `at` so far, to the millisecond: what happened a window ago or earlier is out.

A fault leaves no half row: whatever can raise in `enter` is read while records are made `ready`, which changes nothing
that could be measured; what comes after writes only to words that were read. So when machine code raises, the engine
runs that very row again uncompiled on the state as it stands, and there is nothing to take back.
"""

from __future__ import annotations

from wurao.screening.facts import Measures
from wurao.screening.velocity.buckets import SUMS
from wurao.screening.velocity.contacts import called_within, is_rescue, note_call, note_rescue, rescue_window
from wurao.screening.velocity.layout import (
    BEGAN,
    CALLEES,
    CALLERS,
    CLOCK,
    FIRST_ENTRY,
    LATE,
    SERIAL,
    STAMP,
    STARTED,
    VelocityState,
    to_ms,
)
from wurao.screening.velocity.log import NO_OUTCOME, count_attempts, count_callers, count_outcomes, due_of
from wurao.screening.velocity.outcomes import attempt_entry, flag_of
from wurao.screening.velocity.recency import distinct
from wurao.screening.velocity.stores import (
    class_of,
    entries_of,
    kind_at,
    log_base,
    put_outcome,
    ready,
    record_of,
    roll,
    stride_of,
    table_of,
    write,
)
from wurao.screening.velocity.tallies import (
    code_count,
    count_code,
    count_hour,
    hour_count,
    order_key,
    ready_code,
    ready_hour,
    sender_key,
)
from wurao.settings.thresholds import Thresholds

MESSAGE = 1
DIVERT = 2
WITHHELD_SPACE = 14 << 59
"""Withheld and impossible callers are told apart by a serial number in a kind that no number has."""
LOW_32 = (1 << 32) - 1
LOW_21 = (1 << 21) - 1


def has_velocity(caller: int) -> bool:
    """Whether a caller is somebody: neither withheld nor impossible."""
    return caller >> 59 > 1


def advance(state: VelocityState, thresholds: Thresholds, at: int) -> bool:
    """Move the clock to a row's time (microseconds); whether the row is late and must not enter."""
    control = state.control
    if control[STARTED] == 0:
        control[BEGAN] = to_ms(at) - to_ms(thresholds.late_us) - 1
    if control[STARTED] == 0 or at > control[CLOCK]:
        control[CLOCK] = at
        control[STARTED] = 1
        return False
    return bool(at < control[CLOCK] - thresholds.late_us)


def count_late(state: VelocityState) -> None:
    """Count a row that came too late to enter."""
    state.control[LATE] += 1


def clock(state: VelocityState) -> int:
    """The greatest time so far, in microseconds."""
    return int(state.control[CLOCK])


def measure(
    state: VelocityState,
    thresholds: Thresholds,
    caller: int,
    callee: int,
    sender: int,
    otp: bool,
    fraud_order: int,
    harassment_order: int,
) -> Measures:
    """What the windows hold for a row; the clock has been advanced to it. -1 is no sender, no order."""
    now = to_ms(state.control[CLOCK])
    attempts, others, answered, ended, one_ring = _of_caller(state, caller, now)
    callers = _of_callee(state, callee, now)
    rescue = rescue_window(state, callee, state.control[CLOCK] - thresholds.late_us)
    return Measures(
        attempts[0],
        attempts[1],
        attempts[2],
        others[0],
        others[1],
        others[2],
        answered[0],
        answered[1],
        answered[2],
        ended[0],
        ended[1],
        ended[2],
        one_ring[0],
        one_ring[1],
        one_ring[2],
        callers[0],
        callers[1],
        callers[2],
        hour_count(state, sender_key(sender), now) if sender >= 0 else 0,
        code_count(state, sender, callee, now, to_ms(thresholds.otp_window_us)) if otp and sender >= 0 else 0,
        hour_count(state, order_key(fraud_order), now) if fraud_order >= 0 else 0,
        hour_count(state, order_key(harassment_order), now) if harassment_order >= 0 else 0,
        rescue[0],
        rescue[1],
        has_velocity(caller) and called_within(state, callee, caller, now, to_ms(thresholds.recently_called_us)),
    )


Three = tuple[int, int, int]


def _of_caller(state: VelocityState, caller: int, now: int) -> tuple[Three, Three, Three, Three, Three]:
    """Attempts, distinct callees, answered, ended and one-ring of a caller in a minute, an hour, a day."""
    nothing = (0, 0, 0)
    record = record_of(state, CALLERS, caller) if has_velocity(caller) else -1
    if record < 0:
        return nothing, nothing, nothing, nothing, nothing
    stamp = state.callers[record * stride_of(CALLERS) + STAMP]
    class_, count = class_of(stamp), entries_of(stamp)
    words, base = table_of(state, kind_at(CALLERS, class_)), log_base(state, CALLERS, record, class_)
    if class_ == 3:
        roll(words, base, now)
        minute, hour, day = base + SUMS, base + SUMS + 2, base + SUMS + 4
        return (
            (words[minute] >> 32, words[hour] >> 32, words[day] >> 32),
            distinct(words, base),
            (words[minute] & LOW_32, words[hour] & LOW_32, words[day] & LOW_32),
            (words[minute + 1] >> 32, words[hour + 1] >> 32, words[day + 1] >> 32),
            (words[minute + 1] & LOW_32, words[hour + 1] & LOW_32, words[day + 1] & LOW_32),
        )
    first = base + FIRST_ENTRY
    seen = count_attempts(words, first, count, now)
    out = count_outcomes(words, first, count, now)
    return (
        (seen[0], seen[1], seen[2]),
        (seen[3], seen[4], seen[5]),
        (out[0] >> 42, out[1] >> 42, out[2] >> 42),
        ((out[0] >> 21) & LOW_21, (out[1] >> 21) & LOW_21, (out[2] >> 21) & LOW_21),
        (out[0] & LOW_21, out[1] & LOW_21, out[2] & LOW_21),
    )


def _of_callee(state: VelocityState, callee: int, now: int) -> Three:
    """Distinct callers of a callee in a minute, an hour, a day."""
    record = record_of(state, CALLEES, callee)
    if record < 0:
        return 0, 0, 0
    stamp = state.callees[record * stride_of(CALLEES) + STAMP]
    class_ = class_of(stamp)
    words, base = table_of(state, kind_at(CALLEES, class_)), log_base(state, CALLEES, record, class_)
    if class_ == 3:
        roll(words, base, now)
        return distinct(words, base)
    return count_callers(words, base + FIRST_ENTRY, entries_of(stamp), now)


def enter(
    state: VelocityState,
    thresholds: Thresholds,
    at: int,
    channel: int,
    caller: int,
    caller_registered: bool,
    callee: int,
    sender: int,
    otp: bool,
    fraud_order: int,
    harassment_order: int,
    action: int,
    answered: int,
    ring_s: float,
    duration_s: float,
) -> None:
    """Count a row that is not late, after its verdict; an order is named only when its limit let the row through."""
    now, ms = to_ms(state.control[CLOCK]), to_ms(at)
    otp_span = to_ms(thresholds.otp_window_us)
    somebody = has_velocity(caller)
    by = caller if somebody else WITHHELD_SPACE | state.control[SERIAL]
    if somebody and channel != MESSAGE:
        if is_rescue(callee):
            note_rescue(state, caller, at, thresholds.rescue_us, thresholds.late_us)
        if caller_registered:
            note_call(state, caller, callee, ms, to_ms(thresholds.recently_called_us))
    of_caller = ready(state, CALLERS, caller, callee, now) if somebody else -1
    of_callee = ready(state, CALLEES, callee, by, now)
    of_sender = ready_hour(state, sender_key(sender), now) if sender >= 0 else -1
    of_code = ready_code(state, sender, callee, now, otp_span) if otp and sender >= 0 else -1
    of_fraud = ready_hour(state, order_key(fraud_order), now) if fraud_order >= 0 else -1
    of_harassment = ready_hour(state, order_key(harassment_order), now) if harassment_order >= 0 else -1
    if somebody:
        told = channel != MESSAGE and action < DIVERT
        flag = flag_of(answered, ring_s, thresholds.one_ring_us) if told else NO_OUTCOME
        write(state, CALLERS, of_caller, callee, attempt_entry(ms, flag, ring_s, duration_s), now)
    else:
        state.control[SERIAL] += 1
    write(state, CALLEES, of_callee, by, attempt_entry(ms, NO_OUTCOME, 0.0, 0.0), now)
    if of_sender >= 0:
        count_hour(state, of_sender, sender_key(sender), ms, now)
    if of_code >= 0:
        count_code(state, of_code, ms, now, otp_span)
    if of_fraud >= 0:
        count_hour(state, of_fraud, order_key(fraud_order), ms, now)
    if of_harassment >= 0:
        count_hour(state, of_harassment, order_key(harassment_order), ms, now)


def outcome(
    state: VelocityState,
    thresholds: Thresholds,
    at: int,
    caller: int,
    answered: int,
    ring_s: float,
    duration_s: float,
) -> bool:
    """Take the outcome, told later, of a call that entered without one and was not stopped; at is that of the call.

    Whether it was taken: the caller must still be known, and while its log is short the very attempt is looked for.
    An outcome told after its time counts from now on, in the windows that its time still falls into.
    """
    now, ms = to_ms(state.control[CLOCK]), to_ms(at)
    flag = flag_of(answered, ring_s, thresholds.one_ring_us)
    record = record_of(state, CALLERS, caller) if has_velocity(caller) else -1
    if record < 0 or flag == NO_OUTCOME:
        return False
    entry = attempt_entry(ms, flag, ring_s, duration_s)
    stamp = state.callers[record * stride_of(CALLERS) + STAMP]
    class_, count = class_of(stamp), entries_of(stamp)
    words, base = table_of(state, kind_at(CALLERS, class_)), log_base(state, CALLERS, record, class_)
    if class_ == 3:
        roll(words, base, now)
        put_outcome(words, base, due_of(entry), flag, now)
        return True
    for place in range(base + FIRST_ENTRY, base + FIRST_ENTRY + 2 * count, 2):
        if words[place + 1] >> 21 == ms and words[place + 1] & 3 == NO_OUTCOME:
            words[place + 1] = entry
            return True
    return False
