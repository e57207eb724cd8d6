"""One look-up that a resolver refused: when, which name, by which record of the zone. Who asked is not kept.

A log's client address is not taken in at all, beyond what a line holds while it is read: a verdict of channel `name`
has no column for it. What each reader has in common is here.
"""

from __future__ import annotations

import calendar
import re
import time
from datetime import datetime
from typing import NamedTuple

from wurao.gateways.dns.written import PROBE

MICROSECONDS = 1_000_000
_NAME = re.compile(r"[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*")
_MONTHS = {name: n for n, name in enumerate(calendar.month_abbr) if name}


class Hit(NamedTuple):
    """A refused look-up."""

    at: int
    """Microseconds since 1970, UTC."""
    name: str
    """The name asked for, canonical."""


class NoHit(ValueError):
    """A line that should be a hit and cannot be read: what is wrong."""


def name_asked(written: str) -> str | None:
    """The name as it is kept; null where it is our own probe. Raises NoHit where it is none."""
    name = written.rstrip(".").lower()
    if name.startswith(PROBE):
        return None
    if not _NAME.fullmatch(name) or len(name) > 253:
        raise NoHit("is no name")
    return name


def seconds(written: str) -> int:
    """A time in seconds since 1970, perhaps with a fraction. Raises NoHit."""
    try:
        return _in_range(round(float(written) * MICROSECONDS))
    except (ValueError, OverflowError) as error:
        raise NoHit("is no time") from error


def moment(written: str) -> int:
    """A time as RFC 3339 writes it; `Z` or an offset must be there. Raises NoHit."""
    try:
        at = datetime.fromisoformat(written)
    except ValueError as error:
        raise NoHit("is no time") from error
    if at.tzinfo is None:
        raise NoHit("has a time without offset; have the resolver log UTC")
    return _in_range(round(at.timestamp() * MICROSECONDS))


def without_year(month: str, day: str, clock: str, as_of: float) -> int:
    """A local time as syslog writes it, in the year that puts it last before a time. Raises NoHit."""
    year = time.localtime(as_of).tm_year
    for each in (year, year - 1):
        try:
            local = datetime.strptime(f"{each} {_MONTHS.get(month, 0)} {day} {clock}", "%Y %m %d %H:%M:%S")
        except ValueError as error:
            raise NoHit("is no time") from error
        if local.timestamp() <= as_of + 86_400:
            break
    return _in_range(round(local.timestamp() * MICROSECONDS))


def _in_range(at: int) -> int:
    if not 0 <= at < 1 << 52:
        raise NoHit("is no time of our days")
    return at
