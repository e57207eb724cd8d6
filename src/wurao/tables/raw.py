"""A piece of a table file as it was read, not yet checked; and which of a file's columns are a table's.

`csv_file` and `parquet_file` make a `Raw` for each block of a file, `check_rows` one of a change's rows; `rows` checks
them.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from wurao.errors import Refused
from wurao.tables.bad import listed
from wurao.tables.declared import Column, Form, Table


@dataclass(frozen=True, slots=True)
class Raw:
    """Rows as read: strings of a text file, or whatever types a Parquet file has; the file's name, each row's line."""

    table: pa.Table
    file: str
    lines: npt.NDArray[np.int64]
    by_row: bool = False
    """Whether each row names its own columns, as in JSON: what is null in one may be a column that it misses."""


@dataclass(slots=True)
class Columns:
    """Which columns of a file are wanted; what is unknown is kept out and named in `warnings`."""

    table: Table
    beside: tuple[str, ...] = ()
    """Columns that may stand beside the table's own, such as the `op` of a change."""
    only_key: bool = False
    """Whether the key columns are enough, as for a deletion; where `op` is a column they are."""
    by_row: bool = False
    """Whether a column that misses is named row by row, as in JSON, where each row names its own."""
    warnings: list[str] = field(default_factory=list)

    def wanted(self, header: list[str], file: str) -> list[str]:
        """The table's columns that a file has, in its order; Refused when required ones miss or one is double."""
        known = self._known()
        names = [name for name in header if name in known]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise Refused(f"names the column {listed(twice)} twice", where=file, right="name each column once")
        if not self.by_row:
            self._refuse_missing(set(names), header, file)
        unknown = [name for name in header if name not in known]
        warning = f"{file}: unknown columns kept out: {listed(unknown)}"
        if unknown and warning not in self.warnings:
            self.warnings.append(warning)
        return names

    def _known(self) -> set[str]:
        known = {*self.beside}
        for column in self.table.columns:
            known.add(column.name)
            if column.form is Form.BITS:
                known.update(column.codes)
        return known

    def _refuse_missing(self, names: set[str], header: list[str], file: str) -> None:
        only_key = self.only_key or "op" in names
        needed = self.table.key if only_key else [column.name for column in self.table.columns if _is_required(column)]
        missing = [name for name in needed if name not in names]
        if not missing:
            self._refuse_some_of_27(names, file)
            return
        right = f"the first line names the columns, such as {listed(column.name for column in self.table.columns)}"
        if len(header) == 1 and any(mark in header[0] for mark in ";\t|"):
            right = "part the columns with commas"
        raise Refused(f"the column {listed(missing, 12)} is missing", where=file, right=right)

    def _refuse_some_of_27(self, names: set[str], file: str) -> None:
        for column in self.table.columns:
            missing = [name for name in column.codes if name not in names] if column.form is Form.BITS else []
            if missing and len(missing) < len(column.codes):
                raise Refused(some_of_27(column, missing[0], len(missing)), where=file, right=all_or_none(column))


def some_of_27(column: Column, first: str, missing: int) -> str:
    """What is wrong where of the columns that may stand for a column of bits so many are missing, and not all."""
    others = f" and {missing - 1} others" if missing > 1 else ""
    every = len(column.codes)
    return f"has {every - missing} of the {every} columns of {column.name}, without {first}{others}"


def all_or_none(column: Column) -> str:
    """What is right there."""
    first, last = column.codes[0], column.codes[-1]
    return f"write all {len(column.codes)} of {first} … {last}, or none of them and {column.name} as one whole number"


def _is_required(column: Column) -> bool:
    return column.default is None and not column.optional
