"""Orders that aim at a header, a sender or a trunk that is not registered, or at a domain: kept, silent, and told of.

An order may come before what it names, so it is no bad row; but nobody should believe that it stops anything yet. An
order on a domain does nothing by itself: look-ups ask only the table `domains`, and listing a name there blocks it.
Comes in: orders with the place that each was read from, and what is registered; goes out: a warning for each order
that aims at nothing, with its place, its target and what would be right. Called by `build`, and by `wurao change` for
the rows that it has put.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from wurao.changes import changes_since
from wurao.snapshot.changed import changed_tables, merged, no_change
from wurao.snapshot.columns import integers
from wurao.snapshot.compile import HEADER, SENDER, TRUNK, as_orders_name, header_keys
from wurao.snapshot.domains import canonical_names
from wurao.snapshot.opened import open_snapshot
from wurao.tables import DOMAIN_MATCHES, TARGET_KINDS, VERBS

AIMED_AT = ("headers", "senders", "trunks", "domains")
COLUMNS = ("order_id", "verb", "target_kind", "target")
"""What is asked of an order here."""
TOLD = 20
"""So many orders are told of singly; of the others only how many there are."""


_WRONG = {
    HEADER: ("is no header of headers", "write a header as headers has it, or target_kind number"),
    SENDER: ("is no sender of senders", "write a sender_id of senders"),
    TRUNK: ("is no trunk of trunks", "write a trunk of trunks"),
}
DOMAIN = TARGET_KINDS.index("domain")
_BLOCK = VERBS.index("block")
_BELOW = DOMAIN_MATCHES.index("below")


def registered(store: Path) -> dict[str, pa.Table]:
    """The headers, senders, trunks and domains of a store, with every acknowledged change put over them."""
    snapshot = open_snapshot(store)
    _, changes = changes_since(store, snapshot.seq)
    changed = changed_tables(change for change in changes if change.table in AIMED_AT)
    return {name: merged(snapshot.table(name), changed.get(name, no_change(name))) for name in AIMED_AT}


def of_registered(orders: pa.Table) -> pa.Table:
    """The orders that aim at a header, a sender, a trunk or a domain; a number is there, whoever knows of it."""
    return orders.filter(pc.is_in(orders.column("target_kind"), value_set=pa.array([*_WRONG, DOMAIN], pa.int8())))


def at_nothing(orders: pa.Table, tables: Mapping[str, pa.Table]) -> pa.Table:
    """The orders whose header, sender or trunk stands in none of the tables of these; and those on domains in vain.

    A header is meant as orders name it: by the whole number that its digits are, be it registered for that number
    alone or for all that begin so, else by the prefix. On a domain an order is in vain that would block what is not
    listed, nor any name above it with all below, whenever that holds; and any that would let through or limit.
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
    on_domain = kind == DOMAIN
    missing |= on_domain & (integers(orders, "verb") != _BLOCK)
    rows = np.flatnonzero(on_domain & ~missing)
    if len(rows):
        missing[rows] = ~_listed(target.take(pa.array(rows)).combine_chunks(), tables["domains"])
    return orders.filter(pa.array(missing))


def _listed(names: pa.Array, domains: pa.Table) -> npt.NDArray[np.bool_]:
    """Which names are listed, or lie below one that is listed with all below."""
    listed = pa.table(
        {"name": canonical_names(domains.column("name").combine_chunks()), "match": domains.column("match")}
    )
    below = listed.filter(pc.equal(listed.column("match"), _BELOW)).column("name").combine_chunks()
    above = canonical_names(names)
    found = np.asarray(pc.is_in(above, value_set=listed.column("name").combine_chunks()), bool)
    while pc.any(pc.match_substring(above, ".")).as_py():
        above = pc.replace_substring_regex(above, r"^[^.]*\.?", "", max_replacements=1)
        found |= np.asarray(pc.is_in(above, value_set=below), bool)
    return found


def warnings_of(orders: pa.Table, places: Sequence[str]) -> list[str]:
    """What to tell of orders that aim at nothing; `places` say where each of the first `TOLD` was read."""
    named = orders.select(COLUMNS).slice(0, TOLD).to_pylist()
    told = [f"{place} target: {_silence(**order)}" for place, order in zip(places, named, strict=True)]
    if len(orders) > TOLD:
        told.append(f"{len(orders):,} orders in all aim at what is not registered; the first {TOLD} are shown")
    return told


def _silence(order_id: str, verb: int, target_kind: int, target: str) -> str:
    """Why an order does nothing, and what would be right."""
    if target_kind != DOMAIN:
        wrong, right = _WRONG[target_kind]
        return f"{target!r} {wrong}: order {order_id} is kept, and silent until there is one; {right}"
    if verb == _BLOCK:
        wrong = f"{target!r} is not listed in domains: order {order_id} is kept, and blocks nothing until it is"
        return f"{wrong}; look-ups ask domains alone, so list the name there"
    wrong = f"{target!r} is a domain: order {order_id} is kept, and changes nothing"
    return f"{wrong}; look-ups ask domains alone, so end or leave out the listing there"
