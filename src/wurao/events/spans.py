"""Where the values of a block of text lie, and how they become Arrow columns.

`csv_file` and `jsonl_file` scan a block of bytes once, compiled, and note for every row and wanted column where the
value starts and ends and in what form it stands. `string_column` copies one column of them, unquoted, into Arrow.
Bytes are UTF-8 when they come here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from wurao.compiled import Bundle, View, compiled
from wurao.events.values import Column

ABSENT, PLAIN, DOUBLED, ESCAPED, BARE, NESTED = 0, 1, 2, 3, 4, 5
"""The forms: no value; as it stands; with doubled quotes (CSV); with backslashes (JSON); a number, true or false
(JSON); an object or array (JSON), which no column takes."""


class Copying(Bundle):
    """One column being copied out of a block: its spans, and the Arrow buffers to be filled."""

    columns = {  # noqa: RUF012 - declared ClassVar by Bundle
        "data": "u1",
        "starts": "i4",
        "ends": "i4",
        "forms": "i1",
        "offsets": "i4",
        "out": "u1",
        "valid": "u1",
    }


@dataclass(frozen=True, slots=True)
class Spans:
    """The values of the rows of one block: arrays of (columns, rows)."""

    data: np.ndarray
    starts: np.ndarray
    ends: np.ndarray
    forms: np.ndarray

    def string_column(self, column: int, rows: np.ndarray | None = None, nested: bool = False) -> Column:
        """One column as strings, of the rows of a mask or of all; what is empty is null, and what is nested unless
        `nested` wants it as it is written.
        """
        parts = [
            array[column] if rows is None else array[column][rows] for array in (self.starts, self.ends, self.forms)
        ]
        starts, ends, forms = (np.ascontiguousarray(part) for part in parts)
        if nested:
            forms = np.where(forms == NESTED, BARE, forms).astype(forms.dtype)
        count = len(starts)
        offsets = np.zeros(count + 1, np.int32)
        out = np.empty(int((ends - starts).sum()), np.uint8)
        valid = np.zeros(count, np.uint8)
        size = copy_column(
            Copying(data=self.data, starts=starts, ends=ends, forms=forms, offsets=offsets, out=out, valid=valid)
        )
        buffers: list[Any] = [pa.py_buffer(np.packbits(valid, bitorder="little").data)]
        buffers += [pa.py_buffer(offsets.data), pa.py_buffer(out[:size].data)]
        return pa.Array.from_buffers(pa.string(), count, buffers)


def _copy_column(copying: Copying) -> int:
    size = 0
    for row in range(len(copying.starts)):
        form = copying.forms[row]
        start, end = copying.starts[row], copying.ends[row]
        if form != ABSENT and form != NESTED and end > start:
            copying.valid[row] = 1
            if form == DOUBLED:
                size = copy_doubled(copying.data, start, end, copying.out, size)
            elif form == ESCAPED:
                size = copy_escaped(copying.data, start, end, copying.out, size)
            else:
                for place in range(start, end):
                    copying.out[size] = copying.data[place]
                    size += 1
        copying.offsets[row + 1] = size
    return size


copy_column = compiled(_copy_column)


def copy_doubled(data: View, start: int, end: int, out: View, size: int) -> int:
    """Copy the inside of a quoted CSV field: two quotes stand for one. How much of `out` is filled then."""
    place = start
    while place < end:
        out[size] = data[place]
        size += 1
        place += 2 if data[place] == 34 else 1
    return size


def copy_escaped(data: View, start: int, end: int, out: View, size: int) -> int:
    r"""Copy the inside of a checked JSON string (RFC 8259); half a surrogate becomes U+FFFD."""
    place = start
    while place < end:
        octet = data[place]
        if octet != 92:
            out[size] = octet
            size += 1
            place += 1
            continue
        letter = data[place + 1]
        place += 2
        if letter != 117:
            out[size] = unescaped(letter)
            size += 1
            continue
        code = hexadecimal_at(data, place)
        place += 4
        if code >= 0xD800 and code < 0xDC00 and place + 6 <= end and data[place] == 92 and data[place + 1] == 117:
            low = hexadecimal_at(data, place + 2)
            if low >= 0xDC00 and low < 0xE000:
                code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00)
                place += 6
        if code >= 0xD800 and code < 0xE000:
            code = 0xFFFD
        size = put_character(code, out, size)
    return size


def unescaped(letter: int) -> int:
    """The character that a backslash and this letter stand for."""
    if letter == 98:
        return 8
    if letter == 102:
        return 12
    if letter == 110:
        return 10
    if letter == 114:
        return 13
    if letter == 116:
        return 9
    return letter


def hexadecimal_at(data: View, at: int) -> int:
    """The value of four hexadecimal digits, or -1."""
    value = 0
    for place in range(at, at + 4):
        octet = data[place]
        if octet >= 48 and octet <= 57:
            digit = octet - 48
        elif octet >= 65 and octet <= 70:
            digit = octet - 55
        elif octet >= 97 and octet <= 102:
            digit = octet - 87
        else:
            return -1
        value = value * 16 + digit
    return value


def put_character(code: int, out: View, size: int) -> int:
    """Write one character as UTF-8; how much of `out` is filled then."""
    if code < 0x80:
        out[size] = code
        return size + 1
    if code < 0x800:
        out[size] = 0xC0 | code >> 6
        out[size + 1] = 0x80 | code & 63
        return size + 2
    if code < 0x10000:
        out[size] = 0xE0 | code >> 12
        out[size + 1] = 0x80 | code >> 6 & 63
        out[size + 2] = 0x80 | code & 63
        return size + 3
    out[size] = 0xF0 | code >> 18
    out[size + 1] = 0x80 | code >> 12 & 63
    out[size + 2] = 0x80 | code >> 6 & 63
    out[size + 3] = 0x80 | code & 63
    return size + 4
