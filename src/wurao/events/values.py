"""Columns of whatever type a file has, turned into text, codes, times and seconds, a whole column at a time.

Nothing here raises for a value that cannot be taken: it becomes null, -1 or `NO_MOMENT`. Called by `checked`.
"""

from __future__ import annotations

import functools
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pyarrow import compute

from wurao.events.moments import LATEST_US, NO_MOMENT, moments

pc: Any = compute
"""Arrow's kernels; the stubs know only some of the types that they take."""

Column: TypeAlias = Any
"""An Arrow array whose type is known only when the file is read."""

LONGEST_CODE = 256
"""Characters in a code, such as a trunk's name; what is longer is none that anybody registered."""
_US = {"s": 1_000_000, "ms": 1_000, "us": 1}
_NO_TEXTS: Column = pa.array([], pa.string())
_TRUTHS = ("false", "true", "0", "1", "False", "True", "FALSE", "TRUE")
_NOTHING = pa.scalar(0.0, pa.float64())
_NUMBER = r"^\s*[-+]?(\d{1,15}(\.\d{0,30})?|\.\d{1,30})([eE][-+]?\d{1,2})?\s*$"


def nulls_of(array: Column) -> npt.NDArray[np.bool_] | None:
    """In which rows a column is null; None where in none. Arrow's bits unpacked, many times faster than its own way."""
    if not array.null_count:
        return None
    bits = array.buffers()[0]
    if bits is None:
        return np.asarray(pc.is_null(array).to_numpy(zero_copy_only=False))
    return bits_of(bits, array.offset, len(array)) == 0


def places_of(array: Column) -> npt.NDArray[Any]:
    """The places of a dictionary column, as they stand in memory: what stands at a null may be any number."""
    indices = array.indices
    values = np.frombuffer(indices.buffers()[1], indices.type.to_pandas_dtype())
    return values[indices.offset : indices.offset + len(indices)]


def point_inside(places: npt.NDArray[Any], size: int) -> bool:
    """Whether all places, those at nulls too, lie among so many values."""
    return not len(places) or int(places.view(f"u{places.itemsize}").max()) < size


def is_text(kind: pa.DataType) -> bool:
    """Whether a type is one of Arrow's for text, or for bytes, as which some programs write it."""
    text = pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)
    return text or pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_binary_view(kind)


def texts(array: Column) -> Column:
    """Any column as text in UTF-8; empty text is null."""
    if array.null_count == len(array):
        return pa.nulls(len(array), pa.string())
    if pa.types.is_dictionary(array.type):
        array = array.dictionary_decode()
    if pa.types.is_floating(array.type):
        whole = pc.and_(pc.is_finite(array), pc.less(pc.abs(array), 2.0**62))
        numbers = pc.if_else(pc.fill_null(pc.and_(whole, pc.equal(pc.floor(array), array)), False), array, None)
        array = pc.if_else(
            pc.is_valid(numbers), pc.cast(numbers, pa.int64()).cast(pa.string()), array.cast(pa.string())
        )
    found = _utf8(array)
    if not found.null_count and np.diff(_offsets(found)).min() > 0:
        return found
    lengths = pc.binary_length(found)
    return found if pc.min(lengths).as_py() else pc.if_else(pc.equal(lengths, 0), None, found)


def few_texts(array: Column) -> tuple[Column, npt.NDArray[np.bool_]]:
    """A column of codes as a dictionary of text, and in which rows a value was too long and is null."""
    cut = np.zeros(len(array), bool)
    if array.null_count == len(array):
        return pa.DictionaryArray.from_arrays(pa.nulls(len(array), pa.int32()), _NO_TEXTS), cut
    if not pa.types.is_dictionary(array.type):
        array = texts(array).dictionary_encode()
    values = texts(array.dictionary)
    indices = array.indices.cast(pa.int32())
    if values.null_count or pc.max(pc.utf8_length(values)).as_py() > LONGEST_CODE:
        long = pc.fill_null(pc.greater(pc.utf8_length(values), LONGEST_CODE), False)
        values = pc.if_else(long, None, values)
        cut = pc.fill_null(pc.take(long, indices), False).to_numpy(zero_copy_only=False)
        indices = pc.if_else(pc.is_valid(pc.take(values, indices)), indices, None)
        values = pc.fill_null(values, "")
    return pa.DictionaryArray.from_arrays(indices, values), cut


def codes(array: Column, names: tuple[str, ...]) -> npt.NDArray[np.int8]:
    """The place of each code in `names`; -1 for null, -2 for another word."""
    if array.null_count == len(array):
        return np.full(len(array), -1, np.int8)
    values = array.dictionary if pa.types.is_dictionary(array.type) else array
    places = pc.index_in(texts(values), value_set=_set_of(names)).fill_null(-2).to_numpy(zero_copy_only=False)
    if not pa.types.is_dictionary(array.type):
        return _with_nulls(places.astype(np.int8), nulls_of(array))
    at, null = places_of(array), nulls_of(array.indices)
    if null is not None and not point_inside(at, len(places)):
        at = np.where(null, 0, at)
    return _with_nulls(places.astype(np.int8)[at], null)


def times(array: Column) -> npt.NDArray[np.int64]:
    """Microseconds since 1970 in UTC; `NO_MOMENT` where there is none, or it lies outside 1970 to 2100."""
    if not pa.types.is_timestamp(array.type):
        return moments(texts(array))
    unit = array.type.unit
    written = array.cast(pa.int64())
    taken = written.fill_null(NO_MOMENT).to_numpy(zero_copy_only=False)
    latest = LATEST_US * 1000 if unit == "ns" else LATEST_US // _US[unit]
    good = (taken >= 0) & (taken < latest)
    if unit == "us" and good.all():
        return np.asarray(taken)
    micro = taken // 1000 if unit == "ns" else np.where(good, taken, 0) * _US[unit]
    return np.where(good, micro, NO_MOMENT)


def truths(array: Column) -> npt.NDArray[np.int8]:
    """1 for true, 0 for false, -1 for null, -2 for what is neither."""
    if array.null_count == len(array):
        return np.full(len(array), -1, np.int8)
    if pa.types.is_boolean(array.type):
        return _with_nulls(bits_of(array.buffers()[1], array.offset, len(array)).view(np.int8), nulls_of(array))
    found = codes(texts(array), _TRUTHS)
    return np.where(found > 1, found % 2, found).astype(np.int8)


def seconds(array: Column) -> tuple[Column, npt.NDArray[np.bool_]]:
    """Seconds, null where there are none; and in which rows something stood that is no number or less than nothing."""
    if array.null_count == len(array):
        return pa.nulls(len(array), pa.float64()), np.zeros(len(array), bool)
    if is_text(array.type.value_type if pa.types.is_dictionary(array.type) else array.type):
        array = texts(array)
        fits = pc.match_substring_regex(array, _NUMBER)
        found = pc.cast(pc.utf8_trim_whitespace(pc.if_else(fits, array, None)), pa.float64())
    else:
        found = pc.cast(array, pa.float64(), safe=False)
    good = pc.and_(pc.is_finite(found), pc.greater_equal(found, _NOTHING))
    if pc.all(good).as_py() and found.null_count == array.null_count:
        return found, np.zeros(len(array), bool)
    kept = pc.if_else(good, found, None)
    wrong = pc.and_(pc.is_valid(array), pc.is_null(kept))
    return kept, wrong.to_numpy(zero_copy_only=False)


def scattered(few: Column, rows: npt.NDArray[np.int64], count: int) -> Column:
    """A column of `pa.string()` of so many rows: the few texts, just made, in their rows in order; null elsewhere."""
    lengths = np.zeros(count + 1, np.int32)
    lengths[rows + 1] = pc.fill_null(pc.binary_length(few), 0).to_numpy()
    valid = np.zeros(count, bool)
    valid[rows] = pc.is_valid(few).to_numpy(zero_copy_only=False)
    octets = few.buffers()[2]
    offsets = pa.py_buffer(np.cumsum(lengths, dtype=np.int32))
    return pa.StringArray.from_buffers(count, offsets, octets, pa.py_buffer(np.packbits(valid, bitorder="little")))


def _with_nulls(places: npt.NDArray[np.int8], null: npt.NDArray[np.bool_] | None) -> npt.NDArray[np.int8]:
    return places if null is None else np.where(null, np.int8(-1), places)


def bits_of(bits: Any, first: int, count: int) -> npt.NDArray[np.uint8]:
    """So many of Arrow's bits, a byte each."""
    octets = np.frombuffer(bits, np.uint8)[first >> 3 : (first + count + 7) >> 3]
    return np.unpackbits(octets, bitorder="little")[first & 7 : (first & 7) + count]


def _offsets(array: Column) -> npt.NDArray[np.int32]:
    """Where each text of a column of `pa.string()` begins in the bytes of all, and where the last one ends."""
    return np.frombuffer(array.buffers()[1], np.int32)[array.offset : array.offset + len(array) + 1]


def _is_ascii(array: Column) -> bool:
    """Whether all the bytes of a column of text are ASCII, and so UTF-8; most columns' are."""
    offsets, octets = _offsets(array), array.buffers()[2]
    if octets is None or offsets[0] == offsets[-1]:
        return True
    return bool(np.frombuffer(octets, np.uint8)[offsets[0] : offsets[-1]].max() < 128)


def _utf8(array: Column) -> Column:
    """Text of any of Arrow's types as checked UTF-8."""
    if pa.types.is_string(array.type):
        if _is_ascii(array):
            return array
        try:
            array.validate(full=True)
            return array
        except pa.ArrowInvalid:
            return _cleaned(array)
    if not is_text(array.type):
        return array.cast(pa.string())
    try:
        found = array.cast(pa.string())
        found.validate(full=True)
        return found
    except pa.ArrowInvalid:
        return _cleaned(array)


def _cleaned(array: Column) -> Column:
    """Text with U+FFFD for what is not UTF-8; slow, for files that hold such bytes."""
    octets = (value.as_py() for value in array.cast(pa.binary()))
    return pa.array([None if each is None else each.decode(errors="replace") for each in octets], pa.string())


@functools.cache
def _set_of(names: tuple[str, ...]) -> Column:
    return pa.array(names, pa.string())
