"""Whom a subscriber called, and who called for rescue: two tables of times, looked up for every call.

A call by a registered subscriber is kept as (subscriber, number) with its latest time, a call to 110, 119, 120 or 122
as the caller with the time until which the rescuers may ring back. Both are written at once: writing one twice is the
same as once, so a row that is run again after a fault does no harm.
"""

from __future__ import annotations

from wurao.screening.velocity.layout import CALLED, RESCUE, STAMP, STAMP_SHIFT, VelocityState, to_ms
from wurao.screening.velocity.table import find_pair, hold

RESCUE_110, RESCUE_119, RESCUE_120, RESCUE_122 = ((4 << 59) | number for number in (1110, 1119, 1120, 1122))
CALLED_STRIDE, RESCUE_STRIDE = 3, 4
UNTIL = 3
"""The word of a rescue record that holds until when, in microseconds."""
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


def rescue_until(state: VelocityState, subscriber: int, after: int) -> int:
    """Until when rescuers may ring this subscriber back, in microseconds; 0 where that is not after a time."""
    record = find_pair(state.rescue_slots, state.rescue, RESCUE_STRIDE, subscriber, NOBODY)
    until = int(state.rescue[record * RESCUE_STRIDE + UNTIL]) if record >= 0 else 0
    return until if until > after else 0


def note_rescue(state: VelocityState, subscriber: int, at: int, span: int, late: int) -> None:
    """Remember a call for rescue at a time; it holds for a span, and rows may be late (all in microseconds)."""
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
    words[place + UNTIL] = max(words[place + UNTIL], at + span)
