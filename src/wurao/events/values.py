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
        null = pc.is_null(array).to_numpy(zero_copy_only=False) if array.null_count else None
        return _with_nulls(places.astype(np.int8), null)
    indices = array.indices
    null = pc.is_null(indices).to_numpy(zero_copy_only=False) if indices.null_count else None
    at = indices.fill_null(0).to_numpy(zero_copy_only=False)
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
    if pa.types.is_boolean(array.type):
        return np.asarray(array.cast(pa.int8()).fill_null(-1).to_numpy(zero_copy_only=False))
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


def _with_nulls(places: npt.NDArray[np.int8], null: npt.NDArray[np.bool_] | None) -> npt.NDArray[np.int8]:
    return places if null is None else np.where(null, np.int8(-1), places)


def _utf8(array: Column) -> Column:
    """Text of any of Arrow's types as checked UTF-8."""
    if pa.types.is_string(array.type):
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
