"""Columns for tables made up: rows in a table's inside form, and texts from numbers without a loop over rows."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from wurao.tables.shapes import schema

Ints = npt.NDArray[np.int64]


def table(name: str, rows: int, /, **columns: Any) -> pa.Table:
    """Rows of a registry table in their inside form; a column not given is null."""
    wanted = schema(name)
    arrays = []
    for field in wanted:
        values = columns.get(field.name)
        if values is None:
            arrays.append(pa.nulls(rows, field.type))
        else:
            array = values if isinstance(values, pa.Array) else pa.array(values)
            arrays.append(array if array.type == field.type else array.cast(field.type))
    return pa.table(arrays, schema=wanted)


def named(letter: str, numbers: Ints) -> pa.Array:
    """`S0`, `S1`, … for numbers."""
    return pc.binary_join_element_wise(letter, pa.array(numbers).cast(pa.string()), "")


def some(values: Ints, kept: npt.NDArray[np.bool_]) -> pa.Array:
    """Values, null where not kept."""
    return pa.array(values, mask=~kept)
