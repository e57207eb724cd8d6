"""A line of BIND's log, category rpz: `2026-11-30T18:40:12.367Z rpz: client @0x7f 127.0.0.1#48360 (a.example): rpz
QNAME NXDOMAIN rewrite a.example/A/IN via a.example.list.wurao`.
"""

from __future__ import annotations

import re
from datetime import datetime

from wurao.gateways.dns.hits.hit import MICROSECONDS, Hit, NoHit, moment, name_asked
from wurao.gateways.dns.knot import ZONES

MARK = ": rpz QNAME "
STOPS = ("NXDOMAIN", "NODATA", "Local-Data", "CNAME", "DROP")
_LINE = re.compile(r": rpz QNAME (\S+) rewrite (\S+)/[A-Z0-9]+/[A-Z0-9]+ via (\S+)\s*$")
_MOMENT = re.compile(r"^(\d{4}-\d\d-\d\dT\S+) ")
_LOCAL = re.compile(r"^(\d\d-[A-Z][a-z]{2}-\d{4} \d\d:\d\d:\d\d\.\d{1,6}) ")


def hit(line: str, as_of: float) -> Hit | None:
    """What a line with `MARK` says; null where nothing was refused, or not by us. Raises NoHit."""
    found = _LINE.search(line)
    if not found:
        raise NoHit("is cut short or garbled")
    if found[1] not in STOPS or not found[3].rstrip(".").endswith(tuple(f".{zone}" for zone in ZONES)):
        return None
    name = name_asked(found[2])
    return None if name is None else Hit(_at(line), name)


def _at(line: str) -> int:
    if exact := _MOMENT.match(line):
        return moment(exact[1])
    if local := _LOCAL.match(line):
        try:
            return round(datetime.strptime(local[1], "%d-%b-%Y %H:%M:%S.%f").timestamp() * MICROSECONDS)
        except ValueError as error:
            raise NoHit("is no time") from error
    raise NoHit("has no time")
