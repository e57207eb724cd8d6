"""Sliding counts of a heavy caller: attempts, answered, ended, one-ring over a minute, an hour, a day.

Operations: roll to a time, add at a time, put an outcome by until its time, read the sums.

Goals: a fixed 4.5 kB for any volume; a sum is never more than the truth, and short of it by no more than what fell into
one sixtieth of the window; an outcome is never counted before its time.

Plan. Each window is sixty buckets of a sixtieth of it, in a ring of 64, with its sum kept up as buckets leave: the sum
is what fell into the last sixty buckets, the present one included. Outcomes to come wait in three rings of 64 slots of
1, 16 and 256 seconds, at the end of the slot in which they fall due, so those of calls that end within a minute are
late by up to a second, within 17 minutes by 16, else by 256 (4.5 hours at most: a longer call counts then).
"""

from __future__ import annotations

from wurao.compiled import View

ROLLED, SUMS, WAITING, RINGS, SLOTS = 6, 8, 14, 528, 912
"""Words of a heavy store: the time it was rolled to; two sums for each of three levels; a bit for each level whose
slots hold outcomes; the rings of buckets (attempts << 32 | answered, ended << 32 | one-ring); the waiting outcomes."""
MOST = (1 << 21) - 1
"""So many outcomes can wait in one slot; more are not counted."""


def bucket_of(at: int, level: int) -> int:
    """The bucket of a time; by constants, which divide faster than a variable."""
    if level == 0:
        return at // 1000
    return at // 60_000 if level == 1 else at // 1_440_000


def slot_of(second: int, level: int) -> int:
    """The slot of 1, 16 or 256 seconds that a second is in."""
    return second >> (4 * level)


def roll_buckets(words: View, store: int, now: int) -> None:
    """Let what is over leave the sums, and count the outcomes whose time has come."""
    before = words[store + ROLLED]
    if now <= before:
        return
    for level in range(3):
        sums = store + SUMS + 2 * level
        if words[sums] != 0 or words[sums + 1] != 0:
            first, last = bucket_of(before, level) - 59, bucket_of(now, level) - 60
            if last - first >= 59:
                first = last - 63
            _expire(words, sums, store + RINGS + 128 * level, first, last)
    words[store + ROLLED] = now
    for level in range(3):
        if (words[store + WAITING] >> level) & 1 != 0:
            _release(words, store, level, before // 1000, now)


def _expire(words: View, sums: int, ring: int, first: int, last: int) -> None:
    for bucket in range(first, last + 1):
        cell = ring + 2 * (bucket & 63)
        if words[cell] != 0 or words[cell + 1] != 0:
            words[sums] -= words[cell]
            words[sums + 1] -= words[cell + 1]
            words[cell] = 0
            words[cell + 1] = 0


def _release(words: View, store: int, level: int, before: int, now: int) -> None:
    last = slot_of(now // 1000, level)
    first = slot_of(before, level) + 1
    if last - first >= 63:
        first = last - 63
        words[store + WAITING] &= ~(1 << level)
    for tick in range(first, last + 1):
        slot = store + SLOTS + 64 * level + (tick & 63)
        counts = words[slot]
        if counts != 0:
            ended, answered, one_ring = counts >> 42, (counts >> 21) & MOST, counts & MOST
            words[slot] = 0
            add(words, store, (tick << (4 * level)) * 1000, answered, (ended << 32) | one_ring, now)


def add(words: View, store: int, at: int, first: int, second: int, now: int) -> None:
    """Count at a time that is not after now; the store has been rolled to now."""
    for level in range(3):
        bucket = bucket_of(at, level)
        if bucket > bucket_of(now, level) - 60:
            cell = store + RINGS + 128 * level + 2 * (bucket & 63)
            sums = store + SUMS + 2 * level
            words[cell] += first
            words[cell + 1] += second
            words[sums] += first
            words[sums + 1] += second


def put_by(words: View, store: int, due: int, answered: int, one_ring: int, now: int) -> None:
    """Count one outcome when it is due: now, or in a slot of its own time."""
    if due <= now:
        add(words, store, due, answered, (1 << 32) | one_ring, now)
        return
    second, present = (due + 999) // 1000, now // 1000
    level = 0
    while level < 2 and slot_of(second, level) - slot_of(present, level) > 61:
        level += 1
    tick = min(slot_of(second + (1 << (4 * level)) - 1, level), slot_of(present, level) + 63)
    slot = store + SLOTS + 64 * level + (tick & 63)
    if words[slot] >> 42 < MOST:
        words[slot] += (1 << 42) | (answered << 21) | one_ring
        words[store + WAITING] |= 1 << level
