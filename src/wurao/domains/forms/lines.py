"""A text file as columns of lines, block by block, whatever it holds: bounded memory, every bad line named once.

In goes an open file; out come `Lines`, without ends of lines. A line longer than `LONGEST_LINE`, or one that is no
UTF-8, is named and stands empty, so that lines keep their numbers; a comment need not be UTF-8. A file in UTF-16, and
one that is no text at all, is refused. `plain`, `hosts` and `rpz` read what is on the lines; `recognise` looks at the
first ones.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from wurao.errors import SHOWN, WHOLE_ROW, BadRow, Refused
from wurao.tables import BadRows

BLOCK = 2 << 20
"""Octets that are read at a time; so much of a list may be bad lines, each of which is named."""
LONGEST_LINE = 16 << 10
"""Octets; no name and no record of a zone takes more."""
COMMENTS = "#;!"
_UTF8_MARK = b"\xef\xbb\xbf"
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_NEWLINE = 10


class Octets(Protocol):
    """An open file, as far as it is needed here."""

    def read(self, size: int, /) -> bytes:
        """At most so many bytes; none at the end."""


@dataclass(frozen=True, slots=True)
class Lines:
    """Some lines of a file."""

    texts: pa.StringArray
    first: int
    """The number of the first one, from 1."""

    @property
    def numbers(self) -> npt.NDArray[np.int64]:
        """The number of each."""
        return np.arange(self.first, self.first + len(self.texts))


def lines_of(file: Octets, label: str, bad: BadRows, block: int = BLOCK) -> Iterator[Lines]:
    """The lines of an open file that `label` names; bad ones go to `bad`."""
    reading = _Reading(label, bad)
    data = file.read(block)
    if data[:2] in _UTF16_MARKS:
        raise Refused("is UTF-16", where=label, right="save the file as UTF-8")
    data = data.removeprefix(_UTF8_MARK)
    while data:
        if (lines := reading.take(data)) is not None:
            yield lines
        data = file.read(block)
    if (lines := reading.take(b"\n") if reading.rest or reading.dropped else None) is not None:
        yield lines


@dataclass(slots=True)
class _Reading:
    """A file while it is read: what is left of the last block, and how long the line is that is not kept."""

    label: str
    bad: BadRows
    rest: bytes = b""
    dropped: int = 0
    line: int = 1

    def take(self, data: bytes) -> Lines | None:
        """The lines that end in a block; null where none does."""
        if self.dropped:
            data = self._drop(data)
        whole = self.rest + data
        end = whole.rfind(b"\n") + 1
        self.rest = whole[end:]
        lines = self._lines(whole[:end]) if end else None
        if len(self.rest) > LONGEST_LINE:
            self._name_long(self.line, self.rest[:SHOWN])
            self.rest, self.dropped = b"", len(self.rest)
        return lines

    def _drop(self, data: bytes) -> bytes:
        """What is left of a block when the end of an endless line is thrown away; that line stands empty."""
        end = data.find(b"\n")
        if end < 0:
            self.dropped += len(data)
            return b""
        self.dropped = 0
        return data[end:]

    def _lines(self, data: bytes) -> Lines:
        octets = np.frombuffer(data, np.uint8)
        ends = np.flatnonzero(octets == _NEWLINE)
        begins = np.concatenate([[0], ends[:-1] + 1])
        for row in np.flatnonzero(ends - begins > LONGEST_LINE).tolist():
            self._name_long(self.line + row, data[begins[row] : begins[row] + SHOWN])
        found = Lines(self._texts(data, begins, ends), self.line)
        self.line += len(ends)
        return found

    def _texts(self, data: bytes, begins: npt.NDArray[np.int64], ends: npt.NDArray[np.int64]) -> pa.StringArray:
        # Each line with the end of the line before it, since a column's texts lie without gaps; trimmed at once.
        places = np.concatenate([begins[:1], ends + 1]).astype(np.int32)
        texts = pa.StringArray.from_buffers(len(ends), pa.py_buffer(places), pa.py_buffer(data))
        if not _is_text(data) or (ends - begins > LONGEST_LINE).any():
            texts = pa.array([self._text(data[b:e], row) for row, (b, e) in enumerate(zip(begins, ends, strict=True))])
        return pc.ascii_rtrim_whitespace(texts)

    def _text(self, octets: bytes, row: int) -> str:
        """One line of a block that is not all ASCII; empty where it is no text, which is then named."""
        if len(octets) > LONGEST_LINE:
            return ""
        try:
            return octets.decode()
        except UnicodeDecodeError:
            shown = octets.decode(errors="replace")
            if shown.lstrip()[:1] not in tuple(COMMENTS):
                error = "is not UTF-8"
                self.bad.add(BadRow(self.label, self.line + row, WHOLE_ROW, shown, error, "save the file as UTF-8"))
            return ""

    def _name_long(self, line: int, begins: bytes) -> None:
        shown = begins.decode(errors="replace")
        error = f"is a line of more than {LONGEST_LINE:,} octets"
        self.bad.add(BadRow(self.label, line, WHOLE_ROW, shown, error, "write one name a line"))


def _is_text(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True
