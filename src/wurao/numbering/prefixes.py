"""A Prefix as text and back: the first digits of many numbers, as lists, headers and orders name them.

In goes what a person writes (`138`, `+86138`, `0351`, `95`, `400`, `106900`, `00852`); out comes an int64 Prefix (see
`number`), or null where it is none. Blanks, hyphens and digits of other scripts are read as in numbers. Called by the
reader of tables and by whoever prints one.

The digits decide where a prefix lives, so that `starts_with` finds what a person means by it:

* after +, 00 or 86: the first digits of E.164 numbers; +86400 and +86800 are freephone, as 400 and 800;
* after the trunk prefix 0: the first digits of a national number, +86 and the rest (0351 is +86351, 010 is +8610);
* 106 and on: message port numbers; but 1064, things of 13 digits, is +861064;
* 10, 11, 12, 4, 40, 400…, 8, 80, 800…, 9, 95…, 96…, 99…: numbers as dialled at home;
* 1 alone, and 13 to 19: mobile numbers, +86 and the rest. So 1 means every mobile number, not 110;
* any other first digit: an area code without its trunk prefix, +86 and the rest (351 is +86351).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from wurao.compiled import compiled
from wurao.numbering.foreign import calling_code_length
from wurao.numbering.national import value_in
from wurao.numbering.number import (
    E164_SPACE,
    HOME_SPACE,
    LONGEST,
    PORT_SPACE,
    POWERS_OF_TEN,
    kind_of,
    pack,
    prefix_length,
    value_of,
)
from wurao.numbering.symbols import Digits, Octets
from wurao.numbering.texts import read_texts
from wurao.numbering.written import ROOM, SHAPE_DIGITS, SHAPE_INTERNATIONAL, read_symbols

PREFIX_EXPECTED = "write its first digits, such as 138, +86138, 0351, 95, 400, 106900, +1 or 00852"
"""What would be right, for whoever reports a text that is no prefix."""

NO_PREFIX = -1
"""In a column: the text is no prefix."""

_LONGEST_DIGITS = 17
"""The digits after the leading 1 that fit the value."""


def parse_prefix(text: str | None) -> int | None:
    """The Prefix of a text; null where it is not at least one digit that numbers may begin with, or has too many."""
    octets = (text or "").encode("utf-8", "surrogatepass")
    prefix = read_prefix(octets, 0, len(octets), bytearray(ROOM))
    return None if prefix == NO_PREFIX else prefix


def parse_prefix_column(column: Any) -> npt.NDArray[np.int64]:
    """The Prefixes of an Arrow column (Array or ChunkedArray) of texts; `NO_PREFIX` where one is none or null."""
    return read_texts(column, _read_all, NO_PREFIX)


def warm() -> None:
    """Compile what this module compiles."""
    import pyarrow as pa

    parse_prefix_column(pa.array(["138"]))


def read_prefix(buffer: Octets, start: int, end: int, digits: Digits) -> int:
    """The Prefix of the text in `buffer[start:end]`, or `NO_PREFIX`; `digits` is room for `ROOM` digits.

    Two places before the digits are left free for a country code.
    """
    shape, count, _ = read_symbols(buffer, start, end, digits, 2)
    if (shape != SHAPE_DIGITS and shape != SHAPE_INTERNATIONAL) or count - 2 > LONGEST + 4:
        return NO_PREFIX
    begins_abroad = count >= 4 and value_in(digits, 2, 4) == 0
    if shape == SHAPE_INTERNATIONAL or begins_abroad:
        return _worldwide(digits, 4 if begins_abroad else 2, count)
    if int(digits[2]) == 0:
        return _national(digits, 3, count)
    if count >= 4 and value_in(digits, 2, 4) == 86:
        return _worldwide(digits, 2, count)
    return _at_home(digits, 2, count)


def _read_each(
    octets: npt.NDArray[np.uint8],
    offsets: npt.NDArray[np.int64],
    prefixes: npt.NDArray[np.int64],
    digits: npt.NDArray[np.uint8],
) -> None:
    for n in range(len(prefixes)):
        prefixes[n] = read_prefix(octets, int(offsets[n]), int(offsets[n + 1]), digits)


_read_all = compiled(_read_each)


def prefix_text(prefix: int) -> str:
    """A Prefix as text that reads back as the same: `+86138`, `95`, `106900`."""
    digits = str(value_of(prefix))[1:]
    kind = kind_of(prefix)
    if kind == PORT_SPACE:
        return f"106{digits}"
    return digits if kind == HOME_SPACE else f"+{digits}"


def prefix_text_column(prefixes: npt.NDArray[np.int64]) -> Any:
    """The texts of an array of Prefixes, as an Arrow array of strings; null where it holds `NO_PREFIX`."""
    import pyarrow as pa

    different, places = np.unique(prefixes, return_inverse=True)
    texts: Any = pa.array([prefix_text(int(prefix)) if prefix >= 0 else None for prefix in different], pa.string())
    return texts.take(pa.array(places.astype(np.int64)))


def digits_after_country_code(prefix: int) -> int:
    """How many digits a Prefix has, of an E.164 one without its country code: an order needs five (DESIGN 5, Never)."""
    length = prefix_length(prefix)
    if kind_of(prefix) != E164_SPACE:
        return length
    return length - calling_code_length(value_of(prefix) - int(POWERS_OF_TEN[length]), length)


def _worldwide(digits: Digits, at: int, end: int) -> int:
    """The Prefix of digits that begin with a country code."""
    if end == at or int(digits[at]) == 0:
        return NO_PREFIX
    if end - at >= 5:
        first = value_in(digits, at, at + 5)
        if first == 86400 or first == 86800:
            return _packed(HOME_SPACE, digits, at + 2, end)
    return _packed(E164_SPACE, digits, at, end)


def _national(digits: Digits, at: int, end: int) -> int:
    """The Prefix of the digits of a national number, without its trunk prefix; 86 is written before them."""
    if end == at or int(digits[at]) == 0:
        return NO_PREFIX
    digits[at - 2] = 8
    digits[at - 1] = 6
    return _worldwide(digits, at - 2, end)


def _at_home(digits: Digits, at: int, end: int) -> int:
    """The Prefix of digits as they are dialled at home."""
    length = end - at
    first, second, third = value_in(digits, at, at + 1), 0, 0
    if length >= 2:
        second = value_in(digits, at, at + 2)
    if length >= 3:
        third = value_in(digits, at, at + 3)
    is_thing = length >= 4 and value_in(digits, at, at + 4) == 1064
    if third == 106 and not is_thing:
        return _packed(PORT_SPACE, digits, at + 3, end)
    if first == 1:
        is_home = second >= 10 and second <= 12 and not is_thing
    elif length >= 3 and (first == 4 or first == 8):
        is_home = third == 400 or third == 800
    elif length == 2 and (first == 4 or first == 8):
        is_home = second == 40 or second == 80
    elif length >= 2:
        is_home = second == 95 or second == 96 or second == 99
    else:
        is_home = first == 4 or first == 8 or first == 9
    return _packed(HOME_SPACE, digits, at, end) if is_home else _national(digits, at, end)


def _packed(space: int, digits: Digits, at: int, end: int) -> int:
    """A Prefix of a space: the digits after a leading 1; `NO_PREFIX` where they do not fit its value."""
    if end - at > _LONGEST_DIGITS:
        return NO_PREFIX
    return pack(space, int(POWERS_OF_TEN[end - at]) + value_in(digits, at, end))
