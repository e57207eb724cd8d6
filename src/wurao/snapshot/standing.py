"""The rows of a table as they stand at a moment: the base's, the changes up to then put over them.

Rows are asked for by the values of an indexed column, and what it costs grows with what is found and with the changes,
not with the base. `overlay` asks how things stood before a run of changes and how they stand after it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from wurao.snapshot.changed import Changed, merged, no_change
from wurao.snapshot.columns import Ints
from wurao.snapshot.index import Values
from wurao.snapshot.opened import Snapshot
from wurao.tables import TABLES

OWNED = {"subscribers": "number", "lists": "subscriber"}
"""The tables that a snapshot keeps by the subscriber's rank, and the column that says whose a row is."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A snapshot and everything that changed since, up to a moment."""

    snapshot: Snapshot
    changed: Mapping[str, Changed]

    def rows(self, name: str, column: str, values: Values) -> pa.Table:
        """The rows of a kept table whose column holds one of some values."""
        return self._over(name, self.snapshot.rows_with(name, column, values), column, values)

    def owned(self, name: str, base: pa.Table, owners: Ints) -> pa.Table:
        """The rows of some subscribers, given those that they have in the base."""
        return self._over(name, base, OWNED[name], pa.array(owners))

    def has(self, name: str, keys: pa.Array) -> npt.NDArray[np.bool_]:
        """Which of some keys, of a table whose key is one column, are of a row that stands."""
        key = TABLES[name].key[0]
        there = pc.is_in(keys, value_set=self.rows(name, key, keys).column(key).combine_chunks())
        return there.to_numpy(zero_copy_only=False)

    def _over(self, name: str, base: pa.Table, column: str, values: Values) -> pa.Table:
        changed = self.changed.get(name) or no_change(name)
        if not changed:
            return base
        puts = changed.puts.filter(_among(changed.puts.column(column), values))
        if not len(base):
            return puts.select(base.column_names)
        key = TABLES[name].key[0]
        touched = base.column(key)
        replaced = Changed(*(each.filter(_among(each.column(key), touched)) for each in (changed.puts, changed.gone)))
        left = merged(base, Changed(replaced.puts.slice(0, 0), _keys_of(name, replaced)))
        return pa.concat_tables([left, puts.select(base.column_names)]).combine_chunks()


def _keys_of(name: str, changed: Changed) -> pa.Table:
    key = list(TABLES[name].key)
    return pa.concat_tables([changed.puts.select(key), changed.gone.select(key)])


def _among(column: pa.ChunkedArray, values: Values) -> pa.ChunkedArray:
    return pc.is_in(column, value_set=values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values)
