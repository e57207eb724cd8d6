"""Columns as files and changes give them made plain: one kind of text, where nothing was written null.

Comes in: an Arrow array of any kind of text, or of anything else. Goes out: an array of strings, or what it was. Called
before a column is read in its form (`forms`, `rows`, `targets`).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Mask = npt.NDArray[np.bool_]


def plain(array: pa.Array) -> pa.Array:
    """An array of any kind of text as plain strings, an empty one null; any other array as it is."""
    if pa.types.is_dictionary(array.type):
        array = array.dictionary_decode()
    if pa.types.is_null(array.type):
        return pa.nulls(len(array), pa.string())
    if pa.types.is_string_view(array.type) or pa.types.is_large_string(array.type):
        array = array.cast(pa.string())
    if not pa.types.is_string(array.type):
        return array
    array = _readable(array)
    void = pc.equal(array, "")
    return pc.if_else(void, pa.scalar(None, pa.string()), array) if pc.any(void).as_py() else array


def text_of(array: pa.Array) -> pa.StringArray | None:
    """A `plain` array, when it holds text."""
    return array if pa.types.is_string(array.type) else None


def _readable(array: pa.StringArray) -> pa.StringArray:
    """The same, with U+FFFD and a NUL in it where a Parquet file holds bytes that are no UTF-8, to be found later."""
    if _is_ascii(array):
        return array
    try:
        array.validate(full=True)
    except pa.ArrowInvalid:
        octets = array.cast(pa.binary()).to_pylist()
        return pa.array([None if each is None else decoded(each) for each in octets], pa.string())
    return array


def _is_ascii(array: pa.StringArray) -> bool:
    """Whether all of an array's texts are ASCII, and so UTF-8, each within its bytes: what most are, seen at once."""
    _, offsets, data = array.buffers()
    if data is None:
        return False
    starts = np.frombuffer(offsets, np.int32)[array.offset : array.offset + len(array) + 1]
    if not len(array) or starts[0] < 0 or starts[-1] > data.size or np.any(starts[1:] < starts[:-1]):
        return False
    octets = np.frombuffer(data, np.uint8)[starts[0] : starts[-1]]
    return not len(octets) or bool(octets.max() < 128)


def decoded(octets: bytes) -> str:
    """The text of bytes; with U+FFFD and a NUL, which no column takes, where they are no UTF-8."""
    try:
        return octets.decode()
    except UnicodeDecodeError:
        return octets.decode(errors="replace") + "\0"


def nulls_of(array: pa.Array) -> Mask:
    """Where an array is null."""
    if not array.null_count:
        return np.zeros(len(array), bool)
    return np.asarray(array.is_null().to_numpy(zero_copy_only=False), bool)
