"""A text file in blocks of whole rows, each of bounded size, whatever the file holds.

`csv_file` and `jsonl_file` give a scan that finds the whole rows of some bytes; `TextBlocks` feeds it, keeps what is
left for the next block, cleans bytes that are no text, and leaves out a row that never ends: that one is named, and
reading goes on with the line after its first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

import numpy as np
import pyarrow as pa

from wurao.errors import SHOWN, WHOLE_ROW, BadRow
from wurao.events.raw import Findings, Position, Raw
from wurao.events.spans import NESTED, Spans
from wurao.events.values import pc

BLOCK = 4 << 20
"""Bytes read at once."""
LONGEST_ROW = 4 << 20
"""Bytes in one row; a message has some 40,000 at most."""
TEXT = "text"
NESTED_TAKEN = ("links",)
"""The columns whose values may be JSON arrays."""
NOT_TEXT = "bytes that are not UTF-8, or NUL, are read as �"


@dataclass(slots=True)
class Scanned:
    """The whole rows of some bytes: their spans, where and on which line each begins, what is wrong with each."""

    spans: Spans
    starts: np.ndarray
    lines: np.ndarray
    flaws: np.ndarray
    """The place in the reader's list of flaws of what makes a row unreadable; 0 is nothing."""
    used: int
    """Bytes that the rows take."""
    next_line: int


def room_for(data: np.ndarray, columns: int, most: int) -> dict[str, np.ndarray]:
    """The columns that a scan fills in for the rows of some bytes, at most so many: spans, and what is of each row."""
    rows = min(int(np.count_nonzero(data == 10)) + 1, most)
    spans = {"starts": np.int32, "ends": np.int32, "forms": np.int8}
    of_rows = {"row_starts": np.int32, "lines": np.int64, "flaws": np.int8}
    return {
        **{name: np.zeros(columns * rows, kind) for name, kind in spans.items()},
        **{name: np.zeros(rows, kind) for name, kind in of_rows.items()},
    }


def filled(data: np.ndarray, room: dict[str, np.ndarray], columns: int, scan: tuple[int, int, int]) -> Scanned:
    """What a scan found: so many rows in its room, so many bytes, the line after them."""
    rows, used, next_line = scan
    starts, ends, forms = (room[name].reshape(columns, -1)[:, :rows] for name in ("starts", "ends", "forms"))
    spans = Spans(data, starts, ends, forms)
    return Scanned(spans, room["row_starts"][:rows], room["lines"][:rows], room["flaws"][:rows], used, next_line)


Scan = Callable[[np.ndarray, int, bool], Scanned]
"""Bytes, the line on which they begin, whether they are the file's last → the whole rows in them."""


@dataclass(slots=True)
class TextBlocks:
    """One text file while it is read."""

    name: str
    columns: list[str]
    scan: Scan
    flaws: tuple[tuple[str, str], ...]
    """What each flaw is, and what would be right; the last one is that of a row that never ends."""
    findings: Findings
    place: Position
    rest: bytes = b""
    verdicts: bool = False
    """Whether the file is one of verdicts."""
    harmless: Callable[[bytes], bytes] = bytes
    """What of a row that cannot be read is surely no message's text, which is shown nowhere (DESIGN 8)."""
    broken: list[BadRow] = field(default_factory=list)
    _has_texts: bool = False
    """Whether a row before had a text: what stands in a broken one may be part of it."""

    def read(self, file: BinaryIO) -> Iterator[Raw]:
        """The rows from here to the end of the file, which stands at `place.offset`."""
        last = False
        while not last:
            data = file.read(BLOCK)
            last = not data
            yield from self._take(self.rest + data if self.rest else data, last, file)
        if self.broken:
            none, columns = np.zeros(0, np.int64), {name: pa.array([], pa.string()) for name in self.columns}
            yield Raw(columns, none, none, self.place, self.broken, self.verdicts)

    def _take(self, data: bytes, last: bool, file: BinaryIO) -> Iterator[Raw]:
        while data:
            scanned = self.scan(np.frombuffer(data, np.uint8), self.place.line, last)
            if scanned.used:
                yield self._raw(data, scanned, last)
                data = data[scanned.used :]
            elif last or len(data) > LONGEST_ROW:
                data = self._leave_out_first_line(data, file)
            else:
                break
        self.rest = data

    def _raw(self, data: bytes, scanned: Scanned, last: bool) -> Raw:
        whole = data[: scanned.used]
        text = cleaned(whole)
        if text is not whole:
            used, scanned = scanned.used, self.scan(np.frombuffer(text, np.uint8), self.place.line, last)
            scanned.used = used
        good = scanned.flaws == 0
        if TEXT in self.columns:
            self._has_texts |= bool(scanned.spans.forms[self.columns.index(TEXT)].any())
        every = None if good.all() else good
        columns = {
            name: scanned.spans.string_column(n, every, nested=name in NESTED_TAKEN)
            for n, name in enumerate(self.columns)
        }
        first = self.place.row + 1
        broken, self.broken = self.broken + self._name_flaws(text, scanned), []
        count = len(scanned.starts)
        self.place = Position(
            self.place.file, self.place.row + count, self.place.offset + scanned.used, scanned.next_line
        )
        raw = Raw(
            columns, np.arange(first, first + count)[good], scanned.lines[good], self.place, broken, self.verdicts
        )
        self._tell_nested(scanned)
        if text is not whole:
            self._tell_cleaned(raw)
        return raw

    def _name_flaws(self, text: bytes, scanned: Scanned) -> list[BadRow]:
        named = []
        for row in np.flatnonzero(scanned.flaws):
            start = int(scanned.starts[row])
            error, expected = self.flaws[scanned.flaws[row]]
            shown = self._shown(text[start : _line_end(text, start)])
            named.append(BadRow(self.name, int(scanned.lines[row]), WHOLE_ROW, shown, error, expected))
        return named

    def _shown(self, row: bytes) -> str:
        harmless = b"" if self._has_texts else self.harmless(row)
        self._has_texts |= len(harmless) < len(row)
        return first_characters(harmless[: 4 * SHOWN])

    def _leave_out_first_line(self, data: bytes, file: BinaryIO) -> bytes:
        """Name the row that never ends; what follows its first line."""
        error, expected = self.flaws[-1]
        shown = self._shown(data[: _line_end(data, 0)])
        self.broken.append(BadRow(self.name, self.place.line, WHOLE_ROW, shown, error, expected))
        end = data.find(b"\n") + 1
        skipped = end or len(data)
        data = data[skipped:]
        while not end and (more := file.read(BLOCK)):
            end = more.find(b"\n") + 1
            skipped += end or len(more)
            data = more[end:] if end else b""
        self.place = Position(self.place.file, self.place.row + 1, self.place.offset + skipped, self.place.line + 1)
        return data

    def _tell_nested(self, scanned: Scanned) -> None:
        for place, column in enumerate(self.columns):
            nested = scanned.spans.forms[place] == NESTED
            if nested.any() and column not in NESTED_TAKEN:
                line = int(scanned.lines[nested.argmax()])
                self.findings.mind(self.name, column, line, "an object or array is read as null", int(nested.sum()))

    def _tell_cleaned(self, raw: Raw) -> None:
        for column, values in raw.columns.items():
            wrong = pc.fill_null(pc.match_substring(values, "�"), False).to_numpy(zero_copy_only=False)
            if wrong.any():
                line = int(raw.lines[wrong.argmax()])
                self.findings.mind(self.name, column, line, NOT_TEXT, int(wrong.sum()))


def cleaned(data: bytes) -> bytes:
    """The bytes themselves when they are text, else with U+FFFD for what is not UTF-8 and for NUL."""
    if b"\0" not in data:
        if data.isascii():
            return data
        try:
            data.decode()
            return data
        except UnicodeDecodeError:
            pass
    return data.decode(errors="replace").replace("\0", "�").encode()


def first_characters(data: bytes) -> str:
    """The first characters of a row or value as shown in a message: one line, at most `SHOWN`."""
    return data.decode(errors="replace").replace("\0", "�").partition("\n")[0].rstrip("\r")[:SHOWN]


def _line_end(data: bytes, start: int) -> int:
    end = data.find(b"\n", start)
    return len(data) if end < 0 else end
