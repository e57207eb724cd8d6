"""Serial numbers of zones: 32 bits that wrap (RFC 1982)."""

from __future__ import annotations

MOST = 1 << 32
HALF = 1 << 31


def is_behind(one: int, other: int) -> bool:
    """Whether a serial is before another; two that are half the circle apart are each behind the other."""
    return one != other and (other - one) % MOST <= HALF


def latest(*serials: int) -> int:
    """The serial that none of the others is past."""
    found = serials[0]
    for each in serials[1:]:
        found = each if is_behind(found, each) else found
    return found


def following(serial: int, now: float, *others: int) -> int:
    """The next serial: the time in seconds, or one more than the latest given where the clock is not past that."""
    last = latest(serial, *others) if serial else latest(*others) if others else 0
    clock = int(now) % MOST
    return clock if not last or is_behind(last, clock) else (last + 1) % MOST or 1
