"""How many different numbers in a minute, an hour, a day: one sample of recency for all three windows.

Operations: note that a number was seen at a time; tell how many distinct ones were last seen within each window.

Goals: exact for every window that holds 64 or fewer, whatever the others hold; above, within a stated error; one look
at the table for an event; 4 kB for each heavy caller or callee, for any volume.

Plan. Numbers stand in the order in which each was last seen. The newest 64 are always there, each weighing 1. Behind
them the sample thins out the deeper it goes: when the table is nearly full, an entry with d distinct newer ones before
it is kept only if the low bits of its hash are zero, the more bits the deeper (one more for each doubling of d), and
then weighs 2 to the number of those bits. A window's count is the sum of the weights of what was last seen within it,
kept up as entries pass its edge: three lists, the last minute's, the hour's before, the day's before. Since an entry
never comes to lie less deep except by being seen again, a window of 64 or fewer is exact at every time. Above, the
deepest octave decides the error. Measured standard errors: none to 200 distinct numbers, 9% at 500, 12% at 2,000, 22%
at 20,000, 25% at 100,000 (the thresholds as shipped lie at 360 and 2,000).

A table has 256 places of two words, open addressing: number + 1; last seen << 21 | newer << 13 | older << 5 | level.
Places 0, 1, 2 are the heads of the three lists (circular), never found and never moved.
"""

from __future__ import annotations

from wurao.compiled import View, apart
from wurao.screening.velocity.layout import DAY, HOUR, MINUTE, mix

PLACES = 256
FULL = 216
ROOMY = 184
EXACT = 64
HEAD = -1

COUNT, WEIGHTS, TABLE = 2, 3, 16
"""Words of a heavy store: entries, the three lists' weights, the table."""


def newer_of(link: int) -> int:
    """The place of the next newer entry."""
    return (link >> 13) & 255


def older_of(link: int) -> int:
    """The place of the next older entry."""
    return (link >> 5) & 255


def prepare(words: View, store: int) -> None:
    """Make an empty table of a store that is all zero."""
    for head in range(3):
        words[store + TABLE + 2 * head] = HEAD
        words[store + TABLE + 2 * head + 1] = (head << 13) | (head << 5)


def list_of(at: int, now: int) -> int:
    """In which list an entry of this time stands: 0 the last minute's, 1 the hour's, 2 the day's."""
    if at > now - MINUTE:
        return 0
    return 1 if at > now - HOUR else 2


def _set_newer(words: View, table: int, place: int, value: int) -> None:
    at = table + 2 * place + 1
    words[at] = (words[at] & ~2088960) | (value << 13)


def _set_older(words: View, table: int, place: int, value: int) -> None:
    at = table + 2 * place + 1
    words[at] = (words[at] & ~8160) | (value << 5)


def _unlink(words: View, table: int, place: int) -> None:
    link = words[table + 2 * place + 1]
    _set_older(words, table, newer_of(link), older_of(link))
    _set_newer(words, table, older_of(link), newer_of(link))


def _link(words: View, table: int, place: int, newer: int, at: int, level: int) -> None:
    """Put a place right behind another, on its older side."""
    older = older_of(words[table + 2 * newer + 1])
    words[table + 2 * place + 1] = (at << 21) | (newer << 13) | (older << 5) | level
    _set_older(words, table, newer, place)
    _set_newer(words, table, older, place)


def _delete(words: View, table: int, place: int, track: int) -> int:
    """Take an entry out; where the entry that stood at `track` stands now."""
    _unlink(words, table, place)
    hole = place
    for step in range(1, PLACES):
        at = (place + step) & 255
        key = words[table + 2 * at]
        if key == 0:
            break
        if key == HEAD:
            continue
        home = mix(key, 0) & 255
        if (at - home) & 255 >= (at - hole) & 255:
            link = words[table + 2 * at + 1]
            words[table + 2 * hole], words[table + 2 * hole + 1] = key, link
            _set_older(words, table, newer_of(link), hole)
            _set_newer(words, table, older_of(link), hole)
            if track == at:
                track = hole
            hole = at
    words[table + 2 * hole] = 0
    return track


def roll_recency(words: View, store: int, now: int) -> None:
    """Move what has left the minute to the hour, what has left the hour to the day, and drop what is over."""
    table = store + TABLE
    for which in range(3):
        edge = now - (MINUTE if which == 0 else (HOUR if which == 1 else DAY))
        for _ in range(PLACES):
            place = newer_of(words[table + 2 * which + 1])
            link = words[table + 2 * place + 1]
            if place < 3 or (link >> 21) > edge:
                break
            weight = 1 << (link & 31)
            words[store + WEIGHTS + which] -= weight
            if which == 2:
                _delete(words, table, place, -1)
                words[store + COUNT] -= 1
            else:
                _unlink(words, table, place)
                _link(words, table, place, which + 1, link >> 21, link & 31)
                words[store + WEIGHTS + which + 1] += weight


def note(words: View, store: int, other: int, at: int, now: int) -> None:
    """A number was seen; the store has been rolled to now."""
    if at <= now - DAY:
        return
    table = store + TABLE
    key = other + 1
    place = mix(key, 0) & 255
    for _ in range(PLACES):
        found = words[table + 2 * place]
        if found == key or found == 0:
            break
        place = (place + 1) & 255
    if words[table + 2 * place] == key:
        link = words[table + 2 * place + 1]
        if (link >> 21) >= at:
            return
        words[store + WEIGHTS + list_of(link >> 21, now)] -= 1 << (link & 31)
        _unlink(words, table, place)
    else:
        words[table + 2 * place] = key
        words[store + COUNT] += 1
    which = list_of(at, now)
    words[store + WEIGHTS + which] += 1
    newer = which
    for _ in range(PLACES):
        older = older_of(words[table + 2 * newer + 1])
        if older < 3 or (words[table + 2 * older + 1] >> 21) <= at:
            break
        newer = older
    _link(words, table, place, newer, at, 0)
    if words[store + COUNT] >= FULL:
        _thin(words, store)


@apart
def _thin(words: View, store: int) -> None:
    """Thin the sample out, coarser and coarser, until there is room again."""
    for coarse in range(24):
        _thin_by(words, store, coarse)
        if words[store + COUNT] <= ROOMY:
            return


def _thin_by(words: View, store: int, coarse: int) -> None:
    table = store + TABLE
    depth = words[store + WEIGHTS] + words[store + WEIGHTS + 1] + words[store + WEIGHTS + 2]
    newer_ones = words[store + COUNT]
    for which in range(2, -1, -1):
        place = newer_of(words[table + 2 * which + 1])
        for _ in range(PLACES):
            if place < 3:
                break
            newer_ones -= 1
            if newer_ones < EXACT:
                return
            link = words[table + 2 * place + 1]
            level = link & 31
            depth -= 1 << level
            wanted = level_at(depth, coarse)
            following = newer_of(link)
            if wanted > level:
                words[store + WEIGHTS + which] -= 1 << level
                if (mix(words[table + 2 * place], 0) >> 20) & ((1 << wanted) - 1) == 0:
                    words[store + WEIGHTS + which] += 1 << wanted
                    words[table + 2 * place + 1] = link + wanted - level
                else:
                    following = _delete(words, table, place, following)
                    words[store + COUNT] -= 1
            place = following


def level_at(depth: int, coarse: int) -> int:
    """How many bits of an entry's hash must be zero when so many distinct numbers are newer."""
    level = coarse
    depth >>= 7
    while depth > 0 and level < 31:
        level += 1
        depth >>= 1
    return level


def distinct(words: View, store: int) -> tuple[int, int, int]:
    """Distinct numbers in a minute, an hour, a day; the store has been rolled to now."""
    minute = words[store + WEIGHTS]
    hour = minute + words[store + WEIGHTS + 1]
    return minute, hour, hour + words[store + WEIGHTS + 2]
