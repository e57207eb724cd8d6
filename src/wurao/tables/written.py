"""Checked rows turned back into what a person or a change writes: the inverse of `forms`.

Comes in: columns in their inside forms. Goes out: Python values as JSON carries them, numbers canonical, times RFC 3339
in UTC. Called by `changes` for the rows it logs, by `read` for its messages, and by whoever shows a row. What is
written here and checked again is the same row.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pyarrow as pa

from wurao.numbering.canonical import canonical
from wurao.numbering.number import is_prefix
from wurao.numbering.prefixes import prefix_text
from wurao.tables.declared import TABLES, Column, Form

Value = str | int | bool | None


def written_rows(name: str, table: pa.Table) -> list[dict[str, Value]]:
    """Every row of a checked table (or of its key columns alone) as JSON carries it, in order."""
    columns = [TABLES[name].column(each) for each in table.column_names]
    values = [written_column(column, table[column.name].combine_chunks()) for column in columns]
    return [dict(zip(table.column_names, row, strict=True)) for row in zip(*values, strict=True)]


def key_values(name: str, table: pa.Table) -> list[list[Value]]:
    """The key of every row: the values of the key columns in declared order."""
    key = TABLES[name].key
    return [[row[each] for each in key] for row in written_rows(name, table.select(list(key)))]


def written_column(column: Column, array: pa.Array) -> list[Value]:
    """The values of one column in an inside form."""
    return [written_value(column, each) for each in array.to_pylist()]


def written_value(column: Column, value: Any) -> Value:
    """One value in the inside form of its column, as Arrow hands it to Python."""
    if value is None:
        return None
    match column.form:
        case Form.NUMBER | Form.ENTRY:
            return written_entry(value)
        case Form.NUMBERS:
            return ";".join(map(written_entry, value))
        case Form.TIME:
            return str(value.isoformat().replace("+00:00", "Z"))
        case Form.DATE:
            return str(value.isoformat())
        case Form.CODE:
            return column.codes[value]
        case Form.CODES:
            return ";".join(_set(value, column.codes))
    written: Value = value
    return written


def written_entry(entry: int) -> str:
    """A Number or a Prefix as text."""
    return prefix_text(entry) if is_prefix(entry) else canonical(entry)


def _set(bits: int, codes: tuple[str, ...]) -> Iterable[str]:
    return (code for place, code in enumerate(codes) if bits >> place & 1)
