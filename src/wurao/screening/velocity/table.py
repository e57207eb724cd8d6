"""Records found by key, and records handed out: the hash index and the one way in which all tables grow and give way.

Records are numbered in the order in which they are handed out, so which record gives way to a new one depends on the
sequence of rows alone, never on how large the arrays happen to be. Each time a record is wanted, four under the hand
are looked at and the hand moves on: the first that is over is taken; else the next unused one; at the table's bound,
of eight under the hand the one unseen longest. Nothing is looked at while the state is too young for anything to be
over. Everything that can raise is read before the first write.
"""

from __future__ import annotations

from wurao.compiled import View, apart
from wurao.screening.velocity.layout import (
    BEGAN,
    BOUND,
    FIRST_TABLE,
    HAND,
    KEY,
    KEY_2,
    LOW_32,
    STAMP,
    STAMP_SHIFT,
    USED,
    mix,
)

PRINT_BITS = (1 << 31) - 1
LOOKED_AT = 4
"""So many records under the hand are looked at for one that is over: more than are handed out, so the hand comes round,
and a table without new kinds of traffic settles where a quarter of it is over."""


def find(slots: View, words: View, stride: int, key: int) -> int:
    """The record of a key, or -1."""
    mark = mix(key, 0) & PRINT_BITS
    mask = len(slots) - 1
    for step in range(mask + 1):
        cell = slots[(mark + step) & mask]
        if cell == 0:
            return -1
        if cell >> 32 == mark:
            record = (cell & LOW_32) - 1
            if words[record * stride + KEY] == key:
                return int(record)
    return -1


def mark_of(key: int, key_2: int) -> int:
    """Where a pair of keys begins to be looked for; the turned pair, which the same row asks for, stands there too."""
    return mix(min(key, key_2), max(key, key_2)) & PRINT_BITS


def find_pair(slots: View, words: View, stride: int, key: int, key_2: int) -> int:
    """The record of a pair of keys, or -1."""
    mark = mark_of(key, key_2)
    mask = len(slots) - 1
    for step in range(mask + 1):
        cell = slots[(mark + step) & mask]
        if cell == 0:
            return -1
        if cell >> 32 == mark:
            record = (cell & LOW_32) - 1
            base = record * stride
            if words[base + KEY] == key and words[base + KEY_2] == key_2:
                return int(record)
    return -1


def insert(slots: View, mark: int, record: int) -> None:
    """Put a record's place into the index."""
    mask = len(slots) - 1
    for step in range(mask + 1):
        place = (mark + step) & mask
        if slots[place] == 0:
            slots[place] = (mark << 32) | (record + 1)
            return


def remove(slots: View, mark: int, record: int) -> None:
    """Take a record out of the index; those behind it move up, so that no gap breaks a look-up."""
    mask = len(slots) - 1
    wanted = (mark << 32) | (record + 1)
    hole = -1
    for step in range(mask + 1):
        place = (mark + step) & mask
        cell = slots[place]
        if cell == 0:
            break
        if cell == wanted:
            hole = place
        elif hole >= 0:
            home = (cell >> 32) & mask
            if (place - home) & mask >= (place - hole) & mask:
                slots[hole] = cell
                hole = place
    if hole >= 0:
        slots[hole] = 0


def within(place: int, used: int) -> int:
    """The remainder of a place by so many, which is mostly the place itself: dividing costs ten times as much."""
    return place if place < used else place % used


def unseen_longest(words: View, stride: int, hand: int, used: int) -> int:
    """Of the eight records from the hand on, the one that was seen least recently."""
    chosen = hand
    oldest = words[hand * stride + STAMP]
    for step in range(1, 8):
        record = within(hand + step, used)
        stamp = words[record * stride + STAMP]
        if stamp < oldest:
            chosen, oldest = record, stamp
    return chosen


def claim(control: View, table: int, words: View, stride: int, now: int, over: int) -> int:
    """The record that a new key is to have: `used` for a fresh one, else one that has to be emptied first.

    Moves the hand; the caller empties the record and calls `take`.
    """
    at = FIRST_TABLE + 4 * table
    used = control[at + USED]
    hand = within(control[at + HAND], used) if used > 0 else 0
    for step in range(min(LOOKED_AT, used) if now - control[BEGAN] >= over else 0):
        record = within(hand + step, used)
        if now - (words[record * stride + STAMP] >> STAMP_SHIFT) >= over:
            control[at + HAND] = record + 1
            return record
    if used < control[at + BOUND]:
        words[(used + 1) * stride - 1]
        control[at + HAND] = hand + LOOKED_AT
        return int(used)
    chosen = unseen_longest(words, stride, hand, used)
    control[at + HAND] = hand + 8
    return chosen


@apart
def hold(
    control: View, table: int, slots: View, words: View, stride: int, key: int, key_2: int, now: int, over: int
) -> int:
    """The record of a pair of keys; a new one is zero beyond its keys. Its stamp is the caller's to set."""
    record = find_pair(slots, words, stride, key, key_2)
    if record >= 0:
        return record
    record = claim(control, table, words, stride, now, over)
    base = record * stride
    if is_fresh(control, table, record):
        count_fresh(control, table)
    else:
        remove(slots, mark_of(words[base + KEY], words[base + KEY_2]), record)
        for word in range(base, base + stride):
            words[word] = 0
    words[base + KEY], words[base + KEY_2] = key, key_2
    words[base + STAMP] = now << STAMP_SHIFT
    insert(slots, mark_of(key, key_2), record)
    return record


def is_fresh(control: View, table: int, record: int) -> bool:
    """Whether a claimed record was never used."""
    return bool(record == control[FIRST_TABLE + 4 * table + USED])


def count_fresh(control: View, table: int) -> None:
    """Note that the next unused record is used now."""
    control[FIRST_TABLE + 4 * table + USED] += 1
