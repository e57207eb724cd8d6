"""The registry's files read and checked: whole tables for the builder, or batches where a table is very large.

Comes in a directory; goes out a `CheckedTable` for every table asked for, with the bad rows named and left out. A
table is `<table>.parquet` or `<table>.csv`, or several parts `<table>-*.parquet`, or a folder `<table>/` of them, read
in the order of their names; a missing one is empty. Called by the snapshot builder, `replay --with`, and by
`wurao change` for its own files.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from wurao.errors import Misused, Refused
from wurao.tables.bad import BadRows, Fault, listed, note
from wurao.tables.csv_file import read_csv
from wurao.tables.declared import TABLES, Form, Table
from wurao.tables.links import REFERENCES, dangling, repeated_keys, replacing_in_a_circle, replacing_nothing
from wurao.tables.parquet_file import read_parquet
from wurao.tables.raw import Columns, Raw
from wurao.tables.rows import CheckedBatch, check_batch
from wurao.tables.shapes import schema
from wurao.tables.written import written_column

SUFFIXES = (".parquet", ".csv")
READERS = 2
"""So many tables are read at once: next to all of it is done outside Python's lock."""


@dataclass(slots=True)
class Origins:
    """From which file and line each row of a table came: the first row, and the file, of each batch; every line."""

    firsts: list[int] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    lines: npt.NDArray[np.int32] = field(default_factory=lambda: np.zeros(0, np.int32))

    def of(self, row: int) -> str:
        """The file and the line of a row, as messages name them."""
        return f"{self.file_of(row)}:{self.lines[row]}"

    def file_of(self, row: int) -> str:
        """The name of a row's file."""
        return self.files[bisect_right(self.firsts, row) - 1]

    def keep(self, good: npt.NDArray[np.bool_]) -> None:
        """Forget the other rows: the first row of each batch moves to where it stands without them."""
        kept_before = np.concatenate(([0], np.cumsum(good)))
        self.firsts = [int(kept_before[first]) for first in self.firsts]
        self.lines = self.lines[good]


@dataclass(slots=True)
class CheckedTable:
    """A table read: its good rows in their inside forms, what was bad, what was kept out, rows seen in all."""

    name: str
    table: pa.Table
    bad: BadRows
    warnings: list[str]
    rows: int
    """Rows read, good and bad."""
    origins: Origins
    """Where each good row was read."""

    def drop(self, fault: Fault) -> None:
        """Name good rows that another room finds bad after all, and take them out."""
        reading = _Reading(TABLES[self.name], self.bad, origins=self.origins)
        reading.rows = self.table
        reading.drop(fault)
        self.bad.kept.sort(key=lambda row: (row.file, row.line))
        self.table = reading.rows


def read_tables(directory: Path, names: Iterable[str] | None = None) -> dict[str, CheckedTable]:
    """Read and check tables of a directory: all, or those named. References are checked where both sides are read.

    Raises Refused when the directory is none or holds no table, or when a file cannot be read at all (its header, its
    columns); Misused for an unknown name.
    """
    wanted = list(TABLES if names is None else names)
    files = {name: table_files(directory, name) for name in wanted}
    if names is None and not any(files.values()):
        right = f"put files such as subscribers.csv or orders.parquet there, named for {listed(TABLES, 20)}"
        raise Refused("holds no table", where=str(directory), right=right)
    found = _read_all(files)
    _check_links(found)
    if names is None:
        found[wanted[0]].warnings += _no_tables(directory)
    return {name: reading.result() for name, reading in found.items()}


def _no_tables(directory: Path) -> list[str]:
    """What to tell of files that look like tables and are named for none."""
    others = sorted(
        each.name for each in directory.iterdir() if each.suffix in SUFFIXES and not _is_named_for_one(each)
    )
    right = f"files are named for {listed(TABLES, 20)}"
    return [f"{directory / name}: is left out, since its name is that of no table; {right}" for name in others]


def _is_named_for_one(file: Path) -> bool:
    return file.stem in TABLES or file.stem.partition("-")[0] in TABLES


def held_tables(tables: Mapping[str, pa.Table], place: str) -> dict[str, CheckedTable]:
    """Tables in their inside forms that a database holds, each row checked as it went in; what is missing is empty.

    References are checked here, as they are among files. `place` stands for the file in messages, and a row's number
    for its line.
    """
    readings = {}
    for name in TABLES:
        reading = _Reading(TABLES[name])
        reading.rows = tables.get(name, schema(name).empty_table())
        lines = np.arange(1, reading.rows.num_rows + 1, dtype=np.int32)
        reading.origins = Origins([0], [f"{place} {name}"], lines)
        readings[name] = reading
    _check_links(readings)
    return {name: reading.result() for name, reading in readings.items()}


def _read_all(files: dict[str, list[Path]]) -> dict[str, _Reading]:
    """The tables, two at a time, the largest first; of several that cannot be read the first one named is refused."""
    by_size = sorted(files, key=lambda name: -sum(path.stat().st_size for path in files[name]))
    with ThreadPoolExecutor(READERS) as readers:
        readings = {name: readers.submit(_read_table, name, files[name]) for name in by_size}
        try:
            return {name: readings[name].result() for name in files}
        finally:
            readers.shutdown(cancel_futures=True)


def read_table_batches(directory: Path, name: str, bad: BadRows, warnings: list[str]) -> Iterator[CheckedBatch]:
    """The good rows of one table batch by batch, as their forms and rows are; keys and references are not looked at.

    Bad rows go to `bad`, unknown columns to `warnings`. Raises as `read_tables` does.
    """
    columns = Columns(TABLES[name], warnings=warnings)
    for path in table_files(directory, name):
        for raw in raw_batches(path, label_of(path, name), columns, bad):
            yield check_batch(TABLES[name], raw, bad)


def raw_batches(path: Path, label: str, columns: Columns, bad: BadRows) -> Iterator[Raw]:
    """A table file as raw batches, by its suffix."""
    reader = read_csv if path.suffix == ".csv" else read_parquet
    return reader(path, label, columns, bad)


def table_files(directory: Path, name: str) -> list[Path]:
    """The files of a table, in the order in which they are read; none where it is missing."""
    if name not in TABLES:
        raise Misused(f"there is no table {name!r}", right=f"the tables are {listed(TABLES, 20)}")
    if not directory.is_dir():
        raise Refused("is no directory", where=str(directory), right="give the directory that holds the tables")
    single = [directory / f"{name}{suffix}" for suffix in SUFFIXES]
    parts = [path for suffix in SUFFIXES for path in directory.glob(f"{name}-*{suffix}")]
    within = [path for suffix in SUFFIXES for path in (directory / name).glob(f"*{suffix}")]
    forms = [
        sorted(path for path in paths if path.is_file()) for paths in (*([path] for path in single), parts, within)
    ]
    found = [paths for paths in forms if paths]
    if len(found) > 1:
        both = listed(label_of(paths[0], name) for paths in found)
        raise Refused(f"holds the table {name} more than once: {both}", where=str(directory), right="keep one of them")
    return found[0] if found else []


def label_of(path: Path, name: str) -> str:
    """How messages call a file: its name, with the folder before it where the folder is named for the table."""
    return f"{name}/{path.name}" if path.parent.name == name else path.name


@dataclass(slots=True)
class _Reading:
    """A table while it is put together: its batches, and from which file and line each row came."""

    table: Table
    bad: BadRows = field(default_factory=BadRows)
    warnings: list[str] = field(default_factory=list)
    rows: pa.Table = field(init=False)
    origins: Origins = field(default_factory=Origins)

    def take(self, batches: Iterable[CheckedBatch]) -> None:
        tables, lines, first = [schema(self.table.name).empty_table()], [np.zeros(0, np.int32)], 0
        for batch in batches:
            tables.append(batch.table)
            lines.append(batch.lines.astype(np.int32))
            self.origins.firsts.append(first)
            self.origins.files.append(batch.file)
            first += batch.table.num_rows
        self.rows = pa.concat_tables(tables)
        self.origins.lines = np.concatenate(lines)

    def drop(self, fault: Fault) -> None:
        """Name the rows of a fault found across rows, and take them out."""
        found = np.flatnonzero(fault.rows)
        if not len(found):
            return
        shown = pa.array(found[: self.bad.room])
        column = self.table.column(fault.column)
        values = written_column(column, self.rows[fault.column].take(shown).combine_chunks())
        for row, value in zip(found[: self.bad.room], values, strict=True):
            one = Fault(np.ones(1, bool), fault.column, fault.error, fault.expected)
            note(self.bad, self.origins.file_of(int(row)), self.origins.lines[row : row + 1], one, [value])
        self.bad.count += len(found) - len(values)
        good = ~fault.rows
        self.origins.keep(good)
        self.rows = self.rows.filter(pa.array(good))

    def result(self) -> CheckedTable:
        self.bad.kept.sort(key=lambda row: (row.file, row.line))
        seen = self.rows.num_rows + self.bad.count
        return CheckedTable(self.table.name, self.rows, self.bad, self.warnings, seen, self.origins)


def _read_table(name: str, files: list[Path]) -> _Reading:
    reading = _Reading(TABLES[name])
    columns = Columns(TABLES[name], warnings=reading.warnings)
    reading.take(
        check_batch(TABLES[name], raw, reading.bad)
        for path in files
        for raw in raw_batches(path, label_of(path, name), columns, reading.bad)
    )
    key = TABLES[name].key
    column = next((each for each in key if TABLES[name].column(each).form is not Form.CODE), key[0])
    repeated = repeated_keys(TABLES[name], reading.rows)
    reading.drop(Fault(repeated, column, "stands in an earlier row", f"write each {' + '.join(key)} once"))
    return reading


def _check_links(found: dict[str, _Reading]) -> None:
    """Take out what refers to nothing; the tables that are referred to refer to none themselves."""
    for reference in REFERENCES:
        if reference.table in found and reference.of in found:
            reading = found[reference.table]
            reading.drop(dangling(reference, reading.rows, found[reference.of].rows))
    if "orders" in found:
        for check in (replacing_nothing, replacing_in_a_circle):
            found["orders"].drop(check(found["orders"].rows))
