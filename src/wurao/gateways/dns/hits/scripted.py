"""A line of Knot Resolver's or PowerDNS Recursor's log, as the scripts have it that `snippets` writes for them:
`… wurao refused a.example. at 1796067031`, whatever stands before it and, in a structured log, around it.

They write no client's address. Lines of scripts that did (`a.example. A for 192.0.2.3#5353 at …`) are read too.
"""

from __future__ import annotations

import re

from wurao.gateways.dns.hits.hit import Hit, NoHit, name_asked, seconds

MARK = "wurao refused "
_LINE = re.compile(r'wurao refused (\S+) (?:\S+ for \S+ )?at (\d{1,12})(?=["\s]|$)')


def hit(line: str, as_of: float) -> Hit | None:
    """What a line with `MARK` says. Raises NoHit."""
    found = _LINE.search(line)
    if not found:
        raise NoHit("is cut short or garbled")
    # A structured log has the line as a quoted value, each backslash in it doubled.
    is_quoted = line[found.end() : found.end() + 1] == '"'
    name = name_asked(found[1].replace("\\\\", "\\") if is_quoted else found[1])
    return None if name is None else Hit(seconds(found[2]), name)
