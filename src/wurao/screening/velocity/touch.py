"""Asking the machine, some events ahead, for the memory that an event will need: four steps, each a load deeper.

The engine calls `touch_slots` for the row a good way ahead, `touch_records` for a nearer one, `touch_stores` and
`touch_entries` for nearer ones still. None of them changes anything or raises; leaving them out changes only the speed.
"""

from __future__ import annotations

import numpy as np

from wurao.compiled import View, prefetch
from wurao.screening.velocity.buckets import RINGS, SLOTS, SUMS, bucket_of
from wurao.screening.velocity.contacts import CALLED_STRIDE, NOBODY
from wurao.screening.velocity.layout import (
    ASKED,
    BEGAN,
    BOUND,
    CALLEES,
    CALLERS,
    CLOCK,
    FIRST_ENTRY,
    FIRST_TABLE,
    HAND,
    HEAVY,
    HOUR,
    HOURS,
    KEY,
    KEY_2,
    LINK,
    LOW_32,
    STAMP,
    USED,
    VelocityState,
    mix,
    to_ms,
)
from wurao.screening.velocity.recency import PLACES, TABLE, newer_of, older_of
from wurao.screening.velocity.repeats import STRIDE as REPEATS_STRIDE
from wurao.screening.velocity.repeats import signed
from wurao.screening.velocity.stores import class_of, entries_of, near_place, near_record, stride_of, table_of
from wurao.screening.velocity.table import PRINT_BITS, mark_of, unseen_longest
from wurao.screening.velocity.tallies import HOURS_STRIDE, sender_key

LINE = 8
"""Words of a cache line."""


def touch_slots(state: VelocityState, caller: int, callee: int, id_high: np.uint64, id_low: np.uint64) -> None:
    """Ask for the index lines of a row, and for what is to give way when a table is full."""
    _touch_hand(state.control, CALLEES, state.callees, state.callees_slots, stride_of(CALLEES))
    _touch_hand(state.control, CALLERS, state.callers, state.callers_slots, stride_of(CALLERS))
    _near(state.callers_slots, mix(caller, 0))
    _near(state.callees_slots, mix(callee, 0))
    _near(state.called_slots, mark_of(callee, caller))
    _near(state.rescue_slots, mark_of(callee, NOBODY))
    if id_low != 0:
        _near(state.repeats_slots, mark_of(signed(id_high), signed(id_low)))


def touch_records(state: VelocityState, caller: int, callee: int, id_high: np.uint64, id_low: np.uint64) -> None:
    """Ask for the records of a row, whose index lines are near by now, and keep where they are."""
    record = _likely(state.callers_slots, mix(caller, 0))
    state.near[near_place(CALLERS, caller)] = record + 1
    prefetch(state.callers, record * stride_of(CALLERS))
    record = _likely(state.callees_slots, mix(callee, 0))
    state.near[near_place(CALLEES, callee)] = record + 1
    prefetch(state.callees, record * stride_of(CALLEES))
    prefetch(state.called, _likely(state.called_slots, mark_of(callee, caller)) * CALLED_STRIDE)
    if id_low != 0:
        found = _likely(state.repeats_slots, mark_of(signed(id_high), signed(id_low)))
        prefetch(state.repeats, found * REPEATS_STRIDE)


def touch_stores(state: VelocityState, caller: int, callee: int) -> None:
    """Ask for the stores of a row, whose records are near by now."""
    now = to_ms(state.control[CLOCK])
    _touch_store(state, CALLERS, near_record(state, CALLERS, caller), callee, now)
    _touch_store(state, CALLEES, near_record(state, CALLEES, callee), caller, now)


def touch_entries(state: VelocityState, caller: int, callee: int) -> None:
    """Ask for the newest and oldest entries of the lists of heavy stores, whose heads are near by now."""
    _touch_entries(state, CALLERS, near_record(state, CALLERS, caller))
    _touch_entries(state, CALLEES, near_record(state, CALLEES, callee))


def touch_hour_slots(state: VelocityState, sender: int) -> None:
    """Ask for the index line of a sender's hour."""
    _near(state.hours_slots, mark_of(sender_key(sender), NOBODY))


def touch_hour(state: VelocityState, sender: int) -> None:
    """Ask for a sender's hour, whose index line is near by now; most have done little in it and need its first line."""
    record = _likely(state.hours_slots, mark_of(sender_key(sender), NOBODY))
    prefetch(state.hours, record * HOURS_STRIDE)


def touch_hours_ahead(state: VelocityState) -> None:
    """Ask for the hours that are looked at next for one that is over, and for the index lines that they leave.

    Most senders call once in a while, so nearly every one that does takes the place of one whose hour is over.
    """
    control, words = state.control, state.hours
    at = FIRST_TABLE + 4 * HOURS
    hand = control[at + HAND]
    if hand < 0 or hand + 12 > control[at + USED] or to_ms(control[CLOCK]) - control[BEGAN] < HOUR:
        return
    if (hand + 12) * HOURS_STRIDE > len(words):
        return
    for record in range(hand + 8, hand + 12):
        prefetch(words, record * HOURS_STRIDE)
        prefetch(words, record * HOURS_STRIDE + LINE)
    for record in range(hand + 4, hand + 8):
        base = record * HOURS_STRIDE
        _near(state.hours_slots, mark_of(words[base + KEY], words[base + KEY_2]))


def _stamp_at(words: View, side: int, record: int) -> int:
    """The stamp of a record that may not be one: 0 where it is outside."""
    base = record * stride_of(side)
    if base < 0 or base + stride_of(side) > len(words):
        return 0
    return words[base + STAMP]


def _touch_store(state: VelocityState, side: int, record: int, other: int, now: int) -> None:
    stamp = _stamp_at(table_of(state, side), side, record)
    class_ = class_of(stamp)
    if class_ == 0:
        first = record * stride_of(side)
        for line in range(first + LINE, first + min(FIRST_ENTRY + 2 * entries_of(stamp) + 2, stride_of(side)), LINE):
            prefetch(table_of(state, side), line)
        return
    stores = table_of(state, class_ + 1)
    store = table_of(state, side)[record * stride_of(side) + LINK] * stride_of(class_ + 1)
    if class_ < 3:
        for line in range(store, store + FIRST_ENTRY + 2 * entries_of(stamp) + 2, LINE):
            prefetch(stores, line)
        return
    prefetch(stores, store)
    prefetch(stores, store + SUMS)
    prefetch(stores, store + TABLE)
    prefetch(stores, store + TABLE + 2 * (mix(other + 1, 0) & 255))
    if side == CALLERS:
        for level in range(3):
            cell = 2 * (bucket_of(now, level) & 63)
            ring = store + RINGS + 128 * level
            prefetch(stores, ring + cell)
            if level == 0:
                prefetch(stores, ring + ((cell + LINE) & 127))
        prefetch(stores, store + SLOTS + (now // 1000 & 63))


def _touch_entries(state: VelocityState, side: int, record: int) -> None:
    if class_of(_stamp_at(table_of(state, side), side, record)) < 3:
        return
    words = state.heavy
    table = table_of(state, side)[record * stride_of(side) + LINK] * stride_of(HEAVY) + TABLE
    if table < 0 or table + 2 * PLACES > len(words):
        return
    for head in range(3):
        link = words[table + 2 * head + 1]
        prefetch(words, table + 2 * newer_of(link))
        if head == 0:
            prefetch(words, table + 2 * older_of(link))


def _touch_hand(control: View, table: int, words: View, slots: View, stride: int) -> None:
    at = FIRST_TABLE + 4 * table
    used, hand = control[at + USED], control[at + HAND]
    if hand == control[ASKED + table] or used < control[at + BOUND] or hand < 0 or (hand + 24) * stride > len(words):
        return
    control[ASKED + table] = hand
    _near(slots, mix(words[unseen_longest(words, stride, hand, used) * stride], 0))
    for record in range(hand + 16, hand + 24):
        prefetch(words, record * stride)


def _near(slots: View, mixed: int) -> None:
    prefetch(slots, mixed & (len(slots) - 1))


def _likely(slots: View, mixed: int) -> int:
    """The record at a key's first place in the index, when its print fits there or next to it; else -1."""
    mask = len(slots) - 1
    mark = mixed & PRINT_BITS
    for step in range(4):
        cell = slots[(mark + step) & mask]
        if cell >> 32 == mark and cell != 0:
            return int(cell & LOW_32) - 1
    return -1
