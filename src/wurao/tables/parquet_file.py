"""A Parquet file as raw batches, row group by row group.

Only the table's own columns are read. A file whose end is cut off has no directory and is refused; a row group that
cannot be read costs its own rows only, and they are named as one. Nested columns, and row groups that would unpack to
more than `LARGEST_COLUMN` in one column, are refused before anything is unpacked. Called by `read`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
from pyarrow import parquet

from wurao.errors import SHOWN, BadRow, Refused
from wurao.tables.bad import BadRows
from wurao.tables.raw import Columns, Raw

ROWS = 1 << 17
"""Rows in a batch."""
LARGEST_COLUMN = 2 << 30
"""Bytes that one column of one row group may unpack to."""


def read_parquet(path: Path, label: str, columns: Columns, bad: BadRows) -> Iterator[Raw]:
    """The rows of a Parquet file in raw batches; a `line` is the row, from 1.

    Refused: no Parquet, cut off or damaged in its directory, required columns missing, nested columns.
    """
    try:
        file = parquet.ParquetFile(path, page_checksum_verification=True, memory_map=False)
        header = list(file.schema_arrow.names)
    except (pa.ArrowException, OSError) as error:
        raise _unreadable(error, label) from error
    with file:
        wanted = columns.wanted(header, label)
        for name in wanted:
            _refuse_nested(file.schema_arrow.field(name), label)
        first = 1
        for group in range(file.num_row_groups):
            rows = file.metadata.row_group(group).num_rows
            yield from _read_group(file, group, first, label, wanted, bad)
            first += rows


def _read_group(
    file: parquet.ParquetFile, group: int, first: int, label: str, wanted: list[str], bad: BadRows
) -> Iterator[Raw]:
    about = file.metadata.row_group(group)
    done = 0
    try:
        _refuse_bomb(about, label, group)
        for batch in file.iter_batches(ROWS, row_groups=[group], columns=wanted):
            table = pa.Table.from_batches([batch])
            yield Raw(table, label, np.arange(first + done, first + done + len(batch)))
            done += len(batch)
        if done != about.num_rows:
            raise Refused(f"ends after {done:,} of {about.num_rows:,} rows")
    except (pa.ArrowException, OSError, Refused) as error:
        lost = about.num_rows - done
        wrong = f"cannot be read, nor the {lost - 1:,} rows after it in row group {group + 1}: {_one_line(error)}"
        bad.add(BadRow(label, first + done, "", "", wrong, "write the file anew"), rows=max(lost, 1))


def _refuse_bomb(about: parquet.RowGroupMetaData, label: str, group: int) -> None:
    for place in range(about.num_columns):
        column = about.column(place)
        if column.total_uncompressed_size > LARGEST_COLUMN:
            wrong = f"column {column.path_in_schema} unpacks to {column.total_uncompressed_size:,} bytes"
            raise Refused(wrong, where=f"{label} row group {group + 1}", right="write smaller row groups")


def _refuse_nested(field: pa.Field, label: str) -> None:
    kind = field.type.value_type if pa.types.is_list(field.type) or pa.types.is_large_list(field.type) else field.type
    if pa.types.is_nested(kind):
        raise Refused(f"the column {field.name} is nested", where=label, right="write one plain value a row")


def _unreadable(error: Exception, label: str) -> Refused:
    return Refused(f"is no whole Parquet file ({_one_line(error)})", where=label, right="write or copy it anew")


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:SHOWN]
