"""What the engine sees of the registry at one moment: a snapshot, the overlay of the changes above it, and its stamp.

A `Sight` never changes; when changes or a new snapshot arrive the engine takes another. Whatever was prepared with one
is decided and rendered with the same, so that places mean the same throughout.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from wurao.events.values import scattered
from wurao.snapshot import Changed, Overlaid, Snapshot, laid_over, put_over
from wurao.snapshot.orders import OVERLAY

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Sight:
    """One snapshot with its overlay up to a change."""

    snapshot: Snapshot
    overlaid: Overlaid
    seq: int
    """The last change in force in it."""
    changed: dict[str, Changed]
    """What the overlay was made of."""

    @property
    def stamp(self) -> str:
        """`<id>+<change seq>`, as verdicts carry it."""
        return f"{self.snapshot.id}+{self.seq}"

    @property
    def number(self) -> int:
        """Ten bits that tell this sight from the thousand before and after it, and mostly from those of others."""
        return (zlib.crc32(self.snapshot.id.encode()) + self.seq) & 1023

    def with_changes(self, late: dict[str, Changed], seq: int) -> Sight:
        """The sight with one more run of changes over it, the last of which is `seq`."""
        after = put_over(self.changed, late)
        above = laid_over(self.snapshot, self.overlaid, self.changed, late, after)
        return Sight(self.snapshot, above, seq, after)

    def has_places_of(self, other: Sight) -> bool:
        """Whether trunks and templates stand at the same places: new ones may stand elsewhere in a later sight."""
        mine, its = self.overlaid.names, other.overlaid.names
        return mine.trunks is its.trunks and mine.templates is its.templates

    def sender_ids(self, places: npt.NDArray[np.int32]) -> pa.Array:
        """The ids of senders, null for -1."""
        return _named(self.overlaid.names.senders, places.astype(np.int64))

    def order_ids(self, slices: Ints) -> pa.Array:
        """The ids of the orders of slices as `orders.in_force` gives them, null for -1."""
        ids = pa.nulls(len(slices), pa.string())
        for above in (False, True):
            rows = np.flatnonzero((slices >= OVERLAY) if above else (slices >= 0) & (slices < OVERLAY))
            if not len(rows):
                continue
            registry = self.overlaid.registry if above else self.snapshot.registry
            names = self.overlaid.names if above else self.snapshot.names
            words = registry.array("order_slices").reshape(-1, 5)
            number = slices[rows] & (OVERLAY - 1)
            known = number < len(words)
            place = np.full(len(slices), -1, dtype=np.int64)
            place[rows[known]] = words[number[known], 2] & 0xFFFFFFFF
            found = _named(names.orders, place)
            ids = found if ids.null_count == len(ids) else pc.coalesce(ids, found)
        return ids


def _named(names: pa.Array, places: Ints) -> pa.Array:
    """The names at places; null where there is none, which a verdict of another sight may name once in a thousand."""
    rows = np.flatnonzero((places >= 0) & (places < len(names)))
    return scattered(names.take(pa.array(places[rows])), rows, len(places))
