"""How velocity lies in memory: the state's columns, the words of its records, time in milliseconds, one hash.

Operations, and what each may cost (5 million active callers, one core):

    advance   move the clock, say whether a row is late                  a few ns
    measure   six counts of a caller over a minute, an hour, a day;      two or three loads of cold memory, which
              distinct callers of the callee; sender, order and code     `touch_*` ask for some events ahead
              counts; who called whom
    enter     count the attempt and, later, its outcome                  the same lines again, now warm
    save, load                                                           the speed of the disk

Goals: everything exact while it is small, bounded when it is large; verdicts depend on the sequence of rows alone,
never on blocks or on how far a table happens to have grown; nothing in the state but integers, so that a shard can
live in shared memory; a damaged state raises IndexError and neither crashes nor hangs.

Plan. Records are numbered in the order in which they came, in arrays that grow between blocks; a hash index of slots
(31 bits of hash, 32 of record) leads to them. A caller's record of two cache lines holds its last seven attempts as
they were, a callee's of one line its last three callers; whoever has more gets a *store*: a log of 23, of 63, then a
*heavy* store with sliding buckets for counts (`buckets`) and a recency sample for distinct numbers (`recency`). An
outcome needs no queue: it stands in its log entry with its own time, or waits in the heavy store's own ring, and is
seen by whoever looks at that caller next.

All times inside are milliseconds since 1970, from 0 to the year 2109: what lies outside counts as the nearest.
"""

from __future__ import annotations

from wurao.compiled import Bundle

MINUTE = 60_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR
OVER = 2 * DAY
"""A record not touched for so long holds nothing that still counts: attempts last a day, outcomes come within 19 h."""
LAST_MS = (1 << 42) - 1
LOW_32 = (1 << 32) - 1

CALLERS, CALLEES, SMALL, LARGE, HEAVY, HOURS, CROWDED, CODES, CALLED, RESCUE, REPEATS = range(11)
TABLES = ("callers", "callees", "small", "large", "heavy", "hours", "crowded", "codes", "called", "rescue", "repeats")
STRIDES = (16, 8, 48, 128, 1104, 16, 64, 16, 3, 5, 4)
"""Words of a record of each table."""

CLOCK, STARTED, LATE, SERIAL, ASKED, LAST_REPEAT, BEGAN = 0, 1, 2, 3, 4, 6, 7
"""Words of `control`: the greatest `at` (microseconds) and whether there is one, rows late, withheld callers so far; of
both sides the hand for which memory was asked; the record that a repeat was made ready in; a time (ms) before which no
record was seen."""
NEAR_BITS = 8
"""`near` holds for each side, by a few bits of a number, the record + 1 where such a number was found last: a row is
looked up once and read four times. A record found so is taken only if its key is right."""
FIRST_TABLE = 8
USED, HAND, FREE, BOUND = range(4)
"""Of each table, from `FIRST_TABLE + 4 × table`: records so far, the hand, the first free one + 1, at most so many."""

KEY, STAMP, KEY_2, LINK, FIRST_ENTRY = 0, 1, 2, 2, 2
"""Words of a record: its key; when it was last seen << 21 | what the table keeps there; its second key, or the number
of its store; its first log entry."""
STAMP_SHIFT = 21
STAMP_LOW = (1 << 21) - 1


class VelocityState(Bundle):
    """All of velocity: one array of words for each table, one of slots for each that is looked up by key."""

    columns = {  # noqa: RUF012 - declared ClassVar by Bundle
        "control": "i8",
        "near": "i8",
        "callers": "i8",
        "callers_slots": "i8",
        "callees": "i8",
        "callees_slots": "i8",
        "small": "i8",
        "large": "i8",
        "heavy": "i8",
        "hours": "i8",
        "hours_slots": "i8",
        "crowded": "i8",
        "crowded_slots": "i8",
        "codes": "i8",
        "codes_slots": "i8",
        "called": "i8",
        "called_slots": "i8",
        "rescue": "i8",
        "rescue_slots": "i8",
        "repeats": "i8",
        "repeats_slots": "i8",
    }


def to_ms(at: int) -> int:
    """Microseconds as the state's milliseconds."""
    ms = at // 1000
    if ms < 0:
        return 0
    return min(ms, 4398046511103)


def mix(first: int, second: int) -> int:
    """63 well mixed bits of two integers; no product leaves 63 bits, so plain and compiled code agree without care."""
    low = first & 4294967295
    high = ((first >> 32) ^ (second * 5)) & 4294967295
    mixed = (low * 2146121005) ^ (high * 1675960837) ^ ((second >> 29) & 4294967295)
    mixed ^= mixed >> 30
    mixed = ((mixed & 4294967295) * 2073254261) ^ ((mixed >> 32) * 1512004481)
    mixed ^= mixed >> 31
    return ((mixed & 4294967295) * 1832780943) ^ ((mixed >> 32) * 2054120887)
