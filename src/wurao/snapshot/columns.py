"""From a checked Arrow table to plain integer columns, as the compilers of this room want them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Ints = npt.NDArray[np.int64]


def integers(table: pa.Table, name: str, null: int = -1) -> Ints:
    """A column of whole numbers, codes, truths, times (µs) or dates (days) as int64, null as `null`."""
    column = table.column(name)
    if pa.types.is_date32(column.type):
        column = column.cast(pa.int32())
    column = column.cast(pa.int64())
    if column.null_count:
        column = pc.fill_null(column, null)
    found: Ints = column.to_numpy().astype(np.int64, copy=False)
    return found


def strings(table: pa.Table, name: str) -> pa.Array:
    """A column of text as one array."""
    column = table.column(name)
    return column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)


def places(values: pa.Array | pa.ChunkedArray, among: pa.Array) -> Ints:
    """Where each text stands among others, -1 where it does not."""
    if not len(values):
        return np.empty(0, dtype=np.int64)
    found: Ints = pc.fill_null(pc.index_in(values, value_set=among), -1).to_numpy().astype(np.int64, copy=False)
    return found


def where_in(keys: Ints, among: Ints) -> Ints:
    """Where each integer stands among distinct sorted others, -1 where it does not."""
    if not len(among):
        return np.full(len(keys), -1, dtype=np.int64)
    place = np.minimum(np.searchsorted(among, keys), len(among) - 1)
    return np.where(among[place] == keys, place, -1)
