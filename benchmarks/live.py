"""The 100,000 live changes that stand above the snapshot: puts and deletes of five tables.

In comes the workload, out what happened to each table since the snapshot was built, as the change log would tell it.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from benchmarks.columns import Ints
from benchmarks.workload import MOBILE, Workload, consents, header_rows, list_rows, order_rows, subscribers
from wurao.numbering import canonical_column
from wurao.snapshot import Changed
from wurao.tables import TABLES

SHARES = {
    "subscribers": (40_000, 2_000),
    "lists": (30_000, 5_000),
    "consents": (10_000, 3_000),
    "orders": (5_000, 2_000),
    "headers": (2_500, 500),
}
"""Rows put and rows deleted: 100,000 in all."""


def changes(load: Workload, scale: int = 1, seed: int = 3) -> dict[str, Changed]:
    """What happened since: two thirds of what is put stands for rows that are there."""
    rng = np.random.default_rng(seed)
    puts = {name: max(1, put // scale) for name, (put, _) in SHARES.items()}
    new = MOBILE | np.unique(8_614_700_000_000 + rng.choice(10**8, max(1, puts["subscribers"] // 20), replace=False))
    known = load.subscribers[rng.permutation(len(load.subscribers))[: puts["subscribers"] - len(new)]]
    put = {
        "subscribers": subscribers(rng, np.concatenate([known, new])),
        "lists": _lists(load, rng, puts["lists"]),
        "consents": consents(rng, load.subscribers, len(load.headers), _ids(rng, load, "consents", puts["consents"])),
        "orders": _orders(load, rng, puts["orders"]),
        "headers": _headers(load, rng, puts["headers"]),
    }
    return {
        name: Changed(rows, _gone(load, rng, name, rows, max(1, SHARES[name][1] // scale)))
        for name, rows in put.items()
    }


def _ids(rng: np.random.Generator, load: Workload, name: str, count: int) -> Ints:
    """Of ids, two thirds known, the others new."""
    there = len(load.tables[name])
    known = rng.permutation(there)[: 2 * count // 3]
    return np.concatenate([known, there + np.arange(count - len(known))])


def _lists(load: Workload, rng: np.random.Generator, count: int) -> pa.Table:
    rows = load.tables["lists"].take(pa.array(rng.permutation(len(load.tables["lists"]))[: 2 * count // 3]))
    more = count - len(rows)
    owners = load.subscribers[rng.integers(0, len(load.subscribers), more)]
    entries = load.subscribers[rng.integers(0, len(load.subscribers), more)]
    return list_rows(
        rng,
        np.concatenate([rows.column("subscriber").to_numpy(), owners]),
        np.concatenate([rows.column("entry").to_numpy(), entries]),
    )


def _orders(load: Workload, rng: np.random.Generator, count: int) -> pa.Table:
    ids = _ids(rng, load, "orders", count)
    targets = canonical_column(load.subscribers[rng.integers(0, len(load.subscribers), count)])
    return order_rows(rng, targets, np.zeros(count, np.int8), ids)


def _headers(load: Workload, rng: np.random.Generator, count: int) -> pa.Table:
    places = rng.permutation(len(load.headers))[:count]
    return header_rows(rng, load.headers[places], places)


def _gone(load: Workload, rng: np.random.Generator, name: str, put: pa.Table, count: int) -> pa.Table:
    """Keys of rows that are there and were not put."""
    key = list(TABLES[name].key)
    chosen = load.tables[name].take(pa.array(rng.permutation(len(load.tables[name]))[:count])).select(key)
    return chosen.join(put.select(key), keys=key, join_type="left anti").select(key).combine_chunks()
