"""A CSV file as raw batches: RFC 4180, UTF-8, whole records only, each with its true line.

A compiled scan walks each block of bytes once and finds where every record starts, on which line, and how many fields
it has; it sees quoted line breaks, NULs, ragged rows and fields beyond `LONGEST_FIELD` there and then. Such records are
named and left out, so Arrow parses only whole good ones, and a bad row costs nobody else anything: where a quote is
never closed, reading goes on with the line after the one that opens it. Memory is one block and one record, whatever
the file holds. Called by `read`.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import numpy as np
import pyarrow as pa
from pyarrow import csv as arrow_csv

from wurao.compiled import Bundle, compiled
from wurao.errors import SHOWN, WHOLE_ROW, BadRow, Refused
from wurao.tables.bad import BadRows
from wurao.tables.raw import Columns, Raw

BLOCK = 8 << 20
LONGEST_FIELD = 1 << 20
"""Bytes in one field; a longer one makes its row a bad one."""
LONGEST_RECORD = 4 << 20
"""Bytes in one record; of a longer one nothing is kept but its line."""

NUL, FIELD_TOO_LONG, RECORD_TOO_LONG, UNCLOSED, NOT_UTF8, MISQUOTED = 1, 2, 4, 8, 16, 32
_WRONG = {
    NUL: ("holds a NUL character", "write text without NULs"),
    FIELD_TOO_LONG: ("has a field of more than a mebibyte", "write at most 1,048,576 bytes in a field"),
    RECORD_TOO_LONG: ("is a row of more than four mebibytes", "write shorter rows, and close every quote"),
    UNCLOSED: ("opens a quote that is never closed", 'close it with "'),
    NOT_UTF8: ("is not UTF-8", "save the file as UTF-8"),
    MISQUOTED: ("has text after a closing quote", 'quote a whole field, and write "" for a quote inside'),
}
_GRAVEST = (UNCLOSED, RECORD_TOO_LONG, FIELD_TOO_LONG, NUL, MISQUOTED, NOT_UTF8)
"""Of several that a record has the first is named."""
_STATE = {"mode": 0, "fields": 1, "length": 2, "flags": 3, "line": 4, "record_line": 5, "after_cr": 6}
_BARE, _QUOTED, _AFTER_QUOTE = 1, 2, 3
"""How a field is being read; 0 is before its first character."""


class Octets(Protocol):
    """An open file, as far as it is needed here."""

    def read(self, size: int, /) -> bytes:
        """At most so many bytes; none at the end."""


class WantsColumns(Protocol):
    """Who says which of a file's columns are wanted."""

    def wanted(self, header: list[str], file: str) -> list[str]:
        """Those columns, in the file's order; Refused where it will not have the file."""


class Scan(Bundle):
    """A block of bytes; what is known of the record that it begins in (`_STATE`); the records found in it."""

    columns = {  # noqa: RUF012 - declared ClassVar by Bundle
        "data": "u1",
        "state": "i8",
        "starts": "i8",
        "ends": "i8",
        "lines": "i8",
        "fields": "i8",
        "flags": "i8",
    }


def read_csv(path: Path, label: str, columns: Columns, bad: BadRows, block: int = BLOCK) -> Iterator[Raw]:
    """The good records of a CSV file in raw batches of text; the bad ones go to `bad`.

    Refused: an empty file, a header that cannot be read, misses required columns or names one twice.
    """
    with path.open("rb") as file:
        yield from read_csv_octets(file, label, columns, bad, block)


def read_csv_octets(file: Octets, label: str, columns: WantsColumns, bad: BadRows, block: int = BLOCK) -> Iterator[Raw]:
    """The same of what is open already, which `label` names."""
    header, rest, line = _header(file.read(max(block, 2 * LONGEST_FIELD)), label)
    wanted = columns.wanted(header, label)
    reading = _Reading(label, header, wanted, bad, line)
    while True:
        read = file.read(block)
        for raw in reading.take(rest + read if rest else read, last=not read):
            if raw.table.num_rows:
                yield raw
        rest = reading.rest
        if not read:
            return


@dataclass(slots=True)
class _Records:
    """The records that one scan found: where each starts and ends in the block, its line, its fields, its flags."""

    starts: np.ndarray
    ends: np.ndarray
    lines: np.ndarray
    fields: np.ndarray
    flags: np.ndarray


@dataclass(slots=True)
class _Reading:
    """One file while it is read: where it stands, and what is left of the last block."""

    label: str
    header: list[str]
    wanted: list[str]
    bad: BadRows
    line: int
    rest: bytes = b""
    state: np.ndarray = field(default_factory=lambda: np.zeros(len(_STATE), np.int64))
    skipping: bool = False
    """Whether a line that is already named goes on in the next block."""

    def __post_init__(self) -> None:
        self._begin(self.line)

    def take(self, data: bytes, last: bool) -> Iterator[Raw]:
        """The whole records of a block; what is left of it is in `rest`."""
        data = self._after_line(data) if self.skipping else data
        while data:
            records, used = self._scan(data, last)
            ragged = (records.fields != len(self.header)) & (records.flags == 0)
            self._name_bad(records, ragged, data)
            raw = self._parse(data, records, (records.flags == 0) & ~ragged)
            if raw is not None:
                yield raw
            self._begin(int(self.state[_STATE["record_line"]]))
            data = data[used:]
            if len(data) <= LONGEST_RECORD:
                break
            self._name_too_long(data)
            data = self._after_line(data)
        self.rest = data

    def _begin(self, line: int) -> None:
        """Stand at the beginning of a record on this line."""
        self.state[_STATE["mode"]] = self.state[_STATE["length"]] = self.state[_STATE["flags"]] = 0
        self.state[_STATE["fields"]] = 1
        self.state[_STATE["line"]] = self.state[_STATE["record_line"]] = line

    def _after_line(self, data: bytes) -> bytes:
        """What follows the end of the first line, which is left out; nothing where it goes on in the next block."""
        ends = [place for place in (data.find(b"\n"), data.find(b"\r")) if place >= 0]
        self.skipping = not ends
        if not ends:
            return b""
        end = min(ends)
        self._begin(int(self.state[_STATE["line"]]) + 1)
        self.state[_STATE["after_cr"]] = data[end] == 13
        return data[end + 1 :]

    def _name_too_long(self, data: bytes) -> None:
        error, expected = _WRONG[RECORD_TOO_LONG]
        line = int(self.state[_STATE["line"]])
        self.bad.add(BadRow(self.label, line, WHOLE_ROW, _first_characters(data), error, expected))

    def _scan(self, data: bytes, last: bool) -> tuple[_Records, int]:
        octets = np.frombuffer(data, np.uint8)
        most = int(np.count_nonzero(octets == 10) + np.count_nonzero(octets == 13)) + 1
        starts, ends, lines, fields, flags = (np.zeros(most, np.int64) for _ in range(5))
        scan = Scan(data=octets, state=self.state, starts=starts, ends=ends, lines=lines, fields=fields, flags=flags)
        found, used = scan_records(scan, LONGEST_FIELD, last)
        return _Records(starts[:found], ends[:found], lines[:found], fields[:found], flags[:found]), int(used)

    def _name_bad(self, records: _Records, ragged: np.ndarray, data: bytes) -> None:
        wrong = np.flatnonzero(ragged | (records.flags != 0))
        self.bad.count += len(wrong)
        for row in wrong[: self.bad.room]:
            record = data[records.starts[row] : records.ends[row]]
            self.bad.kept.append(self._bad_row(records, int(row), record))

    def _bad_row(self, records: _Records, row: int, record: bytes) -> BadRow:
        first = int(records.lines[row])
        if records.flags[row]:
            flag = next(flag for flag in _GRAVEST if records.flags[row] & flag)
            error, expected = _WRONG[flag]
        else:
            error = f"has {records.fields[row]:,} field{'s' if records.fields[row] > 1 else ''}"
            expected = f"the header names {len(self.header):,}"
            if more := len(record.splitlines()) - 1:
                expected += f"; a quote in it holds {more:,} more lines: see that it is closed where it should be"
        return BadRow(self.label, first, WHOLE_ROW, _first_characters(record), error, expected)

    def _parse(self, data: bytes, records: _Records, good: np.ndarray) -> Raw | None:
        if not good.any():
            return None
        try:
            table = self._arrow(_only(data, records, good))
        except pa.ArrowInvalid as error:
            if "UTF8" not in str(error):
                raise Refused(f"cannot be read as CSV: {error}", where=self.label) from error
            good = self._without_bad_text(data, records, good)
            if not good.any():
                return None
            table = self._arrow(_only(data, records, good))
        if table.num_rows != np.count_nonzero(good):
            raise Refused(
                "cannot be split into rows", where=self.label, right='write RFC 4180: quote with ", part with ,'
            )
        return Raw(table, self.label, records.lines[good])

    def _without_bad_text(self, data: bytes, records: _Records, good: np.ndarray) -> np.ndarray:
        """The good records but those that are not UTF-8, which are named."""
        for row in np.flatnonzero(good):
            try:
                str(memoryview(data)[records.starts[row] : records.ends[row]], "utf-8")
            except UnicodeDecodeError:
                records.flags[row] = NOT_UTF8
        spoiled = good & (records.flags == NOT_UTF8)
        kept = _Records(*(getattr(records, name)[spoiled] for name in _Records.__slots__))
        self._name_bad(kept, np.zeros(len(kept.starts), bool), data)
        left: np.ndarray = good & ~spoiled
        return left

    def _arrow(self, data: pa.Buffer) -> pa.Table:
        names = [name if name in self.wanted else f"\0{place}" for place, name in enumerate(self.header)]
        return arrow_csv.read_csv(
            pa.BufferReader(data),
            read_options=arrow_csv.ReadOptions(column_names=names, block_size=data.size + 1),
            parse_options=arrow_csv.ParseOptions(newlines_in_values=True),
            convert_options=arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(self.wanted, pa.string()),
                include_columns=self.wanted,
                strings_can_be_null=True,
                null_values=[""],
            ),
        )


def _first_characters(record: bytes) -> str:
    return record[:SHOWN].decode(errors="replace").rstrip("\r\n")


def _only(data: bytes, records: _Records, good: np.ndarray) -> pa.Buffer:
    """The bytes of the good records; without a copy where all are good."""
    if good.all():
        return pa.py_buffer(memoryview(data)[records.starts[0] : records.ends[-1]])
    edges = np.flatnonzero(np.diff(np.concatenate(([0], good.view(np.int8), [0]))))
    runs = zip(edges[::2], edges[1::2], strict=True)
    whole = memoryview(data)
    pieces = [bytes(whole[records.starts[first] : records.ends[after - 1]]) for first, after in runs]
    return pa.py_buffer(b"".join(piece if piece.endswith((b"\n", b"\r")) else piece + b"\n" for piece in pieces))


def _header(data: bytes, label: str) -> tuple[list[str], bytes, int]:
    """The names of the columns, the bytes after the header, and the line on which they start."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Refused("is UTF-16", where=label, right="save it as UTF-8")
    data = data.removeprefix(b"\xef\xbb\xbf")
    if not data.strip():
        raise Refused("is empty", where=label, right="the first line names the columns")
    reading = _Reading(label, [], [], BadRows(), 1)
    records, _ = reading._scan(data, last=True)
    flags = int(records.flags[0])
    first = data[: records.ends[0]]
    line = 1 + first.replace(b"\r\n", b"\n").replace(b"\r", b"\n").count(b"\n")
    if flags or len(first) > LONGEST_FIELD:
        flag = next((flag for flag in _WRONG if flags & flag), FIELD_TOO_LONG)
        raise Refused(f"the header {_WRONG[flag][0]}", where=f"{label}:1", right=_WRONG[flag][1])
    try:
        text = first.decode()
    except UnicodeDecodeError as error:
        raise Refused("the header is not UTF-8", where=f"{label}:1", right="save the file as UTF-8") from error
    csv.field_size_limit(LONGEST_FIELD)
    names = [name.strip() for name in next(csv.reader([text.strip("\r\n")]))]
    return names, data[len(first) :], line


def _scan_records(scan: Scan, longest: int, last: bool) -> tuple[int, int]:
    """Find the records of a block; how many, and how many bytes they take, with the empty lines before the rest.

    `state` is brought to where the block ends. Empty lines are no records. A field is quoted only when the quote is its
    first character, as Arrow reads it. A quote that takes in the end of its line and then closes in the midst of text,
    or never, was never closed: the record is that line, and the next begins behind it. A line inside opens none that
    stays open, or it would have closed this one, so no line is gone over more than twice.
    """
    data, state = scan.data, scan.state
    mode, count, length, flags = state[0], state[1], state[2], state[3]
    line, record_line, after_cr = state[4], state[5], state[6]
    found, start, place, size = 0, 0, 0, len(data)
    line_end = -1
    while place < size or (last and mode == _QUOTED and line_end >= 0):
        octet = data[place] if place < size else 0
        if place == size or (mode == _AFTER_QUOTE and line_end >= 0 and not goes_on(octet)):
            found = put_record(scan, found, start, line_end, record_line, count, flags | UNCLOSED)
            record_line += 1
            line, start, place = record_line, line_end, line_end
            after_cr = 1 if data[place - 1] == 13 else 0
            mode, count, length, flags, line_end = 0, 1, 0, 0, -1
            continue
        place += 1
        if octet == 10 and after_cr == 1:
            after_cr = 0
            if mode == _QUOTED:
                length += 1
            elif start == place - 1:
                start = place
            continue
        after_cr = 0
        if octet == 10 or octet == 13:
            after_cr = 1 if octet == 13 else 0
            line += 1
            if mode == _QUOTED:
                length += 1
                line_end = place if line_end < 0 else line_end
                continue
            end = place
            if octet == 13 and end < size and data[end] == 10:
                end += 1
            if mode != 0 or count > 1 or flags != 0:
                found = put_record(scan, found, start, end, record_line, count, with_length(flags, length, longest))
            mode, count, length, flags, line_end = 0, 1, 0, 0, -1
            record_line, start = line, end
        elif octet == 34 and mode != _BARE:
            length += 1 if mode == _AFTER_QUOTE else 0
            mode = _AFTER_QUOTE if mode == _QUOTED else _QUOTED
        elif octet == 44 and mode != _QUOTED:
            flags = with_length(flags, length, longest)
            count += 1
            mode, length = 0, 0
        else:
            flags |= NUL if octet == 0 else 0
            flags |= MISQUOTED if mode == _AFTER_QUOTE else 0
            mode = _QUOTED if mode == _QUOTED else _BARE
            length += 1
    if last and (mode != 0 or count > 1 or flags != 0):
        flags = with_length(flags, length, longest) | (UNCLOSED if mode == _QUOTED else 0)
        found = put_record(scan, found, start, size, record_line, count, flags)
        start = size
    state[0], state[1], state[2], state[3] = mode, count, length, flags
    state[4], state[5], state[6] = line, record_line, after_cr
    return found, start


def goes_on(octet: int) -> bool:
    """Whether a field may go on or end with this octet behind a quote inside it."""
    return octet == 34 or octet == 44 or octet == 10 or octet == 13


def with_length(flags: int, length: int, longest: int) -> int:
    """The flags of a record one of whose fields has so many bytes."""
    return flags | FIELD_TOO_LONG if length > longest else flags


def put_record(scan: Scan, place: int, start: int, end: int, line: int, fields: int, flags: int) -> int:
    """Write down one record; the place of the next."""
    scan.starts[place] = start
    scan.ends[place] = end
    scan.lines[place] = line
    scan.fields[place] = fields
    scan.flags[place] = flags
    return place + 1


scan_records = compiled(_scan_records)


def warm() -> None:
    """Compile the scan."""
    _Reading("", ["number"], [], BadRows(), 1)._scan(b"number\n", last=True)
