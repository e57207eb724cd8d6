"""Columns of verdicts as Parquet pages, several times cheaper than Arrow makes them.

Arrow walks every row of every column for its levels and places, one at a time. Here what Arrow has in memory becomes
the page almost as it is: which values are null is told by the column's own bits, a column of one value by a run, codes
are packed into the bits that they need, texts are copied behind their lengths. In go columns of `VERDICT_SCHEMA` (texts
may also be dictionaries), out come `Chunk`s for `parquet_directory`. `output` calls it.

Encodings are those that every reader knows (Parquet format, Encodings.md): PLAIN, RLE_DICTIONARY, and RLE for levels,
in data pages of the first version.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pyarrow import compute

from wurao.compiled import compiled
from wurao.events.values import bits_of, nulls_of, places_of
from wurao.screening.parquet_directory import PLAIN, RLE_DICTIONARY, SNAPPY, UNCOMPRESSED, Chunk, Page, varint

pc: Any = compute
Column: TypeAlias = Any
Body: TypeAlias = "bytes | memoryview"
Mask: TypeAlias = "npt.NDArray[np.bool_] | None"
"""Which rows are not null; None: all."""

_TYPES = {"BOOLEAN": 0, "INT32": 1, "INT64": 2, "FLOAT": 4, "DOUBLE": 5, "BYTE_ARRAY": 6, "FIXED_LEN_BYTE_ARRAY": 7}
"""The physical types as parquet.thrift numbers them."""
_EVERY_ROW = np.zeros(0, np.uint8)
_FEW = 256
_FEW_TIMES = 4
"""A dictionary of more than `_FEW` pays where each of its values stands for so many rows."""
_SNAPPY = pa.Codec("snappy")


@dataclass(frozen=True, slots=True)
class Leaf:
    """One column of the schema, and how it is written."""

    path: tuple[str, ...]
    physical_type: int
    required: bool
    packed: bool
    """Whether its pages are compressed."""
    told: bool
    """Whether its least and greatest value are told; of whole numbers and times only."""

    def chunk(self, column: Column) -> Chunk:
        """The pages of a column's rows; ValueError where a column has nulls that may have none."""
        if pa.types.is_dictionary(column.type) and column.dictionary.null_count:
            column = column.dictionary_decode()
        if self.required and column.null_count:
            raise ValueError(f"column {self.path[0]} has nulls and may have none")
        rows = len(column)
        if pa.types.is_list(column.type):
            levels, slots = _levels_of_lists(column)
            return self._chunk([self._page(levels, _plain(column.flatten()), slots, PLAIN)])
        levels = b"" if self.required else _levels(column)
        if pa.types.is_dictionary(column.type):
            if column.null_count == rows:
                return self._chunk([self._page(levels, b"", rows, PLAIN)])
            if _pays(column):
                dictionary = _plain(column.dictionary)
                first = self._page(b"", dictionary, len(column.dictionary), PLAIN, is_dictionary=True)
                return self._chunk([first, self._page(levels, _places(column), rows, RLE_DICTIONARY)])
            column = column.dictionary_decode()
        return self._chunk([self._page(levels, _plain(column), rows, PLAIN)], _extremes(column) if self.told else None)

    def _chunk(self, pages: list[Page], extremes: tuple[bytes, bytes] | None = None) -> Chunk:
        return Chunk(self.path, self.physical_type, SNAPPY if self.packed else UNCOMPRESSED, pages, extremes)

    def _page(self, levels: bytes, values: Body, count: int, encoding: int, is_dictionary: bool = False) -> Page:
        unpacked = len(levels) + len(values)
        if self.packed:
            return Page(
                (_SNAPPY.compress(b"".join((levels, values)), asbytes=True),), count, unpacked, encoding, is_dictionary
            )
        return Page((levels, values), count, unpacked, encoding, is_dictionary)


def leaves_of(schema: Any, packed: frozenset[str], told: frozenset[str]) -> list[Leaf]:
    """The columns of a Parquet file's schema, those named packed or told so."""
    leaves = []
    for place in range(len(schema)):
        leaf = schema.column(place)
        path = tuple(leaf.path.split("."))
        kind = _TYPES[leaf.physical_type]
        leaves.append(Leaf(path, kind, leaf.max_definition_level == 0, path[0] in packed, path[0] in told))
    return leaves


def _pays(column: Column) -> bool:
    """Whether a dictionary column is better written as one."""
    size = len(column.dictionary)
    return size <= _FEW or size * _FEW_TIMES <= len(column) - column.null_count


def _levels(column: Column) -> bytes:
    """Which values are null, as definition levels of one bit."""
    rows = len(column)
    if column.null_count in (0, rows):
        return _sized(_run(int(not column.null_count), rows, 1))
    bits, first = column.buffers()[0] if not _is_coded(column) else column.indices.buffers()[0], column.offset
    if first % 8:
        octets = np.packbits(bits_of(bits, first, rows), bitorder="little").tobytes()
    else:
        octets = bytes(memoryview(bits)[first // 8 : first // 8 + (rows + 7) // 8])
    return _sized(varint(len(octets) << 1 | 1) + octets)


def _levels_of_lists(column: Column) -> tuple[bytes, int]:
    """Repetition and definition levels of a column of lists, and how many there are.

    A list that is null has level 0, one that is empty 1, a null in a list 2, a value 3 (Dremel; Parquet, LIST).
    """
    rows = len(column)
    if column.null_count == rows:
        return _sized(_run(0, rows, 1)) + _sized(_run(0, rows, 2)), rows
    lengths = pc.list_value_length(column).fill_null(0).to_numpy().astype(np.int64)
    slots = np.maximum(lengths, 1)
    starts = np.cumsum(slots) - slots
    repeated = np.ones(int(slots.sum()), np.int32)
    repeated[starts] = 0
    defined = np.full(len(repeated), 3, np.int32)
    defined[starts[lengths == 0]] = 1
    defined[starts[pc.is_null(column).to_numpy(zero_copy_only=False)]] = 0
    values = column.flatten()
    defined[np.flatnonzero(defined == 3)[pc.is_null(values).to_numpy(zero_copy_only=False)]] = 2
    return _sized(_hybrid(repeated, 1)) + _sized(_hybrid(defined, 2)), len(repeated)


def _sized(levels: bytes) -> bytes:
    return len(levels).to_bytes(4, "little") + levels


def _run(value: int, count: int, width: int) -> bytes:
    """One value, so many times."""
    return varint(count << 1) + value.to_bytes((width + 7) // 8, "little")


def _hybrid(values: npt.NDArray[np.int32], width: int) -> bytes:
    """Small numbers as one run where they are all the same, else packed into `width` bits each."""
    if not len(values) or values.min() == values.max():
        return _run(int(values[0]), len(values), width) if len(values) else b""
    groups = (len(values) + 7) // 8
    packed = np.zeros(groups * width + 8, np.uint8)
    _pack(values, width, packed)
    return varint(groups << 1 | 1) + packed[: groups * width].tobytes()


def _places(column: Column) -> bytes:
    """The places of a dictionary column's values that are not null."""
    width = max(1, (len(column.dictionary) - 1).bit_length())
    return bytes([width]) + _hybrid(_there(places_of(column).astype(np.int32), column), width)


def _there(values: npt.NDArray[Any], column: Column) -> npt.NDArray[Any]:
    """Those of a column's values that are not null."""
    nulls = nulls_of(column.indices if _is_coded(column) else column)
    if nulls is None:
        return values
    if values.dtype not in (np.int32, np.uint64):
        return values[~nulls]
    values.flags.writeable = False
    found = np.empty(len(values) + 1, values.dtype)
    return found[: _keep(values, nulls.view(np.uint8), found)]


def _is_coded(column: Column) -> bool:
    return bool(pa.types.is_dictionary(column.type))


def _plain(column: Column) -> Body:
    """The values that are not null, one after another (PLAIN)."""
    if column.null_count == len(column):
        return b""
    if pa.types.is_string(column.type):
        return _plain_texts(column)
    if pa.types.is_boolean(column.type):
        bits = bits_of(column.buffers()[1], column.offset, len(column))
        return np.packbits(_there(bits, column), bitorder="little").data
    width = column.type.bit_width // 8
    kind = {8: "u8", 4: "u4"}.get(width, f"V{width}")
    octets = np.frombuffer(column.buffers()[1], kind)[column.offset : column.offset + len(column)]
    return _there(octets, column).view(np.uint8).data


def _plain_texts(column: Column) -> memoryview:
    """Texts, the length of each before it in four bytes."""
    rows = len(column)
    _, places, data = column.buffers()
    offsets = np.frombuffer(places, np.int32)[column.offset : column.offset + rows + 1]
    octets = np.frombuffer(data if data is not None else b"", np.uint8)
    nulls = nulls_of(column)
    out = np.empty(4 * rows + int(offsets[-1] - offsets[0]), np.uint8)
    octets.flags.writeable = offsets.flags.writeable = False
    used = _put(octets, offsets, _EVERY_ROW if nulls is None else (~nulls).view(np.uint8), out)
    return out[:used].data


def _extremes(column: Column) -> tuple[bytes, bytes] | None:
    """The least and greatest of a column of int64."""
    if column.null_count == len(column):
        return None
    values = _there(np.frombuffer(column.buffers()[1], np.int64)[column.offset : column.offset + len(column)], column)
    return values.min().tobytes(), values.max().tobytes()


def _keep_each(values: npt.NDArray[Any], nulls: npt.NDArray[np.uint8], found: npt.NDArray[Any]) -> int:
    """Those values that are not null, how many; there is room for one more, so that nothing has to be guessed."""
    count = 0
    for n in range(len(values)):
        found[count] = values[n]
        count += 1 - int(nulls[n])
    return count


def _pack_each(values: npt.NDArray[np.int32], width: int, out: npt.NDArray[np.uint8]) -> None:
    """Pack numbers into `width` bits each (32 at most), the lowest first."""
    word = 0
    bits = 0
    at = 0
    for n in range(len(values)):
        word |= int(values[n]) << bits
        bits += width
        while bits >= 8:
            out[at] = word & 255
            word >>= 8
            bits -= 8
            at += 1
    if bits > 0:
        out[at] = word & 255


def _put_each(
    octets: npt.NDArray[np.uint8],
    offsets: npt.NDArray[np.int32],
    there: npt.NDArray[np.uint8],
    out: npt.NDArray[np.uint8],
) -> int:
    """Write each text that is there (all where `there` is empty) behind its length; how many bytes that are."""
    every = len(there) == 0
    at = 0
    for n in range(len(offsets) - 1):
        if every or there[n] != 0:
            start = int(offsets[n])
            length = int(offsets[n + 1]) - start
            out[at] = length & 255
            out[at + 1] = length >> 8 & 255
            out[at + 2] = length >> 16 & 255
            out[at + 3] = length >> 24 & 255
            at += 4
            if length < 8:
                for place in range(length):
                    out[at + place] = octets[start + place]
            else:
                for place in range(0, length - 7, 8):
                    _copy_eight(octets, start + place, out, at + place)
                _copy_eight(octets, start + length - 8, out, at + length - 8)
            at += length
    return at


def _copy_eight(octets: npt.NDArray[np.uint8], start: int, out: npt.NDArray[np.uint8], at: int) -> None:
    """Copy eight bytes as one word: in machine code one load and one store, since unsigned places need no look."""
    begin, end = np.uint64(start), np.uint64(at)
    word = np.uint64(0)
    for n in range(8):
        word |= np.uint64(octets[begin + np.uint64(n)]) << np.uint64(8 * n)
    for n in range(8):
        out[end + np.uint64(n)] = word >> np.uint64(8 * n) & np.uint64(255)


_pack = compiled(_pack_each)
_put = compiled(_put_each)
_keep = compiled(_keep_each)


def warm() -> None:
    """Compile what this module compiles."""
    _plain_texts(pa.array(["a", None]))
    _plain(pa.array([1.0, None]))
    _places(pa.DictionaryArray.from_arrays(pa.array([0, 1, None]), pa.array(["a", "b"])))
