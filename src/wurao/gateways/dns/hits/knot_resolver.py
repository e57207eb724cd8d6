"""A line of Knot Resolver's log, as our snippet has it: `wurao refused a.example. A for 192.0.2.3#5353 at 17960…`."""

from __future__ import annotations

import re

from wurao.gateways.dns.hits.hit import Hit, NoHit, name_asked, seconds

MARK = "wurao refused "
_LINE = re.compile(r"wurao refused (\S+) [A-Z0-9]+ for \S+ at (\d{1,12})\s*$")


def hit(line: str, as_of: float) -> Hit | None:
    """What a line with `MARK` says. Raises NoHit."""
    found = _LINE.search(line)
    if not found:
        raise NoHit("is cut short or garbled")
    name = name_asked(found[1])
    return None if name is None else Hit(seconds(found[2]), name)
