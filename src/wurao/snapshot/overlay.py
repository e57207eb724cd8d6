"""The overlay: what changed since a snapshot, compiled by the same code and looked at first.

For everything a change touches (a subscriber, a caller's number or prefix, a target of orders) the rows of the base are
taken together with the changes and compiled anew, so that an overlay's entry says all there is to say of its key and
the base's is not asked. Senders, trunks and templates keep their places; the changed ones are written over a copy.

`laid_over` puts one more run of changes over an overlay: only what the run touches is compiled and put behind what
stood, so that one change over a hundred thousand takes some milliseconds, and a part that it does not touch is the very
same column. What the entries before led to stays where it was, until half of all is such; then everything is compiled
at once. Nothing is ever changed in place, so a block in work keeps what it started with. Called by every worker when
the change log has grown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from wurao.snapshot import append
from wurao.snapshot.calendar import day_types
from wurao.snapshot.changed import Changed, integers_of, merged
from wurao.snapshot.columns import Ints, integers, strings
from wurao.snapshot.compile import Arrays, Targets, compile_callers, compile_orders, compile_subscribers
from wurao.snapshot.domains import compile_domains
from wurao.snapshot.hashing import FREE, among, make_filter
from wurao.snapshot.laying import Laying, NamesAbove, Overlaid, laying
from wurao.snapshot.opened import Snapshot
from wurao.snapshot.pages import ranks_of
from wurao.snapshot.patch import patched_senders, patched_templates, patched_trunks
from wurao.snapshot.registry import Registry, empty_arrays
from wurao.snapshot.touched import touched_orders

NO_PAGES = 1 << 62
SHARED = ("senders", "sender_trunks", "trunks", "trunk_numbers", "templates", "day_types", "tiers")
"""The columns that an overlay takes from its base where no change touches them."""
OF_CALLERS = (("headers", "header"), ("do_not_originate", "number"), ("allocations", "prefix"))
"""The tables that callers' entries are made of, beside orders, and their columns of numbers and prefixes."""
GROWING = (
    "profile_narrow",
    "profile_wide",
    "profiles",
    "list_entries",
    "consents",
    "headers",
    "order_slices",
    "sender_trunks",
    "trunk_numbers",
)
"""The columns in which what no entry leads to any more stays."""
ROOM = 1 << 20
"""So many values of it are never too many."""


def untouched(snapshot: Snapshot) -> Overlaid:
    """The overlay of no changes."""
    arrays = empty_arrays() | {name: snapshot.registry.array(name) for name in SHARED}
    names = snapshot.names
    nothing = pa.array([], pa.string())
    above = NamesAbove(names.senders, names.trunks, names.templates, nothing, snapshot)
    registry = Registry(**arrays)
    return Overlaid(registry, above, _size(registry))


def overlay(snapshot: Snapshot, changed: Mapping[str, Changed]) -> Overlaid:
    """The overlay of everything that changed since a snapshot, table by table."""
    made = _laid(laying(snapshot, untouched(snapshot), {}, changed, changed))
    return replace(made, whole=_size(made.registry))


def laid_over(
    snapshot: Snapshot,
    above: Overlaid,
    before: Mapping[str, Changed],
    late: Mapping[str, Changed],
    after: Mapping[str, Changed],
) -> Overlaid:
    """An overlay with one more run of changes over it.

    `above` is made of the changes `before`, and `after` is both runs as one (`put_over`).
    """
    made = _laid(laying(snapshot, above, before, late, after))
    return overlay(snapshot, after) if _size(made.registry) > 2 * above.whole + ROOM else made


def _size(registry: Registry) -> int:
    return sum(len(registry.array(name)) for name in GROWING)


def _laid(run: Laying) -> Overlaid:
    above, names = run.above.registry, run.names
    arrays: Arrays = {}
    keys = _caller_keys(run)
    orders, touched = touched_orders(run, keys)
    order_arrays, targets = compile_orders({"orders": orders}, names, above=True)
    targets = replace(targets, before=len(above.order_targets) - 1)
    if len(orders):
        order_arrays["order_count"] = np.array([len(orders)], dtype=np.int64)
        arrays |= append.with_orders(above, order_arrays)
        names = replace(names, orders=pa.concat_arrays([names.orders, strings(orders, "order_id")]))
    arrays |= patched_senders(run, targets, touched)
    arrays |= patched_trunks(run, targets, touched)
    arrays |= patched_templates(run)
    arrays |= _callers(run, targets, np.union1d(keys, touched.keys))
    arrays |= _subscribers(run)
    arrays |= _domains(run)
    if run.changes("holidays"):
        holidays = merged(run.snapshot.table("holidays"), run.after.changed["holidays"])
        arrays["day_types"] = day_types(integers(holidays, "date"), integers(holidays, "day_type"))
    if arrays.keys() & {"scattered", "callers"}:
        stood = {name: above.array(name) for name in ("scattered", "callers")}
        arrays["changed"] = _changed_numbers(stood | arrays)
    registry = Registry(**{name: arrays.get(name, above.array(name)) for name in Registry.columns})
    return Overlaid(registry, names, run.above.whole)


def _changed_numbers(arrays: Arrays) -> npt.NDArray[np.uint64]:
    """The filter of all numbers that stand in the overlay's tables."""
    keys = np.concatenate([arrays["scattered"][::2], arrays["callers"][::4]])
    return make_filter(keys[keys != FREE])


def _caller_keys(run: Laying) -> Ints:
    """Every number and prefix that a run touches by headers, by their senders or by what may originate."""
    keys = [integers_of(run.late[name].keys(column)) for name, column in OF_CALLERS]
    if run.senders:
        keys.append(integers_of(run.after.rows("headers", "sender_id", run.senders.shifted).column("header")))
    return np.unique(np.concatenate(keys))


def _callers(run: Laying, targets: Targets, wanted: Ints) -> Arrays:
    if not len(wanted):
        return {}
    above, base = run.above.registry, run.snapshot.registry
    tables = {name: run.after.rows(name, column, pa.array(wanted)) for name, column in OF_CALLERS}
    known = np.zeros(len(wanted), dtype=bool)
    for registry in (base, above):
        known |= among(registry.array("callers"), 4, wanted) | among(registry.array("prefixes"), 4, wanted)
    headers = tables["headers"]
    senders = headers.column("sender_id").unique()
    senders = senders.filter(pa.array(run.after.has("senders", senders)))
    tables["headers"] = headers.filter(pc.is_in(headers.column("sender_id"), value_set=senders))
    return append.with_callers(above, compile_callers(tables, run.names, targets, wanted[known]))


def _domains(run: Laying) -> Arrays:
    """Every row of each name that a run touches: a name may be listed exactly, and with all below."""
    if not run.changes("domains"):
        return {}
    names = run.late["domains"].keys("name").combine_chunks()
    rows = run.after.rows("domains", "name", names)
    return append.with_domains(run.above.registry, compile_domains(rows, names))


def _subscribers(run: Laying) -> Arrays:
    numbers = _owners(run)
    if not len(numbers):
        return {}
    base = run.snapshot
    ranks = ranks_of(base.registry, numbers)
    there = ranks >= 0
    known, ranks = numbers[there], ranks[there]
    tables = {
        "subscribers": run.after.owned("subscribers", base.wishes_at(known, ranks), numbers),
        "lists": run.after.owned("lists", base.lists_of(known, ranks), numbers),
        "consents": run.after.rows("consents", "subscriber", pa.array(numbers)),
    }
    return append.with_subscribers(
        run.above.registry, compile_subscribers(tables, run.names, fewest=NO_PAGES, always=numbers)
    )


def _owners(run: Laying) -> Ints:
    """Every subscriber of whom a run says something."""
    owners = [integers_of(run.late["subscribers"].keys("number")), integers_of(run.late["lists"].keys("subscriber"))]
    consents = run.late["consents"]
    if consents:
        owners.append(integers_of(consents.puts.column("subscriber")))
        earlier = run.before.rows("consents", "consent_id", consents.keys("consent_id"))
        owners.append(integers_of(earlier.column("subscriber")))
    if len(run.senders.fresh):
        owners.append(integers_of(run.after.rows("consents", "sender_id", run.senders.fresh).column("subscriber")))
    return np.unique(np.concatenate(owners))
