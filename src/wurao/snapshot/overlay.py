"""The overlay: what changed since a snapshot, compiled by the same code and looked at first.

For everything a change touches (a subscriber, a caller's number or prefix, a target of orders) the rows of the base are
taken together with the changes and compiled anew, so that an overlay's entry says all there is to say of its key and
the base's is not asked. Senders, trunks and templates keep their places; the changed ones are written over a copy.
Called by every worker when the change log has grown, some milliseconds for a few changes; nothing is ever changed in
place, so a block in work keeps what it started with.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pyarrow.compute as pc

from wurao.numbering import canonical, prefix_text
from wurao.numbering.number import is_prefix
from wurao.snapshot.calendar import day_types
from wurao.snapshot.changed import Changed, integers_of, merged, no_change, rows_with
from wurao.snapshot.columns import Ints, integers, strings
from wurao.snapshot.compile import (
    HEADER,
    NUMBER,
    PREFIX,
    SENDER,
    TRUNK,
    Arrays,
    Names,
    Targets,
    compile_callers,
    compile_orders,
    compile_subscribers,
)
from wurao.snapshot.domains import canonical_names, compile_domains
from wurao.snapshot.hashing import FREE, among, make_filter
from wurao.snapshot.opened import Snapshot
from wurao.snapshot.pages import ranks_of
from wurao.snapshot.patch import Moved, aim, extended_names, moved, patched_senders, touched_orders
from wurao.snapshot.registry import Registry, empty_arrays
from wurao.tables import TABLES

NO_PAGES = 1 << 62
SHARED = ("senders", "sender_trunks", "trunks", "trunk_numbers", "templates", "day_types", "tiers")
"""The columns that an overlay takes from its base where no change touches them."""
OF_CALLERS = (("headers", "header"), ("do_not_originate", "number"), ("allocations", "prefix"))
"""The tables that callers' entries are made of, beside orders, and their columns of numbers and prefixes."""


@dataclass(frozen=True, slots=True)
class Overlaid:
    """The overlay, and the names behind its places; those of orders are its own."""

    registry: Registry
    names: Names


def untouched(snapshot: Snapshot) -> Overlaid:
    """The overlay of no changes."""
    arrays = empty_arrays() | {name: snapshot.registry.array(name) for name in SHARED}
    return Overlaid(Registry(**arrays), snapshot.names)


def overlay(snapshot: Snapshot, changed: dict[str, Changed]) -> Overlaid:
    """The overlay of everything that changed since a snapshot, table by table."""
    every = {name: changed.get(name) or no_change(name) for name in TABLES}
    arrays = empty_arrays() | {name: snapshot.registry.array(name) for name in SHARED}
    names = extended_names(snapshot, every)
    senders = moved(every["senders"], "sender_id", snapshot.names.senders)
    trunks = moved(every["trunks"], "trunk", snapshot.names.trunks)
    keys = _caller_keys(snapshot, every, senders)
    aims = _aims(keys, senders, trunks)
    orders, touched = touched_orders(snapshot.table("orders"), every["orders"], aims)
    names = replace(names, orders=strings(orders, "order_id"))
    order_arrays, targets = compile_orders({"orders": orders}, names, above=True)
    arrays |= order_arrays | {"order_count": np.array([len(orders)], dtype=np.int64)}
    arrays |= patched_senders(snapshot, every, names, targets, touched, senders, trunks)
    arrays |= _callers(snapshot, every, names, targets, np.union1d(keys, touched.keys), senders)
    arrays |= _subscribers(snapshot, every, names, senders)
    if every["domains"]:
        arrays |= _domains(snapshot, every["domains"])
    if every["holidays"]:
        holidays = merged(snapshot.table("holidays"), every["holidays"])
        arrays["day_types"] = day_types(integers(holidays, "date"), integers(holidays, "day_type"))
    arrays["changed"] = _changed_numbers(arrays)
    return Overlaid(Registry(**arrays), names)


def _changed_numbers(arrays: Arrays) -> npt.NDArray[np.uint64]:
    """The filter of all numbers that stand in the overlay's tables."""
    keys = np.concatenate([arrays["scattered"][::2], arrays["callers"][::4]])
    return make_filter(keys[keys != FREE])


def _caller_keys(snapshot: Snapshot, every: dict[str, Changed], senders: Moved) -> Ints:
    """Every number and prefix that a change of headers, of their senders or of what may originate touches."""
    keys = [integers_of(every[name].keys(column)) for name, column in OF_CALLERS]
    if senders:
        headers = snapshot.table("headers")
        keys.append(integers_of(headers.filter(senders.among(headers.column("sender_id"))).column("header")))
    return np.unique(np.concatenate(keys))


def _aims(keys: Ints, senders: Moved, trunks: Moved) -> set[str]:
    """What orders may aim at of all that is touched beside orders."""
    texts = [prefix_text(key) if is_prefix(key) else canonical(key) for key in keys.tolist()]
    return (
        {aim(kind, text) for text in texts for kind in (NUMBER, PREFIX, HEADER)}
        | {aim(SENDER, name) for name in senders.names}
        | {aim(TRUNK, name) for name in trunks.names}
    )


def _callers(
    snapshot: Snapshot, every: dict[str, Changed], names: Names, targets: Targets, wanted: Ints, senders: Moved
) -> Arrays:
    if not len(wanted):
        return {}
    tables = {name: merged(rows_with(snapshot.table(name), column, wanted), every[name]) for name, column in OF_CALLERS}
    base = snapshot.registry
    known = among(base.array("callers"), 4, wanted) | among(base.array("prefixes"), 4, wanted)
    headers = tables["headers"]
    tables["headers"] = headers.filter(pc.invert(pc.is_in(headers.column("sender_id"), value_set=senders.gone)))
    return compile_callers(tables, names, targets, wanted[known])


def _domains(snapshot: Snapshot, changed: Changed) -> Arrays:
    """Every row of each name that a change touches: a name may be listed exactly, and with all below."""
    names = changed.keys("name").combine_chunks()
    rows = snapshot.table("domains")
    mine = rows.filter(pc.is_in(canonical_names(strings(rows, "name")), value_set=canonical_names(names)))
    return compile_domains(merged(mine, changed), names)


def _subscribers(snapshot: Snapshot, every: dict[str, Changed], names: Names, senders: Moved) -> Arrays:
    owners = [integers_of(every["subscribers"].keys("number")), integers_of(every["lists"].keys("subscriber"))]
    consents = every["consents"]
    kept = snapshot.table("consents")
    if consents:
        owners.append(integers_of(consents.puts.column("subscriber")))
        mine = pc.is_in(kept.column("consent_id"), value_set=consents.keys("consent_id").combine_chunks())
        owners.append(integers_of(kept.filter(mine).column("subscriber")))
    if len(senders.new):
        waiting = pc.is_in(kept.column("sender_id"), value_set=senders.new)
        owners.append(integers_of(kept.filter(waiting).column("subscriber")))
    numbers = np.unique(np.concatenate(owners))
    if not len(numbers):
        return {}
    ranks = ranks_of(snapshot.registry, numbers)
    there = ranks >= 0
    base = snapshot.subscribers_at(numbers[there], ranks[there])
    tables = {
        "subscribers": merged(base, every["subscribers"]),
        "lists": merged(snapshot.lists_of(numbers[there], ranks[there]), every["lists"]),
        "consents": merged(rows_with(kept, "subscriber", numbers), consents),
    }
    return compile_subscribers(tables, names, fewest=NO_PAGES, always=numbers)
