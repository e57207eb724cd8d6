"""What happened to a table since a snapshot, and rows with it put over them.

`Changed` is the last word on each key: rows put, keys deleted. It is made of the change log, or of the tables given to
a replay; `merged` puts it over rows of the base.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wurao.changes import Change, last_words
from wurao.snapshot.columns import Ints
from wurao.tables import TABLES, empty


@dataclass(frozen=True, slots=True)
class Changed:
    """The rows put, and the key columns of the rows deleted."""

    puts: pa.Table
    gone: pa.Table

    def keys(self, column: str) -> pa.ChunkedArray:
        """The values of one key column in everything touched."""
        kind = self.puts.schema.field(column).type
        return pa.chunked_array([*self.puts.column(column).chunks, *self.gone.column(column).chunks], kind)

    def __bool__(self) -> bool:
        return bool(len(self.puts) or len(self.gone))


def no_change(name: str) -> Changed:
    """Of a table to which nothing happened."""
    rows = empty(name)
    return Changed(rows, rows.select(list(TABLES[name].key)))


def merged(rows: pa.Table, changed: Changed) -> pa.Table:
    """The rows without those whose key was put or deleted, then the rows put."""
    if not changed:
        return rows
    key = list(changed.gone.column_names)
    touched = pa.concat_tables([changed.puts.select(key), changed.gone])
    if not len(rows):
        return pa.concat_tables([rows, changed.puts.select(rows.column_names)]).combine_chunks()
    place = rows.append_column("_row", pa.array(np.arange(len(rows))))
    left = place.select([*key, "_row"]).join(touched, keys=key, join_type="left anti")
    order = np.sort(left.column("_row").to_numpy())
    return pa.concat_tables([rows.take(pa.array(order)), changed.puts.select(rows.column_names)]).combine_chunks()


def rows_with(rows: pa.Table, column: str, keys: Ints) -> pa.Table:
    """The rows whose column holds one of some keys."""
    return rows.filter(pc.is_in(rows.column(column), value_set=pa.array(keys)))


def integers_of(column: pa.ChunkedArray) -> Ints:
    """A column of numbers as an array."""
    found: Ints = column.to_numpy().astype(np.int64, copy=False)
    return found


def changed_tables(changes: Iterable[Change]) -> dict[str, Changed]:
    """The last word on every key of a run of changes, table by table."""
    return {name: Changed(words.puts, words.gone) for name, words in last_words(changes).items()}


def put_over(before: dict[str, Changed], after: dict[str, Changed]) -> dict[str, Changed]:
    """Two runs of changes as one: the later word on a key stands."""
    return before | {name: _followed_by(before[name], late) if name in before else late for name, late in after.items()}


def _followed_by(before: Changed, after: Changed) -> Changed:
    key = list(after.gone.column_names)
    touched = Changed(after.puts.select(key), after.gone)
    return Changed(
        pa.concat_tables([_without(before.puts, touched), after.puts]),
        pa.concat_tables([_without(before.gone, touched), after.gone]),
    )


def _without(rows: pa.Table, touched: Changed) -> pa.Table:
    return merged(rows, Changed(rows.schema.empty_table(), pa.concat_tables([touched.puts, touched.gone])))
