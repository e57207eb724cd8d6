"""Whom a subscriber called, and who called for rescue: two tables of times, looked up for every call.

A call by a registered subscriber is kept as (subscriber, number) with its latest time, calls to 110, 119, 120 or 122
as the caller with the times from and until which the rescuers may ring back. Both are written at once: writing one
twice is the same as once, so a row that is run again after a fault does no harm.
"""

from __future__ import annotations

from wurao.screening.velocity.layout import CALLED, RESCUE, STAMP, STAMP_SHIFT, VelocityState, to_ms
from wurao.screening.velocity.table import find_pair, hold

RESCUE_110, RESCUE_119, RESCUE_120, RESCUE_122 = ((4 << 59) | number for number in (1110, 1119, 1120, 1122))
CALLED_STRIDE, RESCUE_STRIDE = 3, 5
SINCE, UNTIL = 3, 4
"""The words of a rescue record that hold from and until when, in microseconds."""
NOBODY = -1


def is_rescue(callee: int) -> bool:
    """Whether a number is 110, 119, 120 or 122."""
    return callee == RESCUE_110 or callee == RESCUE_119 or callee == RESCUE_120 or callee == RESCUE_122


def called_within(state: VelocityState, subscriber: int, number: int, now: int, span: int) -> bool:
    """Whether the subscriber called this number within a span."""
    record = find_pair(state.called_slots, state.called, CALLED_STRIDE, subscriber, number)
    return bool(record >= 0 and (state.called[record * CALLED_STRIDE + STAMP] >> STAMP_SHIFT) > now - span)


def note_call(state: VelocityState, subscriber: int, number: int, at: int, span: int) -> None:
    """Remember that the subscriber called this number."""
    words = state.called
    place = CALLED_STRIDE * hold(
        state.control, CALLED, state.called_slots, words, CALLED_STRIDE, subscriber, number, at, span
    )
    words[place + STAMP] = max(words[place + STAMP], at << STAMP_SHIFT)


def rescue_window(state: VelocityState, subscriber: int, then: int) -> tuple[int, int]:
    """From and until when rescuers may ring this subscriber back, in microseconds; 0 and 0 where it is over by then.

    From the call for help on: what a late row tells of the time before it was no answer to it.
    """
    record = find_pair(state.rescue_slots, state.rescue, RESCUE_STRIDE, subscriber, NOBODY)
    if record < 0 or state.rescue[record * RESCUE_STRIDE + UNTIL] <= then:
        return 0, 0
    return state.rescue[record * RESCUE_STRIDE + SINCE], state.rescue[record * RESCUE_STRIDE + UNTIL]


def note_rescue(state: VelocityState, subscriber: int, at: int, span: int, late: int) -> None:
    """Remember a call for rescue at a time; it holds for a span, and rows may be late (all in microseconds).

    Several calls make one window where it is not interrupted for longer than a row may be late: so the order in which
    they are read, late ones among them, makes no difference.
    """
    words = state.rescue
    place = RESCUE_STRIDE * hold(
        state.control,
        RESCUE,
        state.rescue_slots,
        words,
        RESCUE_STRIDE,
        subscriber,
        NOBODY,
        to_ms(at),
        to_ms(span + 2 * late) + 1,
    )
    words[place + STAMP] = max(words[place + STAMP], to_ms(at) << STAMP_SHIFT)
    if words[place + UNTIL] == 0 or at > words[place + UNTIL] + late:
        words[place + SINCE] = at
    words[place + SINCE] = min(words[place + SINCE], at)
    words[place + UNTIL] = max(words[place + UNTIL], at + span)
