"""One run of changes on its way over what stood: what it comes upon, and which names come or go with it.

`overlay` makes a `Laying` of the overlay so far, of everything that changed before the run and of the run itself; the
compilers of the overlay's parts read it. `Overlaid` is what they make.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from wurao.snapshot.changed import Changed, no_change
from wurao.snapshot.columns import Ints, places, strings
from wurao.snapshot.compile import Names
from wurao.snapshot.opened import Snapshot
from wurao.snapshot.registry import Registry
from wurao.snapshot.standing import Standing
from wurao.tables import TABLES

KEY = {"senders": "sender_id", "trunks": "trunk", "templates": "template_id"}
"""The tables whose rows have places, and their keys."""


@dataclass(frozen=True, slots=True)
class NamesAbove(Names):
    """The base's names, those that changes brought after them; the base's are found by its indexes."""

    snapshot: Snapshot

    def places(self, kind: str, texts: pa.Array | pa.ChunkedArray) -> Ints:
        """The place of each text among the names of one kind, -1 where it has none."""
        whole = texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts
        distinct = whole.unique().drop_null()
        found = self.snapshot.places(kind, KEY[kind], distinct)
        known = len(self.snapshot.table(kind))
        later = places(distinct, getattr(self, kind).slice(known))
        found = np.where(later >= 0, later + known, found)
        return np.append(found, -1)[places(whole, distinct)]

    def with_puts(self, late: Mapping[str, Changed]) -> NamesAbove:
        """These names and, after them, the new ones of some changes; a kind that has none stays as it is."""
        every = {kind: self._extended(kind, late) for kind in KEY}
        return NamesAbove(**every, orders=self.orders, snapshot=self.snapshot)

    def _extended(self, kind: str, late: Mapping[str, Changed]) -> pa.Array:
        known = getattr(self, kind)
        if kind not in late:
            return known
        put = strings(late[kind].puts, KEY[kind])
        new = put.filter(pa.array(self.places(kind, put) < 0))
        return pa.concat_arrays([known, new]) if len(new) else known


@dataclass(frozen=True, slots=True)
class Overlaid:
    """The overlay, and the names behind its places; those of orders are its own."""

    registry: Registry
    names: NamesAbove
    whole: int = 0
    """How large its columns were when everything in them was last compiled at once."""


@dataclass(frozen=True, slots=True)
class Moved:
    """Names of senders or of trunks that came or went with a run of changes."""

    fresh: pa.Array
    """New to snapshot and overlay: rows that named them had no place to point at."""
    shifted: pa.Array
    """A row of theirs stood and does not, or the other way round."""

    def __bool__(self) -> bool:
        return bool(len(self.shifted))


@dataclass(frozen=True, slots=True)
class Laying:
    """A run of changes, what stood before it, and what stands after it."""

    above: Overlaid
    late: Mapping[str, Changed]
    """The run: of every table, with nothing in it where the run does not touch it."""
    before: Standing
    after: Standing
    names: NamesAbove
    senders: Moved
    trunks: Moved

    @property
    def snapshot(self) -> Snapshot:
        """The base."""
        return self.after.snapshot

    def array(self, name: str) -> npt.NDArray[Any]:
        """A column of the overlay so far."""
        return self.above.registry.array(name)

    def changes(self, *names: str) -> bool:
        """Whether the run touches any of some tables."""
        return any(self.late[name] for name in names)


def laying(
    snapshot: Snapshot,
    above: Overlaid,
    before: Mapping[str, Changed],
    late: Mapping[str, Changed],
    after: Mapping[str, Changed],
) -> Laying:
    """What a run of changes comes upon; `after` is what changed before it and the run as one."""
    names = above.names.with_puts(late)
    every = {name: late.get(name) or no_change(name) for name in TABLES}
    stood, stands = Standing(snapshot, before), Standing(snapshot, after)

    def moved(kind: str) -> Moved:
        touched = every[kind].keys(KEY[kind]).combine_chunks()
        fresh = above.names.places(kind, touched) < 0
        shifted = stood.has(kind, touched) != stands.has(kind, touched)
        return Moved(touched.filter(pa.array(fresh & shifted)), touched.filter(pa.array(shifted)))

    return Laying(above, every, stood, stands, names, moved("senders"), moved("trunks"))
