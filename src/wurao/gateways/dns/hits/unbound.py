"""A line of Unbound's log (`rpz-log: yes`): `… info: rpz: applied [wurao] *.a.example. rpz-nxdomain 127.0.0.1@33619
www.a.example. A IN`, with any of Unbound's three kinds of time before it.
"""

from __future__ import annotations

import re

from wurao.gateways.dns.hits.hit import Hit, NoHit, moment, name_asked, seconds, without_year

MARK = "rpz: applied ["
STOPS = ("rpz-nxdomain", "rpz-nodata", "rpz-local-data", "rpz-cname-override", "rpz-drop")
CUT = "&"
"""What a name ends with that Unbound has no room for; the name by which it was refused then stands for it."""
_LINE = re.compile(r"rpz: applied \[wurao\] (\S+) (rpz-[a-z-]+) \S+ (\S+) [A-Z0-9]+ [A-Z0-9]+\s*$")
_SECONDS = re.compile(r"^\[(\d{1,12}(?:\.\d+)?)\]")
_LOCAL = re.compile(r"^([A-Z][a-z]{2}) +(\d{1,2}) (\d\d:\d\d:\d\d) ")
_MOMENT = re.compile(r"^(\d{4}-\d\d-\d\dT\S+) ")


def hit(line: str, as_of: float) -> Hit | None:
    """What a line with `MARK` says; null where nothing was refused, or not by us. `as_of`: when the file was written.

    Raises NoHit.
    """
    if "[wurao]" not in line:
        return None
    found = _LINE.search(line)
    if not found:
        raise NoHit("is cut short or garbled")
    by, action, asked = found.groups()
    if action not in STOPS:
        return None
    name = name_asked(by.removeprefix("*.") if asked.endswith(CUT) else asked)
    return None if name is None else Hit(_at(line, as_of), name)


def _at(line: str, as_of: float) -> int:
    if plain := _SECONDS.match(line):
        return seconds(plain[1])
    if exact := _MOMENT.match(line):
        return moment(exact[1])
    if local := _LOCAL.match(line):
        return without_year(local[1], local[2], local[3], as_of)
    raise NoHit("has no time")
