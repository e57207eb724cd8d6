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

from wurao.numbering.foreign import calling_code_length
from wurao.numbering.number import E164_SPACE, HOME_SPACE, LONGEST, PORT_SPACE, kind_of, pack, value_of
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
    room = bytearray(ROOM)
    shape, count, _ = read_symbols(octets, 0, len(octets), room, 0)
    if shape not in (SHAPE_DIGITS, SHAPE_INTERNATIONAL) or count > LONGEST + 4:
        return None
    digits = "".join(map(str, room[:count]))
    if shape == SHAPE_INTERNATIONAL or digits.startswith("00"):
        return _worldwide(digits.removeprefix("00"))
    if digits.startswith("0"):
        return _national(digits[1:]) if len(digits) > 1 else None
    if digits.startswith("86"):
        return _worldwide(digits)
    return _at_home(digits)


def parse_prefix_column(column: Any) -> npt.NDArray[np.int64]:
    """The Prefixes of an Arrow column of strings; `NO_PREFIX` where the text is none or null.

    Each different text is read once.
    """
    import pyarrow as pa

    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    if not pa.types.is_dictionary(column.type):
        column = column.cast(pa.string()).dictionary_encode()
    read = [parse_prefix(text) for text in column.dictionary.to_pylist()]
    prefixes = np.array([NO_PREFIX if prefix is None else prefix for prefix in read] + [NO_PREFIX], dtype=np.int64)
    places = column.indices.cast(pa.int64()).fill_null(len(read))
    return np.asarray(prefixes[places.to_numpy(zero_copy_only=False)])


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
    text = prefix_text(prefix)
    return len(text) - 1 - calling_code_length(text[1:]) if text.startswith("+") else len(text)


def _worldwide(digits: str) -> int | None:
    if digits.startswith(("86400", "86800")):
        return _packed(HOME_SPACE, digits[2:])
    return None if not digits or digits.startswith("0") else _packed(E164_SPACE, digits)


def _national(digits: str) -> int | None:
    return None if digits.startswith("0") else _worldwide(f"86{digits}")


def _at_home(digits: str) -> int | None:
    if digits.startswith("106") and not digits.startswith("1064"):
        return _packed(PORT_SPACE, digits[3:])
    if digits.startswith("1"):
        is_short = len(digits) > 1 and digits[1] in "012" and not digits.startswith("1064")
        return _packed(HOME_SPACE, digits) if is_short else _national(digits)
    is_home = digits in ("4", "40", "8", "80", "9") or digits.startswith(("400", "800", "95", "96", "99"))
    return _packed(HOME_SPACE, digits) if is_home else _national(digits)


def _packed(space: int, digits: str) -> int | None:
    """A Prefix of a space; null where the digits do not fit its value."""
    return pack(space, int(f"1{digits}")) if len(digits) <= _LONGEST_DIGITS else None
