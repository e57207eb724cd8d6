"""Orders that aim at a header, a sender or a trunk that is not registered: kept, silent, and told of.

An order may come before what it names, so it is no bad row; but nobody should believe that it stops anything yet.
Comes in: orders with the place that each was read from, and what is registered; goes out: a warning for each order
that aims at nothing, with its place, its target and what would be right. Called by `build`, and by `wurao change` for
the rows that it has put.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wurao.changes import changes_since
from wurao.snapshot.changed import changed_tables, merged, no_change
from wurao.snapshot.columns import integers
from wurao.snapshot.compile import HEADER, SENDER, TRUNK, as_orders_name, header_keys
from wurao.snapshot.opened import open_snapshot

AIMED_AT = ("headers", "senders", "trunks")
TOLD = 20
"""So many orders are told of singly; of the others only how many there are."""


_WRONG = {
    HEADER: ("is no header of headers", "write a header as headers has it, or target_kind number"),
    SENDER: ("is no sender of senders", "write a sender_id of senders"),
    TRUNK: ("is no trunk of trunks", "write a trunk of trunks"),
}


def registered(store: Path) -> dict[str, pa.Table]:
    """The headers, senders and trunks of a store: its snapshot's, with every acknowledged change put over them."""
    snapshot = open_snapshot(store)
    _, changes = changes_since(store, snapshot.seq)
    changed = changed_tables(change for change in changes if change.table in AIMED_AT)
    return {name: merged(snapshot.table(name), changed.get(name, no_change(name))) for name in AIMED_AT}


def of_registered(orders: pa.Table) -> pa.Table:
    """The orders that aim at a header, a sender or a trunk; every other target is there, whoever knows of it."""
    return orders.filter(pc.is_in(orders.column("target_kind"), value_set=pa.array([*_WRONG], pa.int8())))


def at_nothing(orders: pa.Table, tables: Mapping[str, pa.Table]) -> pa.Table:
    """The orders whose header, sender or trunk stands in none of the tables of these.

    A header is meant as orders name it: by the whole number that its digits are, be it registered for that number
    alone or for all that begin so, else by the prefix.
    """
    kind, target = integers(orders, "target_kind"), orders.column("target")
    missing = np.zeros(len(orders), bool)
    rows = np.flatnonzero(kind == HEADER)
    if len(rows):
        headers = as_orders_name(integers(tables["headers"], "header"))
        missing[rows] = ~np.isin(header_keys(target.take(pa.array(rows))), headers)
    for code, name, column in ((SENDER, "senders", "sender_id"), (TRUNK, "trunks", "trunk")):
        known = pc.is_in(target, value_set=tables[name].column(column).combine_chunks())
        missing |= (kind == code) & ~np.asarray(known, bool)
    return orders.filter(pa.array(missing))


def warnings_of(orders: pa.Table, places: Sequence[str]) -> list[str]:
    """What to tell of orders that aim at nothing; `places` say where each of the first `TOLD` was read."""
    named = orders.select(["order_id", "target_kind", "target"]).slice(0, TOLD).to_pylist()
    told = []
    for place, order in zip(places, named, strict=True):
        wrong, right = _WRONG[order["target_kind"]]
        silent = f"order {order['order_id']} is kept, and silent until there is one"
        told.append(f"{place} target: {order['target']!r} {wrong}: {silent}; {right}")
    if len(orders) > TOLD:
        told.append(f"{len(orders):,} orders in all aim at what is not registered; the first {TOLD} are shown")
    return told
