"""The registry's tables: what they hold, and their files read and checked row by row.

`declared` says once which columns a table has. Files come in by `csv_file` and `parquet_file` as `raw` batches, `rows`
turns each batch into the inside forms of the declaration and names every bad row, `links` looks across rows and tables
(keys, references), and `read` puts it together for the snapshot builder. Single rows, as live changes carry them, go
through the same checks by `check_rows` (a file of them by `read_given`), and come out again as text by `written_rows`.

The declaration is there at once; the readers are imported when they are first asked for, since most commands need
none.
"""

import importlib
from typing import TYPE_CHECKING, Any

from wurao.tables.declared import (
    ALLOCATION_STATES,
    CAUSES,
    DOMAIN_MATCHES,
    HOURS_COLUMNS,
    LIST_ACTIONS,
    MARKETING_COLUMNS,
    MATCHES,
    PURPOSES,
    STATES,
    TABLES,
    TARGET_KINDS,
    VERBS,
    Column,
    Form,
    Table,
)

if TYPE_CHECKING:
    from wurao.tables.bad import BadRows
    from wurao.tables.given import Given, read_given, table_of
    from wurao.tables.read import CheckedTable, held_tables, read_table_batches, read_tables, table_files
    from wurao.tables.rows import CheckedBatch, check_rows
    from wurao.tables.shapes import empty, schema
    from wurao.tables.written import key_values, written_rows, written_value

__all__ = [
    "ALLOCATION_STATES",
    "CAUSES",
    "DOMAIN_MATCHES",
    "HOURS_COLUMNS",
    "LIST_ACTIONS",
    "MARKETING_COLUMNS",
    "MATCHES",
    "PURPOSES",
    "STATES",
    "TABLES",
    "TARGET_KINDS",
    "VERBS",
    "BadRows",
    "CheckedBatch",
    "CheckedTable",
    "Column",
    "Form",
    "Given",
    "Table",
    "check_rows",
    "empty",
    "held_tables",
    "key_values",
    "read_given",
    "read_table_batches",
    "read_tables",
    "schema",
    "table_files",
    "table_of",
    "written_rows",
    "written_value",
]

_MODULES = {
    "bad": ("BadRows",),
    "given": ("Given", "read_given", "table_of"),
    "read": ("CheckedTable", "held_tables", "read_table_batches", "read_tables", "table_files"),
    "rows": ("CheckedBatch", "check_rows"),
    "shapes": ("empty", "schema"),
    "written": ("key_values", "written_rows", "written_value"),
}
_HOME = {name: module for module, names in _MODULES.items() for name in names}


def __getattr__(name: str) -> Any:
    """Import the module that a public name lives in."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOME[name]}"), name)
