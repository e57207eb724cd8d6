"""A Parquet file as raw rows, row group by row group, in batches of bounded size.

Only the event's own columns are read; columns with few different values stay dictionaries. A file whose end is cut off
has no directory and is refused; a damaged row group costs only its own rows, and is told of. Sizes that the file
claims, and the longest value of each dictionary, bound what is unpacked at once. `read` calls `read_parquet`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from pyarrow import parquet

from wurao.errors import SHOWN, Refused
from wurao.events.parquet_claims import (
    BYTE_ARRAY,
    Chunk,
    asks_too_much,
    column_names,
    refuse_wild_places,
    row_groups_of,
)
from wurao.events.parquet_dictionary import longest_in_dictionary
from wurao.events.raw import Findings, Position, Raw, are_verdicts, wanted_columns
from wurao.events.values import Column, is_text, pc

FEW = (
    "channel",
    "category",
    "category_declared",
    "template_id",
    "trunk",
    "attestation",
    "roaming",
    "class",
    "kind",
    "reason",
    "label",
)
"""Columns read as dictionaries."""
LARGEST_COLUMN = 2 << 30
"""Bytes that one column of one row group may unpack to."""
LARGEST_BATCH = 64 << 20
"""Bytes that one column of one batch may unpack to, however often a dictionary's value is repeated."""
_READING: dict[str, Any] = {"page_checksum_verification": True, "buffer_size": 1 << 20, "pre_buffer": False}


def read_parquet(path: Path, name: str, place: Position, findings: Findings, batch_rows: int) -> Iterator[Raw]:
    """The rows of a Parquet file from a position on; a row's line is its place.

    Refused: no Parquet, cut off or damaged in its directory, required columns missing, columns of wrong types.
    """
    try:
        with parquet.ParquetFile(path, **_READING) as closed:
            header = column_names(closed.schema_arrow)
            metadata = closed.metadata
        groups = row_groups_of(path)
        few = [name for name in FEW if name in header]
        source = parquet.ParquetFile(path, metadata=metadata, read_dictionary=few, **_READING)
    except MemoryError:
        raise
    except (pa.ArrowException, OSError, ValueError) as error:
        raise _unreadable(error, name) from error
    with source:
        wanted = wanted_columns(header, name, findings if place.row == 0 else Findings())
        for column in wanted:
            _check_type(source.schema_arrow.field(column), name)
        reading = _Reading(path, name, source, groups, wanted, batch_rows, findings, are_verdicts(header))
        first = 0
        for group in range(source.num_row_groups):
            rows = source.metadata.row_group(group).num_rows
            if place.row < first + rows:
                yield from reading.read_group(group, first, place)
            first += rows


@dataclass(frozen=True, slots=True)
class _Reading:
    """One file while it is read."""

    path: Path
    name: str
    source: parquet.ParquetFile
    groups: list[list[Chunk]]
    wanted: list[str]
    batch_rows: int
    findings: Findings
    verdicts: bool

    def read_group(self, group: int, first: int, place: Position) -> Iterator[Raw]:
        """The rows of one row group that lie behind `place`; `first` rows of the file come before it."""
        total = self.source.metadata.row_group(group).num_rows
        done = 0
        try:
            most = min(self.batch_rows, self._bounded_rows(group))
            for batch in self.source.iter_batches(most, row_groups=[group], columns=self.wanted, use_threads=False):
                refuse_wild_places(batch)
                skipped = min(max(place.row - first - done, 0), len(batch))
                done += len(batch)
                if skipped < len(batch):
                    yield self._raw(batch.slice(skipped), first + done, place.file)
            if done != total:
                raise Refused(f"the row group ends after {done:,} of {total:,} rows")
        except (pa.ArrowException, MemoryError, OSError, Refused) as error:
            if isinstance(error, MemoryError) and not asks_too_much(self.groups[group], LARGEST_BATCH):
                raise
            wrong = f"rows {first + done + 1:,} to {first + total:,} cannot be read ({_one_line(error)})"
            right = "write or copy the file anew; its other rows are screened"
            self.findings.refuse(Refused(wrong, where=self.name, right=right))
            yield self._raw(self._no_rows(), first + total, place.file)

    def _raw(self, batch: pa.RecordBatch, after: int, file: int) -> Raw:
        rows = np.arange(after - len(batch) + 1, after + 1)
        columns = dict(zip(batch.schema.names, batch.columns, strict=True))
        return Raw(columns, rows, rows, Position(file, after), verdicts=self.verdicts)

    def _no_rows(self) -> pa.RecordBatch:
        schema = pa.schema([self.source.schema_arrow.field(name) for name in self.wanted])
        return pa.RecordBatch.from_pylist([], schema)

    def _bounded_rows(self, group: int) -> int:
        """How many rows may be read at once so that no column's part unpacks to more than `LARGEST_BATCH`."""
        if len(self.groups) != self.source.num_row_groups:
            raise Refused("its directory is damaged")
        most = self.batch_rows
        for column in self.groups[group]:
            if column.path.partition(".")[0] not in self.wanted:
                continue
            if column.unpacked > LARGEST_COLUMN:
                wrong = f"column {column.path} unpacks to {column.unpacked:,} bytes"
                raise Refused(wrong, right="write smaller row groups")
            if column.physical_type == BYTE_ARRAY and column.path not in FEW:
                most = min(most, max(1, LARGEST_BATCH // self._longest_in_dictionary(group, column)))
        return most

    def _longest_in_dictionary(self, group: int, column: Chunk) -> int:
        """Bytes of the longest value in a column's dictionary page, whatever the directory says of its size."""
        longest = longest_in_dictionary(self.path, column)
        if longest is not None:
            return max(longest, 1)
        name = column.path
        with parquet.ParquetFile(self.path, read_dictionary=[name], metadata=self.source.metadata, **_READING) as alone:
            for batch in alone.iter_batches(1, row_groups=[group], columns=[name]):
                values: Column = batch.column(0)
                if pa.types.is_dictionary(values.type):
                    return pc.max(pc.binary_length(values.dictionary)).as_py() or 1
        return 1


def _check_type(field: Any, name: str) -> None:
    kind = field.type.value_type if pa.types.is_dictionary(field.type) else field.type
    if pa.types.is_timestamp(kind) and kind.tz is None:
        wrong, right = "holds times without a zone", "write timestamps with a zone, such as UTC"
    elif not _is_taken(field.name, kind):
        wrong, right = f"is of type {kind}", "write " + _RIGHT.get(field.name, "text")
    else:
        return
    raise Refused(f"the column {field.name} {wrong}", where=name, right=right)


def _is_taken(column: str, kind: pa.DataType) -> bool:
    if is_text(kind) or pa.types.is_null(kind):
        return True
    if column == "links":
        return pa.types.is_list(kind) or pa.types.is_large_list(kind)
    if column in ("text_hash", "text_sketch"):
        return pa.types.is_fixed_size_binary(kind)
    if column == "at":
        return pa.types.is_timestamp(kind)
    if column == "answered":
        return pa.types.is_boolean(kind) or pa.types.is_integer(kind)
    number = pa.types.is_integer(kind) or pa.types.is_floating(kind)
    if column in ("ring_s", "duration_s", "score"):
        return number or pa.types.is_decimal(kind)
    return number and column in ("event_id", "from_number", "to_number", "diversion", "template_id", "trunk")


_RIGHT = {
    "at": "timestamps with a zone, or text in RFC 3339",
    "answered": "true and false",
    "ring_s": "seconds as numbers",
    "duration_s": "seconds as numbers",
    "score": "numbers",
    "links": "lists of text",
    "text_hash": "32 octets",
    "text_sketch": "64 octets",
}


def _unreadable(error: Exception, name: str) -> Refused:
    return Refused(f"is no whole Parquet file ({_one_line(error)})", where=name, right="write or copy it anew")


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:SHOWN]
