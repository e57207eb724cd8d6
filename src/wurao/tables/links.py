"""What only shows across rows and tables: keys given twice, references to nothing, orders that replace in a circle.

Comes in: whole checked tables with the origin of each row. Each check yields the rows that cannot stay; `read` names
them and takes them out. Keys of up to tens of millions of rows are compared by a 64-bit mixture of their columns and
sorting, and only rows whose mixtures meet are compared exactly.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from wurao.tables.bad import Fault
from wurao.tables.declared import Table

Words = npt.NDArray[np.uint64]


class Reference(NamedTuple):
    """A column whose values must stand in a column of another table."""

    table: str
    column: str
    of: str
    its: str


REFERENCES = (
    Reference("consents", "sender_id", "senders", "sender_id"),
    Reference("headers", "sender_id", "senders", "sender_id"),
    Reference("templates", "sender_id", "senders", "sender_id"),
    Reference("sender_trunks", "sender_id", "senders", "sender_id"),
    Reference("sender_trunks", "trunk", "trunks", "trunk"),
)


def repeated_keys(table: Table, rows: pa.Table) -> npt.NDArray[np.bool_]:
    """Where a key stands that an earlier row has."""
    repeated = np.zeros(rows.num_rows, bool)
    if rows.num_rows < 2:
        return repeated
    words = _key_words(table, rows)
    ordered = np.sort(words)
    meeting = ordered[1:][ordered[1:] == ordered[:-1]]
    if not len(meeting):
        return repeated
    suspects = np.flatnonzero(np.isin(words, meeting))
    keys = rows.select(list(table.key)).take(pa.array(suspects)).append_column("row", pa.array(suspects))
    firsts = keys.group_by(list(table.key)).aggregate([("row", "min")])["row_min"]
    repeated[suspects] = True
    repeated[np.asarray(firsts)] = False
    return repeated


def dangling(reference: Reference, rows: pa.Table, known: pa.Table) -> Fault:
    """Rows whose reference stands in no row of the table that it names."""
    found = pc.is_in(rows[reference.column], value_set=known[reference.its].combine_chunks())
    error = f"is no {reference.its.removesuffix('_id')} of {reference.of}"
    return Fault(~np.asarray(found, bool), reference.column, error, f"write a {reference.its} of {reference.of}")


def replacing_nothing(orders: pa.Table) -> Fault:
    """Orders that replace one that is not there."""
    unknown = np.asarray(orders["supersedes"].is_valid(), bool) & (_replaced(orders) < 0)
    return Fault(
        unknown, "supersedes", "is no order of orders", "write the order_id of the order that this one replaces"
    )


def replacing_in_a_circle(orders: pa.Table) -> Fault:
    """Orders that replace each other so that none is the last."""
    replaced = _replaced(orders)
    far = replaced
    for _ in range(int(orders.num_rows).bit_length()):
        far = np.where(far < 0, -1, far[far])
    circle = np.zeros(len(replaced), bool)
    front = np.unique(far[far >= 0])
    while len(front):
        circle[front] = True
        front = np.unique(replaced[front])
        front = front[~circle[front]]
    return Fault(circle, "supersedes", "leads back to the order itself", "leave it empty in one of them")


def _replaced(orders: pa.Table) -> npt.NDArray[np.int64]:
    """The row of the order that each one replaces, or -1."""
    place = pc.index_in(orders["supersedes"], value_set=orders["order_id"].combine_chunks())
    unnamed = np.asarray(orders["supersedes"].is_null(), bool)
    return np.where(unnamed, -1, np.asarray(place.fill_null(-1)).astype(np.int64))


def _key_words(table: Table, rows: pa.Table) -> Words:
    """A 64-bit word for each row's key; equal keys have equal words, unequal ones almost never."""
    words = np.zeros(rows.num_rows, np.uint64)
    for name in table.key:
        words = _mixed(words ^ _column_words(rows[name]))
    return words


def _column_words(column: pa.ChunkedArray) -> Words:
    kind = column.type
    if pa.types.is_string(kind):
        chunks = column.dictionary_encode().unify_dictionaries().chunks
        return np.concatenate([np.asarray(chunk.indices) for chunk in chunks]).astype(np.uint64)
    if pa.types.is_date32(kind):
        column = column.cast(pa.int32())
    return np.asarray(column).astype(np.int64).view(np.uint64)


def _mixed(words: Words) -> Words:
    """The finaliser of SplitMix64, a bijection that spreads every bit."""
    words = words + np.uint64(0x9E3779B97F4A7C15)
    words = (words ^ (words >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    words = (words ^ (words >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return words ^ (words >> np.uint64(31))
