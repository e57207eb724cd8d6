"""Verdicts on disk: a Parquet part of a directory, or one file of Parquet, CSV or JSON lines.

Whatever is written stands aside as `<name>.partial`, readable by its owner only, until `keep` has put it safely on the
disk and given it its name; `abandon` leaves nothing behind. In come batches of `VERDICT_SCHEMA`, in order, whose texts
may also be dictionaries. `run` calls it.
"""

from __future__ import annotations

import fcntl
import hashlib
import io
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeAlias

import pyarrow as pa
from pyarrow import compute, csv, parquet

from wurao.errors import Misused, Refused
from wurao.screening.parquet_directory import MAGIC, Directory
from wurao.screening.parquet_pages import leaves_of
from wurao.verdicts import VERDICT_SCHEMA, declared

pc: Any = compute
Column: TypeAlias = Any

ROW_GROUP = 1 << 15
"""Rows at least in a row group, the last one excepted: what `read` gives at once is one, without being copied."""
PARTIAL = ".partial"
_PACKED = frozenset(
    {"event_id", "trunk", "template_id", "diversion", "name", "from_signalled", "category_declared", "sender_id"}
    | {"order_id", "campaign_id", "links"}
)
"""The columns worth compressing; others are packed by their bits already, or are numbers and hashes."""
_TOLD = frozenset({"at"})
"""The columns whose least and greatest values are told: of others they would spare a reader nothing."""
_FROM_OUTSIDE = {"event_id", "trunk", "template_id", "name", "from_signalled", "category_declared", "from_number"}
_FORMULA = r"^([=@\t\r]|[+\-][^0-9]|[+\-]\d*[^0-9.])"


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that stands under its name: how large it is, and its SHA-256."""

    bytes: int
    sha256: str


class Sink(Protocol):
    """What turns batches into bytes of one format."""

    def write(self, batch: pa.RecordBatch) -> None:
        """One more batch."""

    def close(self) -> None:
        """What has to stand at the end."""

    def drop(self) -> None:
        """Nothing more is to be written."""


class VerdictFile:
    """One file of verdicts while it is written."""

    def __init__(self, path: Path, form: str = "parquet") -> None:
        self.path = path
        self._aside = path.with_name(path.name + PARTIAL)
        self._bytes = HashedFile(self._aside)
        self._sink: Sink = _SINKS[form](self._bytes)
        self._is_kept = False

    def write(self, batch: pa.RecordBatch) -> None:
        """Append a batch of `VERDICT_SCHEMA`, or one as `Engine.render` makes it."""
        self._sink.write(batch)

    def keep(self) -> Kept:
        """Finish the file, bring it to the disk and give it its name."""
        self._sink.close()
        kept = self._bytes.finish()
        os.replace(self._aside, self.path)
        self._is_kept = True
        sync_directory(self.path.parent)
        return kept

    def abandon(self) -> None:
        """Take away what was written, if it has no name yet."""
        if self._is_kept:
            return
        self._sink.drop()
        self._bytes.close()
        self._aside.unlink(missing_ok=True)


def _own(path: Path) -> int:
    """A file opened to be written anew, and kept from other runs while it is open; Refused where one writes it."""
    while True:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # Another run may have given the file its name between the two.
            if os.path.exists(path) and os.path.samestat(os.fstat(descriptor), os.stat(path)):
                os.ftruncate(descriptor, 0)
                return descriptor
        except BlockingIOError:
            os.close(descriptor)
            raise Refused("another run writes here", where=str(path), right="wait for it, or another name") from None
        os.close(descriptor)


class HashedFile:
    """A private file that is only appended to, and hashed on the way; enough of a file for Arrow to write to."""

    def __init__(self, path: Path) -> None:
        self._file = os.fdopen(_own(path), "wb")
        self._path = path
        self._digest = hashlib.sha256()
        self._size = 0

    def write(self, data: Any) -> int:
        """Append bytes."""
        view = memoryview(data)
        try:
            self._file.write(view)
        except OSError as error:
            error.filename = str(self._path)
            raise
        self._digest.update(view)
        self._size += view.nbytes
        return view.nbytes

    def tell(self) -> int:
        """How much is written."""
        return self._size

    def flush(self) -> None:
        """Hand what is buffered to the system."""
        self._file.flush()

    @property
    def closed(self) -> bool:
        """Whether it takes no more."""
        return self._file.closed

    def writable(self) -> bool:
        """It is."""
        return True

    def finish(self) -> Kept:
        """Bring everything to the disk and close."""
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        return Kept(self._size, self._digest.hexdigest())

    def close(self) -> None:
        """Close without care for what is buffered."""
        try:
            self._file.close()
        except OSError:
            return


class _ParquetSink:
    """Parquet, with checksums of pages; a row group as soon as `ROW_GROUP` rows wait."""

    def __init__(self, file: HashedFile) -> None:
        empty = io.BytesIO()
        parquet.ParquetWriter(empty, VERDICT_SCHEMA).close()
        self._leaves = leaves_of(parquet.ParquetFile(empty).schema, _PACKED, _TOLD)
        self._directory = Directory(empty.getvalue())
        self._file = file
        self._waiting: list[pa.RecordBatch] = []
        file.write(MAGIC)

    def write(self, batch: pa.RecordBatch) -> None:
        self._waiting.append(batch)
        if sum(map(len, self._waiting)) >= ROW_GROUP:
            self._flush()

    def close(self) -> None:
        self._flush()
        self._file.write(self._directory.end())

    def drop(self) -> None:
        self._waiting = []

    def _flush(self) -> None:
        waiting, self._waiting = [batch for batch in self._waiting if len(batch)], []
        if not waiting:
            return
        whole = waiting[0] if len(waiting) == 1 else _as_one(waiting)
        chunks = (leaf.chunk(column) for leaf, column in zip(self._leaves, whole.columns, strict=True))
        self._directory.add(self._file, self._file.tell(), len(whole), chunks)


def _as_one(batches: list[pa.RecordBatch]) -> pa.RecordBatch:
    """Batches as one, their columns as declared: one's may be a dictionary where another's is nothing but nulls."""
    return pa.Table.from_batches([declared(batch) for batch in batches]).combine_chunks().to_batches()[0]


class _CsvSink:
    """CSV (RFC 4180) in UTF-8; what a spreadsheet would take for a formula gets a ' before it, numbers excepted."""

    def __init__(self, file: HashedFile) -> None:
        nothing = pa.RecordBatch.from_pylist([], VERDICT_SCHEMA)
        self._writer: Any = csv.CSVWriter(file, _written(nothing, harmless=True).schema)

    def write(self, batch: pa.RecordBatch) -> None:
        self._writer.write_batch(_written(batch, harmless=True))

    def close(self) -> None:
        self._writer.close()

    def drop(self) -> None:
        self._writer = None


class _JsonSink:
    """JSON lines, an object a verdict, every column in it."""

    def __init__(self, file: HashedFile) -> None:
        from wurao.duckdb_connection import connect

        self._file = file
        self._connection = connect()

    def write(self, batch: pa.RecordBatch) -> None:
        if not len(batch):
            return
        self._connection.register("verdicts", pa.Table.from_batches([_written(batch)]))
        rows: Any = self._connection.sql("SELECT to_json(v)::VARCHAR || chr(10) AS line FROM verdicts v")
        for chunk in rows.to_arrow_table().column("line").chunks:
            self._file.write("".join(chunk.to_pylist()).encode())

    def close(self) -> None:
        self._connection.close()

    drop = close


_SINKS: dict[str, Any] = {"parquet": _ParquetSink, "csv": _CsvSink, "jsonl": _JsonSink}


def format_of(path: Path) -> str | None:
    """The format that a name's ending says: parquet, csv, jsonl; none for a directory's. Misused: another ending."""
    suffix = path.suffix.lower()
    if not suffix or path.is_dir():
        return None
    if suffix[1:] not in _SINKS:
        right = "name a directory (parts, resumable), or a file ending in .parquet, .csv or .jsonl"
        raise Misused(f"{path.name} names no format of verdicts", where="-o", right=right)
    return suffix[1:]


def sync_directory(path: Path) -> None:
    """Bring a directory's names to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _written(batch: pa.RecordBatch, harmless: bool = False) -> pa.RecordBatch:
    """The columns as text files carry them: times in RFC 3339, hashes in hexadecimal; lists joined where `harmless`."""
    columns = []
    for field, column in zip(batch.schema, batch.columns, strict=True):
        columns.append(_plain(column, joined=harmless))
        if harmless and field.name in _FROM_OUTSIDE:
            columns[-1] = _without_formulas(columns[-1])
    return pa.RecordBatch.from_arrays(columns, names=batch.schema.names)


def _plain(column: Column, joined: bool) -> Column:
    if pa.types.is_timestamp(column.type):
        return pc.strftime(column, format="%Y-%m-%dT%H:%M:%SZ")
    if pa.types.is_dictionary(column.type):
        return column.dictionary_decode()
    if pa.types.is_fixed_size_binary(column.type):
        return pa.array([None if value is None else value.hex() for value in column.to_pylist()], pa.string())
    if pa.types.is_list(column.type) and joined:
        return pc.binary_join(column, ";")
    return column


def _without_formulas(column: Column) -> Column:
    if not pc.any(pc.match_substring_regex(column, _FORMULA)).as_py():
        return column
    return pc.replace_substring_regex(column, _FORMULA, r"'\1")
