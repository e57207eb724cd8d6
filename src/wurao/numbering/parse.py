"""Anything that a network signals or a person writes, read as one Number: the one place where numbers are parsed.

In goes UTF-8 text, one (`parse_text`) or a column (`parse_column`, compiled over the Arrow buffers); out come int64
Numbers. What hides its sender or is empty is `WITHHELD`, what is no number is `IMPOSSIBLE`; nothing raises. Every room
that reads numbers calls this; compiled code calls `parse` itself.

Read are, with blanks, hyphens, dots, slashes and brackets between the digits and in any script's digits that people
use: +86 and 0086 and 86 before a national number, other countries' E.164 numbers after + or 00 (E.164; ITU-T E.123),
area code with or without its trunk prefix, short codes also behind an area code (0351-110 is 110), 400 and 800, 106
port numbers, senders' names, tel URIs (RFC 3966), SIP and SIPS URIs and their user parts (RFC 3261), carriers'
selection prefixes. A local number without an area code is impossible, since nothing says where it belongs. Short codes
of one province (96xxx) lose the area code before them: a Number has no room for it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from wurao.compiled import apart, compiled
from wurao.numbering.foreign import foreign
from wurao.numbering.national import (
    after_trunk_zero,
    at_home,
    carrier_prefix_length,
    value_in,
    with_country_code,
)
from wurao.numbering.number import IMPOSSIBLE, LONGEST, WITHHELD, Kind, kind_of, pack
from wurao.numbering.symbols import Digits, Octets
from wurao.numbering.texts import read_texts
from wurao.numbering.written import (
    ROOM,
    SHAPE_DIGITS,
    SHAPE_EMPTY,
    SHAPE_HIDDEN,
    SHAPE_INTERNATIONAL,
    SHAPE_NAME,
    locate,
    read_symbols,
)

NUMBER_EXPECTED = "write it as +86 138 0351 0001, 0351-2345678, 95588, 400-810-0000, 10690001234567 or a sender's name"
"""What would be right, for whoever reports an impossible number."""

MOBILE = Kind.MOBILE.value
FIXED = Kind.FIXED.value
FOREIGN = Kind.FOREIGN.value
NAME = Kind.NAME.value
SATELLITE = Kind.SATELLITE.value
MESSAGE_PORT = Kind.MESSAGE_PORT.value

NOT_QUICK = WITHHELD


def parse_text(text: str | None) -> int:
    """The Number of one text, uncompiled; null is `WITHHELD`."""
    if text is None:
        return WITHHELD
    octets = text.encode("utf-8", "surrogatepass")
    return parse(octets, 0, len(octets), bytearray(ROOM))


def parse_column(column: Any) -> npt.NDArray[np.int64]:
    """The Numbers of an Arrow column (Array or ChunkedArray) of strings, plain or dictionary; null is `WITHHELD`.

    Columns of integers, as a careless reader makes them, are read as their digits; other types raise TypeError.
    """
    return read_texts(column, _parse_all, WITHHELD)


def warm() -> None:
    """Compile what this module compiles."""
    import pyarrow as pa

    parse_column(pa.array(["110"]))


def parse(buffer: Octets, start: int, end: int, digits: Digits) -> int:
    """The Number of the text in `buffer[start:end]`; `digits` is room for `ROOM` digits, whose contents do not matter.

    `buffer` is bytes where this runs uncompiled, an array of uint8 where it is compiled.
    """
    quick = _quick(buffer, start, end)
    if quick != NOT_QUICK:
        return quick
    first, last, context, context_end, hidden = locate(buffer, start, end)
    if hidden:
        return WITHHELD
    shape, count, name = read_symbols(buffer, first, last, digits, 0)
    if shape in (SHAPE_EMPTY, SHAPE_HIDDEN):
        return WITHHELD
    if shape == SHAPE_NAME:
        return pack(NAME, name)
    if count > ROOM or shape not in (SHAPE_DIGITS, SHAPE_INTERNATIONAL):
        return IMPOSSIBLE
    if shape == SHAPE_DIGITS and context < context_end:
        return _in_context(buffer, first, last, context, context_end, digits)
    return number_of(digits, 0, count, shape == SHAPE_INTERNATIONAL)


@apart
def number_of(digits: Digits, at: int, end: int, international: bool) -> int:
    """The Number of bare digits; `international`: a + stood before them."""
    if end - at >= 2 and int(digits[at]) == 0 and int(digits[at + 1]) == 0:
        return _international(digits, at + 2, end)
    if international:
        return _international(digits, at, end)
    found = _national(digits, at, end)
    if found != IMPOSSIBLE:
        return found
    length = carrier_prefix_length(digits, at, end)
    return _selected(digits, at + length, end) if length > 0 else IMPOSSIBLE


@apart
def _national(digits: Digits, at: int, end: int) -> int:
    if at < end and int(digits[at]) == 0:
        return after_trunk_zero(digits, at + 1, end)
    return at_home(digits, at, end)


@apart
def _international(digits: Digits, at: int, end: int) -> int:
    if end - at >= 2 and value_in(digits, at, at + 2) == 86:
        return with_country_code(digits, at + 2, end)
    return foreign(digits, at, end)


def _selected(digits: Digits, at: int, end: int) -> int:
    """What stands behind a carrier's selection prefix: a mobile, fixed or foreign number, else nothing that is one."""
    if end - at >= 2 and int(digits[at]) == 0 and int(digits[at + 1]) == 0:
        found = _international(digits, at + 2, end)
    else:
        found = _national(digits, at, end)
    return found if kind_of(found) in (MOBILE, FIXED, FOREIGN) else IMPOSSIBLE


@apart
def _in_context(buffer: Octets, first: int, last: int, context: int, context_end: int, digits: Digits) -> int:
    """A local number of a tel URI behind its phone-context (RFC 3966 5.1.5); a domain as context says nothing.

    Where it makes no number behind a Chinese context, it was written as dialled at home.
    """
    shape, kept, _ = read_symbols(buffer, context, context_end, digits, 0)
    if shape != SHAPE_INTERNATIONAL or kept > ROOM:
        _, count, _ = read_symbols(buffer, first, last, digits, 0)
        return number_of(digits, 0, count, False)
    _, count, _ = read_symbols(buffer, first, last, digits, kept)
    found = number_of(digits, 0, count, True) if count <= ROOM else IMPOSSIBLE
    if found == IMPOSSIBLE and count <= ROOM and kept >= 2 and value_in(digits, 0, 2) == 86:
        return number_of(digits, kept, count, False)
    return found


def _quick(buffer: Octets, start: int, end: int) -> int:
    """Of a text as most are written; `NOT_QUICK` for anything else."""
    quick = plain_mobile(buffer, start, end)
    return quick if quick != NOT_QUICK else _plain_port(buffer, start, end)


def plain_mobile(buffer: Octets, start: int, end: int) -> int:
    """Most texts by far: a mobile number as +86 and 11 digits or the 11 alone; `NOT_QUICK` for anything else."""
    size = end - start
    if size == 14:
        if int(buffer[start]) != 43 or int(buffer[start + 1]) != 56 or int(buffer[start + 2]) != 54:
            return NOT_QUICK
    elif size != 11:
        return NOT_QUICK
    at = end - 11
    wrong = (int(buffer[at]) ^ 49) * -1 | int(buffer[at + 1]) - 51
    front = back = 0
    for n in range(5):
        digit = int(buffer[at + n]) - 48
        wrong |= digit | 9 - digit
        front = front * 10 + digit
    for n in range(5, 11):
        digit = int(buffer[at + n]) - 48
        wrong |= digit | 9 - digit
        back = back * 10 + digit
    if wrong < 0:
        return NOT_QUICK
    is_satellite = (front >= 17_400 and front < 17_500) or (front >= 13_490 and front < 13_500)
    return pack(SATELLITE if is_satellite else MOBILE, 8_600_000_000_000 + front * 1_000_000 + back)


def _plain_port(buffer: Octets, start: int, end: int) -> int:
    """The next most: 106 and further digits as they are dialled, no thing's number; `NOT_QUICK` for anything else."""
    size = end - start
    if size < 5 or size > LONGEST:
        return NOT_QUICK
    if int(buffer[start]) != 49 or int(buffer[start + 1]) != 48 or int(buffer[start + 2]) != 54:
        return NOT_QUICK
    if size == 13 and int(buffer[start + 3]) == 52:
        return NOT_QUICK
    value = 1
    for n in range(start + 3, end):
        digit = int(buffer[n]) - 48
        if digit < 0 or digit > 9:
            return NOT_QUICK
        value = value * 10 + digit
    return pack(MESSAGE_PORT, value)


def _parse_each(
    octets: npt.NDArray[np.uint8],
    offsets: npt.NDArray[np.int64],
    numbers: npt.NDArray[np.int64],
    digits: npt.NDArray[np.uint8],
) -> None:
    # Two loops, since Numba counts references to the arrays in every round of a loop that calls what is apart.
    for n in range(len(numbers)):
        numbers[n] = _quick(octets, int(offsets[n]), int(offsets[n + 1]))
    for n in range(len(numbers)):
        if int(numbers[n]) == NOT_QUICK:
            numbers[n] = parse(octets, int(offsets[n]), int(offsets[n + 1]), digits)


_parse_all = compiled(_parse_each)
