"""A list of names read in whatever form it has: told by the caller, or recognised by its first lines.

`read_list` gives the names of an open file as `Written`; `recognise` says which form a beginning has. Called by
`importing` and by `wurao domains check`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from wurao.domains.forms.entry import Written
from wurao.domains.forms.hosts import ADDRESS, read_hosts
from wurao.domains.forms.lines import COMMENTS, lines_of
from wurao.domains.forms.plain import read_plain
from wurao.domains.forms.rpz import read_rpz
from wurao.domains.forms.table import COLUMNS, read_table
from wurao.tables import BadRows

FORMS = ("plain", "hosts", "rpz", "csv")
BEGINNING = 64 << 10
"""Octets that are looked at to recognise a form."""
_ZONE = re.compile(
    r"^(\$(ORIGIN|TTL|INCLUDE|GENERATE)\b|(\S*\s+)(\S+\s+)*?(SOA|CNAME|NS|A|AAAA|TXT)\s+\S)", re.IGNORECASE
)
_HOSTS = re.compile(ADDRESS)


def read_list(file: BinaryIO, form: str | None, label: str, bad: BadRows, warnings: list[str]) -> Iterator[Written]:
    """The names of an open file in a form of `FORMS`, or the one that is recognised; bad lines go to `bad`."""
    begun = _Begun.of(file)
    match form or recognise(begun.beginning):
        case "csv":
            yield from read_table(begun, label, bad, warnings)
        case "rpz":
            yield from read_rpz(lines_of(begun, label, bad), label, bad)
        case "hosts":
            yield from read_hosts(lines_of(begun, label, bad), label, bad)
        case _:
            yield from read_plain(lines_of(begun, label, bad))


def recognise(beginning: bytes) -> str:
    """The form of a file by its first lines that say something."""
    text = beginning.decode("utf-8", errors="replace").removeprefix("\ufeff")
    lines = [line for line in text.splitlines() if line.strip() and line.lstrip()[0] not in COMMENTS][:20]
    if (
        lines
        and "name" in (header := [each.strip(' "') for each in lines[0].split(",")])
        and set(header) & set(COLUMNS)
    ):
        return "csv"
    if any(_ZONE.match(line) for line in lines):
        return "rpz"
    return "hosts" if any(_HOSTS.match(line) for line in lines) else "plain"


@dataclass(slots=True)
class _Begun:
    """An open file of which the beginning was read already."""

    file: BinaryIO
    beginning: bytes
    given: bool = False

    @classmethod
    def of(cls, file: BinaryIO) -> _Begun:
        return cls(file, file.read(BEGINNING))

    def read(self, size: int, /) -> bytes:
        """The beginning once, then what follows."""
        if not self.given:
            self.given = True
            return self.beginning + self.file.read(max(0, size - len(self.beginning)))
        return self.file.read(size)
