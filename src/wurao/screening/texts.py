"""The texts of a batch: which may be read as a sight has it, what was read of them, and what verdicts say of it.

Nobody's text is looked at who has not switched content protection on (DESIGN 8): `BatchTexts` asks the profiles of the
callees first, and hands only those rows to the reader. It does so when a batch is prepared, and again for the rows
still to be decided when a later sight has other wishes or other templates. Rows of verdict files bring what was read
when they were screened in place of a text. `engine` calls it for a batch, `asking` and `explain` use its pieces.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from wurao.compiled import Bundle, compiled
from wurao.content.digest import HASH_OCTETS
from wurao.content.hosts import HOSTS_A_TEXT
from wurao.content.reader import Fitting, Reader, TextFault, TextsRead
from wurao.content.registered import changed_since, standing
from wurao.content.sketch import BINS
from wurao.events.columns import EventColumns
from wurao.events.values import nulls_of
from wurao.screening.gather import profile_of, rank_of
from wurao.screening.sight import Sight
from wurao.screening.stored import are_stored, stored_marks, stored_texts
from wurao.snapshot.ahead import ask_caller_page, ask_line, ask_ranked
from wurao.snapshot.domains import Hosts, look_hosts_up
from wurao.snapshot.registry import Registry
from wurao.wishes import CONTENT_PROTECTION_BIT, Channel

Ints = npt.NDArray[np.int64]
Rows = npt.NDArray[np.int32]

SIGHTS_KEPT = 3
"""The templates of so many sights are kept ready: batches prepared by earlier ones are still on their way."""
PAGE, LINE, RANK = 24, 16, 8
"""So many rows ahead memory is asked for, each a load deeper."""
OF_TEXTS = {
    "score": "score",
    "score_known": "score_known",
    "class": "class_of",
    "class_known": "class_known",
    "kind": "kind",
    "kind_known": "kind_known",
}
"""The columns of events that say what texts were judged to be, by what they are called among the judged."""
_NO_ROWS = np.empty(0, np.int64)


class Candidates(Bundle):
    """Rows with a text, and room for whether it may be read."""

    columns: ClassVar[dict[str, str]] = {"rows": "i8", "protected": "i1", "at": "i8"}


def _ask_who_is_protected(
    base: Registry, overlay: Registry, events: EventColumns, candidates: Candidates, first: int
) -> None:
    """Ask of the callee of each row whether content protection is on; `at` says which row raised."""
    count = len(candidates.rows)
    for number in range(first, count):
        candidates.at[0] = number
        if number + PAGE < count:
            ask_caller_page(base, events.callee[candidates.rows[number + PAGE]])
        if number + LINE < count:
            ask_line(base, events.callee[candidates.rows[number + LINE]])
        if number + RANK < count:
            ask_ranked(base, events.callee[candidates.rows[number + RANK]])
        profile = profile_of(base, overlay, rank_of(base, overlay, events.callee[candidates.rows[number]]))
        candidates.protected[number] = (profile >> CONTENT_PROTECTION_BIT) & 1


ask_who_is_protected = compiled(_ask_who_is_protected)


@dataclass(frozen=True, slots=True)
class _Templates:
    """The templates of one sight, and what they were made of."""

    snapshot: Any
    changed: Any
    names: pa.Array
    fitting: Fitting

    def are_of(self, sight: Sight) -> bool:
        return (
            self.snapshot is sight.snapshot
            and self.changed is sight.changed.get("templates")
            and self.names is sight.overlaid.names.templates
        )


class TextReader:
    """What reads the texts of all batches of an engine, on any thread: the reader, and each sight's templates."""

    def __init__(self, reader: Reader | None = None) -> None:
        self.reader = reader or Reader()
        self._templates: list[_Templates] = []
        self._making = threading.Lock()

    def fitting(self, sight: Sight) -> Fitting:
        """The templates of a sight; the same ones again as long as no change touches them."""
        with self._making:
            found = next((each for each in self._templates if each.are_of(sight)), None)
            if found is None:
                changed, names = sight.changed.get("templates"), sight.overlaid.names.templates
                same = next((each for each in self._templates if each.snapshot is sight.snapshot), None)
                base = standing(sight.snapshot) if same is None else same.fitting.base
                found = _Templates(sight.snapshot, changed, names, Fitting(base, changed_since(changed, names)))
                self._templates = [found, *self._templates][:SIGHTS_KEPT]
            return found.fitting


@dataclass(slots=True)
class BatchTexts:
    """The texts of one batch, and what was read of those that may be, as the sight in use has it."""

    batch: pa.RecordBatch
    reader: TextReader
    rows: Ints = field(default_factory=lambda: _NO_ROWS)
    """Those whose text may be read."""
    fitting: Fitting | None = None
    read: TextsRead | None = None
    faults: list[TextFault] = field(default_factory=list)
    """Texts that could not be read, of which nobody was told yet."""
    _candidates: Ints = field(default_factory=lambda: _NO_ROWS)

    def __post_init__(self) -> None:
        texts = self.batch.column("stored_score" if are_stored(self.batch) else "text")
        if texts.null_count < len(texts):
            of_messages = self.batch.column("channel").to_numpy() == Channel.MESSAGE
            self._candidates = np.flatnonzero(of_messages & _are_there(texts))

    def seen(self, sight: Sight, events: EventColumns, first: int = 0) -> EventColumns:
        """The events with what may be read of their texts, as a sight has it from a row on; earlier ones are decided.

        `events` are those of the sight.
        """
        if are_stored(self.batch):
            self.rows = self._readable(sight, events, first)
            self.read = stored_texts(self.batch, self.rows)
            return with_texts(events, self.read)
        if not len(self._candidates):
            return events
        fitting = self.reader.fitting(sight)
        rows = self._readable(sight, events, first)
        if self.read is None or fitting is not self.fitting or not np.array_equal(rows, self.rows):
            texts, templates = self.batch.column("text"), events.array("template")
            self.rows, self.fitting = rows, fitting
            self.read = self.reader.reader.read(texts, rows, templates, fitting) if len(rows) else None
            self.faults = self.read.faults if self.read is not None else []
        return with_texts(events, self.read)

    def look_hosts_up(self, sight: Sight, events: EventColumns, first: int) -> None:
        """Mark the rows from one on whose text has a host that is blocked."""
        if self.read is not None:
            rows = self.rows[self.rows >= first]
            self.faults = [*self.faults, *hosts_looked_up(sight, events, rows, self.read)]

    def take_faults(self) -> list[TextFault]:
        """The texts that raised since this was last asked."""
        faults, self.faults = self.faults, []
        return faults

    def columns(self, known: npt.NDArray[np.bool_]) -> dict[str, pa.Array]:
        """What verdicts say of texts, as `text_columns` and `text_marks`; nothing where none was read."""
        if self.read is None or not self.read.count:
            return {}
        marks = stored_marks(self.batch, self.read) if are_stored(self.batch) else text_marks(self.read)
        return text_columns(self.read, known) | marks

    def _readable(self, sight: Sight, events: EventColumns, first: int) -> Ints:
        """The rows whose text may be read: by the sight from `first` on, before that as it was."""
        ahead = self._candidates[self._candidates >= first]
        candidates = Candidates(rows=ahead, protected=np.zeros(len(ahead), np.int8), at=np.zeros(1, np.int64))
        base, overlay, number = sight.snapshot.registry, sight.overlaid.registry, 0
        while number < len(ahead):
            try:
                ask_who_is_protected(base, overlay, events, candidates, number)
                break
            except Exception:  # the rules will meet the same damaged page, and name it
                candidates.protected[candidates.at[0]] = 0
                number = candidates.at[0] + 1
        return np.concatenate([self.rows[self.rows < first], ahead[candidates.array("protected") == 1]])


def _are_there(texts: pa.Array) -> npt.NDArray[np.bool_]:
    """Which rows have a text; an empty one is none."""
    if pa.types.is_string(texts.type):
        return pc.binary_length(texts).fill_null(0).to_numpy(zero_copy_only=False) > 0
    nulls = nulls_of(texts)
    return np.ones(len(texts), np.bool_) if nulls is None else ~nulls


def with_texts(events: EventColumns, read: TextsRead | None) -> EventColumns:
    """The same events with what was read of their texts; with nothing, where none was."""
    arrays = {name: events.array(name) for name in EventColumns.columns}
    rows = len(arrays["at"])
    if read is None:
        return EventColumns(**arrays | nothing_read(rows))
    judged = {f"text_{name}": read.judged.array(of) for name, of in OF_TEXTS.items()}
    return EventColumns(**arrays | judged | {"reading": read.reading, "fits": read.fits})


def nothing_read(rows: int) -> dict[str, npt.NDArray[Any]]:
    """The columns of so many events of which no text was read: of a template, what is declared counts."""
    judged = {name: np.empty(0, kind) for name, kind in EventColumns.columns.items() if name.startswith("text_")}
    return judged | {"reading": np.full(rows, -1, np.int32), "fits": np.ones(rows, np.int8)}


def hosts_looked_up(
    sight: Sight, events: EventColumns, rows: Ints, read: TextsRead, look_up: Any = look_hosts_up
) -> list[TextFault]:
    """Mark those of some rows whose text has a blocked host; a row that raises has none, and is among the faults."""
    readings, faults, number = read.readings, [], 0
    hosts = Hosts(
        rows=rows,
        reading=events.array("reading"),
        times=events.array("at"),
        hosts_of=readings.array("hosts_of"),
        host_begins=readings.array("host_begins"),
        octets=readings.array("hosts"),
        listed=events.array("listed"),
        at=np.zeros(1, np.int64),
    )
    while number < len(rows):
        try:
            look_up(sight.snapshot.registry, sight.overlaid.registry, hosts, number)
            break
        except Exception as error:
            number = hosts.at[0] + 1
            faults.append(TextFault(rows[number - 1 : number], error))
    return faults


def text_columns(read: TextsRead, known: npt.NDArray[np.bool_]) -> dict[str, pa.Array]:
    """Class and kind as their places, -1 for none; score and links, null where no text was read.

    `known`: of each row whether its sender is known.
    """
    unread = read.reading < 0
    place = np.where(unread, 0, read.reading)
    judged, readings = read.judged, read.readings
    index = pa.array(read.reading, mask=unread)
    score = np.where(known, judged.array("score_known")[place], judged.array("score")[place])
    class_of = np.where(known, judged.array("class_known")[place], judged.array("class_of")[place])
    kind = np.where(known, judged.array("kind_known")[place], judged.array("kind")[place])
    return {
        "class": np.where(unread, -1, class_of).astype(np.int8),
        "kind": np.where(unread, -1, kind).astype(np.int8),
        "score": pa.array(score, pa.float32(), mask=unread),
        "links": _links(readings.array("hosts_of"), readings.array("host_begins"), readings.array("hosts")).take(index),
    }


def text_marks(read: TextsRead) -> dict[str, pa.Array]:
    """Hash and sketch, null where no text was read."""
    index = pa.array(read.reading, mask=read.reading < 0)
    return {
        "text_hash": _fixed(read.readings.array("hashes"), HASH_OCTETS).take(index),
        "text_sketch": _fixed(read.readings.array("sketches"), BINS).take(index),
    }


def _links(hosts_of: Rows, host_begins: Rows, octets: npt.NDArray[np.uint8]) -> pa.Array:
    buffers = [None, pa.py_buffer(host_begins), pa.py_buffer(octets)]
    hosts = pa.Array.from_buffers(pa.string(), int(hosts_of[-1]), buffers)
    links = pa.ListArray.from_arrays(pa.array(hosts_of), hosts)
    most = int(np.diff(hosts_of).max(initial=0))
    return links if most <= HOSTS_A_TEXT else pc.list_slice(links, 0, HOSTS_A_TEXT)


def _fixed(octets: npt.NDArray[np.uint8], width: int) -> pa.Array:
    return pa.Array.from_buffers(pa.binary(width), len(octets) // width, [None, pa.py_buffer(octets)])


def warm() -> None:
    """Compile what this module calls."""
    nothing, events = Registry.without_rows(), EventColumns.without_rows()
    ask_who_is_protected(nothing, nothing, events, Candidates.without_rows(), 0)
    look_hosts_up(nothing, nothing, Hosts.without_rows(), 0)
