"""Events that come twice: an `event_id` seen again within 24 hours (setting) gets the verdict it had and counts once.

`find_repeat` before a row is screened; `recall` what was decided; `ready_repeat` before it enters, `remember` after. An
id is 128 bits in two words, both 0 for none. What is remembered of a verdict is 21 bits and one whole word, packed and
unpacked by the engine.
"""

from __future__ import annotations

import numpy as np

from wurao.screening.velocity.layout import (
    KEY,
    KEY_2,
    LAST_REPEAT,
    REPEATS,
    STAMP,
    STAMP_LOW,
    STAMP_SHIFT,
    VelocityState,
    to_ms,
)
from wurao.screening.velocity.table import find_pair, hold
from wurao.settings.thresholds import Thresholds

STRIDE = 4
WORD = 3


def signed(word: np.uint64) -> int:
    """The same 64 bits as a signed integer."""
    high = np.int64(word >> np.uint64(32))
    return int(((high ^ 2147483648) - 2147483648) * 4294967296 + np.int64(word & np.uint64(4294967295)))


def find_repeat(state: VelocityState, id_high: np.uint64, id_low: np.uint64, now: int, thresholds: Thresholds) -> int:
    """Where an earlier event of this id within the window is remembered, or -1; now is the clock in microseconds."""
    high, low = signed(id_high), signed(id_low)
    if high == 0 and low == 0:
        return -1
    record = find_pair(state.repeats_slots, state.repeats, STRIDE, high, low)
    if record < 0:
        return -1
    seen = state.repeats[record * STRIDE + STAMP] >> STAMP_SHIFT
    return record if seen > to_ms(now) - to_ms(thresholds.repeat_us) else -1


def recall(state: VelocityState, place: int) -> tuple[int, int]:
    """The 21 bits and the word that were remembered there."""
    return int(state.repeats[place * STRIDE + STAMP] & STAMP_LOW), int(state.repeats[place * STRIDE + WORD])


def ready_repeat(state: VelocityState, id_high: np.uint64, id_low: np.uint64, now: int, thresholds: Thresholds) -> None:
    """Make a place for an event that is to be remembered; nobody finds it yet, and `remember` then cannot raise."""
    high, low = signed(id_high), signed(id_low)
    if high == 0 and low == 0:
        return
    words, ms, span = state.repeats, to_ms(now), to_ms(thresholds.repeat_us)
    record = hold(state.control, REPEATS, state.repeats_slots, words, STRIDE, high, low, ms, span)
    words[(record + 1) * STRIDE - 1]
    words[record * STRIDE + STAMP] = 0
    state.control[LAST_REPEAT] = record


def remember(
    state: VelocityState,
    id_high: np.uint64,
    id_low: np.uint64,
    now: int,
    thresholds: Thresholds,
    bits: int,
    word: int,
) -> None:
    """Remember an event's verdict at the clock's time: 21 bits and a word."""
    high, low = signed(id_high), signed(id_low)
    if high == 0 and low == 0:
        return
    words, ms = state.repeats, to_ms(now)
    record = state.control[LAST_REPEAT]
    if words[record * STRIDE + KEY] != high or words[record * STRIDE + KEY_2] != low:
        record = hold(
            state.control, REPEATS, state.repeats_slots, words, STRIDE, high, low, ms, to_ms(thresholds.repeat_us)
        )
    words[record * STRIDE + WORD] = word
    words[record * STRIDE + STAMP] = (ms << STAMP_SHIFT) | (bits & STAMP_LOW)
