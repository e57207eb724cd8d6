"""The counts of senders and orders over an hour, and of codes by a sender to a subscriber: records of `tally` by key.

Senders stand in the table `hours` under twice their number, orders under twice theirs and one; codes in `codes` under
(sender, subscriber). Like a side's records they are made `ready` before anything is counted.

Most senders do little in an hour: a record of `hours` is two lines long and exact. Whose cells run out goes on in
`crowded`, under the same key, and its record in `hours` says so; one that gave way there counts anew here.
"""

from __future__ import annotations

from wurao.compiled import apart
from wurao.screening.velocity.layout import CODES, CROWDED, HOUR, HOURS, KEY, STAMP, STAMP_SHIFT, VelocityState
from wurao.screening.velocity.table import find_pair, hold
from wurao.screening.velocity.tally import CELLS, TOTAL, count_one, is_full, tally

NOBODY = -1
HOURS_STRIDE, CROWDED_STRIDE, CODES_STRIDE = 16, 64, 16
ELSEWHERE = -1
"""The cells of a record of `hours` that goes on in `crowded`."""


def sender_key(sender: int) -> int:
    """A sender's key in `hours`."""
    return sender * 2


def order_key(order: int) -> int:
    """An order's key in `hours`."""
    return order * 2 + 1


def hour_count(state: VelocityState, key: int, now: int) -> int:
    """How many under this key in an hour."""
    record = find_pair(state.hours_slots, state.hours, HOURS_STRIDE, key, NOBODY)
    if record < 0:
        return 0
    if state.hours[record * HOURS_STRIDE + CELLS] != ELSEWHERE:
        return tally(state.hours, record * HOURS_STRIDE, HOURS_STRIDE, now, HOUR)
    place = _crowded(state, key)
    return tally(state.crowded, place * CROWDED_STRIDE, CROWDED_STRIDE, now, HOUR) if place >= 0 else 0


def ready_hour(state: VelocityState, key: int, now: int) -> int:
    """The record of this key, with room for one more here or in `crowded`."""
    words = state.hours
    record = hold(state.control, HOURS, state.hours_slots, words, HOURS_STRIDE, key, NOBODY, now, HOUR)
    base = record * HOURS_STRIDE
    words[base + HOURS_STRIDE - 1]
    words[base + STAMP] = now << STAMP_SHIFT
    if words[base + CELLS] == ELSEWHERE:
        place = _crowded(state, key)
        if place < 0:
            words[base + CELLS], words[base + TOTAL] = 0, 0
        else:
            state.crowded[(place + 1) * CROWDED_STRIDE - 1]
            state.crowded[place * CROWDED_STRIDE + STAMP] = now << STAMP_SHIFT
    elif is_full(words, base, HOURS_STRIDE, now, HOUR):
        _crowd(state, base, key, now)
    return record


def _crowded(state: VelocityState, key: int) -> int:
    """Where a key's cells go on, or -1."""
    return find_pair(state.crowded_slots, state.crowded, CROWDED_STRIDE, key, NOBODY)


@apart
def _crowd(state: VelocityState, base: int, key: int, now: int) -> None:
    """Move the cells of a full record of `hours` to `crowded`."""
    words, crowded = state.hours, state.crowded
    place = hold(state.control, CROWDED, state.crowded_slots, crowded, CROWDED_STRIDE, key, NOBODY, now, HOUR)
    target = place * CROWDED_STRIDE
    crowded[target + CROWDED_STRIDE - 1]
    for word in range(CELLS, HOURS_STRIDE):
        crowded[target + word] = words[base + word]
    words[base + CELLS] = ELSEWHERE


def count_hour(state: VelocityState, record: int, key: int, at: int, now: int) -> None:
    """Count one under a key that is `ready`, unless another of the same row has taken its place."""
    base = record * HOURS_STRIDE
    if state.hours[base + KEY] != key:
        return
    if state.hours[base + CELLS] != ELSEWHERE:
        count_one(state.hours, base, HOURS_STRIDE, at, now, HOUR)
        return
    place = _crowded(state, key)
    if place >= 0:
        count_one(state.crowded, place * CROWDED_STRIDE, CROWDED_STRIDE, at, now, HOUR)


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
