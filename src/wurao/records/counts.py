"""Counts of verdicts by day, channel, reason, category, operator, city and action: DuckDB over Parquet.

In go files of verdicts, or the directories that `wurao screen` writes; out comes a table of counts. Each file is read
in batches with its pages' checksums verified, the day and the callee's place are reckoned a column at a time, and
DuckDB groups; memory does not grow with the files. A damaged file is named, and the others are counted. The command
`records` calls it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pyarrow import compute, parquet

from wurao.duckdb_connection import connect
from wurao.errors import SHOWN, MachineFailed, Refused, refuse_shortage
from wurao.numbering.parse import parse_column
from wurao.numbering.plan import Plan, current
from wurao.records.sources import Source, verify
from wurao.screening.pipeline import interrupts

pc: Any = compute

BY = ("day", "channel", "reason", "category", "operator", "city", "action")
"""What counts may be split by, in the order of their columns."""
CHINA_US = 8 * 3600 * 1_000_000
"""China Standard Time is eight hours ahead of UTC, the year round."""
_READ = ("at", "channel", "reason", "category", "action", "to_number")
_BATCH_ROWS = 1 << 17
_MEMORY = "1GB"
_COUNTED = pa.schema([(name, pa.string()) for name in BY])


@dataclass(frozen=True, slots=True)
class Ported:
    """Numbers that were taken to another operator: sorted, and the operator of each."""

    numbers: npt.NDArray[np.int64]
    operators: pa.Array[Any]


@dataclass(slots=True)
class Counts:
    """A table of `by` and `count`, sorted; and what could not be counted, a sentence each."""

    table: pa.Table
    damaged: list[str] = field(default_factory=list)


def count(
    sources: Sequence[Source],
    *,
    by: Sequence[str] = BY,
    only: Mapping[str, Sequence[str]] | None = None,
    ported: Ported | None = None,
    advance: Callable[[int], None] = lambda rows: None,
) -> Counts:
    """Counts by some of `BY`, of the rows whose columns have one of the values of `only`.

    MachineFailed: the memory. At an interrupt (Ctrl-C) nothing is counted: KeyboardInterrupt, and no file is blamed.
    """
    try:
        return _all_counted(sources, by, only or {}, ported, advance)
    except (MemoryError, duckdb.OutOfMemoryException) as error:
        raise MachineFailed("the memory for counting is used up", right="count fewer columns with --by") from error


def _all_counted(
    sources: Sequence[Source],
    by: Sequence[str],
    only: Mapping[str, Sequence[str]],
    ported: Ported | None,
    advance: Callable[[int], None],
) -> Counts:
    connection = connect(memory_limit=_MEMORY, preserve_insertion_order=False)
    connection.sql(f"CREATE TABLE counts ({', '.join(f'{name} VARCHAR' for name in BY)}, count BIGINT)")
    counts = Counts(pa.table({}))
    place = _Place(current(), ported)
    with interrupts() as interrupted:
        for source in sources:
            try:
                wrong = _counted(connection, source, place, only, advance, interrupted)
            finally:
                # Whatever came of a file that was broken off in, DuckDB's own errors of it included, says nothing.
                if interrupted.is_set():
                    raise KeyboardInterrupt
            if wrong is not None:
                counts.damaged.append(f"{source.path}: cannot be counted: {wrong}")
        columns = ", ".join(by)
        grouping = f"GROUP BY {columns} ORDER BY {columns}" if by else ""
        columns = columns + ", " if by else ""
        counts.table = connection.sql(
            f"SELECT {columns}sum(count)::BIGINT AS count FROM counts {grouping}"
        ).to_arrow_table()
        if interrupted.is_set():
            raise KeyboardInterrupt
    return counts


@dataclass(frozen=True, slots=True)
class _Place:
    """Operator and city of callees."""

    plan: Plan
    ported: Ported | None

    def of(self, numbers: npt.NDArray[np.int64]) -> tuple[pa.Array[Any], pa.Array[Any]]:
        """The operator, of a ported number its present one, and the city; null where the plan does not say."""
        operators = _named(self.plan.operator_of(numbers), self.plan.operators)
        if self.ported is not None and len(self.ported.numbers):
            at = np.minimum(np.searchsorted(self.ported.numbers, numbers), len(self.ported.numbers) - 1)
            moved = self.ported.numbers[at] == numbers
            operators = pc.if_else(pa.array(moved), self.ported.operators.take(pa.array(at)), operators)
        return operators, _named(self.plan.city_of(numbers), self.plan.cities)


def _counted(
    connection: duckdb.DuckDBPyConnection,
    source: Source,
    place: _Place,
    only: Mapping[str, Sequence[str]],
    advance: Callable[[int], None],
    interrupted: threading.Event,
) -> str | None:
    """Count one file; what is wrong with it, where it cannot be. After an interrupt neither is worth anything."""
    try:
        verify(source, interrupted.is_set)
        _count_file(connection, source.path, place, only, advance, interrupted)
    except (MemoryError, duckdb.OutOfMemoryException):
        raise
    except (pa.ArrowException, duckdb.Error, OSError, Refused) as error:
        refuse_shortage(error, str(source.path))
        return _one_line(error)
    return None


def _count_file(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    place: _Place,
    only: Mapping[str, Sequence[str]],
    advance: Callable[[int], None],
    interrupted: threading.Event,
) -> None:
    """Add the counts of one file, all of them or none."""
    with parquet.ParquetFile(path, page_checksum_verification=True, buffer_size=1 << 20, pre_buffer=False) as file:
        missing = [name for name in _READ if name not in file.schema_arrow.names]
        if missing:
            raise Refused(f"has no column {missing[0]}", right="records counts verdicts")
        reader = pa.RecordBatchReader.from_batches(_COUNTED, _batches(file, place, advance, interrupted))
        connection.register("verdicts", reader)
        wanted = " AND ".join(f"list_contains(${name}, {name})" for name in only) or "TRUE"
        names = ", ".join(BY)
        connection.execute(
            f"INSERT INTO counts SELECT {names}, count(*) FROM verdicts WHERE {wanted} GROUP BY {names}",
            {name: list(values) for name, values in only.items()} or None,
        )


def _batches(
    file: parquet.ParquetFile, place: _Place, advance: Callable[[int], None], interrupted: threading.Event
) -> Iterator[pa.RecordBatch]:
    for batch in file.iter_batches(_BATCH_ROWS, columns=list(_READ)):
        if interrupted.is_set():
            return
        days = pc.floor_temporal(_china(batch.column("at")), unit="day")
        operators, cities = place.of(parse_column(batch.column("to_number")))
        columns = {
            "day": pc.strftime(days, format="%Y-%m-%d"),
            "operator": operators,
            "city": cities,
            **{name: batch.column(name) for name in ("channel", "reason", "category", "action")},
        }
        arrays = [columns[name] for name in BY]
        yield pa.RecordBatch.from_arrays([a.cast(pa.string()) for a in arrays], schema=_COUNTED)
        advance(len(batch))


def _china(at: Any) -> Any:
    """Times as the clock in China shows them, without a zone."""
    return pc.add(at.cast(pa.int64()), CHINA_US).cast(pa.timestamp("us"))


def _named(codes: npt.NDArray[np.int16], names: tuple[str, ...]) -> Any:
    return pa.DictionaryArray.from_arrays(pa.array(codes, mask=codes < 0), pa.array(names)).dictionary_decode()


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:SHOWN]
