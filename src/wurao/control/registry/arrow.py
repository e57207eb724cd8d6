"""Whole tables of the registry straight into Arrow, for the snapshot builder: no Django, and no loop over rows.

Comes in: where the database is. Goes out: every table in its inside forms, and up to which change of the log they hold
everything, all of one moment. ADBC's drivers read: from PostgreSQL by binary COPY, from SQLite page by page. They carry
an SQLite of their own, which must never open a file that Python's has open in the same process, as locks would be lost
between the two; so only a process of its own calls this (`serving.build`, `wurao snapshot build`).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from wurao.control.database import Database
from wurao.errors import MachineFailed
from wurao.tables import TABLES, Column, Form, Table, schema
from wurao.tables.shapes import type_of

_SQLITE_FIRST = {
    Form.TEXT: "''",
    Form.TARGET: "''",
    Form.SHA256: "''",
    Form.NUMBERS: "''",
    Form.DATE: "''",
}
"""A first row that tells ADBC which type each column has, as it goes by the first rows that it sees."""


def read_registry(database: Database) -> tuple[dict[str, pa.Table], int]:
    """Every table, and the `seq` of the last change of the log that they hold."""
    with told(database), connect(database) as connection, connection.cursor() as cursor:
        if not database.is_sqlite:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        taken = fetch(cursor, 'SELECT "seq" FROM "registry_takenin"')
        seq = int(taken.column(0)[0].as_py()) if taken.num_rows else 0
        tables = {name: _read(cursor, table, database.is_sqlite) for name, table in TABLES.items()}
        connection.rollback()
        return tables, seq


@contextmanager
def told(database: Database) -> Iterator[None]:
    """Whatever the database, or its driver, has to say against is told as a failure of the machine."""
    try:
        yield
    except Exception as error:
        if not isinstance(error, pa.ArrowException) and not type(error).__module__.startswith("adbc"):
            raise
        said = " ".join(str(error).split())
        right = "see that it runs, and that wurao serve has made its tables"
        raise MachineFailed(f"the registry cannot be used: {said}", where=database.shown(), right=right) from error


def connect(database: Database, write: bool = False) -> Any:
    """A connection of ADBC's; only in a process in which Django has none."""
    if database.file is not None:
        import adbc_driver_sqlite.dbapi

        return adbc_driver_sqlite.dbapi.connect(f"file:{database.file}?mode={'rw' if write else 'ro'}")
    import adbc_driver_postgresql.dbapi

    return adbc_driver_postgresql.dbapi.connect(database.url)


def fetch(cursor: Any, query: str) -> pa.Table:
    """What a query gives, as Arrow."""
    cursor.execute(query)
    return cursor.fetch_arrow_table()


def _read(cursor: Any, table: Table, is_sqlite: bool) -> pa.Table:
    names = ", ".join(f'"{column.name}"' for column in table.columns)
    query = f'SELECT {names} FROM "registry_{table.name}"'
    if is_sqlite:
        firsts = ", ".join(f'{_SQLITE_FIRST.get(column.form, "0")} AS "{column.name}"' for column in table.columns)
        query = f"SELECT {firsts} UNION ALL {query}"
    found = fetch(cursor, query)
    if is_sqlite:
        found = found.slice(1)
    arrays = [_inside(column, found.column(place)) for place, column in enumerate(table.columns)]
    return pa.Table.from_arrays(arrays, schema=schema(table.name))


def _inside(column: Column, array: pa.ChunkedArray) -> pa.ChunkedArray:
    """A column as the database holds it in its inside form."""
    kind = type_of(column.form)
    if column.form is Form.TIME:
        return array.cast(pa.int64()).cast(pa.timestamp("us")).cast(kind)
    if column.form is Form.FLAG and not pa.types.is_boolean(array.type):
        return pc.not_equal(array, 0)
    if column.form is Form.NUMBERS:
        return pc.split_pattern(array.cast(pa.string()), ";").cast(kind)
    return array.cast(kind)
