"""What a Parquet file of verdicts says of itself: page headers, and the directory at its end.

`parquet_pages` makes the pages and `output` writes them; here is told of them, in Thrift's compact protocol, as the
Parquet format has it (parquet.thrift: PageHeader, ColumnChunk, RowGroup, FileMetaData). What the directory says of the
columns and their types is taken as Arrow writes it for a file without rows, so that every reader finds the very types
of the schema.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from wurao import __version__
from wurao.events.parquet_claims import fields_as_written

MAGIC = b"PAR1"
PLAIN, RLE, RLE_DICTIONARY = 0, 3, 8
UNCOMPRESSED, SNAPPY = 0, 1
_ROWS, _GROUPS = 3, 4
"""The fields of FileMetaData that are ours: behind version and schema, before all others."""
_CREATED_BY = 6
_WRITER = f"wurao version {__version__} (build 0)".encode()
"""In the form that readers look for (parquet.thrift, created_by)."""
_DATA_PAGE, _DICTIONARY_PAGE = 0, 2
_I16, _I32, _I64, _BINARY, _LIST, _STRUCT = 4, 5, 6, 8, 9, 12


_SMALL = [bytes([value]) for value in range(128)]


class Struct:
    """A struct while it is written; fields come in the order of their numbers."""

    def __init__(self) -> None:
        self._octets = bytearray()
        self._last = 0

    def integer(self, number: int, value: int, kind: int = _I64) -> Struct:
        """A whole number."""
        self._begin(number, kind)
        self._octets += varint(zigzag(value))
        return self

    def text(self, number: int, value: bytes) -> Struct:
        """Some bytes."""
        self._begin(number, _BINARY)
        self._octets += varint(len(value)) + value
        return self

    def struct(self, number: int, value: Struct) -> Struct:
        """A struct inside."""
        self._begin(number, _STRUCT)
        self._octets += value.done()
        return self

    def list(self, number: int, kind: int, values: Sequence[bytes]) -> Struct:
        """A list of what is written already."""
        self._begin(number, _LIST)
        count = len(values)
        self._octets += bytes([count << 4 | kind]) if count < 15 else bytes([0xF0 | kind]) + varint(count)
        for value in values:
            self._octets += value
        return self

    def written(self, number: int, kind: int, octets: bytes) -> Struct:
        """A field whose value is written already."""
        self._begin(number, kind)
        self._octets += octets
        return self

    def done(self) -> bytes:
        """The bytes of the struct."""
        return bytes(self._octets) + b"\0"

    def _begin(self, number: int, kind: int) -> None:
        self._octets.append(number - self._last << 4 | kind)
        self._last = number


def varint(value: int) -> bytes:
    """A whole number that is not negative, seven bits a byte, the lowest first."""
    if value < 128:
        return _SMALL[value]
    octets = bytearray()
    while value > 127:
        octets.append(value & 127 | 128)
        value >>= 7
    octets.append(value)
    return bytes(octets)


def zigzag(value: int) -> int:
    """A signed number as one that is not negative, small where it is near 0."""
    return value << 1 ^ value >> 63


@dataclass(frozen=True, slots=True)
class Page:
    """One page as it will stand in the file."""

    body: tuple[bytes | memoryview, ...]
    """Its bytes, in pieces."""
    values: int
    """Nulls counted; of a dictionary its values."""
    unpacked: int
    """Bytes before they were packed."""
    encoding: int
    is_dictionary: bool = False

    @property
    def size(self) -> int:
        """Bytes as they stand in the file."""
        return sum(map(len, self.body))

    def header(self) -> bytes:
        """What stands before the body, its checksum included."""
        checksum = 0
        for piece in self.body:
            checksum = zlib.crc32(piece, checksum)
        checksum -= (checksum >> 31) << 32
        header = Struct().integer(1, _DICTIONARY_PAGE if self.is_dictionary else _DATA_PAGE, _I32)
        header.integer(2, self.unpacked, _I32).integer(3, self.size, _I32).integer(4, checksum, _I32)
        about = Struct().integer(1, self.values, _I32).integer(2, self.encoding, _I32)
        if self.is_dictionary:
            return header.struct(7, about).done()
        return header.struct(5, about.integer(3, RLE, _I32).integer(4, RLE, _I32)).done()


@dataclass(slots=True)
class Chunk:
    """The pages of one column in one row group, the dictionary's first."""

    path: tuple[str, ...]
    physical_type: int
    codec: int
    pages: list[Page]
    extremes: tuple[bytes, bytes] | None = None
    """The least and the greatest value, where they are told."""

    def write(self, file: Appended, at: int) -> tuple[bytes, int, int]:
        """Write the pages at a place of the file: what the directory says of them, their bytes, and unpacked."""
        places, size, unpacked = [], 0, 0
        for page in self.pages:
            header = page.header()
            places.append(at + size)
            for piece in (header, *page.body):
                file.write(piece)
            size += len(header) + page.size
            unpacked += len(header) + page.unpacked
        encodings = sorted({RLE, *(page.encoding for page in self.pages)})
        about = Struct().integer(1, self.physical_type, _I32)
        about.list(2, _I32, [varint(zigzag(encoding)) for encoding in encodings])
        about.list(3, _BINARY, [varint(len(name.encode())) + name.encode() for name in self.path])
        about.integer(4, self.codec, _I32).integer(5, self.pages[-1].values)
        about.integer(6, unpacked).integer(7, size).integer(9, places[-1])
        if self.pages[0].is_dictionary:
            about.integer(11, places[0])
        if self.extremes is not None:
            least, greatest = self.extremes
            about.struct(12, Struct().integer(3, 0).text(5, greatest).text(6, least))
        return Struct().integer(2, 0).struct(3, about).done(), size, unpacked


class Appended(Protocol):
    """What bytes are written to."""

    def write(self, data: bytes | memoryview) -> int:
        """Append bytes."""


class Directory:
    """The directory of a file while its row groups are written."""

    def __init__(self, empty: bytes) -> None:
        """`empty` is a whole file without rows, whose schema and the like are taken over."""
        length = int.from_bytes(empty[-8:-4], "little")
        self._fields = [
            field for field in fields_as_written(empty[-8 - length : -8]) if field[0] not in (_ROWS, _GROUPS)
        ]
        self._groups: list[bytes] = []
        self._rows = 0

    def add(self, file: Appended, at: int, rows: int, chunks: Iterable[Chunk]) -> int:
        """Write a row group at a place of the file; the place behind it."""
        columns, start, unpacked = [], at, 0
        for chunk in chunks:
            about, size, whole = chunk.write(file, at)
            columns.append(about)
            at += size
            unpacked += whole
        group = Struct().list(1, _STRUCT, columns).integer(2, unpacked).integer(3, rows)
        group.integer(5, start).integer(6, at - start)
        if len(self._groups) < 1 << 15:
            group.integer(7, len(self._groups), _I16)
        self._groups.append(group.done())
        self._rows += rows
        return at

    def end(self) -> bytes:
        """What stands at the end of the file."""
        whole = Struct()
        for number, kind, octets in self._fields[:2]:
            whole.written(number, kind, octets)
        whole.integer(_ROWS, self._rows).list(_GROUPS, _STRUCT, self._groups)
        for number, kind, octets in self._fields[2:]:
            if number == _CREATED_BY:
                whole.text(number, _WRITER)
            else:
                whole.written(number, kind, octets)
        octets = whole.done()
        return octets + len(octets).to_bytes(4, "little") + MAGIC
