"""A file of subscribers' numbers, one a line, read as a whole: a million in well under a second, no loop over lines.

Octets come in, as uploaded; a line is a number as anybody writes it, or a CSV line whose first field is one. Empty
lines are passed over, and so is a first line that is no number (a header). Called by `consents.bulk` and `may_call`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from wurao.errors import SHOWN, Refused
from wurao.numbering import Kind, parse_column
from wurao.numbering.number import KIND_SHIFT

Ints = npt.NDArray[np.int64]
PERSONAL = (Kind.MOBILE, Kind.FIXED, Kind.IOT, Kind.SATELLITE)
"""What a subscriber's number can be, as `accounts.codes` has it."""
NAMED = 20
"""So many bad lines are named."""
MOST_OCTETS = 64 << 20
_NEWLINE = 10
_AROUND = " \"'\t"
"""Around a number: blanks, quotes, and the one that keeps a plus from being a formula."""
_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class NumberLines:
    """The numbers of a file in its order, and its lines as they were written."""

    numbers: Ints
    """Of the good lines."""
    written: Any
    """The good lines' first fields, an Arrow array of octets."""
    count: int
    """Lines that are not empty."""
    bad: Any
    """Bad lines: Arrow arrays of their places from 1, and of what stands there."""

    @property
    def bad_count(self) -> int:
        """How many lines are no subscriber's number."""
        return len(self.bad[0])

    def first_bad(self) -> list[tuple[int, str]]:
        """The first bad lines: place, and what stands there."""
        places, texts = (each.slice(0, NAMED).to_pylist() for each in self.bad)
        return [(place, text.decode("utf-8", "replace")[:SHOWN]) for place, text in zip(places, texts, strict=True)]


def read_numbers(octets: bytes) -> NumberLines:
    """The numbers of a file; Refused where it is too large."""
    if len(octets) > MOST_OCTETS:
        raise Refused(f"is larger than {MOST_OCTETS >> 20} MB", where="numbers", right="hand it in in parts")
    fields = _lines(octets.removeprefix(_MARK).replace(b"\r\n", b"\n").replace(b"\r", b"\n"))
    if b"," in octets:
        fields = pc.list_element(pc.split_pattern(fields, pattern=",", max_splits=1), 0)
    fields = pc.ascii_trim(fields, characters=_AROUND)
    there = np.asarray(pc.not_equal(pc.binary_length(fields), 0))
    numbers = parse_column(fields)
    good = there & np.isin(numbers >> KIND_SHIFT, PERSONAL)
    bad = np.flatnonzero(there & ~good)
    if len(bad) and bad[0] == int(np.argmax(there)):
        bad = bad[1:]  # the header
    written = fields.view(pa.binary())
    count = int(np.count_nonzero(good)) + len(bad)
    return NumberLines(numbers[good], written.filter(pa.array(good)), count, (pa.array(bad + 1), written.take(bad)))


def _lines(octets: bytes) -> Any:
    """The lines of a file as Arrow's text, which is not looked at whether it is UTF-8."""
    data = np.frombuffer(octets, np.uint8)
    ends = np.flatnonzero(data == _NEWLINE)
    if len(data) and data[-1] != _NEWLINE:
        ends = np.append(ends, len(data))
    offsets = np.append(0, ends - np.arange(len(ends))).astype(np.int32)
    values = np.ascontiguousarray(data[data != _NEWLINE])
    return pa.Array.from_buffers(pa.string(), len(ends), [None, pa.py_buffer(offsets), pa.py_buffer(values)])
