"""An opened snapshot: its columns mapped, its small tables as Arrow, and the names behind the places.

Beside the compiled columns a snapshot holds the rows of every table but `subscribers` and `lists`, in Arrow's IPC form
and mapped like the columns, so that a change can be put over the rows that it touches (`overlay`), two snapshots can be
compared, and a place can be named. Subscribers and lists are read back from the columns, which say all that a wish is;
`beside` has the few subscribers' columns that no wish needs.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from wurao.numbering import protected_arrays
from wurao.snapshot.columns import Ints, where_in
from wurao.snapshot.compile import Names, names_of
from wurao.snapshot.hashing import make_table, places_in
from wurao.snapshot.index import Rows, Values, array_name, make_index, rows_at, rows_in
from wurao.snapshot.manifest import Manifest
from wurao.snapshot.registry import Registry
from wurao.snapshot.store import open_current, open_named
from wurao.tables import TABLES
from wurao.tables.shapes import schema
from wurao.wishes import (
    CONTENT_PROTECTION_BIT,
    DEBT_COLLECTION_BIT,
    GUARD_SHIFT,
    HOURS_SHIFT,
    NOTICES,
    ONLY_MY_LIST_BIT,
    OVERSEAS_CALLS_BIT,
    OVERSEAS_MESSAGES_BIT,
    UNREGISTERED_BIT,
)

KEPT_TABLES = tuple(name for name in TABLES if name not in ("subscribers", "lists"))
WISH_COLUMNS = ("segment_page", "lines", "profile_narrow", "profile_wide", "profiles", "scattered")
BESIDE = ("number", "operator", "since", "guardian", "notice")
_FLAGS = (
    ("overseas_calls", OVERSEAS_CALLS_BIT),
    ("overseas_messages", OVERSEAS_MESSAGES_BIT),
    ("unregistered", UNREGISTERED_BIT),
    ("debt_collection", DEBT_COLLECTION_BIT),
    ("only_my_list", ONLY_MY_LIST_BIT),
    ("content_protection", CONTENT_PROTECTION_BIT),
)


def as_file(table: pa.Table) -> npt.NDArray[np.uint8]:
    """A table as the bytes of an Arrow IPC file."""
    # Measured first, since a stream that grows as it is written copies a large table over and over.
    measure = pa.MockOutputStream()
    _write_file(table, measure)
    octets = np.empty(measure.size(), dtype=np.uint8)
    _write_file(table, pa.FixedSizeBufferWriter(pa.py_buffer(octets)))
    return octets


def _write_file(table: pa.Table, sink: pa.NativeFile) -> None:
    with pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)


@dataclass
class Snapshot:
    """What one snapshot holds: `arrays` as the store maps them."""

    id: str
    manifest: Manifest
    arrays: dict[str, npt.NDArray[Any]]
    _tables: dict[str, pa.Table] = field(default_factory=dict, repr=False)
    _indexes: dict[str, Rows] = field(default_factory=dict, repr=False)

    @property
    def seq(self) -> int:
        """The last change compiled in."""
        return self.manifest.seq

    @property
    def own_sender(self) -> str:
        """The sender that is Wurao itself."""
        return str(self.manifest.about.get("own_sender", ""))

    @property
    def subscribers(self) -> int:
        """How many have registered."""
        return self.manifest.counts.get("subscribers", 0)

    @property
    def wish_bytes(self) -> int:
        """Bytes of all that a wish look-up needs."""
        return sum(self.arrays[name].nbytes for name in WISH_COLUMNS)

    @cached_property
    def registry(self) -> Registry:
        """The compiled columns."""
        numbers, tiers = protected_arrays()
        made = {
            "tiers": make_table(numbers, tiers.astype(np.int64)),
            "order_count": np.array([len(self.table("orders"))], dtype=np.int64),
            "changed": np.empty(0, dtype=np.uint64),
        }
        return Registry(**made, **{name: self.arrays[name] for name in Registry.columns if name not in made})

    @cached_property
    def names(self) -> Names:
        """What the places of senders, trunks, templates and orders are called."""
        return names_of({name: self.table(name) for name in ("senders", "trunks", "templates", "orders")})

    def table(self, name: str) -> pa.Table:
        """The rows of one of `KEPT_TABLES`, or `beside`, as they lie in the mapped file."""
        if name not in self._tables:
            self._tables[name] = pa.ipc.open_file(pa.py_buffer(self.arrays[f"table_{name}"])).read_all()
        return self._tables[name]

    def rows_with(self, name: str, column: str, values: Values) -> pa.Table:
        """The rows of a kept table whose column, one of `index.INDEXED`, holds one of some values."""
        rows = self.table(name)
        return rows_at(rows, rows_in(self._index(name, column), name, column, rows, values))

    def places(self, name: str, column: str, values: pa.Array) -> Ints:
        """The row of each text in an indexed column whose values are distinct, -1 where it stands in none."""
        rows = self.table(name).select([column])
        found = rows_in(self._index(name, column), name, column, rows, values)
        place = pc.index_in(values, value_set=rows_at(rows, found).column(column).combine_chunks())
        return np.append(found, -1)[pc.fill_null(place, len(found)).to_numpy()]

    def _index(self, name: str, column: str) -> Rows:
        """The index of a column as the builder wrote it, or made now where that was an earlier program."""
        array = array_name(name, column)
        if array in self.arrays:
            return self.arrays[array]
        if array not in self._indexes:
            self._indexes[array] = make_index(name, column, self.table(name).column(column))
        return self._indexes[array]

    @cached_property
    def unwritten(self) -> Ints:
        """Numbers that have a rank for their lists or consents, but no row of `subscribers`; in rising order."""
        rows = self.table("beside")
        return np.sort(rows.filter(pc.is_null(rows.column("notice"))).column("number").to_numpy())

    def subscribers_at(self, numbers: Ints, ranks: Ints) -> pa.Table:
        """The rows of `subscribers` of some numbers whose ranks are at hand; those without a row are passed over."""
        wishes = self.wishes_at(numbers, ranks)
        return _with_beside(dict(zip(wishes.column_names, wishes.columns, strict=True)), self.table("beside"))

    def wishes_at(self, numbers: Ints, ranks: Ints) -> pa.Table:
        """The same without the columns that no wish needs: what they cost does not grow with the registry."""
        written = where_in(numbers, self.unwritten) < 0
        numbers, ranks = numbers[written], ranks[written]
        registry = self.registry
        narrow = registry.array("profile_narrow")
        which = (narrow if len(narrow) else registry.array("profile_wide"))[ranks]
        profile = registry.array("profiles")[which] if len(ranks) else np.empty(0, dtype=np.int64)
        timed = registry.array("timed").reshape(-1, 3)
        entry = places_in(registry.array("timed"), 3, ranks) // 3
        until = np.zeros((len(ranks), 2), dtype=np.int64)
        until[entry >= 0] = timed[entry[entry >= 0], 1:]
        columns: dict[str, Any] = {
            "number": numbers,
            "marketing": profile & ((1 << 27) - 1),
            "hours": profile >> HOURS_SHIFT & ((1 << 27) - 1),
            "guard": profile >> GUARD_SHIFT & 3,
            "only_my_list_until": pa.array(until[:, 0], mask=until[:, 0] == 0),
            "shield_until": pa.array(until[:, 1], mask=until[:, 1] == 0),
            **{name: (profile >> bit & 1).astype(bool) for name, bit in _FLAGS},
        }
        wanted = pa.schema([each for each in schema("subscribers") if each.name in columns])
        return pa.table([pa.array(columns[each.name]).cast(each.type) for each in wanted], schema=wanted)

    def lists_of(self, numbers: Ints, ranks: Ints) -> pa.Table:
        """The rows of `lists` of some subscribers, given their ranks."""
        starts = self.registry.array("personal")
        first, last = starts[2 * ranks].astype(np.int64), starts[2 * ranks + 2].astype(np.int64)
        count = last - first
        place = np.repeat(first - np.cumsum(count) + count, count) + np.arange(count.sum())
        entries = self.registry.array("list_entries").reshape(-1, 2)[place]
        until = entries[:, 1] >> 6
        columns = {
            "subscriber": np.repeat(numbers, count),
            "entry": entries[:, 0],
            "match": (entries[:, 0] >> 59 >= 11).astype(np.int8),
            "action": entries[:, 1] & 1,
            "until": pa.array(until, mask=until >= 1 << 56),
        }
        return pa.table([pa.array(columns[f.name]).cast(f.type) for f in schema("lists")], schema=schema("lists"))


def _with_beside(columns: dict[str, Any], beside: pa.Table) -> pa.Table:
    numbers = columns["number"].combine_chunks()
    beside = beside.filter(pc.is_in(beside.column("number"), value_set=numbers))
    place = pc.index_in(numbers, value_set=beside.column("number").combine_chunks())
    for name in BESIDE[1:]:
        columns[name] = beside.column(name).combine_chunks().take(place)
    columns["notice"] = pc.fill_null(columns["notice"], NOTICES.index("none"))
    wanted = schema("subscribers")
    return pa.table([columns[field.name].cast(field.type) for field in wanted], schema=wanted)


def open_snapshot(store: Path, name: str | None = None, *, before: str | None = None) -> Snapshot:
    """The store's current snapshot, or the newest sound one before it; one by its id; or the newest before an id.

    Refused where there is none.
    """
    opened = open_current(store, before) if name is None else open_named(store, name)
    return Snapshot(opened.id, opened.manifest, opened.arrays)


def beside(subscribers: pa.Table, unwritten: Ints) -> pa.Table:
    """What wishes do not hold of `subscribers`; and, without notice, who has no row of their own."""
    kept = pc.or_(
        pc.is_valid(subscribers.column("guardian")), pc.not_equal(subscribers.column("notice"), NOTICES.index("none"))
    )
    for name in ("operator", "since"):
        kept = pc.or_(kept, pc.is_valid(subscribers.column(name)))
    rows = subscribers.select(list(BESIDE)).filter(kept)
    nothing = {field.name: pa.nulls(len(unwritten), field.type) for field in rows.schema}
    return pa.concat_tables([rows, pa.table(nothing | {"number": pa.array(unwritten)}, schema=rows.schema)])
