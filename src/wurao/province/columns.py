"""Arrow columns as files carry them, from the generator's numpy ones: numbers, times, codes, sets of codes.

`write` and the registry's writers build every column through here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from wurao.province.block import E164, NONE, Ints, odd

MIDNIGHT_US = 1_789_488_000_000_000
"""2026-09-16 00:00 in China Standard Time: a Wednesday, no holiday."""
DAY_US = 86_400_000_000
TIME = pa.timestamp("us", tz="UTC")

IMPOSSIBLE = ("1380351000", "138035100011", "+861234", "00000000000", "99999999999999999999999", "+86 1280 351 0001")
"""What is signalled that is no number."""

_PREFIXES = ("", "+", "00", "0")
_compute: Any = pc


def together(*parts: Any, by: str = "") -> pa.StringArray:
    """Columns of strings, or single strings, joined row by row."""
    joined: pa.StringArray = _compute.binary_join_element_wise(*parts, by)
    return joined


def decimal(values: NDArray[Any]) -> pa.StringArray:
    """Whole numbers as text."""
    text: pa.StringArray = _compute.cast(pa.array(values), pa.string())
    return text


def where(mask: NDArray[np.bool_], values: Any, otherwise: Any = None) -> pa.StringArray:
    """The values where the mask holds, the others, or null, elsewhere."""
    chosen: pa.StringArray = _compute.if_else(pa.array(mask), values, otherwise)
    return chosen


def picked(values: pa.Array[Any] | Sequence[str], places: NDArray[Any]) -> Any:
    """The values at these places; null where a place is negative."""
    column = values if isinstance(values, pa.Array) else pa.array(values, pa.string())
    chosen: Any = pa.array(places.astype(np.int64), mask=places < 0)
    return column.take(chosen)


def numbers(codes: Ints, form: Ints | None = None) -> pa.StringArray:
    """Callers or callees as signalled: `form` (0 to 3, else 0) chooses how each E.164 number is written."""
    form = np.zeros(len(codes), dtype=np.int64) if form is None else form
    e164 = codes >= E164
    digits = np.where(e164, codes - E164, codes)
    mobile = e164 & (digits // 10**11 == 86)
    fixed = e164 & (digits // 10**10 == 86) & ~mobile
    home_mobile, home_fixed = mobile & (form == 2), fixed & (form >= 2)
    digits = np.where(home_mobile, digits - 86 * 10**11, np.where(home_fixed, digits - 86 * 10**10, digits))
    prefix = np.select([~e164 | home_mobile, home_fixed, mobile & (form == 3), mobile & (form == 1)], [0, 3, 0, 2], 1)
    written = together(picked(_PREFIXES, prefix), decimal(digits))
    if (codes >= 0).all():
        return written
    return where(codes >= 0, written, picked(IMPOSSIBLE, np.where(codes <= odd(0), odd(codes), NONE)))


def times(us: NDArray[Any], absent: NDArray[np.bool_] | None = None) -> pa.Array[Any]:
    """Microseconds since 1970 as times; null where absent."""
    return pa.array(np.asarray(us, dtype=np.int64), mask=absent).cast(TIME)


def days(after: int, n: int) -> pa.Array[Any]:
    """The same time for n rows: so many days after the midnight at which the day begins."""
    return times(np.full(n, MIDNIGHT_US + after * DAY_US))


def sets(codes: Sequence[str], bits: Ints) -> Any:
    """Sets of codes as they are written, joined by `;`, from a bit for each code."""
    found, place = np.unique(bits, return_inverse=True)
    texts = [";".join(code for n, code in enumerate(codes) if bit >> n & 1) for bit in found.tolist()]
    return picked(texts, place)


def absent(n: int, kind: Any) -> Any:
    """N nulls."""
    return pa.array([None] * n, kind)
