"""What a change to senders, trunks, templates or orders touches, and those small columns written over a copy.

Places of the base are kept, new names follow them; a deleted sender keeps its place and is marked gone. Called by
`overlay` only.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wurao.snapshot.changed import Changed, merged
from wurao.snapshot.columns import Ints, integers, places, strings
from wurao.snapshot.compile import (
    HEADER,
    NUMBER,
    PREFIX,
    SENDER,
    TRUNK,
    Arrays,
    Names,
    Targets,
    compile_templates,
    header_keys,
    sender_flags,
    trunk_flags,
)
from wurao.snapshot.marks import short_marks
from wurao.snapshot.opened import Snapshot
from wurao.snapshot.senders import GONE
from wurao.numbering import parse_column, parse_prefix_column


@dataclass(frozen=True, slots=True)
class OrderTargets:
    """The targets whose orders changed: keys of callers, names of senders and of trunks."""

    keys: Ints
    senders: pa.Array
    trunks: pa.Array


def extended_names(snapshot: Snapshot, every: dict[str, Changed]) -> Names:
    """The base's names, the new ones after them."""

    def extended(known: pa.Array, put: pa.ChunkedArray) -> pa.Array:
        new = put.filter(pc.invert(pc.is_in(put, value_set=known)))
        return pa.concat_arrays([known, *new.chunks]) if len(new) else known

    names = snapshot.names
    return Names(
        extended(names.senders, every["senders"].puts.column("sender_id")),
        extended(names.trunks, every["trunks"].puts.column("trunk")),
        extended(names.templates, every["templates"].puts.column("template_id")),
        names.orders,
    )


def touched_orders(base: pa.Table, changed: Changed, texts: list[str]) -> tuple[pa.Table, OrderTargets]:
    """Every order on a target that a change touches, and those targets.

    A target is touched when an order on it changed, when the number or prefix is in `texts`, or when an order on it
    supersedes, or is superseded by, one on a touched target.
    """
    ids = changed.keys("order_id").combine_chunks()
    known = pc.is_in(base.column("order_id"), value_set=ids)
    before = base.filter(known)
    now = pa.concat_tables([base.filter(pc.invert(known)), changed.puts]).combine_chunks()
    either = pa.concat_tables([before, changed.puts])
    superseded = pc.is_in(now.column("order_id"), value_set=either.column("supersedes").drop_null().combine_chunks())
    touched = set(_target_texts(either)) | set(_target_texts(now.filter(superseded)))
    touched |= {f"{kind}:{text}" for text in texts for kind in (NUMBER, PREFIX, HEADER)}
    target = _target_column(now)
    while True:
        touched |= {f"{k}:{t.partition(':')[2]}" for t in touched if t[0] in "012" for k in (NUMBER, PREFIX, HEADER)}
        orders = now.filter(pc.is_in(target, value_set=pa.array(sorted(touched), pa.string())))
        above = pc.is_in(now.column("supersedes"), value_set=strings(orders, "order_id"))
        more = set(_target_texts(now.filter(pc.fill_null(above, False)))) - touched
        if not more:
            return orders, _targets(touched)
        touched |= more


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

    keys = np.concatenate([parse_column(column(NUMBER)), parse_prefix_column(column(PREFIX)), header_keys(column(HEADER))])
    return OrderTargets(np.unique(keys[keys >> 59 >= 2]), column(SENDER).chunk(0), column(TRUNK).chunk(0))


def patched_senders(
    snapshot: Snapshot, every: dict[str, Changed], names: Names, targets: Targets, touched: OrderTargets
) -> Arrays:
    """The columns of senders, trunks and templates with the changes written over a copy of the base's."""
    arrays: Arrays = {}
    links = every["sender_trunks"]
    if every["senders"] or links or len(touched.senders):
        arrays |= _patched_senders(snapshot, every["senders"], links, names, targets, touched.senders)
    if every["trunks"] or len(touched.trunks):
        arrays |= _patched_trunks(snapshot, every["trunks"], names, targets, touched.trunks)
    if every["templates"]:
        table = merged(snapshot.table("templates"), every["templates"])
        arrays["templates"] = _in_places(compile_templates(table, names), places(table.column("template_id"), names.templates), 3, len(names.templates))
    return arrays


def _patched_senders(
    snapshot: Snapshot, changed: Changed, links: Changed, names: Names, targets: Targets, ordered: pa.Array
) -> Arrays:
    base = snapshot.registry
    words = _grown(base.array("senders"), 5, len(names.senders), GONE)
    gone = places(changed.gone.column("sender_id"), names.senders)
    words[gone[gone >= 0], 0] = GONE
    put = places(changed.puts.column("sender_id"), names.senders)
    words[put, 0] = sender_flags(changed.puts, snapshot.own_sender)
    words[put, 1] = integers(changed.puts, "ceiling_per_hour")
    words[put, 4] = short_marks(strings(changed.puts, "sender_id"))
    linked = np.unique(places(links.keys("sender_id"), names.senders))
    linked = linked[linked >= 0]
    rows = merged(snapshot.table("sender_trunks"), links)
    owner, trunk = places(rows.column("sender_id"), names.senders), places(rows.column("trunk"), names.trunks)
    carried = base.array("sender_trunks").astype(np.int64)
    for sender in linked.tolist():
        mine = trunk[(owner == sender) & (trunk >= 0)]
        words[sender, 2] = len(carried) | len(mine) << 32
        carried = np.concatenate([carried, mine])
    place = places(ordered, names.senders)
    place = place[place >= 0]
    words[place, 3] = targets.references("senders", place)
    return {"senders": words.reshape(-1), "sender_trunks": carried.astype(np.int32)}


def _patched_trunks(snapshot: Snapshot, changed: Changed, names: Names, targets: Targets, ordered: pa.Array) -> Arrays:
    base = snapshot.registry
    words = _grown(base.array("trunks"), 4, len(names.trunks), 0)
    gone = places(changed.gone.column("trunk"), names.trunks)
    words[gone[gone >= 0], :2] = 0
    numbers = base.array("trunk_numbers")
    put = places(changed.puts.column("trunk"), names.trunks)
    words[put, 0] = trunk_flags(changed.puts)
    for place, carried in zip(put.tolist(), changed.puts.column("public_safety").to_pylist(), strict=True):
        words[place, 1] = len(numbers) | len(carried or ()) << 32
        numbers = np.concatenate([numbers, np.array(carried or (), dtype=np.int64)])
    place_of = places(ordered, names.trunks)
    place_of = place_of[place_of >= 0]
    words[place_of, 2] = targets.references("trunks", place_of)
    return {"trunks": words.reshape(-1), "trunk_numbers": numbers}


def _grown(words: Ints, width: int, rows: int, first: int) -> Ints:
    """A copy with places for new rows, whose first word is `first`."""
    grown = np.zeros((rows, width), dtype=np.int64)
    grown[:, 0] = first
    grown[: len(words) // width] = words.reshape(-1, width)
    return grown


def _in_places(words: Ints, place: Ints, width: int, rows: int) -> Ints:
    """Rows put at their places; a place without a row belongs to no sender."""
    grown = np.full((rows, width), -1, dtype=np.int64)
    grown[place] = words.reshape(-1, width)
    return grown.reshape(-1)
