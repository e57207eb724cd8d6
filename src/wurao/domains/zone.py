"""The block list as a response-policy zone: its text, single records for changes, and serials
(draft-vixie-dnsop-dns-rpz).

`Entries` are what stands in the zone: names, which of them with all below, and what each answers (`NXDOMAIN`,
`PASSTHRU`, or a CNAME to a warning page). `zone_text` writes a master file (RFC 1035, 5) piece by piece; `records_of`
gives the records of a few entries for an update; both write every owner through the same escaping, so that nothing in
a name can end a line or begin a directive. A name that has no room beside the zone's own (255 octets, RFC 1035 2.3.4)
is set aside by `fitting`, not written. `next_serial` is the serial of the next version by RFC 1982. Called by
`gateways.dns`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

NXDOMAIN, PASSTHRU = ".", "rpz-passthru."
"""What a name answers: that there is none such; or what it would without the zone."""
LONGEST_TTL = 5
"""Seconds. Whatever may be released is forgotten by clients within so many."""
REFRESH, RETRY, EXPIRE = 60, 10, 7 * 86_400
"""Of the SOA, in seconds: secondaries are notified, look once a minute anyway, and keep what they have for a week."""
PIECE = 100_000
"""So many entries are written at a time."""
_LONGEST_WIRE = 255
_LONGEST_LABEL = 63
_PLAIN = r"^[a-z0-9_-]+(\.[a-z0-9_-]+)*$"
_PLAIN_LABEL = re.compile(rb"[A-Za-z0-9_-]+")
_TRIGGER = "rpz-"
"""What the last label begins with of owners that mean addresses or name servers: `rpz-ip`, `rpz-nsdname` and so on."""
_SERIALS = 1 << 32


@dataclass(frozen=True, slots=True)
class Entries:
    """What stands in a zone, or is to be added to it or taken out of it: a name a row."""

    names: pa.StringArray
    """Canonical, without the last dot."""
    below: npt.NDArray[np.bool_]
    """Which with all below."""
    answers: pa.StringArray | str = NXDOMAIN
    """The target of each CNAME, absolute; or of all."""

    def __len__(self) -> int:
        return len(self.names)

    def taken(self, rows: npt.NDArray[np.bool_] | npt.NDArray[np.int64]) -> Entries:
        """Some of them: by a mask, or by their rows."""
        places = np.flatnonzero(rows) if rows.dtype == np.bool_ else rows
        chosen = pa.array(places)
        answers = self.answers if isinstance(self.answers, str) else self.answers.take(chosen)
        return Entries(self.names.take(chosen), self.below[places], answers)


@dataclass(frozen=True, slots=True)
class Record:
    """One record; the owner is relative to the zone's origin, escaped; the target absolute."""

    owner: str
    ttl: int
    kind: str
    data: str


def zone_text(
    origin: str,
    entries: Entries,
    serial: int,
    *,
    primary: str = "localhost.",
    contact: str = "hostmaster.localhost.",
    ttl: int = LONGEST_TTL,
    refresh: int = REFRESH,
    expire: int = EXPIRE,
) -> Iterator[bytes]:
    """The zone as a master file, in pieces. `origin`, `primary` and `contact` are names with or without the last dot.

    Entries that do not fit (`fitting`) must be out already: ValueError where one does not, or a ttl is above
    `LONGEST_TTL`.
    """
    if not 0 <= ttl <= LONGEST_TTL:
        raise ValueError(f"a ttl of {ttl} s; what may be released has at most {LONGEST_TTL}")
    if not fitting(origin, entries).all():
        raise ValueError("a name has no room beside the zone's own")
    yield _head(origin, serial, primary, contact, (refresh, expire, ttl))
    for start in range(0, len(entries), PIECE):
        yield _lines(entries.taken(np.arange(start, min(start + PIECE, len(entries)))))


def _head(origin: str, serial: int, primary: str, contact: str, times: tuple[int, int, int]) -> bytes:
    refresh, expire, ttl = times
    soa = f"{_absolute(primary)} {_absolute(contact)} {serial % _SERIALS} {refresh} {RETRY} {expire} {ttl}"
    return f"$ORIGIN {_absolute(origin)}\n$TTL {ttl}\n@ IN SOA {soa}\n@ IN NS {_absolute(primary)}\n".encode()


def _lines(entries: Entries) -> bytes:
    """A line for each record of some entries."""
    owners = escaped_owners(entries.names)
    answers = entries.answers
    targets = pa.scalar(escaped_answer(answers), pa.string()) if isinstance(answers, str) else _answers(answers)
    exact = pc.binary_join_element_wise(owners, " CNAME ", targets, "\n", "")
    rest = pc.binary_join_element_wise("*.", owners, " CNAME ", targets, "\n", "")
    both = pc.binary_join_element_wise(exact, pc.if_else(pa.array(entries.below), rest, ""), "")
    return str(pc.binary_join(pa.ListArray.from_arrays([0, len(both)], both), "")[0].as_py() or "").encode()


def records_of(entries: Entries, ttl: int = LONGEST_TTL) -> list[Record]:
    """The records of some entries: the name, and `*.` before it where it is with all below."""
    found = []
    answers = [entries.answers] * len(entries) if isinstance(entries.answers, str) else entries.answers.to_pylist()
    for owner, below, answer in zip(escaped_owners(entries.names).to_pylist(), entries.below, answers, strict=True):
        target = escaped_answer(answer)
        found.append(Record(owner, ttl, "CNAME", target))
        if below:
            found.append(Record(f"*.{owner}", ttl, "CNAME", target))
    return found


def fitting(origin: str, entries: Entries) -> npt.NDArray[np.bool_]:
    """Which entries can stand in a zone: every label 1 to 63 octets, the whole with the origin and `*.` at most 255.

    None whose owner would mean something else to who reads the zone: a wildcard, an address.
    """
    room = _LONGEST_WIRE - _wire_length(_absolute(origin)) - 2 * entries.below.astype(np.int64)
    lengths = pc.add(pc.binary_length(entries.names), 1)
    fits = np.asarray(lengths.fill_null(_LONGEST_WIRE + 1)) <= room
    plain = np.asarray(pc.fill_null(pc.match_substring_regex(entries.names, _PLAIN), False), bool)
    odd = pc.match_substring_regex(entries.names, rf"[^.]{{{_LONGEST_LABEL + 1}}}|(^|\.)rpz-[^.]*$")
    for row in np.flatnonzero(~plain | np.asarray(pc.fill_null(odd, True), bool)).tolist():
        fits[row] = fits[row] and _labels_fit(entries.names[row].as_py())
    return fits


def _labels_fit(name: str | None) -> bool:
    """Whether a name stands for itself in such a zone: no wildcard, and no trigger on addresses or name servers."""
    labels = (name or "").split(".")
    is_sound = all(0 < len(label.encode()) <= _LONGEST_LABEL and label != "*" for label in labels)
    return is_sound and not labels[-1].lower().startswith(_TRIGGER)


def escaped_owners(names: pa.StringArray) -> pa.StringArray:
    """Names as a master file may carry them: every octet that could mean more than itself as `\\DDD`."""
    plain = np.asarray(pc.fill_null(pc.match_substring_regex(names, _PLAIN), False), bool)
    if plain.all():
        return names
    rows = np.flatnonzero(~plain)
    escaped = pa.array([escaped_owner(names[int(row)].as_py()) for row in rows], pa.string())
    chosen = np.arange(len(names))
    chosen[rows] = len(names) + np.arange(len(rows))
    return pa.concat_arrays([names, escaped]).take(pa.array(chosen))


def escaped_owner(name: str) -> str:
    """One name as a master file may carry it; its dots part labels."""
    return ".".join(_escaped_label(label.encode()) for label in name.split("."))


def _escaped_label(label: bytes) -> str:
    if _PLAIN_LABEL.fullmatch(label):
        return label.decode()
    return "".join(chr(each) if _PLAIN_LABEL.fullmatch(bytes([each])) else f"\\{each:03d}" for each in label)


def _answers(answers: pa.StringArray) -> pa.StringArray:
    """The targets of CNAMEs; there are only a few distinct ones."""
    distinct = answers.unique()
    written = pa.array([escaped_answer(answer) for answer in distinct.to_pylist()], pa.string())
    return written.take(pc.index_in(answers, value_set=distinct))


def escaped_answer(answer: str) -> str:
    """The target of a CNAME as a master file may carry it. ValueError where it is no name of DNS."""
    return answer if answer == NXDOMAIN else _absolute(answer)


def _absolute(name: str) -> str:
    """A name of the zone's own, escaped, with its last dot."""
    bare = name.removesuffix(".")
    if not all(0 < len(label.encode()) <= _LONGEST_LABEL for label in bare.split(".")):
        raise ValueError(f"{name!r} is no name of DNS")
    if _wire_length(bare) > _LONGEST_WIRE:
        raise ValueError(f"{name!r} is no name of DNS")
    return f"{escaped_owner(bare)}."


def _wire_length(name: str) -> int:
    """Octets on the wire of a name without escapes, its root counted; without it where it has no last dot."""
    return len(name.removesuffix(".").encode()) + 2


def next_serial(last: int | None, now: float) -> int:
    """The serial of a zone's next version: the second it is made in, or one past the last where that is not greater.

    By RFC 1982, so it wraps; a clock that steps back only makes it count on.
    """
    made = int(now) % _SERIALS
    if last is None or is_newer(made, last):
        return made
    return (last + 1) % _SERIALS


def is_newer(serial: int, than: int) -> bool:
    """Whether a serial comes after another (RFC 1982, 3.2); false too where the RFC leaves it undefined."""
    return 0 < (serial - than) % _SERIALS < _SERIALS // 2
