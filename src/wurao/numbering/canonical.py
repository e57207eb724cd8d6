"""A Number as text again: canonical, E.164, or masked for logs.

In goes an int64 Number, or a column of them; out comes the text of CONTRACTS (Numbers): E.164 with `+`; short codes,
400, 800 and 106 numbers as dialled at home; names in capitals; `withheld`; `impossible`. Reading a canonical text gives
the same Number. `canonical_column` is compiled, since it writes every verdict file.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from wurao.compiled import compiled
from wurao.numbering.number import IMPOSSIBLE, WITHHELD, Kind, digits_in, is_e164, kind_of, value_of
from wurao.numbering.written import NAME_BASE, NAME_LENGTH, symbol_of_place

LONGEST_TEXT = 20
"""A port number has 20 digits; no canonical text is longer."""

MASKED_DIGITS = 4

_MESSAGE_PORT = Kind.MESSAGE_PORT.value
_NAME = Kind.NAME.value
_WITHHELD = b"withheld"
_IMPOSSIBLE = b"impossible"


_FOURS = np.frombuffer("".join(f"{n:04}" for n in range(10_000)).encode(), np.uint8)
"""The digits of 0000 to 9999, one number after another."""


def canonical(number: int) -> str:
    """The canonical text of one Number, uncompiled."""
    text = bytearray(LONGEST_TEXT)
    return text[: write_canonical(int(number), text, 0)].decode("ascii")


def canonical_column(numbers: npt.NDArray[np.int64]) -> Any:
    """The canonical texts of an array of Numbers, as an Arrow array of strings without nulls."""
    import pyarrow as pa

    most = len(numbers) * LONGEST_TEXT
    offsets = np.zeros(len(numbers) + 1, dtype=np.int32 if most < 2**31 else np.int64)
    text = np.empty(most, dtype=np.uint8)
    given = np.ascontiguousarray(numbers, dtype=np.int64).view()
    given.flags.writeable = False
    size = int(_write_all(given, text, offsets))
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(text[:size])]
    if most < 2**31:
        return pa.Array.from_buffers(pa.string(), len(numbers), buffers)
    wide = pa.Array.from_buffers(pa.large_string(), len(numbers), buffers)
    return wide.cast(pa.string()) if size < 2**31 else wide


def warm() -> None:
    """Compile what this module compiles."""
    canonical_column(np.zeros(1, dtype=np.int64))


def e164(number: int) -> str | None:
    """`+` and the E.164 digits; null for what cannot be dialled from abroad: short, 400, 800, 106, names, no number."""
    return canonical(number) if is_e164(number) else None


def masked(number: int) -> str:
    """For logs and pages: a number's last four digits starred, of an E.164 number of China as dialled at home."""
    kind = kind_of(number)
    text = canonical(number)
    if kind in (Kind.WITHHELD, Kind.IMPOSSIBLE, Kind.NAME, Kind.SHORT):
        return text
    home = text[3:] if kind != Kind.FOREIGN and text.startswith("+86") else text
    if kind == Kind.FIXED:
        home = f"0{home}"
    return home[:-MASKED_DIGITS] + "*" * min(MASKED_DIGITS, len(home))


def write_canonical(number: int, text: bytearray | npt.NDArray[np.uint8], at: int) -> int:
    """Write the canonical text of a Number into `text` from a place on; the place after it."""
    kind = kind_of(number)
    value = value_of(number)
    if number in (WITHHELD, IMPOSSIBLE):
        word = _WITHHELD if number == WITHHELD else _IMPOSSIBLE
        for n in range(len(word)):
            text[at + n] = word[n]
        return at + len(word)
    if kind == _NAME:
        return _write_name(value, text, at)
    if is_e164(number):
        # Most are mobile numbers of China, whose length is not worth counting.
        text[at] = 43
        digits = 13 if value >= 10**12 and value < 10**13 else digits_in(value)
        return _write_digits(value, digits, text, at + 1)
    if kind == _MESSAGE_PORT:
        at = _write_digits(106, 3, text, at)
    return _write_digits(value, digits_in(value) - 1, text, at)


def _write_digits(value: int, count: int, text: bytearray | npt.NDArray[np.uint8], at: int) -> int:
    """The last `count` digits of a value, four at once where there are so many."""
    left = count
    while left >= 4:
        left -= 4
        place, four = np.uint64(at + left), np.uint64(value % 10_000 * 4)
        value //= 10_000
        for n in range(4):
            text[place + np.uint64(n)] = _FOURS[four + np.uint64(n)]
    for n in range(left):
        text[at + left - 1 - n] = 48 + value % 10
        value //= 10
    return at + count


def _write_name(value: int, text: bytearray | npt.NDArray[np.uint8], at: int) -> int:
    length = 0
    rest = value
    while rest > 0 and length < NAME_LENGTH:
        rest = (rest - 1) // NAME_BASE
        length += 1
    for n in range(length):
        text[at + length - 1 - n] = symbol_of_place((value - 1) % NAME_BASE + 1)
        value = (value - 1) // NAME_BASE
    return at + length


def _write_each(numbers: npt.NDArray[np.int64], text: npt.NDArray[np.uint8], offsets: npt.NDArray[Any]) -> int:
    at = 0
    for n in range(len(numbers)):
        at = write_canonical(int(numbers[n]), text, at)
        offsets[n + 1] = at
    return at


_write_all = compiled(_write_each)
