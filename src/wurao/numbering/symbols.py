"""One symbol of written text after another: UTF-8 decoded, percent-escapes undone, look-alikes folded to ASCII.

In go bytes and a place in them; out comes a code point and the place after it (`symbol_at`), and its folded form
(`folded`): every decimal digit a person may write, full-width letters and punctuation, dashes, blanks and dots of all
kinds become their ASCII symbol, what has no width becomes `NOTHING`. Called by `written`; no rule on numbers here.

All functions are plain scalar code over bytes (uncompiled) or an array of uint8 (compiled).
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from wurao.compiled import apart

Octets: TypeAlias = "bytes | npt.NDArray[np.uint8]"
Digits: TypeAlias = "bytearray | npt.NDArray[np.uint8]"
"""Room for the digits of one number, a value of 0 to 9 each."""

BAD = -1
"""A byte that is no UTF-8, an escape of no ASCII symbol, a NUL."""
NOTHING = 0
"""A symbol without width: it does not count."""

ZEROS = np.array([0x0660, 0x06F0, 0x0966, 0x09E6, 0x0E50, 0x1D7CE, 0x1D7D8, 0x1D7E2, 0x1D7EC, 0x1D7F6], dtype=np.int64)
"""The zero of each set of ten digits that is read beside ASCII and full-width: Arabic, Persian, Devanagari, Bengali,
Thai, and the five mathematical ones, which spammers like (Unicode 15, property Numeric_Type=Decimal)."""

_SPACE, _OPENING, _CLOSING, _DASH, _DOT = 0x20, 0x28, 0x29, 0x2D, 0x2E


def capital(symbol: int) -> int:
    """The capital of an ASCII letter; anything else as it is."""
    return symbol - 32 if 97 <= symbol <= 122 else symbol


def symbol_at(buffer: Octets, at: int, end: int) -> tuple[int, int]:
    """The code point that begins at a place, and the place after it; `BAD` and the next byte where there is none."""
    first = int(buffer[at])
    if first == 0x25 and at + 2 < end and _nibble(int(buffer[at + 1])) >= 0 and _nibble(int(buffer[at + 2])) >= 0:
        octet = _nibble(int(buffer[at + 1])) * 16 + _nibble(int(buffer[at + 2]))
        return (octet if 0 < octet < 128 else BAD), at + 3
    if first < 128:
        return (first if first else BAD), at + 1
    return _wide_symbol_at(buffer, at, end, first)


@apart
def folded(symbol: int) -> int:
    """The ASCII symbol that a person would read, `NOTHING` for what has no width, else the symbol itself."""
    if symbol < 128:
        return _SPACE if 0 < symbol <= 32 else symbol
    if 0xFF01 <= symbol <= 0xFF5E:
        return symbol - 0xFEE0
    if _is_invisible(symbol):
        return NOTHING
    if 0x2000 <= symbol <= 0x200A or symbol in (0xA0, 0x1680, 0x202F, 0x205F, 0x3000):
        return _SPACE
    if 0x2010 <= symbol <= 0x2015 or symbol in (0x2043, 0x2212, 0xFE58, 0xFE63):
        return _DASH
    if symbol in (0xB7, 0x2022, 0x2027, 0x3002, 0x30FB, 0xFF0E, 0xFF65):
        return _DOT
    if symbol in (0x3010, 0x3014, 0x3016):
        return _OPENING
    if symbol in (0x3011, 0x3015, 0x3017):
        return _CLOSING
    for n in range(len(ZEROS)):
        zero = int(ZEROS[n])
        if zero <= symbol < zero + 10:
            return 48 + symbol - zero
    return symbol


def _is_invisible(symbol: int) -> bool:
    """Zero-width marks, direction marks, joiners, soft hyphens and what makes an emoji of a digit."""
    return (
        0x200B <= symbol <= 0x200F
        or 0x2028 <= symbol <= 0x202E
        or 0x2060 <= symbol <= 0x206F
        or 0xFE00 <= symbol <= 0xFE0F
        or symbol in (0xAD, 0x034F, 0x061C, 0x180E, 0x20E3, 0xFEFF)
    )


def _nibble(octet: int) -> int:
    """The value of a hexadecimal digit; -1 where it is none."""
    if 48 <= octet <= 57:
        return octet - 48
    letter = capital(octet)
    return letter - 55 if 65 <= letter <= 70 else -1


@apart
def _wide_symbol_at(buffer: Octets, at: int, end: int, first: int) -> tuple[int, int]:
    """A symbol of two to four bytes (RFC 3629: no overlong form, no surrogate, nothing above U+10FFFF)."""
    if 0xC2 <= first <= 0xDF:
        more, value, least = 1, first & 0x1F, 0x80
    elif 0xE0 <= first <= 0xEF:
        more, value, least = 2, first & 0x0F, 0x800
    elif 0xF0 <= first <= 0xF4:
        more, value, least = 3, first & 0x07, 0x10000
    else:
        return BAD, at + 1
    if at + more >= end:
        return BAD, at + 1
    for n in range(1, more + 1):
        octet = int(buffer[at + n])
        if octet & 0xC0 != 0x80:
            return BAD, at + 1
        value = value << 6 | (octet & 0x3F)
    if value < least or value > 0x10FFFF or 0xD800 <= value <= 0xDFFF:
        return BAD, at + 1
    return value, at + more + 1
