"""The counts of senders and orders over an hour, and of codes by a sender to a subscriber: records of `tally` by key.

Senders stand in the table `hours` under twice their number, orders under twice theirs and one; codes in `codes` under
(sender, subscriber). Like a side's records they are made `ready` before anything is counted.
"""

from __future__ import annotations

from wurao.screening.velocity.layout import CODES, HOUR, HOURS, KEY, STAMP, STAMP_SHIFT, VelocityState
from wurao.screening.velocity.table import find_pair, hold
from wurao.screening.velocity.tally import count_one, tally

NOBODY = -1
HOURS_STRIDE, CODES_STRIDE = 64, 16


def sender_key(sender: int) -> int:
    """A sender's key in `hours`."""
    return sender * 2


def order_key(order: int) -> int:
    """An order's key in `hours`."""
    return order * 2 + 1


def hour_count(state: VelocityState, key: int, now: int) -> int:
    """How many under this key in an hour."""
    record = find_pair(state.hours_slots, state.hours, HOURS_STRIDE, key, NOBODY)
    return tally(state.hours, record * HOURS_STRIDE, HOURS_STRIDE, now, HOUR) if record >= 0 else 0


def ready_hour(state: VelocityState, key: int, now: int) -> int:
    """The record of this key."""
    words = state.hours
    record = hold(state.control, HOURS, state.hours_slots, words, HOURS_STRIDE, key, NOBODY, now, HOUR)
    words[(record + 1) * HOURS_STRIDE - 1]
    words[record * HOURS_STRIDE + STAMP] = now << STAMP_SHIFT
    return record


def count_hour(state: VelocityState, record: int, key: int, at: int, now: int) -> None:
    """Count one under a key that is `ready`, unless another of the same row has taken its place."""
    base = record * HOURS_STRIDE
    if state.hours[base + KEY] == key:
        count_one(state.hours, base, HOURS_STRIDE, at, now, HOUR)


def code_count(state: VelocityState, sender: int, callee: int, now: int, span: int) -> int:
    """How many codes by a sender to a subscriber in the window."""
    record = find_pair(state.codes_slots, state.codes, CODES_STRIDE, sender, callee)
    return tally(state.codes, record * CODES_STRIDE, CODES_STRIDE, now, span) if record >= 0 else 0


def ready_code(state: VelocityState, sender: int, callee: int, now: int, span: int) -> int:
    """The record of a sender and a subscriber."""
    words = state.codes
    record = hold(state.control, CODES, state.codes_slots, words, CODES_STRIDE, sender, callee, now, span)
    words[(record + 1) * CODES_STRIDE - 1]
    words[record * CODES_STRIDE + STAMP] = now << STAMP_SHIFT
    return record


def count_code(state: VelocityState, record: int, at: int, now: int, span: int) -> None:
    """Count one code of a pair that is `ready`."""
    count_one(state.codes, record * CODES_STRIDE, CODES_STRIDE, at, now, span)
