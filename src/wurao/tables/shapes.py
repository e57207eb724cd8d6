"""What a checked table is inside: one Arrow type for each form of the declaration."""

from __future__ import annotations

import pyarrow as pa

from wurao.tables.declared import TABLES, Form

_TYPES = {
    Form.TEXT: pa.string(),
    Form.NUMBER: pa.int64(),
    Form.ENTRY: pa.int64(),
    Form.TARGET: pa.string(),
    Form.TIME: pa.timestamp("us", tz="UTC"),
    Form.DATE: pa.date32(),
    Form.FLAG: pa.bool_(),
    Form.CODE: pa.int8(),
    Form.CODES: pa.int32(),
    Form.NUMBERS: pa.list_(pa.int64()),
    Form.COUNT: pa.int64(),
    Form.BITS: pa.int32(),
    Form.SHA256: pa.string(),
}


def type_of(form: Form) -> pa.DataType:
    """The Arrow type that a form has inside."""
    return _TYPES[form]


def schema(name: str) -> pa.Schema:
    """The schema of a checked table: its columns in declared order, in their inside forms."""
    return pa.schema([pa.field(column.name, _TYPES[column.form]) for column in TABLES[name].columns])


def empty(name: str) -> pa.Table:
    """A checked table without rows: what a missing file means."""
    return schema(name).empty_table()
