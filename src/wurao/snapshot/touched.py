"""Which orders a run of changes touches: every order on a target of which it may say something new.

An order's stretches in force depend on those that supersede it, over however many others, so a change to one may be
felt far away. Called by `overlay` only.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wurao.numbering import canonical, parse_column, parse_prefix_column, prefix_text
from wurao.numbering.number import is_prefix
from wurao.snapshot.columns import Ints
from wurao.snapshot.compile import HEADER, NUMBER, PREFIX, SENDER, TRUNK, header_keys
from wurao.snapshot.laying import Laying

_OF_CALLERS = (NUMBER, PREFIX, HEADER)


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
    late, now = laying.late["orders"], laying.after
    touched = _aims(laying, keys)
    if late:
        ids = late.keys("order_id")
        either = pa.concat_tables([laying.before.rows("orders", "order_id", ids), late.puts])
        touched |= set(_target_texts(either)) | set(_target_texts(_all_superseded(laying, either)))
    while True:
        of_callers = {text.partition(":")[2] for text in touched if int(text[0]) in _OF_CALLERS}
        touched |= {_aim(kind, text) for text in of_callers for kind in _OF_CALLERS}
        texts = pa.array(sorted({text.partition(":")[2] for text in touched}), pa.string())
        orders = now.rows("orders", "target", texts)
        aimed = pc.is_in(_target_column(orders), value_set=pa.array(sorted(touched), pa.string()))
        orders = orders.filter(aimed).combine_chunks()
        more = set(_target_texts(now.rows("orders", "supersedes", orders.column("order_id")))) - touched
        if not more:
            return orders, _targets(touched)
        touched |= more


def _aims(laying: Laying, keys: Ints) -> set[str]:
    """What orders may aim at of all that is touched beside orders."""
    texts = [prefix_text(key) if is_prefix(key) else canonical(key) for key in keys.tolist()]
    return (
        {_aim(kind, text) for text in texts for kind in _OF_CALLERS}
        | {_aim(SENDER, name) for name in laying.senders.shifted.to_pylist()}
        | {_aim(TRUNK, name) for name in laying.trunks.shifted.to_pylist()}
    )


def _all_superseded(laying: Laying, orders: pa.Table) -> pa.Table:
    """Every order that some orders supersede, and that those supersede, and so on."""
    found = orders.slice(0, 0)
    while True:
        ids = pa.concat_tables([orders, found]).column("supersedes").drop_null()
        more = laying.after.rows("orders", "order_id", ids)
        if len(more) == len(found):
            return found
        found = more


def _aim(kind: int, target: str) -> str:
    """The kind and the text of an order's target as one text."""
    return f"{kind}:{target}"


def _target_column(orders: pa.Table) -> pa.ChunkedArray:
    return pc.binary_join_element_wise(orders.column("target_kind").cast(pa.string()), orders.column("target"), ":")


def _target_texts(orders: pa.Table) -> list[str]:
    texts: list[str] = _target_column(orders).to_pylist()
    return texts


def _targets(touched: set[str]) -> OrderTargets:
    of_kind: dict[int, list[str]] = {}
    for text in sorted(touched):
        kind, _, target = text.partition(":")
        of_kind.setdefault(int(kind), []).append(target)

    def column(kind: int) -> pa.ChunkedArray:
        return pa.chunked_array([pa.array(of_kind.get(kind, []), pa.string())])

    keys = np.concatenate(
        [parse_column(column(NUMBER)), parse_prefix_column(column(PREFIX)), header_keys(column(HEADER))]
    )
    return OrderTargets(np.unique(keys[keys >> 59 >= 2]), column(SENDER).chunk(0), column(TRUNK).chunk(0))
