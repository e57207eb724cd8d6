"""Where a value stands in a kept table: so that a live change finds the rows that it touches without reading the rest.

An index of a column is one flat column of its own: buckets of the values' hashes, then row numbers, those of a bucket
together. A bucket holds one or two rows unless a value stands in many; whoever looks up compares the values themselves,
so a hash that two share costs a comparison and no more. Nulls are left out. The builder writes an index for each of
`INDEXED` (four to eight bytes a row); of a snapshot that has none it is made when first asked for. `opened` calls it.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from wurao.compiled import compiled
from wurao.snapshot.columns import Ints
from wurao.snapshot.domains import canonical_names
from wurao.snapshot.hashing import mixed
from wurao.snapshot.marks import marks

INDEXED = (
    ("consents", "consent_id"),
    ("consents", "subscriber"),
    ("consents", "sender_id"),
    ("orders", "order_id"),
    ("orders", "target"),
    ("orders", "supersedes"),
    ("senders", "sender_id"),
    ("headers", "header"),
    ("headers", "sender_id"),
    ("templates", "template_id"),
    ("templates", "sender_id"),
    ("trunks", "trunk"),
    ("sender_trunks", "sender_id"),
    ("sender_trunks", "trunk"),
    ("do_not_originate", "number"),
    ("allocations", "prefix"),
    ("domains", "name"),
)
"""Tables and the columns by which live changes look for their rows."""
Rows = npt.NDArray[np.uint32]
Values: TypeAlias = pa.Array | pa.ChunkedArray


def array_name(table: str, column: str) -> str:
    """The name of an index among a snapshot's arrays."""
    return f"index_{table}_{column}"


def make_index(table: str, column: str, values: Values) -> Rows:
    """The index of a column's values; an empty one where there are none."""
    rows = np.flatnonzero(pc.is_valid(values).to_numpy(zero_copy_only=False)) if values.null_count else None
    hashes = np.concatenate([np.empty(0, np.uint64), *(_hashes(table, column, each) for each in _chunks(values))])
    if rows is not None:
        hashes = hashes[rows]
    if not len(hashes):
        return np.empty(0, dtype=np.uint32)
    buckets = 1 << len(hashes).bit_length() - 1
    bucket = (hashes & np.uint64(buckets - 1)).astype(np.int64)
    index = np.zeros(buckets + 1 + len(hashes), dtype=np.uint32)
    np.cumsum(np.bincount(bucket, minlength=buckets), out=index[1 : buckets + 1])
    _lay(bucket, index[:buckets].astype(np.int64), np.arange(len(hashes)) if rows is None else rows, index, buckets + 1)
    return index


def rows_in(index: Rows, table: str, column: str, rows: pa.Table, wanted: Values) -> Ints:
    """The numbers of the rows whose column holds one of some values, in rising order; IndexError: it is damaged."""
    values = _one(wanted).unique().drop_null()
    if not len(index) or not len(values):
        return np.empty(0, dtype=np.int64)
    buckets = 1 << (len(index) - 1).bit_length() - 2
    bucket = (_hashes(table, column, values) & np.uint64(buckets - 1)).astype(np.int64)
    first, last = index[bucket].astype(np.int64), index[bucket + 1].astype(np.int64)
    if (last < first).any() or (last > len(index) - buckets - 1).any():
        raise IndexError("an index points outside its page")
    count = last - first
    place = np.repeat(first - np.cumsum(count) + count, count) + np.arange(count.sum())
    found = index[buckets + 1 + place].astype(np.int64)
    which = np.repeat(np.arange(len(values)), count)
    stands = _comparable(table, column, rows_at(rows.select([column]), found).column(column))
    same = pc.equal(stands, _comparable(table, column, values).take(pa.array(which)))
    return np.sort(found[pc.fill_null(same, False).to_numpy(zero_copy_only=False)])


def rows_at(table: pa.Table, rows: Ints) -> pa.Table:
    """Rows by their numbers, in that order; IndexError for one that there is not.

    Arrow's own `take` makes one piece of all pieces of a text column first, which copies a whole kept table.
    """
    if not len(rows):
        return table.slice(0, 0)
    batches = table.to_batches()
    ends = np.cumsum([len(batch) for batch in batches])
    which = np.searchsorted(ends, rows, side="right")
    if which.max() >= len(batches) or rows.min() < 0:
        raise IndexError("an index points outside its page")
    order = np.argsort(which, kind="stable")
    edges = np.searchsorted(which[order], np.arange(len(batches) + 1))
    pieces = []
    for number in np.unique(which).tolist():
        within = rows[order[edges[number] : edges[number + 1]]] - (ends[number] - len(batches[number]))
        pieces.append(batches[number].take(pa.array(within)))
    found = pa.Table.from_batches(pieces).combine_chunks()
    return found if len(pieces) == 1 else found.take(pa.array(np.argsort(order)))


def _comparable(table: str, column: str, values: Values) -> pa.Array:
    """Values such that two that mean the same are equal."""
    whole = _one(values)
    return canonical_names(whole) if (table, column) == ("domains", "name") else whole


def _hashes(table: str, column: str, values: pa.Array) -> npt.NDArray[np.uint64]:
    comparable = _comparable(table, column, values)
    if pa.types.is_string(comparable.type):
        return mixed(marks(comparable)[1])
    return mixed(pc.fill_null(comparable, 0).to_numpy().astype(np.uint64))


def _one(values: Values) -> pa.Array:
    return values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values


def _chunks(values: Values) -> list[pa.Array]:
    return list(values.chunks) if isinstance(values, pa.ChunkedArray) else [values]


def _lay_rows(bucket: Ints, free: Ints, rows: Ints, index: Rows, begin: int) -> None:
    """Put each row where its bucket has room still."""
    for row in range(len(bucket)):
        place = free[bucket[row]]
        free[bucket[row]] = place + 1
        index[begin + place] = rows[row]


_lay: Any = compiled(_lay_rows)
