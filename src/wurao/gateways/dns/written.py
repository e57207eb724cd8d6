"""The zones as files: written aside, flushed, renamed into place, and read back by who starts anew.

`write_large` and `write_recent` write a zone with its serial twice: in the SOA record, and in a TXT record that a
client may ask a resolver for. `written_serial` and `written_recent` read them back. `keep_list` lays beside the large
zone the list that it was written by. Called by the publisher and its folding.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import IO

import dns.name
import numpy as np
import pyarrow as pa
from pyarrow import parquet

from wurao.domains import NXDOMAIN, PASSTHRU, Entries, fitting, zone_text
from wurao.domains.zone import LONGEST_TTL, escaped_answer, escaped_owner
from wurao.errors import MachineFailed, Refused
from wurao.gateways.dns.layers import Said, no_entries

LAST = "zzzz"
"""A top-level name behind all others in the order of DNS, in which BIND takes a zone up as policy, name by name."""
PROBE = "serial-of-"
"""What stands before a zone's name to make the name whose TXT record in it is the zone's serial. It lies outside the
zone, since a resolver that has the zone would answer a name below it by the zone, and not by its policy."""
REFRESH_S, EXPIRE_S = 86_400, 100 * 86_400
"""Of the SOA record. A resolver hears of changes by NOTIFY, one after the other, and asks by itself only once a day; it
keeps the list for a hundred days when the primary is gone."""
TOGETHER = 10_000
HEAD = 4096
"""Octets of a zone file in which its first name stands."""
_TTL, _TARGET = re.compile(rb"^\$TTL (\d+)$", re.MULTILINE), re.compile(rb" CNAME (\S+)$", re.MULTILINE)
_SERIAL = re.compile(rb" SOA \S+ \S+ (\d{1,10}) ")


@dataclass(frozen=True, slots=True)
class Answer:
    """What becomes of a blocked name, and for how many seconds a client may remember it."""

    ttl_s: int = LONGEST_TTL
    warning_page: str | None = None
    """The host name of the warning page, to which a blocked name then leads; else it does not exist (NXDOMAIN)."""

    @property
    def target(self) -> str:
        """What the CNAME record of a blocked name says."""
        return f"{self.warning_page.rstrip('.')}." if self.warning_page else NXDOMAIN


def probe_of(zone: str) -> str:
    """The name that a client asks for to see which serial of a zone a resolver has in force."""
    return f"{PROBE}{zone}"


def last_of(zone: str, serial: int) -> str:
    """The name that a zone has with this serial alone, behind all others: who answers it has taken up the whole zone.

    BIND answers `probe_of` from a new zone at once, and by the names in it only as it comes to them.
    """
    return f"{PROBE}{zone}.{serial}.{LAST}"


def write_large(file: Path, zone: str, entries: Entries, serial: int, answer: Answer) -> None:
    """Write the large zone of entries that fit it, and put it in place. Raises MachineFailed for the disk."""
    shown = Entries(entries.names, entries.below, answer.target)
    text = zone_text(zone, shown, serial, ttl=answer.ttl_s, refresh=REFRESH_S, expire=EXPIRE_S)
    with _put_in_place(file) as out:
        out.writelines(chain(islice(text, 1), [_probe(zone, serial)], text))


def write_recent(file: Path, zone: str, said: Iterable[Said], serial: int, answer: Answer) -> None:
    """Write the recent zone, and put it in place. Raises MachineFailed for the disk."""
    head = zone_text(zone, no_entries(), serial, ttl=answer.ttl_s, refresh=REFRESH_S, expire=EXPIRE_S)
    with _put_in_place(file) as out:
        out.writelines(head)
        out.write(_probe(zone, serial))
        each = _lines(said, answer.target)
        while together := list(islice(each, TOGETHER)):
            out.write("".join(together).encode())


def written_serial(file: Path) -> int | None:
    """The serial of a zone file; null where there is none."""
    try:
        with file.open("rb") as zone:
            found = _SERIAL.search(zone.read(1000))
    except FileNotFoundError:
        return None
    return int(found[1]) if found else None


def is_written_by(file: Path, answer: Answer) -> bool:
    """Whether what a zone file says of blocked names, and its TTL, are this answer; one without names says nothing.

    Nor is it where the file lacks the names that tell who has taken it up.
    """
    with file.open("rb") as zone:
        head = zone.read(HEAD)
    ttl, target = _TTL.search(head), _TARGET.search(head)
    says_so = target is None or target[1].decode() == escaped_answer(answer.target)
    return says_so and ttl is not None and int(ttl[1]) == answer.ttl_s and f".{LAST} TXT ".encode() in head


def written_recent(file: Path) -> list[Said]:
    """What a recent zone that was written says; nothing where there is none."""
    try:
        text = file.read_text("ascii")
    except (FileNotFoundError, UnicodeDecodeError):
        return []
    return [_said(line) for line in text.splitlines() if " CNAME " in line]


def list_file(directory: Path, serial: int) -> Path:
    """Where the list lies by which the large zone of a serial was written."""
    return directory / f"list-{serial}.parquet"


def keep_list(file: Path, entries: Entries) -> None:
    """Keep a list. Raises MachineFailed for the disk."""
    with _put_in_place(file) as out:
        parquet.write_table(pa.table({"name": entries.names, "below": pa.array(entries.below)}), out)


def kept_list(file: Path) -> Entries | None:
    """A list that was kept; null where there is none, or none that can be read."""
    try:
        table = parquet.read_table(file)
        names = table.column("name").combine_chunks()
        return Entries(names, np.asarray(table.column("below").combine_chunks().to_numpy(zero_copy_only=False), bool))
    except (OSError, pa.ArrowException, KeyError):
        return None


def those_that_fit(zones: Iterable[str], entries: Entries) -> Entries:
    """The entries that have room in each of the zones."""
    fits = np.ones(len(entries), bool)
    for zone in zones:
        fits &= fitting(zone, entries)
    return entries if fits.all() else entries.taken(fits)


def _probe(zone: str, serial: int) -> bytes:
    return "".join(f'{name} TXT "{serial}"\n' for name in (probe_of(zone), last_of(zone, serial))).encode()


def _lines(said: Iterable[Said], target: str) -> Iterator[str]:
    target = escaped_answer(target)
    for name, wildcard, blocked in said:
        yield f"{'*.' if wildcard else ''}{escaped_owner(name)} CNAME {target if blocked else PASSTHRU}\n"


def _said(line: str) -> Said:
    owner, _, target = line.partition(" CNAME ")
    wildcard = owner.startswith("*.")
    labels = dns.name.from_text(owner.removeprefix("*."), origin=None).labels
    return Said(b".".join(labels).decode(), wildcard, target != PASSTHRU)


@contextmanager
def _put_in_place(file: Path) -> Iterator[IO[bytes]]:
    beside = file.with_name(f"{file.name}.partial")
    try:
        with beside.open("wb") as out:
            yield out
            out.flush()
            os.fsync(out.fileno())
        os.replace(beside, file)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise MachineFailed(f"cannot be written: {error.strerror}", where=str(file), right="make room") from error
    except ValueError as error:
        beside.unlink(missing_ok=True)
        raise Refused(str(error), where=str(file), right="what does not fit is left out before") from error
