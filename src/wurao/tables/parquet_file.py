"""A Parquet file as raw batches, row group by row group.

Only the table's own columns are read. A file whose end is cut off has no directory and is refused; a row group that
cannot be read costs its own rows only, and they are named as one. Nested columns, and row groups that would unpack to
more than `LARGEST_COLUMN` in one column, are refused before anything is unpacked; one long text repeated a million
times stays one text until a few rows at a time are checked. Called by `read`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import parquet

from wurao.errors import SHOWN, WHOLE_ROW, BadRow, Refused, refuse_shortage
from wurao.events.parquet_claims import (
    BYTE_ARRAY,
    Chunk,
    asks_too_much,
    column_names,
    refuse_wild_places,
    row_groups_of,
)
from wurao.tables.bad import BadRows
from wurao.tables.forms import LONGEST_TEXT
from wurao.tables.plain import decoded
from wurao.tables.raw import Columns, Raw

ROWS = 1 << 17
"""Rows in a batch."""
LARGEST_COLUMN = 2 << 30
"""Bytes that one column of one row group may unpack to."""
LARGEST_PIECE = 64 << 20
"""Bytes that the repeated texts of one batch may come to."""
FEW_BYTES = 4
"""A column that takes fewer bytes a row than this repeats its texts, and is read as a dictionary of them."""


def read_parquet(path: Path, label: str, columns: Columns, bad: BadRows) -> Iterator[Raw]:
    """The rows of a Parquet file in raw batches; a `line` is the row, from 1.

    Refused: no Parquet, cut off or damaged in its directory, required columns missing, nested columns.
    """
    try:
        file = parquet.ParquetFile(path, page_checksum_verification=True, memory_map=False)
        header = column_names(file.schema_arrow)
        groups = row_groups_of(path)
    except MemoryError:
        raise
    except (pa.ArrowException, OSError, ValueError) as error:
        refuse_shortage(error, label)
        raise _unreadable(error, label) from error
    with file:
        wanted = columns.wanted(header, label)
        for name in wanted:
            _refuse_nested(file.schema_arrow.field(name), label)
    repeating = [name for name in _repeating(groups) if name in wanted]
    with parquet.ParquetFile(path, page_checksum_verification=True, read_dictionary=repeating) as file:
        if len(groups) != file.num_row_groups:
            raise _unreadable(ValueError("its directory is damaged"), label)
        first = 1
        for group, chunks in enumerate(groups):
            yield from _read_group(file, group, chunks, first, label, wanted, bad)
            first += file.metadata.row_group(group).num_rows


def _read_group(
    file: parquet.ParquetFile, group: int, chunks: list[Chunk], first: int, label: str, wanted: list[str], bad: BadRows
) -> Iterator[Raw]:
    rows = file.metadata.row_group(group).num_rows
    done = 0
    try:
        _refuse_bomb(chunks, label, group)
        for batch in file.iter_batches(ROWS, row_groups=[group], columns=wanted):
            refuse_wild_places(batch)
            for piece in _pieces(pa.Table.from_batches([batch])):
                yield Raw(piece, label, np.arange(first + done, first + done + piece.num_rows))
                done += piece.num_rows
        if done != rows:
            raise Refused(f"ends after {done:,} of {rows:,} rows")
    except (pa.ArrowException, MemoryError, OSError, Refused) as error:
        if isinstance(error, MemoryError) and not asks_too_much(chunks, LARGEST_PIECE):
            raise
        if not isinstance(error, MemoryError):
            refuse_shortage(error, label)
        lost = rows - done
        wrong = f"cannot be read, nor the {lost - 1:,} rows after it in row group {group + 1}: {_one_line(error)}"
        bad.add(BadRow(label, first + done, WHOLE_ROW, "", wrong, "write the file anew"), rows=max(lost, 1))
        bad.unread += max(lost, 1)


def _repeating(groups: list[list[Chunk]]) -> list[str]:
    """The columns that repeat their texts in some row group."""
    texts = (chunk for chunks in groups for chunk in chunks if chunk.physical_type == BYTE_ARRAY)
    return sorted({chunk.path for chunk in texts if chunk.unpacked < FEW_BYTES * chunk.values})


def _pieces(table: pa.Table) -> Iterator[pa.Table]:
    """A batch in slices of few enough rows that its repeated texts, written out, stay within `LARGEST_PIECE`."""
    longest = 1
    for place, name in enumerate(table.column_names):
        column = table[name].combine_chunks()
        if pa.types.is_dictionary(column.type) and len(column.dictionary):
            column = _shortened(column)
            longest = max(longest, pc.max(pc.binary_length(column.dictionary)).as_py() or 1)
            table = table.set_column(place, name, column)
    rows = max(1, LARGEST_PIECE // longest)
    for start in range(0, table.num_rows, rows):
        yield table.slice(start, rows)


def _shortened(column: pa.DictionaryArray) -> pa.DictionaryArray:
    """The same with texts beyond `LONGEST_TEXT` cut, and a NUL in them, which no column takes."""
    texts = column.dictionary.cast(pa.binary())
    if pc.max(pc.binary_length(texts)).as_py() <= LONGEST_TEXT:
        return column
    cut = [None if each is None else _cut(each) for each in texts.to_pylist()]
    return pa.DictionaryArray.from_arrays(column.indices, pa.array(cut, pa.string()))


def _cut(octets: bytes) -> str:
    return decoded(octets) if len(octets) <= LONGEST_TEXT else decoded(octets[:SHOWN]) + "\0"


def _refuse_bomb(chunks: list[Chunk], label: str, group: int) -> None:
    for column in chunks:
        if column.unpacked > LARGEST_COLUMN:
            wrong = f"column {column.path} unpacks to {column.unpacked:,} bytes"
            raise Refused(wrong, where=f"{label} row group {group + 1}", right="write smaller row groups")


def _refuse_nested(field: pa.Field, label: str) -> None:
    kind = field.type.value_type if pa.types.is_list(field.type) or pa.types.is_large_list(field.type) else field.type
    if pa.types.is_nested(kind):
        raise Refused(f"the column {field.name} is nested", where=label, right="write one plain value a row")


def _unreadable(error: Exception, label: str) -> Refused:
    return Refused(f"is no whole Parquet file ({_one_line(error)})", where=label, right="write or copy it anew")


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:SHOWN]
