"""What a Parquet file claims, checked where Arrow would believe it.

Arrow's own look at a column's directory entry ends the whole process where the entry contradicts itself (a histogram
of another length, say), which a damaged or hostile file may do. So what the readers of events and of tables must know
before they unpack anything, each column's sizes, is read here from the file's own octets: Thrift's compact protocol,
as the Parquet format (parquet.thrift, FileMetaData) uses it. Arrow then reads the columns, where it raises and does not
end the process; but it takes places in a dictionary as they come, so those are looked at before anyone follows them.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from wurao.errors import Refused
from wurao.events.values import places_of, point_inside

BYTE_ARRAY = 6
"""The physical type of text."""
DEEPEST = 16
_DICTIONARY_PAGE = 2
_TAIL = 8
_MAGIC = b"PAR1"
_STOP, _TRUE, _FALSE, _BYTE, _DOUBLE, _BINARY, _LIST, _SET, _MAP, _STRUCT = 0, 1, 2, 3, 7, 8, 9, 10, 11, 12
_INTEGERS = (4, 5, 6)

Fields = dict[int, Any]


class Chunk(NamedTuple):
    """What the directory says of one column in one row group."""

    path: str
    """The column's name, or names joined by dots."""
    physical_type: int
    values: int
    unpacked: int
    """Bytes, when unpacked."""
    has_dictionary: bool
    codec: int
    """As parquet.thrift numbers them; -1 where none is named."""
    start: int
    """Where in the file the first page begins, which is that of the dictionary if there is one."""


def asks_too_much(chunks: list[Chunk], most: int) -> bool:
    """Whether memory that was not given was the file's fault: it claims little, and so much can be had."""
    unpacked = sum(chunk.unpacked for chunk in chunks)
    if unpacked > most:
        return False
    try:
        bytearray(max(0, unpacked))
    except MemoryError:
        return False
    return True


def column_names(schema: pa.Schema) -> list[str]:
    """The names of a file's columns; ValueError where a name, or the zone of times, is no text."""
    for field in schema:
        getattr(field.type, "tz", None)
    return list(schema.names)


class PageHeader(NamedTuple):
    """What a page says of itself."""

    is_dictionary: bool
    length: int
    """Bytes of the header, behind which the page begins."""
    packed: int
    unpacked: int


def page_header_of(octets: bytes) -> PageHeader | None:
    """The header of the page with which the octets begin; None where they do not begin with a whole one."""
    directory = _Directory(octets)
    try:
        fields = directory.struct(0)
    except ValueError:
        return None
    kind, unpacked, packed = fields.get(1), fields.get(2), fields.get(3)
    if not (isinstance(kind, int) and isinstance(unpacked, int) and isinstance(packed, int)):
        return None
    if packed < 0 or unpacked < 0:
        return None
    return PageHeader(kind == _DICTIONARY_PAGE, directory.at, packed, unpacked)


def fields_as_written(octets: bytes) -> list[tuple[int, int, bytes]]:
    """The fields of a struct with which the octets begin: number, kind, and the octets of its value."""
    return _Directory(octets).fields()


def row_groups_of(path: Path) -> list[list[Chunk]]:
    """The columns of each row group, as they stand in it. ValueError where there is no readable directory."""
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - _TAIL))
        tail = file.read(_TAIL)
        length = int.from_bytes(tail[:4], "little")
        if tail[4:] != _MAGIC or length + _TAIL > size:
            raise ValueError("the file has no directory at its end")
        file.seek(size - _TAIL - length)
        directory = _Directory(file.read(length)).struct(0)
    groups = [_structs(group, 1) for group in _structs(directory, 4)]
    return [[_chunk(column) for column in columns] for columns in groups]


def refuse_wild_places(batch: pa.RecordBatch) -> None:
    """Refused where a column's places lie outside its dictionary."""
    for name, column in zip(batch.schema.names, batch.columns, strict=True):
        if pa.types.is_dictionary(column.type) and len(column) > column.null_count:
            if point_inside(places_of(column), len(column.dictionary)):
                continue
            extremes = pc.min_max(column.indices)
            if extremes["min"].as_py() < 0 or extremes["max"].as_py() >= len(column.dictionary):
                raise Refused(f"column {name} points outside its dictionary")


def _structs(fields: Fields, number: int) -> list[Fields]:
    found = fields.get(number, [])
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise ValueError("the directory is damaged")
    return found


def _chunk(column: Fields) -> Chunk:
    about = column.get(3)
    if not isinstance(about, dict):
        raise ValueError("a column of the directory says nothing of itself")
    names, kind, values, unpacked = about.get(3), about.get(1), about.get(5), about.get(6)
    if not isinstance(names, list) or not all(isinstance(name, bytes) for name in names):
        raise ValueError("a column of the directory has no name")
    if not (isinstance(kind, int) and isinstance(values, int) and isinstance(unpacked, int)):
        raise ValueError("a column of the directory has no size")
    path = b".".join(names).decode("utf-8", "replace")
    starts = [start for start in (about.get(9), about.get(11)) if isinstance(start, int) and start > 0]
    codec = about.get(4)
    codec = codec if isinstance(codec, int) else -1
    return Chunk(path, kind, values, unpacked, about.get(11) is not None, codec, min(starts, default=0))


class _Directory:
    """Thrift's compact protocol, read from front to back; whatever does not fit raises ValueError."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    @property
    def at(self) -> int:
        """How many octets have been read."""
        return self._at

    def fields(self) -> list[tuple[int, int, bytes]]:
        """The fields of a struct, their values as they are written."""
        found = []
        number = 0
        while (head := self._octet()) != _STOP:
            number = number + (head >> 4) if head >> 4 else self._signed()
            kind = head & 15
            begin = self._at
            if kind not in (_TRUE, _FALSE):
                self._value(kind, 0)
            found.append((number, kind, self._data[begin : self._at]))
        return found

    def struct(self, depth: int) -> Fields:
        """The fields of a struct by their numbers."""
        if depth > DEEPEST:
            raise ValueError("the directory is nested too deep")
        fields: Fields = {}
        number = 0
        while (head := self._octet()) != _STOP:
            number = number + (head >> 4) if head >> 4 else self._signed()
            kind = head & 15
            fields[number] = kind == _TRUE if kind in (_TRUE, _FALSE) else self._value(kind, depth)
        return fields

    def _value(self, kind: int, depth: int) -> Any:
        if kind in _INTEGERS:
            return self._signed()
        if kind == _BINARY:
            return self._octets(self._unsigned())
        if kind == _STRUCT:
            return self.struct(depth + 1)
        if kind in (_LIST, _SET):
            return self._list(depth)
        if kind in (_TRUE, _FALSE, _BYTE):
            return self._octet()
        if kind == _DOUBLE:
            return self._octets(8)
        if kind == _MAP:
            return self._map(depth)
        raise ValueError(f"the directory has a value of unknown kind {kind}")

    def _list(self, depth: int) -> list[Any]:
        if depth > DEEPEST:
            raise ValueError("the directory is nested too deep")
        head = self._octet()
        count = head >> 4 if head >> 4 < 15 else self._unsigned()
        self._refuse_more_than_there_is(count)
        return [self._value(head & 15, depth + 1) for _ in range(count)]

    def _map(self, depth: int) -> None:
        count = self._unsigned()
        self._refuse_more_than_there_is(count)
        kinds = self._octet() if count else 0
        for _ in range(count):
            self._value(kinds >> 4, depth + 1)
            self._value(kinds & 15, depth + 1)

    def _refuse_more_than_there_is(self, count: int) -> None:
        if count > len(self._data) - self._at:
            raise ValueError("the directory claims more than it has")

    def _octet(self) -> int:
        if self._at >= len(self._data):
            raise ValueError("the directory is cut off")
        self._at += 1
        return self._data[self._at - 1]

    def _octets(self, count: int) -> bytes:
        self._refuse_more_than_there_is(count)
        self._at += count
        return self._data[self._at - count : self._at]

    def _unsigned(self) -> int:
        value = shift = 0
        while (octet := self._octet()) & 128:
            value |= (octet & 127) << shift
            shift += 7
            if shift > 63:
                raise ValueError("the directory has a number that is too long")
        value |= octet << shift
        if value >> 64:
            raise ValueError("the directory has a number that is too long")
        return value

    def _signed(self) -> int:
        value = self._unsigned()
        return value >> 1 ^ -(value & 1)
