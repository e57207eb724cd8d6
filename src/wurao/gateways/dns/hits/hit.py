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

import dns.exception
import dns.name

from wurao.gateways.dns.knot import ZONES
from wurao.gateways.dns.written import LAST, probe_of

MICROSECONDS = 1_000_000
LONGEST_PLAIN = 253
_PLAIN = re.compile(r"[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*")
_HARMLESS = frozenset(b"abcdefghijklmnopqrstuvwxyz0123456789_-*?")
_PROBES = re.compile(rf"({'|'.join(re.escape(probe_of(zone)) for zone in ZONES)})(\.\d{{1,10}}\.{LAST})?")
_MONTHS = {name: n for n, name in enumerate(calendar.month_abbr) if name}


class Hit(NamedTuple):
    """A refused look-up."""

    at: int
    """Microseconds since 1970, UTC."""
    name: str
    """The name asked for, canonical; octets that no host name has as a master file writes them (`a\\032b.example`)."""


class NoHit(ValueError):
    """A line that should be a hit and cannot be read: what is wrong."""


def name_asked(written: str) -> str | None:
    """The name as it is kept; null where it is our own probe. Raises NoHit where it is none.

    Below a name that is listed anything may be asked for, so a label may hold any octet (RFC 2181, 11): resolvers write
    such ones with escapes (RFC 1035, 5.1), Unbound a question mark for each. Kept is `\\DDD` for every odd octet.
    """
    plain = written.lower().removesuffix(".")
    if _PLAIN.fullmatch(plain) and len(plain) <= LONGEST_PLAIN:
        return None if _PROBES.fullmatch(plain) else plain
    if not written.isascii():
        raise NoHit("is no name: it is not ASCII")
    try:
        name = dns.name.from_text(written)
    except (dns.exception.DNSException, ValueError) as error:
        raise NoHit(f"is no name: {error}") from error
    if name == dns.name.root:
        raise NoHit("is the root, which no list has")
    return ".".join(_escaped(label) for label in name.canonicalize().labels[:-1])


def _escaped(label: bytes) -> str:
    """A label in which nothing but letters, digits and a few harmless signs stands for itself."""
    return "".join(chr(each) if each in _HARMLESS else f"\\{each:03d}" for each in label)


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
