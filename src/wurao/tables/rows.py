"""The check of one batch of rows: every value's form, and what the values of one row must not say together.

Comes in a `Raw` batch of a file, or of a change; goes out a `CheckedBatch` of the good rows in their inside forms,
each with its line. Every bad row is named once, by its first wrong column, and left out. Work is done a column at a
time; only bad rows are ever looked at singly.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from wurao.tables.bad import BadRows, Fault, note
from wurao.tables.declared import MATCHES, TABLES, TARGET_KINDS, Column, Form, Table
from wurao.tables.forms import entries, error_of, expected_of, inside, numbers, prefixes
from wurao.tables.plain import Mask, nulls_of, plain
from wurao.tables.raw import Columns, Raw, all_or_none, some_of_27
from wurao.tables.rules import RULES
from wurao.tables.shapes import type_of
from wurao.tables.targets import targets

_PREFIX = MATCHES.index("prefix")


@dataclass(frozen=True, slots=True)
class CheckedBatch:
    """Good rows in their inside forms; the name of their file, and the line of each."""

    table: pa.Table
    file: str
    lines: npt.NDArray[np.int64]


def check_batch(table: Table, raw: Raw, bad: BadRows, only_key: bool = False) -> CheckedBatch:
    """The good rows of a batch; the bad ones go to `bad`. `only_key`: nothing but the key columns is asked for."""
    return _Check(table, raw, bad, only_key).run()


def check_rows(
    name: str, rows: Sequence[Mapping[str, object]], *, only_key: bool = False, where: str = "change"
) -> tuple[pa.Table, BadRows]:
    """Rows as JSON carries them (text, numbers, true and false, lists, null), checked as those of a file are.

    Returns the good rows in their inside forms, in order, and the bad ones; a row's `line` is its place from 1.
    With `only_key` the table has the key columns only. KeyError for an unknown table.
    """
    table, bad = TABLES[name], BadRows()
    raw = raw_rows(rows, Columns(table, only_key=only_key, by_row=True), where, np.arange(1, len(rows) + 1))
    return check_batch(table, raw, bad, only_key).table, bad


def raw_rows(rows: Sequence[Mapping[str, object]], columns: Columns, where: str, lines: npt.NDArray[np.int64]) -> Raw:
    """Rows as JSON carries them, as a raw batch of text."""
    header = list(dict.fromkeys(key for row in rows for key in row))
    wanted = columns.wanted(header, where) if rows else []
    given = {key: pa.array([_written(row.get(key)) for row in rows], pa.string()) for key in wanted}
    return Raw(pa.table(given) if given else pa.table({"": pa.nulls(len(rows))}), where, lines, by_row=True)


def _written(value: object) -> str | None:
    """A JSON value as a CSV field would carry it."""
    match value:
        case None:
            return None
        case bool():
            return "true" if value else "false"
        case list() | tuple():
            return ";".join(str(each) for each in value)
    return str(value)


@dataclass(slots=True)
class _Check:
    """One batch while it is checked."""

    table: Table
    raw: Raw
    bad: BadRows
    only_key: bool
    wrong: Mask = field(init=False)
    checked: dict[str, pa.Array] = field(default_factory=dict)

    def run(self) -> CheckedBatch:
        self.wrong = np.zeros(self.raw.table.num_rows, bool)
        columns = [c for c in self.table.columns if not self.only_key or c.name in self.table.key]
        late = (Form.ENTRY, Form.TARGET)
        for column in sorted(columns, key=lambda c: c.form in late):
            self._column(column)
        if not self.only_key:
            for rule in RULES.get(self.table.name, ()):
                self._note(rule(self.checked))
        fields = [pa.field(c.name, type_of(c.form)) for c in columns]
        checked = pa.Table.from_arrays([self.checked[c.name] for c in columns], schema=pa.schema(fields))
        if not self.wrong.any():
            return CheckedBatch(checked, self.raw.file, self.raw.lines)
        good = ~self.wrong
        return CheckedBatch(checked.filter(pa.array(good)), self.raw.file, self.raw.lines[good])

    def _column(self, column: Column) -> None:
        found, absent = self._read(column)
        if found.null_count:
            self._note([Fault(nulls_of(found) & ~absent, column.name, error_of(column), expected_of(column))])
        if column.form is Form.BITS:
            found, absent = self._bits_by_column(column, found, absent)
        if column.default is not None:
            default = column.codes.index(column.default) if isinstance(column.default, str) else column.default
            found = pc.if_else(pa.array(absent), pa.scalar(default, found.type), found) if absent.any() else found
        elif not column.optional:
            self._note([Fault(absent, column.name, "is empty", expected_of(column))])
        self.checked[column.name] = found

    def _read(self, column: Column) -> tuple[pa.Array, Mask]:
        """A column's inside form, and where nothing was written."""
        if column.form is Form.ENTRY:
            written = self._raw(column.name)
            return self._entries(written), nulls_of(written)
        if column.form is Form.TARGET:
            written = self._raw(column.name)
            kinds = np.asarray(self.checked["target_kind"].fill_null(TARGET_KINDS.index("domain")))
            return targets(kinds, written), nulls_of(written)
        array = self._as_read(column.name)
        if pa.types.is_dictionary(array.type) and len(array.dictionary) <= len(array):
            return _by_dictionary(column, array)
        written = plain(array)
        return inside(column, written), nulls_of(written)

    def _entries(self, written: pa.Array) -> pa.Array:
        """Numbers, or prefixes where `match` says so; a table without `match` has prefixes only."""
        if "match" not in self.checked:
            return prefixes(written)
        as_prefix = np.asarray(pc.equal(self.checked["match"], _PREFIX).fill_null(False))
        if not as_prefix.any():
            return numbers(written)
        return prefixes(written) if as_prefix.all() else entries(written, as_prefix)

    def _bits_by_column(self, column: Column, whole: pa.Array, absent: Mask) -> tuple[pa.Array, Mask]:
        """The 27 columns true or false as one integer; where both were written they must agree."""
        if not set(column.codes) & set(self.raw.table.column_names):
            return whole, absent
        by_column = self._all_or_none(column) if self.raw.by_row else np.ones(len(whole), bool)
        bits = np.zeros(len(whole), np.int32)
        for place, name in enumerate(column.codes):
            flag = Column(name, Form.FLAG, default=True)
            found, void = self._read(flag)
            self._note([Fault(nulls_of(found) & ~void, name, error_of(flag), expected_of(flag))])
            bits |= (np.asarray(found.fill_null(True)).astype(np.int32)) << place
        both = ~absent & (np.asarray(whole.fill_null(0)) != bits) & ~nulls_of(whole) & by_column
        right = f"write {column.name} or its {len(column.codes)} columns, or both alike"
        self._note([Fault(both, column.name, "contradicts the columns of its bits", right)])
        return pc.if_else(pa.array(by_column), pa.array(bits), whole), absent & ~by_column

    def _all_or_none(self, column: Column) -> Mask:
        """Where a row names all the columns of its bits; that a row names only some of them is a fault of its own."""
        missing = np.stack([nulls_of(self._raw(name)) for name in column.codes])
        count, first = missing.sum(axis=0), missing.argmax(axis=0)
        some = (count > 0) & (count < len(column.codes))
        for name, gone in sorted({*zip(first[some].tolist(), count[some].tolist(), strict=True)}):
            error = some_of_27(column, column.codes[name], gone)
            self._note([Fault(some & (first == name) & (count == gone), column.name, error, all_or_none(column))])
        return np.asarray(count == 0)

    def _raw(self, name: str) -> pa.Array:
        return plain(self._as_read(name))

    def _as_read(self, name: str) -> pa.Array:
        if name not in self.raw.table.column_names:
            return pa.nulls(self.raw.table.num_rows)
        return self.raw.table[name].combine_chunks()

    def _note(self, faults: Iterable[Fault]) -> None:
        """Name the rows of each fault that are not yet named."""
        for fault in faults:
            rows = fault.rows & ~self.wrong
            if rows.any():
                shown = pa.array(np.flatnonzero(rows)[: self.bad.room])
                values = _shown(self._raw(fault.column).take(shown))
                note(
                    self.bad,
                    self.raw.file,
                    self.raw.lines,
                    Fault(rows, fault.column, fault.error, fault.expected),
                    values,
                )
                self.wrong |= rows


def _by_dictionary(column: Column, array: pa.DictionaryArray) -> tuple[pa.Array, Mask]:
    """A column's inside form, and where nothing was written; a text that comes again and again is read once."""
    distinct = plain(array.dictionary)
    void, absent = nulls_of(distinct), nulls_of(array.indices)
    if void.any():
        absent |= void[np.asarray(array.indices.fill_null(0))]
    return inside(column, distinct).take(array.indices), absent


def _shown(array: pa.Array) -> list[object]:
    """Values for a message; a value that Arrow cannot turn into Python, such as a year beyond 9999, by its integer."""
    try:
        return list(array.to_pylist())
    except (ValueError, OverflowError, pa.ArrowInvalid):
        return list(array.cast(pa.int64()).to_pylist())
