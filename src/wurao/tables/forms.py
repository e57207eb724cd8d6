"""A column as written turned into its inside form: one function a form, whole columns at a time.

Each takes a `plain` Arrow array as a file or a change gave it (text, or a type that already says the same) and returns
the inside array with null where nothing was written or where what was written is none; `rows` tells the two apart. What
would have been right is said by `expected_of`. Nothing here looks at other columns.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from wurao.events.moments import LATEST_US, NO_MOMENT, moments
from wurao.numbering.entries import parse_entry_column
from wurao.numbering.number import IMPOSSIBLE, KIND_SHIFT, Kind
from wurao.numbering.parse import parse_column
from wurao.numbering.prefixes import PREFIX_EXPECTED, parse_prefix_column
from wurao.tables.dates import LATEST_DAY, dates
from wurao.tables.declared import Column, Form
from wurao.tables.plain import Mask, nulls_of, plain, text_of
from wurao.tables.shapes import type_of

LONGEST_TEXT = 1 << 20
"""Bytes of one text."""
FLAGS_WRITTEN = pa.array(["true", "false", "TRUE", "FALSE", "True", "False"])
"""True stands at even places; the capitals are what spreadsheets and Python write."""
_PERSONAL = np.zeros(16, bool)
_PERSONAL[[Kind.MOBILE, Kind.FIXED, Kind.IOT, Kind.SATELLITE, Kind.FOREIGN]] = True
_NOUNS = {"guard": "level", "match": "way to match", "op": "operation"}


def inside(column: Column, array: pa.Array) -> pa.Array:
    """A column's inside form, for every form but ENTRY and TARGET, which `numbers` and `prefixes` read by another."""
    if pa.types.is_null(array.type):
        return pa.nulls(len(array), type_of(column.form))
    return _READERS[column.form](column, array)


def numbers(array: pa.Array) -> pa.Int64Array:
    """Numbers of any kind but withheld and impossible."""
    text = _digits_as_text(array)
    return pa.nulls(len(array), pa.int64()) if text is None else _known(parse_column(text), text)


def prefixes(array: pa.Array) -> pa.Int64Array:
    """Prefixes, from the first digits of a number."""
    text = _digits_as_text(array)
    return pa.nulls(len(array), pa.int64()) if text is None else _known(parse_prefix_column(text), text)


def entries(array: pa.Array, as_prefix: Mask) -> pa.Int64Array:
    """Prefixes where the mask is true, elsewhere numbers."""
    text = _digits_as_text(array)
    return pa.nulls(len(array), pa.int64()) if text is None else _known(parse_entry_column(text, as_prefix), text)


def _known(parsed: npt.NDArray[np.int64], text: pa.StringArray) -> pa.Int64Array:
    return _masked(parsed, (parsed <= IMPOSSIBLE) | nulls_of(text))


def _masked(values: npt.NDArray[np.int64], mask: Mask) -> pa.Array:
    """The values, null where the mask is true; without a copy where it nowhere is."""
    return pa.array(values, mask=mask) if mask.any() else pa.array(values)


def error_of(column: Column) -> str:
    """What is wrong with a value that cannot be read as this column."""
    match column.form:
        case Form.NUMBER:
            return "is no telephone number"
        case Form.ENTRY | Form.TARGET:
            return "is no number or prefix"
        case Form.NUMBERS:
            return "are no numbers"
        case Form.TIME:
            return "is no time between 1970 and 2100 with an offset"
        case Form.DATE:
            return "is no date between 1970 and 2100"
        case Form.FLAG:
            return "is neither true nor false"
        case Form.CODE | Form.CODES:
            return f"is no {_NOUNS.get(column.name, column.name.replace('_', ' '))}"
        case Form.TEXT:
            return "is no text"
    return "is no number in range" if column.form is not Form.SHA256 else "is no SHA-256"


def expected_of(column: Column) -> str:
    """What would be right in this column."""
    match column.form:
        case Form.NUMBER:
            return "write a subscriber's number such as +8613803510001"
        case Form.ENTRY | Form.TARGET:
            return f"write a number such as +8613803510001 or 95588, or of a prefix: {PREFIX_EXPECTED}"
        case Form.NUMBERS:
            return "write numbers joined by ;"
        case Form.TIME:
            return "write RFC 3339 with an offset, such as 2026-03-01T08:00:00+08:00"
        case Form.DATE:
            return "write YYYY-MM-DD"
        case Form.FLAG:
            return "write true or false"
        case Form.CODE:
            return f"write {', '.join(column.codes[:-1])} or {column.codes[-1]}"
        case Form.CODES:
            return f"write some of {', '.join(column.codes)}, joined by ;"
        case Form.COUNT:
            return f"write a whole number from 0 to {column.most:,}"
        case Form.BITS:
            return f"write a whole number from 0 to {2**27 - 1:,}, or a column true or false for each bit"
        case Form.SHA256:
            return "write 64 hexadecimal digits"
    return f"write text of at most {LONGEST_TEXT:,} bytes, without NULs"


def _text(column: Column, array: pa.Array) -> pa.Array:
    text = text_of(array)
    if text is None:
        if not pa.types.is_integer(array.type):
            return pa.nulls(len(array), pa.string())
        text = array.cast(pa.string())
    return _where(pc.and_(pc.less_equal(pc.binary_length(text), LONGEST_TEXT), _without_nul(text)), text)


def _without_nul(text: pa.StringArray) -> pa.BooleanArray:
    data = text.buffers()[2]
    if data is None or not np.any(np.frombuffer(data, np.uint8) == 0):
        return pc.is_valid(text)
    return pc.invert(pc.match_substring(text, "\0"))


def _number(column: Column, array: pa.Array) -> pa.Array:
    text = _digits_as_text(array)
    if text is None:
        return pa.nulls(len(array), pa.int64())
    parsed = parse_column(text)
    return _masked(parsed, ~_PERSONAL[parsed >> KIND_SHIFT])


def _time(column: Column, array: pa.Array) -> pa.Array:
    if pa.types.is_timestamp(array.type):
        micros = _from_timestamps(array)
    else:
        text = text_of(array)
        micros = np.full(len(array), NO_MOMENT, np.int64) if text is None else moments(text)
        micros[nulls_of(array if text is None else text)] = NO_MOMENT
    return _masked(micros, micros == NO_MOMENT).cast(pa.timestamp("us", tz="UTC"))


def _from_timestamps(array: pa.Array) -> npt.NDArray[np.int64]:
    """Microseconds of an Arrow timestamp column; `NO_MOMENT` where null, outside 1970 to 2100, or without a zone."""
    out = np.full(len(array), NO_MOMENT, np.int64)
    if array.type.tz is None or array.null_count == len(array):
        return out
    ticks = np.asarray(array.cast(pa.int64()).fill_null(-1))
    a_second = {"s": 1, "ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}[array.type.unit]
    good = (ticks >= 0) & (ticks < LATEST_US // 1_000_000 * a_second if a_second < 10**9 else ticks < LATEST_US * 1_000)
    if a_second == 1_000_000:
        return np.where(good, ticks, NO_MOMENT)
    scaled = ticks[good] // (a_second // 1_000_000) if a_second >= 1_000_000 else ticks[good] * (1_000_000 // a_second)
    out[good] = scaled
    return out


def _date(column: Column, array: pa.Array) -> pa.Array:
    if pa.types.is_date(array.type):
        days = np.asarray(array.cast(pa.date32()).cast(pa.int32()).fill_null(-1)).astype(np.int64)
        days[(days < 0) | (days >= LATEST_DAY)] = NO_MOMENT
    else:
        text = text_of(array)
        days = np.full(len(array), NO_MOMENT, np.int64) if text is None else dates(text)
        days[nulls_of(array if text is None else text)] = NO_MOMENT
    return pa.array(np.where(days == NO_MOMENT, 0, days).astype(np.int32), mask=days == NO_MOMENT).cast(pa.date32())


def _flag(column: Column, array: pa.Array) -> pa.Array:
    if pa.types.is_boolean(array.type):
        return array
    text = text_of(array)
    if text is None:
        return pa.nulls(len(array), pa.bool_())
    return pc.equal(pc.bit_wise_and(pc.index_in(text, value_set=FLAGS_WRITTEN), 1), 0)


def _code(column: Column, array: pa.Array) -> pa.Array:
    text = text_of(array)
    if text is None:
        return pa.nulls(len(array), pa.int8())
    return pc.index_in(text, value_set=pa.array(column.codes)).cast(pa.int8())


def _codes(column: Column, array: pa.Array) -> pa.Array:
    parts, empty = _parts(array)
    if parts is None:
        return pa.nulls(len(array), pa.int32())
    values = text_of(plain(parts.flatten()))
    if values is None:
        return pa.nulls(len(array), pa.int32())
    places = pc.index_in(values, value_set=pa.array(column.codes))
    parents = np.asarray(pc.list_parent_indices(parts))
    bits, wrong = np.zeros(len(array), np.int32), empty
    np.bitwise_or.at(bits, parents, np.left_shift(np.int32(1), np.asarray(places.fill_null(0), np.int32)))
    wrong[parents[nulls_of(places)]] = True
    return pa.array(bits, mask=wrong | (bits == 0))


def _numbers(column: Column, array: pa.Array) -> pa.Array:
    parts, wrong = _parts(array)
    if parts is None:
        return pa.nulls(len(array), pa.list_(pa.int64()))
    found = numbers(plain(parts.flatten()))
    wrong[np.asarray(pc.list_parent_indices(parts))[nulls_of(found)]] = True
    counts = np.asarray(pc.list_value_length(parts).fill_null(0))
    offsets = np.concatenate(([0], np.cumsum(counts))).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(offsets), found, mask=pa.array(wrong))


def _parts(array: pa.Array) -> tuple[pa.ListArray | None, Mask]:
    """The several values of each row, written joined by ; or as a list; and which rows have none."""
    if pa.types.is_large_list(array.type):
        array = array.cast(pa.list_(array.type.value_type))
    if pa.types.is_list(array.type):
        none = nulls_of(array) | np.asarray(pc.equal(pc.list_value_length(array), 0).fill_null(True))
        return array, none
    text = text_of(array)
    if text is None:
        return None, np.ones(len(array), bool)
    return pc.split_pattern(text, ";"), nulls_of(text)


def _count(column: Column, array: pa.Array) -> pa.Array:
    return _whole(array, column.most, pa.int64())


def _bits(column: Column, array: pa.Array) -> pa.Array:
    return _whole(array, (1 << 27) - 1, pa.int32())


def _whole(array: pa.Array, most: int, kind: pa.DataType) -> pa.Array:
    """Whole numbers from 0 to `most`."""
    if pa.types.is_integer(array.type):
        if not array.null_count and _within(array, most):
            return array.cast(kind)
        whole = pc.if_else(pc.less_equal(array, most), array, None) if array.type == pa.uint64() else array
        whole = whole.cast(pa.int64())
    else:
        text = text_of(array)
        if text is None:
            return pa.nulls(len(array), kind)
        whole = _where(pc.match_substring_regex(text, r"^[0-9]{1,10}$"), text).cast(pa.int64())
    within = pc.and_(pc.greater_equal(whole, 0), pc.less_equal(whole, most))
    return _where(within, whole).cast(kind)


def _within(array: pa.Array, most: int) -> bool:
    """Whether all integers of an array are from 0 to `most`."""
    extremes = pc.min_max(array)
    least, greatest = extremes["min"].as_py(), extremes["max"].as_py()
    return least is not None and least >= 0 and greatest <= most


def _sha256(column: Column, array: pa.Array) -> pa.Array:
    text = text_of(array)
    if text is None:
        return pa.nulls(len(array), pa.string())
    return pc.utf8_lower(_where(pc.match_substring_regex(text, "^[0-9a-fA-F]{64}$"), text))


def _digits_as_text(array: pa.Array) -> pa.StringArray | None:
    if pa.types.is_integer(array.type):
        return array.cast(pa.string())
    return text_of(array)


def _where(mask: pa.Array, array: pa.Array) -> pa.Array:
    """The array with null where the mask is not true."""
    return pc.if_else(mask, array, pa.scalar(None, array.type))


_READERS: dict[Form, Callable[[Column, pa.Array], pa.Array]] = {
    Form.TEXT: _text,
    Form.NUMBER: _number,
    Form.TIME: _time,
    Form.DATE: _date,
    Form.FLAG: _flag,
    Form.CODE: _code,
    Form.CODES: _codes,
    Form.NUMBERS: _numbers,
    Form.COUNT: _count,
    Form.BITS: _bits,
    Form.SHA256: _sha256,
}
