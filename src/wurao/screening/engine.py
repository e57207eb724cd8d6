"""The engine: events go in, verdicts come out; one event, or a column of millions, by the same source.

`Engine.screen` takes a batch of `READ_SCHEMA` and gives a batch of `VERDICT_SCHEMA`. It is three steps, so that they
may run on different threads: `prepare` (any thread) turns text into places and looks up what the registries say,
`decide` (one thread, in input order) asks the rules and moves velocity on, `render` (any thread) writes verdicts.
`follow` takes up live changes and new snapshots between blocks, however large a batch is. A fault never stops a call:
the row that raises is asked once more uncompiled, to say where, and comes through with reason FAULT.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from wurao.compiled import Compiled, compiled
from wurao.content.classes import CLASSES, KINDS
from wurao.events.columns import ATTESTATIONS, EVENT_IDS_MADE, ROAMINGS, EventColumns
from wurao.events.values import nulls_of, places_of
from wurao.numbering import Kind, canonical_column
from wurao.numbering.number import KIND_SHIFT
from wurao.screening.explain import Explanation, explain
from wurao.screening.faults import Faults, tell_fault, tell_text_fault
from wurao.screening.following import Following
from wurao.screening.gather import facts_of, look
from wurao.screening.grounds import name_grounds
from wurao.screening.kernel import NOTHING_MEASURED, VerdictColumns, blank_verdicts, screen_rows
from wurao.screening.lookups import WORDS, look_rows
from wurao.screening.sight import Sight
from wurao.screening.single import columns_of_one
from wurao.screening.texts import BatchTexts, TextReader, nothing_read
from wurao.screening.told import name_text, read_one
from wurao.screening.velocity import Velocity
from wurao.screening.watch import CeilingWatch, LateWatch
from wurao.settings import Settings, load
from wurao.settings.thresholds import thresholds
from wurao.snapshot import Changed
from wurao.snapshot.changed import no_change
from wurao.snapshot.columns import places
from wurao.snapshot.domains import listed_names
from wurao.snapshot.marks import marks
from wurao.snapshot.registry import Registry
from wurao.snapshot.senders import OVERSEAS
from wurao.tables import read_tables
from wurao.verdicts import ACTIONS, REASONS, VERDICT_SCHEMA, declared
from wurao.wishes import CATEGORIES, CHANNELS

Int = TypeVar("Int", np.int8, np.int32)

KERNEL = compiled(screen_rows)
LOOK = compiled(look_rows)
BLOCK = 65_536
"""So many rows, a sixth of a second's work, are decided by one sight, and between two looks at velocity's room."""


@dataclass(slots=True)
class Prepared:
    """A batch ready to be decided: its rows as numbers, and the sight that their places are of."""

    batch: pa.RecordBatch
    events: EventColumns
    sight: Sight
    texts: BatchTexts
    decided_by: list[tuple[int, Sight]] = field(default_factory=list)
    """From which row on each sight decided; one for most batches."""
    looked_with: Sight | None = None
    """The sight by which all rows were looked up ahead."""

    def look_ahead(self) -> None:
        """Look every row up by the sight at hand."""
        self._look(0, self.batch.num_rows)
        self.looked_with = self.sight

    def look_again(self, first: int, last: int) -> None:
        """Look a block up anew where another sight than the one that it was looked up by is to decide it."""
        if self.looked_with is not self.sight:
            self.events.array("looked")[WORDS * first : WORDS * last] = 0
            self._look(first, last)

    def _look(self, first: int, last: int) -> None:
        base, overlay = self.sight.snapshot.registry, self.sight.overlaid.registry
        while first < last:
            try:
                LOOK(base, overlay, self.events, first, last)
                return
            except Exception:  # it will raise in its turn too, and be told of then
                left = self.events.array("looked")[WORDS * first : WORDS * last : WORDS]
                first += int(np.argmin(left != 0)) + 1

    def decide_with(self, sight: Sight, row: int) -> None:
        """Take a sight for what follows from a row on: its places, and the names that are blocked as it has them."""
        if self.decided_by and sight is self.sight:
            return
        if sight is not self.sight:
            if not sight.has_places_of(self.sight):
                self.events = event_columns(self.batch, sight)
            self.events = self.texts.seen(sight, self.events, row)
        self.sight = sight
        self.decided_by.append((row, sight))
        self._look_names_up(row)

    def _look_names_up(self, row: int) -> None:
        names = self.batch.column("name")
        if names.null_count < len(names):
            base, overlay = self.sight.snapshot.registry, self.sight.overlaid.registry
            at, listed = (self.events.array(name)[row:] for name in ("at", "listed"))
            listed[:] = 0
            listed_names(base, overlay, names.slice(row), at, listed)
        self.texts.look_hosts_up(self.sight, self.events, row)

    def tell_text_faults(self, faults: Faults) -> None:
        """Count the texts that could not be read, and tell of them; each once."""
        ids = self.batch.column("event_id")
        for fault in self.texts.take_faults():
            tell_text_fault(faults, fault.error, len(fault.rows), event_id=ids[int(fault.rows[0])].as_py())

    def spans(self) -> list[tuple[Sight, slice]]:
        """The rows that each sight decided, in order; never none."""
        spans = self.decided_by or [(0, self.sight)]
        ends = [row for row, _ in spans[1:]] + [self.batch.num_rows]
        return [(sight, slice(row, end)) for (row, sight), end in zip(spans, ends, strict=True)]


class Engine:
    """Decides events by a sight of the registry; velocity is its own and moves with every batch."""

    def __init__(self, sight: Sight, settings: Settings, kernel: Compiled = KERNEL, *, alarms: bool = True) -> None:
        self.sight = sight
        self.thresholds = thresholds(settings)
        self._active_callers = settings.velocity.active_callers
        self.velocity = Velocity.create(self._active_callers)
        self.following: Following | None = None
        self.faults = Faults()
        self.ceilings = CeilingWatch(self.thresholds.sender_ceiling_per_hour) if alarms else None
        self.late_rows = LateWatch()
        self.texts = TextReader()
        self.kernel = kernel

    @classmethod
    def open(
        cls, store: Path, settings: Settings | None = None, *, follow: bool = False, alarms: bool = True
    ) -> Engine:
        """An engine on a store's current snapshot and the changes acknowledged so far.

        With `follow` it is a worker: it takes up changes and new snapshots as they come, and reports to the store.
        Without `alarms` it raises none for senders above their ceiling, as whoever looks at the past wants it. Refused
        where there is no snapshot, or none is sound.
        """
        settings = settings or load()
        following = Following(store)
        engine = cls(following.newest, settings, alarms=alarms)
        if follow:
            engine.following = following
            following.start()
        return engine

    def with_rows(self, directory: Path, settings: Settings) -> Engine:
        """An engine of its own on the same snapshot with the rows of a directory's tables put over it."""
        rows = {
            name: Changed(checked.table, no_change(name).gone)
            for name, checked in read_tables(directory).items()
            if len(checked.table)
        }
        return Engine(self.sight.with_changes(rows, self.sight.seq), settings, alarms=False)

    @property
    def stamp(self) -> str:
        """The snapshot and the last change in force."""
        return self.sight.stamp

    @property
    def late(self) -> int:
        """Rows that came too late to enter velocity."""
        return self.velocity.late

    def save_velocity(self, path: Path) -> None:
        """Write the state of velocity to a file; MachineFailed when the disk cannot take it."""
        self.velocity.save(path)

    def load_velocity(self, path: Path) -> None:
        """Take up a saved state of velocity; Refused where it is damaged or of another format."""
        self.velocity = Velocity.load(path, self._active_callers)

    def begin_with_velocity(self, path: Path) -> None:
        """Begin with the state that an earlier run left, as `load_velocity`; late rows are counted from here on."""
        self.load_velocity(path)
        self.velocity.count_late_anew()

    def close(self) -> None:
        """Leave service."""
        if self.following is not None:
            self.following.stop()

    def __enter__(self) -> Engine:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def explain(self, event: Mapping[str, str | None]) -> Explanation:
        """The verdict on one event as if it stood alone, and what every rule looked at and said.

        No velocity has measured anything, and no compiled code is used. A text is read as in a batch.
        """
        sight = self.sight
        base, overlay = sight.snapshot.registry, sight.overlaid.registry
        columns = columns_of_one(event, sight.overlaid.names)
        with np.errstate(over="ignore"):
            columns, text = read_one(self.texts, sight, columns, event.get("text"))
            looked = look(base, overlay, columns, 0)
            facts = facts_of(base, overlay, columns, 0, looked, NOTHING_MEASURED, self.thresholds)
            explained = explain(facts)
            name_grounds(explained, sight, columns, looked)
        return name_text(explained, text, event.get("text"), facts)

    def screen(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """The verdicts of a batch of `READ_SCHEMA`, a row each, in order."""
        prepared = self.prepare(batch)
        return declared(self.render(prepared, self.decide(prepared)))

    def prepare(self, batch: pa.RecordBatch) -> Prepared:
        """The rows of a batch as numbers; touches nothing that another thread changes."""
        sight = self.sight
        texts, events = BatchTexts(batch, self.texts), event_columns(batch, sight)
        prepared = Prepared(batch, texts.seen(sight, events), sight, texts)
        prepared.look_ahead()
        return prepared

    def decide(self, prepared: Prepared) -> VerdictColumns:
        """The verdicts of prepared rows, as numbers; each block by the newest sight where a store is followed."""
        rows = prepared.batch.num_rows
        verdicts = blank_verdicts(rows)
        clock, late = self.velocity.clock, self.velocity.late
        try:
            for block in range(0, rows, BLOCK):
                if self.following is not None:
                    self.sight = self.following.begin()
                prepared.decide_with(prepared.sight if self.following is None else self.sight, block)
                prepared.tell_text_faults(self.faults)
                verdicts.array("sight")[0] = prepared.sight.number
                self._decide_block(prepared, verdicts, block, min(rows, block + BLOCK))
        finally:
            if self.following is not None:
                self.following.end()
        self._watch(prepared, verdicts, clock, late)
        return verdicts

    def _watch(self, prepared: Prepared, verdicts: VerdictColumns, clock: int, late: int) -> None:
        """Tell what a person must hear of a batch, given velocity's clock and late rows before it."""
        at, ids = prepared.events.array("at"), prepared.batch.column("event_id")
        if self.ceilings is not None:
            for sight, decided in prepared.spans():
                self.ceilings.batch(sight, at, verdicts, decided)
        now = self.velocity.clock
        self.late_rows.batch(at, lambda row: ids[row].as_py(), now > clock, self.velocity.late - late, now)

    def _decide_block(self, prepared: Prepared, verdicts: VerdictColumns, first: int, last: int) -> None:
        prepared.look_again(first, last)
        self.velocity.make_room(last - first)
        while first < last:
            verdicts.at_row[0] = first
            try:
                self._run(self.kernel, prepared, verdicts, first, last)
                return
            except Exception:
                first = self._faulty_row(prepared, verdicts) + 1

    def _run(self, kernel: Any, prepared: Prepared, verdicts: VerdictColumns, first: int, last: int) -> None:
        sight = prepared.sight
        base, overlay = sight.snapshot.registry, sight.overlaid.registry
        kernel(base, overlay, self.velocity.state, self.thresholds, prepared.events, verdicts, first, last)

    def _faulty_row(self, prepared: Prepared, verdicts: VerdictColumns) -> int:
        """Ask the row that raised once more, uncompiled; let its event through if it raises again."""
        row: int = verdicts.at_row[0]
        try:
            with np.errstate(over="ignore"):
                self._run(self.kernel.plain, prepared, verdicts, row, row + 1)
        except Exception as fault:
            tell_fault(self.faults, fault, event_id=prepared.batch.column("event_id")[row].as_py())
            verdicts.let_through(row, _came_from_overseas(prepared, row))
        return row

    def render(self, prepared: Prepared, verdicts: VerdictColumns) -> pa.RecordBatch:
        """The columns of `VERDICT_SCHEMA` for prepared rows and their verdicts; texts with few values as dictionaries.

        `declared` makes them plain texts; a file's writer is faster without.
        """
        batch, spans, rows = prepared.batch, prepared.spans(), prepared.batch.num_rows
        sender, order = verdicts.array("sender"), verdicts.array("order")
        columns = {
            "channel": _codes(batch.column("channel").to_numpy(), CHANNELS),
            "from_number": _numbers(batch, "from_number"),
            "to_number": _numbers(batch, "to_number"),
            "attestation": _codes(batch.column("attestation").to_numpy(), ATTESTATIONS),
            "roaming": _codes(batch.column("roaming").to_numpy(), ROAMINGS),
            "answered": _truths(batch.column("answered").to_numpy()),
            "action": _codes(verdicts.array("action"), ACTIONS),
            "reason": _codes(verdicts.array("reason"), REASONS),
            "label": _codes(verdicts.array("label"), REASONS),
            "overseas_mark": pa.array(verdicts.array("overseas_mark") != 0),
            "category_declared": batch.column("category"),
            "category": _codes(verdicts.array("category"), CATEGORIES),
            "sender_id": _joined(sight.sender_ids(sender[where]) for sight, where in spans),
            "order_id": _joined(sight.order_ids(order[where]) for sight, where in spans),
            "snapshot": _joined(_repeated(sight.stamp, where.stop - where.start) for sight, where in spans),
        }
        of_texts = prepared.texts.columns(sender >= 0)
        columns |= of_texts
        for name, codes in (("class", CLASSES), ("kind", KINDS)):
            columns[name] = _codes(of_texts[name], codes) if of_texts else _no_codes(codes, rows)
        here = set(batch.schema.names)
        arrays = []
        for wanted in VERDICT_SCHEMA:
            column = columns.get(wanted.name)
            if column is None:
                column = batch.column(wanted.name) if wanted.name in here else _nothing(wanted.type, rows)
            absent = column.type != wanted.type and column.null_count == rows
            arrays.append(_nothing(wanted.type, rows) if absent else column)
        return pa.RecordBatch.from_arrays(arrays, names=VERDICT_SCHEMA.names)


def _came_from_overseas(prepared: Prepared, row: int) -> bool:
    """What the law asks to be shown of a call even when nothing else of it is known (DESIGN 5)."""
    trunk, flags = prepared.events.trunk[row], prepared.sight.overlaid.registry.array("trunks")[::4]
    by_trunk = 0 <= trunk < len(flags) and bool(flags[trunk] & OVERSEAS)
    return by_trunk or prepared.events.caller[row] >> KIND_SHIFT == Kind.FOREIGN


def event_columns(batch: pa.RecordBatch, sight: Sight) -> EventColumns:
    """A batch of `READ_SCHEMA` as the kernel reads it; an unknown trunk, template or category is -1."""
    names = sight.overlaid.names
    ids = batch.column("event_id")
    made = EVENT_IDS_MADE.items() <= (batch.schema.metadata or {}).items()
    high, low = marks(pa.nulls(len(ids), pa.string()) if made else ids)
    columns: dict[str, npt.NDArray[Any]] = {
        "at": batch.column("at").cast(pa.int64()).to_numpy(),
        "caller": batch.column("from_number").to_numpy(),
        "callee": batch.column("to_number").to_numpy(),
        "trunk": _places(batch.column("trunk"), names.trunks, np.int32),
        "template": _places(batch.column("template_id"), names.templates, np.int32),
        "declared": _places(batch.column("category"), _texts(CATEGORIES), np.int8),
        "ring_s": _seconds(batch.column("ring_s")),
        "duration_s": _seconds(batch.column("duration_s")),
        "id_high": high,
        "id_low": low,
        "listed": np.zeros(batch.num_rows, dtype=np.int8),
        "looked": np.zeros(WORDS * batch.num_rows, dtype=np.int64),
        **nothing_read(batch.num_rows),
    }
    for name in ("channel", "attestation", "roaming", "answered"):
        columns[name] = batch.column(name).to_numpy()
    return EventColumns(**columns)


def _places(column: pa.Array, among: pa.Array, kind: type[Int]) -> npt.NDArray[Int]:
    """Where each value of a dictionary column stands among names: each distinct one is looked for once."""
    if column.null_count == len(column):
        return np.full(len(column), -1, dtype=kind)
    found = np.append(places(column.dictionary, among), -1).astype(kind)
    index, null = places_of(column), nulls_of(column.indices)
    return found[index if null is None else np.where(null, len(found) - 1, index)]


def _seconds(column: pa.Array) -> npt.NDArray[np.float64]:
    """Seconds as they stand, not a number where null."""
    null = nulls_of(column)
    if null is None:
        return column.to_numpy()
    if column.null_count == len(column):
        return np.full(len(column), np.nan)
    there = np.frombuffer(column.buffers()[1], np.float64)[column.offset : column.offset + len(column)]
    return np.where(null, np.nan, there)


def _codes(values: npt.NDArray[np.int8], codes: tuple[str, ...]) -> pa.DictionaryArray:
    """A dictionary column of codes; -1 is null."""
    return pa.DictionaryArray.from_arrays(_where_not_negative(values), _texts(codes))


@functools.lru_cache(maxsize=4)
def _no_codes(codes: tuple[str, ...], rows: int) -> pa.DictionaryArray:
    """A dictionary column of nulls; the same one again for the next batch."""
    return _codes(np.full(rows, -1, np.int8), codes)


@functools.cache
def _texts(codes: tuple[str, ...]) -> pa.Array:
    """Kept, since Arrow looks for pandas on the disk whenever it is given a tuple."""
    return pa.array(codes)


def _where_not_negative(values: npt.NDArray[np.int8]) -> pa.Array:
    """The values as they lie in memory; negative ones are null."""
    there = values >= 0
    valid = None if there.all() else pa.py_buffer(np.packbits(there, bitorder="little"))
    return pa.Array.from_buffers(pa.int8(), len(values), [valid, pa.py_buffer(values)])


@functools.lru_cache(maxsize=12)
def _nothing(kind: pa.DataType, rows: int) -> pa.Array:
    """A column of nulls; the same one again for the next batch, since most batches have as many rows."""
    return pa.nulls(rows, kind)


@functools.lru_cache(maxsize=2)
def _repeated(text: str, rows: int) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(np.zeros(rows, np.int32)), pa.array([text]))


def _joined(parts: Iterable[pa.Array]) -> pa.Array:
    whole = list(parts)
    return whole[0] if len(whole) == 1 else pa.concat_arrays(whole)


def _numbers(batch: pa.RecordBatch, name: str) -> pa.Array:
    """A column of numbers in canonical text; a look-up has none."""
    texts = canonical_column(batch.column(name).to_numpy())
    lookups = batch.column("channel").to_numpy() == CHANNELS.index("name")
    return pc.if_else(pa.array(lookups), None, texts) if lookups.any() else texts


def _truths(values: npt.NDArray[np.int8]) -> pa.Array:
    return pa.array(values == 1, mask=values < 0)


def warm() -> None:
    """Compile the kernel, and what looks up ahead of it."""
    nothing, state = Registry.without_rows(), Velocity.create(1).state
    LOOK(nothing, nothing, EventColumns.without_rows(), 0, 0)
    KERNEL(nothing, nothing, state, thresholds(load()), EventColumns.without_rows(), blank_verdicts(0, 0), 0, 0)
