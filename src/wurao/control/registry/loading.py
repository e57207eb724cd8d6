"""Whole tables of files into an empty registry: checked as a build checks them, then handed over as Arrow, no row loop.

Names of domains pass their guard, too. Comes in: a directory of tables, and where the database is. Goes out: how many
rows of each table are in, and the bad ones named. It is for beginning: a table that holds rows already is refused,
since a row changes by `record` alone. Runs in a process of its own, as `arrow` does and for the same reason. Called by
`wurao load` and `wurao serve --demo`.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wurao.control.database import Database
from wurao.control.registry.arrow import connect, fetch, told
from wurao.domains.guarding import guarded_rows
from wurao.errors import Refused
from wurao.snapshot.build import hold_back
from wurao.tables import TABLES, BadRows, Column, Form, read_tables

LOADED = "registry.loaded"
"""A file in the store that tells the builder of rows that no change speaks of."""
PIECE = 500_000


def load(
    directory: Path, database: Database, store: Path, bad: Callable[[str, BadRows], None] = lambda name, rows: None
) -> dict[str, int]:
    """Load every table of a directory; the rows of each. All or none, once every file has been read."""
    checked = read_tables(directory)
    hold_back(checked, guarded_rows)
    for name, each in checked.items():
        if each.bad.count:
            bad(name, each.bad)
    wanted = {name: each.table for name, each in checked.items() if len(each.table)}
    with told(database), connect(database, write=True) as connection, connection.cursor() as cursor:
        for name in wanted:
            if fetch(cursor, f'SELECT 1 AS "one" FROM "registry_{name}" LIMIT 1').num_rows:
                right = "load into an empty one, or change rows by wurao change"
                raise Refused(f"holds rows of {name} already", where=database.shown(), right=right)
        for name, table in wanted.items():
            for start in range(0, len(table), PIECE):
                piece = as_held(name, table.slice(start, PIECE))
                cursor.adbc_ingest(f"registry_{name}", piece, mode="append")
        connection.commit()
    store.mkdir(mode=0o700, parents=True, exist_ok=True)
    (store / LOADED).touch()
    return {name: len(table) for name, table in wanted.items()}


def as_held(name: str, table: pa.Table) -> pa.Table:
    """A checked table as the database holds it: the inverse of `arrow`."""
    arrays = [_held(column, table[column.name].combine_chunks()) for column in TABLES[name].columns]
    return pa.table(arrays, [column.name for column in TABLES[name].columns])


def _held(column: Column, array: pa.Array) -> pa.Array:
    match column.form:
        case Form.TIME:
            return array.cast(pa.int64())
        case Form.CODE:
            return array.cast(pa.int16())
        case Form.NUMBERS:
            return _joined(array)
    return array


def _joined(array: Any) -> pa.Array:
    texts = array.flatten().cast(pa.string())
    offsets = np.concatenate(([0], np.cumsum(pc.list_value_length(array).fill_null(0).to_numpy()))).astype(np.int32)
    lists = pa.ListArray.from_arrays(pa.array(offsets), texts)
    return pc.if_else(array.is_valid(), pc.binary_join(lists, ";"), pa.scalar(None, pa.string()))
