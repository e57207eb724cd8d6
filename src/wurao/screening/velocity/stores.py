"""Where a caller's attempts, or a callee's callers, are kept: in the record itself, then in ever larger stores.

`ready` finds or makes a record and sees to it that one more entry has room; `write` then writes it and cannot fail. A
record's stamp holds its class (0 in the record, 1 small, 2 large, 3 heavy) and how many entries its log has. A store
begins with its owner (record << 1 | side, -1 when it is free) and a stamp; when there is none left, the owner that was
unseen longest of eight loses what was counted of it.
"""

from __future__ import annotations

from wurao.compiled import View, apart
from wurao.screening.velocity.buckets import ROLLED, add, put_by, roll_buckets
from wurao.screening.velocity.layout import (
    CALLEES,
    CALLERS,
    FIRST_ENTRY,
    FIRST_TABLE,
    FREE,
    HEAVY,
    KEY,
    LARGE,
    LINK,
    NEAR_BITS,
    OVER,
    SMALL,
    STAMP,
    STAMP_SHIFT,
    VelocityState,
    mix,
)
from wurao.screening.velocity.log import ANSWERED, NO_OUTCOME, ONE_RING, append, compact, due_of, place_in
from wurao.screening.velocity.recency import note, prepare, roll_recency
from wurao.screening.velocity.table import PRINT_BITS, claim, count_fresh, find, insert, is_fresh, remove

FREE_OWNER = -1


def stride_of(kind: int) -> int:
    """Words of a record or a store."""
    if kind == CALLERS:
        return 16
    if kind == CALLEES:
        return 8
    if kind == SMALL:
        return 48
    return 128 if kind == LARGE else 1104


def table_of(state: VelocityState, kind: int) -> View:
    """The words of one table."""
    if kind == CALLERS:
        return state.callers
    if kind == CALLEES:
        return state.callees
    if kind == SMALL:
        return state.small
    if kind == LARGE:
        return state.large
    return state.heavy


def class_of(stamp: int) -> int:
    """0 in the record, 1 small, 2 large, 3 heavy."""
    return (stamp >> 7) & 3


def entries_of(stamp: int) -> int:
    """How many entries the log has."""
    return stamp & 127


def stamp_of(seen: int, class_: int, entries: int) -> int:
    """A record's stamp."""
    return (seen << STAMP_SHIFT) | (class_ << 7) | entries


def kind_at(side: int, class_: int) -> int:
    """The table where entries of this class are."""
    return side if class_ == 0 else class_ + 1


def room_in(kind: int) -> int:
    """How many entries a log of this kind holds."""
    return (stride_of(kind) - FIRST_ENTRY) // 2


def log_base(state: VelocityState, side: int, record: int, class_: int) -> int:
    """The first word of the record or store that holds the entries."""
    base = record * stride_of(side)
    if class_ == 0:
        return base
    return table_of(state, side)[base + LINK] * stride_of(class_ + 1)


def slots_of(state: VelocityState, side: int) -> View:
    """The index of a side."""
    if side == CALLERS:
        return state.callers_slots
    return state.callees_slots


def near_place(side: int, key: int) -> int:
    """Where in `near` the record of a number stands."""
    return (side << NEAR_BITS) | ((((key & 4294967295) * 1640531527) >> 20) & ((1 << NEAR_BITS) - 1))


def near_record(state: VelocityState, side: int, key: int) -> int:
    """The record of a number, if it was found lately; else -1."""
    record = state.near[near_place(side, key)] - 1
    words, stride = table_of(state, side), stride_of(side)
    if record < 0 or record >= len(words) // stride or words[record * stride + KEY] != key:
        return -1
    return int(record)


def record_of(state: VelocityState, side: int, key: int) -> int:
    """The record of a number, or -1."""
    record = near_record(state, side, key)
    if record < 0:
        record = find(slots_of(state, side), table_of(state, side), stride_of(side), key)
        state.near[near_place(side, key)] = record + 1
    return record


def ready(state: VelocityState, side: int, key: int, other: int, now: int) -> int:
    """The record of a key, with room for one more entry; changes nothing that anyone could measure."""
    words, stride = table_of(state, side), stride_of(side)
    record = record_of(state, side, key)
    if record < 0:
        record = _make(state, side, key, now)
    base = record * stride
    stamp = words[base + STAMP]
    if now - (stamp >> STAMP_SHIFT) >= OVER:
        _empty(state, side, record)
        stamp = words[base + STAMP]
    words[base + STAMP] = (max(stamp >> STAMP_SHIFT, now) << STAMP_SHIFT) | (stamp & 511)
    _make_room(state, side, record, other, now)
    return record


@apart
def _make(state: VelocityState, side: int, key: int, now: int) -> int:
    words, stride, slots = table_of(state, side), stride_of(side), slots_of(state, side)
    record = claim(state.control, side, words, stride, now, OVER)
    base = record * stride
    if is_fresh(state.control, side, record):
        count_fresh(state.control, side)
    else:
        _empty(state, side, record)
        remove(slots, mix(words[base + KEY], 0) & PRINT_BITS, record)
    words[base + KEY] = key
    words[base + STAMP] = stamp_of(now, 0, 0)
    insert(slots, mix(key, 0) & PRINT_BITS, record)
    return record


def _empty(state: VelocityState, side: int, record: int) -> None:
    """Forget what was counted of a record; its store is free again."""
    words, base = table_of(state, side), record * stride_of(side)
    stamp = words[base + STAMP]
    class_ = class_of(stamp)
    if class_ > 0:
        _give_back(state, class_ + 1, words[base + LINK], (record << 1) | side)
    words[base + STAMP] = (stamp >> STAMP_SHIFT) << STAMP_SHIFT


def _give_back(state: VelocityState, kind: int, store: int, owner: int) -> None:
    words, stride, at = table_of(state, kind), stride_of(kind), FIRST_TABLE + 4 * kind
    if words[store * stride + KEY] == owner:
        words[store * stride + KEY] = FREE_OWNER
        words[store * stride + STAMP] = state.control[at + FREE]
        state.control[at + FREE] = store + 1


def _make_room(state: VelocityState, side: int, record: int, other: int, now: int) -> None:
    words, base = table_of(state, side), record * stride_of(side)
    stamp = words[base + STAMP]
    class_, count = class_of(stamp), entries_of(stamp)
    kind = kind_at(side, class_)
    store, first = table_of(state, kind), log_base(state, side, record, class_)
    store[first + stride_of(kind) - 1]
    store[first]
    if class_ > 0:
        store[first + STAMP] = stamp
    if class_ == 3 or count < room_in(kind):
        return
    if side == CALLEES and place_in(store, first + FIRST_ENTRY, count, other) >= 0:
        return
    kept = compact(store, first + FIRST_ENTRY, min(count, room_in(kind)), now)
    words[base + STAMP] = (stamp & ~127) | kept
    if kept == room_in(kind):
        _promote(state, side, record, kept, now)


@apart
def _promote(state: VelocityState, side: int, record: int, count: int, now: int) -> None:
    """Move a full log into the next larger store."""
    words, base = table_of(state, side), record * stride_of(side)
    stamp = words[base + STAMP]
    class_ = class_of(stamp)
    kind = class_ + 2
    place = _claim_store(state, kind, now)
    old, first = table_of(state, kind_at(side, class_)), log_base(state, side, record, class_) + FIRST_ENTRY
    new, target = table_of(state, kind), place * stride_of(kind)
    if kind == HEAVY:
        for word in range(target, target + stride_of(HEAVY)):
            new[word] = 0
        prepare(new, target)
        roll_buckets(new, target, now)
        for entry in range(first, first + 2 * count, 2):
            number = old[entry]
            _write_heavy(new, target, side, ~number if number < 0 else number, old[entry + 1], now)
    else:
        for word in range(2 * count):
            new[target + FIRST_ENTRY + word] = old[first + word]
    new[target + KEY] = (record << 1) | side
    new[target + STAMP] = stamp
    if class_ > 0:
        _give_back(state, class_ + 1, words[base + LINK], (record << 1) | side)
    words[base + LINK] = place
    words[base + STAMP] = stamp_of(stamp >> STAMP_SHIFT, class_ + 1, 0 if kind == HEAVY else count)


def _claim_store(state: VelocityState, kind: int, now: int) -> int:
    """A store that is nobody's."""
    words, stride, at = table_of(state, kind), stride_of(kind), FIRST_TABLE + 4 * kind
    control = state.control
    free = control[at + FREE] - 1
    if free >= 0:
        following = words[free * stride + STAMP]
        words[(free + 1) * stride - 1]
        control[at + FREE] = following
        return int(free)
    place = claim(control, kind, words, stride, now, OVER)
    if is_fresh(control, kind, place):
        count_fresh(control, kind)
    else:
        _evict(state, kind, place)
    return place


def _evict(state: VelocityState, kind: int, place: int) -> None:
    owner = table_of(state, kind)[place * stride_of(kind) + KEY]
    side, record = owner & 1, owner >> 1
    words, base = table_of(state, side), record * stride_of(side)
    stamp = words[base + STAMP]
    if class_of(stamp) + 1 == kind and words[base + LINK] == place:
        words[base + STAMP] = (stamp >> STAMP_SHIFT) << STAMP_SHIFT


def write(state: VelocityState, side: int, record: int, other: int, entry: int, now: int) -> None:
    """Write one attempt into a record that is `ready`."""
    words, base = table_of(state, side), record * stride_of(side)
    stamp = words[base + STAMP]
    class_, count = class_of(stamp), entries_of(stamp)
    kind = kind_at(side, class_)
    store, first = table_of(state, kind), log_base(state, side, record, class_)
    if class_ == 3:
        roll(store, first, now)
        _write_heavy(store, first, side, other, entry, now)
        return
    if side == CALLEES:
        place = place_in(store, first + FIRST_ENTRY, count, other)
        if place >= 0:
            store[place + 1] = max(store[place + 1], entry)
            return
    append(store, first + FIRST_ENTRY, count, other, entry)
    words[base + STAMP] = stamp + 1


def roll(words: View, store: int, now: int) -> None:
    """Bring a heavy store to a time."""
    words[store]
    words[store + stride_of(HEAVY) - 1]
    if now > words[store + ROLLED]:
        _roll_on(words, store, now)


@apart
def _roll_on(words: View, store: int, now: int) -> None:
    roll_recency(words, store, now)
    roll_buckets(words, store, now)


@apart
def _write_heavy(words: View, store: int, side: int, other: int, entry: int, now: int) -> None:
    at, flag = entry >> 21, entry & 3
    note(words, store, other, at, now)
    if side == CALLERS:
        add(words, store, at, 1 << 32, 0, now)
        if flag != NO_OUTCOME:
            put_outcome(words, store, due_of(entry), flag, now)


def put_outcome(words: View, store: int, due: int, flag: int, now: int) -> None:
    """Count one outcome of a heavy caller when it is due."""
    put_by(words, store, due, 1 if flag == ANSWERED else 0, 1 if flag == ONE_RING else 0, now)
