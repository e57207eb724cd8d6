"""Which orders a run of changes touches: every order on a target of which it may say something new.

An order's stretches in force depend on those that supersede it, over however many others, so a change to one may be
felt far away. Called by `overlay` only.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wurao.numbering import canonical_column, parse_column, parse_prefix_column, prefix_text_column
from wurao.numbering.number import E164_SPACE, KIND_SHIFT
from wurao.snapshot.columns import Ints
from wurao.snapshot.compile import HEADER, NUMBER, PREFIX, SENDER, TRUNK, header_keys
from wurao.snapshot.laying import Laying
from wurao.tables import TARGET_KINDS

_OF_CALLERS = (NUMBER, PREFIX, HEADER)
_ALIKE = {kind: _OF_CALLERS if kind in _OF_CALLERS else (kind,) for kind in range(len(TARGET_KINDS))}
"""The kinds whose targets are touched together: what is a number may be a header, and a prefix, by the same digits."""
Targets = dict[tuple[int, ...], set[str]]
"""The texts of targets, by the kinds that they are of."""


@dataclass(frozen=True, slots=True)
class OrderTargets:
    """The targets whose orders are compiled anew: keys of callers, names of senders and of trunks."""

    keys: Ints
    senders: pa.Array
    trunks: pa.Array


def touched_orders(laying: Laying, keys: Ints) -> tuple[pa.Table, OrderTargets]:
    """Every order on a target that a run touches, and those targets.

    A target is touched when it is one of the callers' `keys` or the name of a sender or trunk that came or went, when
    an order on it changed, when one on it is superseded, over however many others, by one that changed, and when one on
    it supersedes one on a touched target.
    """
    touched = _aims(laying, keys)
    late = laying.late["orders"]
    if late:
        earlier = laying.before.rows("orders", "order_id", late.keys("order_id"))
        either = pa.concat_tables([earlier, late.puts])
        _add(touched, either)
        _add(touched, _all_superseded(laying, either))
    while True:
        orders = _orders_on(laying, touched)
        many = sum(map(len, touched.values()))
        _add(touched, laying.after.rows("orders", "supersedes", orders.column("order_id")))
        if sum(map(len, touched.values())) == many:
            return orders, _order_targets(touched)


def _aims(laying: Laying, keys: Ints) -> Targets:
    """What orders may aim at of all that is touched beside orders."""
    prefix = keys >> KIND_SHIFT >= E164_SPACE
    callers = [*canonical_column(keys[~prefix]).to_pylist(), *prefix_text_column(keys[prefix]).to_pylist()]
    return {
        _OF_CALLERS: set(callers),
        (SENDER,): set(laying.senders.shifted.to_pylist()),
        (TRUNK,): set(laying.trunks.shifted.to_pylist()),
    }


def _add(touched: Targets, orders: pa.Table) -> None:
    """Touch what some orders aim at."""
    for kind, kinds in _ALIKE.items():
        aimed = orders.filter(pc.equal(orders.column("target_kind"), kind))
        touched.setdefault(kinds, set()).update(aimed.column("target").to_pylist())


def _orders_on(laying: Laying, touched: Targets) -> pa.Table:
    every = pa.array(set().union(*touched.values()), pa.string())
    orders = laying.after.rows("orders", "target", every)
    kind, target = orders.column("target_kind"), orders.column("target")
    aimed = np.zeros(len(orders), dtype=bool)
    for kinds, texts in touched.items():
        mine = pc.is_in(kind, value_set=pa.array(kinds, kind.type))
        aimed |= pc.and_(mine, pc.is_in(target, value_set=pa.array(texts, pa.string()))).to_numpy()
    return orders.filter(pa.array(aimed)).combine_chunks()


def _all_superseded(laying: Laying, orders: pa.Table) -> pa.Table:
    """Every order that some orders supersede, and that those supersede, and so on."""
    found = orders.slice(0, 0)
    while True:
        ids = pa.concat_tables([orders, found]).column("supersedes").drop_null()
        more = laying.after.rows("orders", "order_id", ids)
        if len(more) == len(found):
            return found
        found = more


def _order_targets(touched: Targets) -> OrderTargets:
    callers = pa.chunked_array([pa.array(touched[_OF_CALLERS], pa.string())])
    keys = np.concatenate([parse_column(callers), parse_prefix_column(callers), header_keys(callers)])
    senders, trunks = (pa.array(sorted(touched[(kind,)]), pa.string()) for kind in (SENDER, TRUNK))
    return OrderTargets(np.unique(keys[keys >> 59 >= 2]), senders, trunks)
