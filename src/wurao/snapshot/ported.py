"""Numbers that were taken to another operator, as of now: the current snapshot's, with acknowledged changes put over.

A store goes in, its rows of `ported` come out, or the operator of one number. The commands `number` and `records` ask.
"""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from wurao.changes import changes_since
from wurao.numbering.operators import operator_name
from wurao.snapshot.changed import changed_tables, merged
from wurao.snapshot.opened import open_snapshot

TABLE = "ported"


def ported_rows(store: Path) -> pa.Table:
    """The rows of `ported`, a number each, operators by their names in the numbering plan.

    Refused where there is no snapshot; DamagedLog, MachineFailed: the log.
    """
    snapshot = open_snapshot(store)
    _, changes = changes_since(store, snapshot.seq)
    changed = changed_tables(change for change in changes if change.table == TABLE)
    rows = snapshot.table(TABLE)
    rows = merged(rows, changed[TABLE]) if TABLE in changed else rows
    written = rows.column("operator")
    named = {each: operator_name(each) for each in written.unique().to_pylist()}
    names = pa.array(named.values(), pa.string()).take(pc.index_in(written, value_set=pa.array(named, pa.string())))
    return rows.set_column(rows.column_names.index("operator"), "operator", names)


def operator_in(rows: pa.Table, number: int) -> str | None:
    """The operator that a number was ported to; null for one that was not."""
    place = pc.index(rows.column("number"), number).as_py()
    return None if place < 0 else str(rows.column("operator")[place].as_py())
