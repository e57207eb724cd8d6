"""A short log of attempts, exact: what a caller did, or who called a callee, while it is little.

An entry is two words: the other number (`~number` once a later attempt to the same number stands in the log), and
`at << 21 | delta << 2 | flag`. The flag says how the attempt came out (`NO_OUTCOME`, or one of three), delta when that
counts: so many ticks of 128 ms after the tick of `at`. So an outcome waits in its own entry until its time has come.
"""

from __future__ import annotations

from wurao.compiled import View
from wurao.screening.velocity.layout import DAY, HOUR, MINUTE

NO_OUTCOME, UNANSWERED, ONE_RING, ANSWERED = range(4)
LONGEST_DELTA = (1 << 19) - 1
"""18.6 hours in ticks; a longer call counts as answered after so long."""


def entry_of(at: int, delta: int, flag: int) -> int:
    """The second word of an entry."""
    return (at << 21) | (delta << 2) | flag


def due_of(entry: int) -> int:
    """When an entry's outcome counts."""
    return ((entry >> 28) + ((entry >> 2) & 524287)) << 7


def is_live(entry: int, now: int) -> bool:
    """Whether an entry still counts anywhere, or will."""
    return bool((entry >> 21) > now - DAY or (entry & 3 != 0 and due_of(entry) > now - DAY))


def place_in(words: View, first: int, count: int, other: int) -> int:
    """The word of the latest entry of a number, or -1."""
    for place in range(first, first + 2 * count, 2):
        if words[place] == other:
            return place
    return -1


def compact(words: View, first: int, count: int, now: int) -> int:
    """Drop the entries that are over, keeping the order; how many are left."""
    kept = first
    for place in range(first, first + 2 * count, 2):
        if is_live(words[place + 1], now):
            words[kept], words[kept + 1] = words[place], words[place + 1]
            kept += 2
    return (kept - first) // 2


def append(words: View, first: int, count: int, other: int, entry: int) -> None:
    """Write one more attempt of a caller; of several to one number, the latest is the one that counts as distinct."""
    number = other
    place = place_in(words, first, count, other)
    if place >= 0:
        if (words[place + 1] >> 21) > (entry >> 21):
            number = ~other
        else:
            words[place] = ~other
    words[first + 2 * count] = number
    words[first + 2 * count + 1] = entry


def count_callers(words: View, first: int, count: int, now: int) -> tuple[int, int, int]:
    """Distinct numbers of a callee's log in a minute, an hour, a day."""
    minute, hour, day = 0, 0, 0
    for place in range(first, first + 2 * count, 2):
        at = words[place + 1] >> 21
        minute += at > now - MINUTE
        hour += at > now - HOUR
        day += at > now - DAY
    return minute, hour, day


def count_attempts(words: View, first: int, count: int, now: int) -> tuple[int, int, int, int, int, int]:
    """Attempts in a minute, an hour, a day; distinct numbers in a minute, an hour, a day."""
    minute, hour, day, others_minute, others_hour, others_day = 0, 0, 0, 0, 0, 0
    for place in range(first, first + 2 * count, 2):
        at = words[place + 1] >> 21
        if at <= now - DAY:
            continue
        distinct = 1 if words[place] >= 0 else 0
        day += 1
        others_day += distinct
        if at > now - HOUR:
            hour += 1
            others_hour += distinct
            if at > now - MINUTE:
                minute += 1
                others_minute += distinct
    return minute, hour, day, others_minute, others_hour, others_day


def count_outcomes(words: View, first: int, count: int, now: int) -> tuple[int, int, int]:
    """Outcomes in a minute, an hour, a day, each as answered, ended and one-ring, 21 bits each from the top."""
    minute, hour, day = 0, 0, 0
    for place in range(first, first + 2 * count, 2):
        entry = words[place + 1]
        if entry & 3 == 0:
            continue
        due = due_of(entry)
        if due > now or due <= now - DAY:
            continue
        one = outcome_bits(entry & 3)
        day += one
        if due > now - HOUR:
            hour += one
            if due > now - MINUTE:
                minute += one
    return minute, hour, day


def outcome_bits(flag: int) -> int:
    """One outcome as counts: ended in the middle 21 bits, answered above, one-ring below."""
    if flag == ANSWERED:
        return (1 << 42) | (1 << 21)
    if flag == ONE_RING:
        return (1 << 21) | 1
    return 1 << 21
