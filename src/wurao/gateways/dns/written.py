"""The zones as files: written aside, flushed, renamed into place, and read back by who starts anew.

`write_zone` writes records under a head that carries the serial twice: in the SOA record, and in the TXT record that a
client may ask a resolver for. `written_serial` reads it back. `write_list` keeps, beside the large zone, the list that
it was written by. Called by the publisher and by the agent of Knot Resolver.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from wurao.errors import MachineFailed, Refused
from wurao.gateways.dns.layers import Entry, Record

REFRESH_S, RETRY_S, EXPIRE_S = 86_400, 60, 100 * 86_400
"""Of the SOA record. A resolver hears of changes by NOTIFY; it asks by itself once a day, and keeps the list for a
hundred days when the primary is gone."""
TOGETHER = 10_000
"""Lines are written so many at a time."""
_OWNER = re.compile(r"(\*\.)?[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*")
_HEAD = re.compile(rb"^@ SOA \S+ \S+ (\d{1,10}) ", re.M)


@dataclass(frozen=True, slots=True)
class Action:
    """What becomes of a blocked name, and for how many seconds a client may remember it."""

    ttl_s: int = 5
    warning_page: str | None = None
    """The host name of the warning page, to which a blocked name then leads; else it does not exist (NXDOMAIN)."""

    @property
    def target(self) -> str:
        """What the CNAME record of a blocked name says."""
        return f"{self.warning_page}." if self.warning_page else "."


def write_zone(file: Path, records: Iterable[Record], serial: int, action: Action, probe: str) -> int:
    """Write a zone and put it in place; how many records. `probe` is the name asked for its serial.

    Raises MachineFailed for the disk.
    """
    count = 0

    def lines() -> Iterator[str]:
        nonlocal count
        yield f"$TTL {action.ttl_s}\n"
        yield f"@ SOA wurao.invalid. nobody.invalid. {serial} {REFRESH_S} {RETRY_S} {EXPIRE_S} {action.ttl_s}\n"
        yield "@ NS wurao.invalid.\n"
        yield f'{probe} TXT "{serial}"\n'
        for owner, blocked in records:
            if not _OWNER.fullmatch(owner):
                raise Refused(f"{owner!r} is no name for a zone", where=file.name, right="write letters, digits, - and _")
            count += 1
            yield f"{owner} CNAME {action.target if blocked else 'rpz-passthru.'}\n"

    _write(file, lines())
    return count


def list_file(directory: Path, serial: int) -> Path:
    """Where the list lies by which the large zone of a serial was written."""
    return directory / f"list-{serial}.txt"


def write_list(file: Path, entries: Iterable[Entry]) -> int:
    """Keep a list of names; how many. Raises MachineFailed for the disk."""
    count = 0

    def lines() -> Iterator[str]:
        nonlocal count
        for name, below in entries:
            count += 1
            yield f"{'*.' if below else ''}{name}\n"

    _write(file, lines())
    return count


def read_list(file: Path) -> Iterator[Entry]:
    """The names of a list that was kept; none where there is no file."""
    if not file.exists():
        return
    with file.open(encoding="ascii") as kept:
        for line in kept:
            yield line.rstrip("\n").removeprefix("*."), line.startswith("*.")


def written_serial(file: Path) -> int | None:
    """The serial of a zone file; null where there is none."""
    try:
        with file.open("rb") as zone:
            found = _HEAD.search(zone.read(1000))
    except FileNotFoundError:
        return None
    return int(found[1]) if found else None


def covering(entries: Iterable[Entry]) -> Iterator[Record]:
    """The records of a list: what a name above covers is left out, since it would end the wildcard above it."""
    listed = set(entries)
    below = {name for name, with_all in listed if with_all}
    for name, with_all in listed:
        if (not with_all and name in below) or any(above in below for above in _above(name)):
            continue
        yield name, True
        if with_all:
            yield f"*.{name}", True


def _above(name: str) -> Iterator[str]:
    while "." in name:
        name = name.partition(".")[2]
        yield name


def _write(file: Path, lines: Iterable[str]) -> None:
    beside = file.with_name(f"{file.name}.partial")
    try:
        with beside.open("w", encoding="ascii") as out:
            each = iter(lines)
            while together := list(islice(each, TOGETHER)):
                out.write("".join(together))
            out.flush()
            os.fsync(out.fileno())
        os.replace(beside, file)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise MachineFailed(f"cannot be written: {error.strerror}", where=str(file), right="make room") from error

