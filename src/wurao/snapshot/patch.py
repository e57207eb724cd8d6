"""What a change to senders, trunks, templates or orders touches, and those small columns written over a copy.

Places of the base are kept, new names follow them; a deleted sender keeps its place and is marked gone. Called by
`overlay` only.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from wurao.numbering import parse_column, parse_prefix_column
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

_OF_CALLERS = (NUMBER, PREFIX, HEADER)


@dataclass(frozen=True, slots=True)
class OrderTargets:
    """The targets whose orders changed: keys of callers, names of senders and of trunks."""

    keys: Ints
    senders: pa.Array
    trunks: pa.Array


@dataclass(frozen=True, slots=True)
class Moved:
    """Names that came or went since the base: what the base's rows say of them means something else now."""

    new: pa.Array
    """Not among the base's: rows of the base that waited for them speak from now on."""
    gone: pa.Array
    """Rows that name them are silent."""

    @property
    def names(self) -> list[str]:
        """All of them."""
        both: list[str] = self.new.to_pylist() + self.gone.to_pylist()
        return both

    def __bool__(self) -> bool:
        return bool(len(self.new) or len(self.gone))

    def among(self, column: pa.ChunkedArray) -> pa.ChunkedArray:
        """Which values of a column are such names."""
        return pc.is_in(column, value_set=pa.concat_arrays([self.new, self.gone]))


def moved(changed: Changed, column: str, known: pa.Array) -> Moved:
    """What came and went, of a table whose key is one column; its names in the base are `known`."""
    puts, gone = strings(changed.puts, column), strings(changed.gone, column)
    new = puts.filter(pc.invert(pc.is_in(puts, value_set=known)))
    return Moved(new, gone.filter(pc.is_in(gone, value_set=known)))


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


def touched_orders(base: pa.Table, changed: Changed, aims: set[str]) -> tuple[pa.Table, OrderTargets]:
    """Every order on a target that a change touches, and those targets.

    A target is touched when it is among `aims`, when an order on it changed, when one on it is superseded, over however
    many others, by one that changed, and when one on it supersedes one on a touched target.
    """
    if not changed and not aims:
        return base.slice(0, 0), _targets(aims)
    ids = changed.keys("order_id").combine_chunks()
    known = pc.is_in(base.column("order_id"), value_set=ids)
    before = base.filter(known)
    now = pa.concat_tables([base.filter(pc.invert(known)), changed.puts]).combine_chunks()
    either = pa.concat_tables([before, changed.puts])
    touched = aims | set(_target_texts(either)) | set(_target_texts(_all_superseded(now, either)))
    target = _target_column(now)
    while True:
        of_callers = {text.partition(":")[2] for text in touched if int(text[0]) in _OF_CALLERS}
        touched |= {aim(kind, text) for text in of_callers for kind in _OF_CALLERS}
        orders = now.filter(pc.is_in(target, value_set=pa.array(sorted(touched), pa.string())))
        above = pc.is_in(now.column("supersedes"), value_set=strings(orders, "order_id"))
        more = set(_target_texts(now.filter(pc.fill_null(above, False)))) - touched
        if not more:
            return orders, _targets(touched)
        touched |= more


def _all_superseded(now: pa.Table, orders: pa.Table) -> pa.Table:
    """Every order that some orders supersede, and that those supersede, and so on."""
    found = now.slice(0, 0)
    while True:
        ids = pa.concat_tables([orders, found]).column("supersedes").drop_null().combine_chunks()
        more = now.filter(pc.is_in(now.column("order_id"), value_set=ids))
        if len(more) == len(found):
            return found
        found = more


def aim(kind: int, target: str) -> str:
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


def patched_senders(
    snapshot: Snapshot,
    every: dict[str, Changed],
    names: Names,
    targets: Targets,
    touched: OrderTargets,
    senders: Moved,
    trunks: Moved,
) -> Arrays:
    """The columns of senders, trunks and templates with the changes written over a copy of the base's."""
    arrays: Arrays = {}
    links = every["sender_trunks"]
    if every["senders"] or links or trunks or len(touched.senders):
        words = _patched_senders(snapshot, every["senders"], names, targets, touched.senders)
        carried = _relinked(snapshot, links, names, words, senders, trunks)
        arrays |= {"senders": words.reshape(-1), "sender_trunks": carried}
    if every["trunks"] or len(touched.trunks):
        arrays |= _patched_trunks(snapshot, every["trunks"], names, targets, touched.trunks)
    table = merged(snapshot.table("templates"), every["templates"])
    if every["templates"] or (len(senders.new) and pc.any(senders.among(table.column("sender_id"))).as_py()):
        arrays["templates"] = _in_places(
            compile_templates(table, names),
            places(table.column("template_id"), names.templates),
            3,
            len(names.templates),
        )
    return arrays


def _patched_senders(snapshot: Snapshot, changed: Changed, names: Names, targets: Targets, ordered: pa.Array) -> Ints:
    base = snapshot.registry
    words = _grown(base.array("senders"), 5, len(names.senders), GONE)
    gone = places(changed.gone.column("sender_id"), names.senders)
    words[gone[gone >= 0], 0] = GONE
    put = places(changed.puts.column("sender_id"), names.senders)
    words[put, 0] = sender_flags(changed.puts, snapshot.own_sender)
    words[put, 1] = integers(changed.puts, "ceiling_per_hour")
    words[put, 4] = short_marks(strings(changed.puts, "sender_id"))
    place = places(ordered, names.senders)
    place = place[place >= 0]
    words[place, 3] = targets.references("senders", place)
    return words


def _relinked(
    snapshot: Snapshot, links: Changed, names: Names, words: Ints, senders: Moved, trunks: Moved
) -> npt.NDArray[np.int32]:
    """The trunks of senders, those of every sender whose trunks a change touches written anew after the base's."""
    before = snapshot.registry.array("sender_trunks")
    rows = merged(snapshot.table("sender_trunks"), links)
    touched = pc.or_(
        pc.is_in(rows.column("sender_id"), value_set=pa.concat_arrays([senders.new, *links.keys("sender_id").chunks])),
        trunks.among(rows.column("trunk")),
    )
    linked = np.union1d(
        places(links.keys("sender_id"), names.senders), places(rows.filter(touched).column("sender_id"), names.senders)
    )
    linked = linked[linked >= 0]
    rows = rows.filter(pc.invert(pc.is_in(rows.column("trunk"), value_set=trunks.gone)))
    owner, trunk = places(rows.column("sender_id"), names.senders), places(rows.column("trunk"), names.trunks)
    mine = np.flatnonzero(np.isin(owner, linked) & (trunk >= 0))
    mine = mine[np.argsort(owner[mine], kind="stable")]
    count = np.bincount(owner[mine], minlength=len(names.senders))[linked]
    words[linked, 2] = (len(before) + np.cumsum(count) - count) | count << 32
    return np.concatenate([before, trunk[mine].astype(np.int32)])


def _patched_trunks(snapshot: Snapshot, changed: Changed, names: Names, targets: Targets, ordered: pa.Array) -> Arrays:
    base = snapshot.registry
    words = _grown(base.array("trunks"), 4, len(names.trunks), 0)
    gone = places(changed.gone.column("trunk"), names.trunks)
    words[gone[gone >= 0]] = 0
    numbers = base.array("trunk_numbers")
    put = places(changed.puts.column("trunk"), names.trunks)
    words[put, 0] = trunk_flags(changed.puts)
    for place, carried in zip(put.tolist(), changed.puts.column("public_safety").to_pylist(), strict=True):
        words[place, 1] = len(numbers) | len(carried or ()) << 32
        numbers = np.concatenate([numbers, np.array(carried or (), dtype=np.int64)])
    place_of = places(ordered, names.trunks)
    place_of = place_of[(place_of >= 0) & ~np.isin(place_of, gone)]
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
