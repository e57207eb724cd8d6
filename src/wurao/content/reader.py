"""Reads the texts of a column that may be read; what `reading` needs is made ready here, and what it found given back.

A `Reader` holds what all texts are read with (the folding tables, the classifier, the key of hashes) and room for each
thread that reads. `read` takes an Arrow column of texts, the rows to be read and the template that each declares, and
gives a `TextsRead`. A text that raises is read once more uncompiled, to say where; if it raises again its rows count as
not read, and all others are as they would be without it. Screening calls it, for a batch, one event, and to explain.
"""

from __future__ import annotations

import functools
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from wurao.compiled import Bundle
from wurao.content.digest import HashKey, hash_key, text_key
from wurao.content.extract import Find, kept_finds
from wurao.content.finds import Finds, find_tables
from wurao.content.folding import room_for, scratch_for
from wurao.content.folding_tables import folding_tables, written_tables
from wurao.content.hosts import Readings
from wurao.content.judging import Classifier, Judged, classifier_in_use, judging_room
from wurao.content.reading import (
    LONGEST,
    Means,
    Points,
    Room,
    Texts,
    find_distinct,
    hash_distinct,
    read_texts,
    room_of_readings,
    with_more_room,
)
from wurao.content.sha256 import Lanes, lanes
from wurao.content.sketch import SketchKey, sketch_key, sketch_scratch
from wurao.content.template_index import no_templates
from wurao.content.templates import Templates, find_newest, template_scratch
from wurao.settings.places import data_directory

Ints = npt.NDArray[np.int64]
Places = npt.NDArray[np.int32]

LEAST_ROOM = 4096
"""Octets: room is made for texts of so many at least, so that it need not grow from batch to batch."""
MOST_KEPT = 1 << 18
"""Octets: room for a longer text is given back when it is read."""
RETRIED = 4096
"""Octets: a longer text that raises is not read again uncompiled, which would take seconds."""
SHOWN = 16
"""So many of the templates that a text fits are named."""
_SEED = secrets.randbits(60)


class Fitting(NamedTuple):
    """The registered templates: a snapshot's, and the changes above it."""

    base: Templates
    above: Templates


NO_TEMPLATES = Fitting(no_templates(), no_templates())


class _Found(Bundle):
    """Room for places of templates."""

    columns: ClassVar[dict[str, str]] = {"places": "i4"}


@dataclass(frozen=True, slots=True)
class TextFault:
    """A text that could not be read: the rows that have it, and the error."""

    rows: Ints
    error: Exception


@dataclass(slots=True)
class TextsRead:
    """What was read of a column: for each row where its text stands among the distinct ones, and what those are."""

    reading: Places
    """-1 for a row that was not read."""
    fits: npt.NDArray[np.int8]
    """1 where the text fits the row's template. A row whose text could not be read has 1: its declaration counts."""
    judged: Judged
    readings: Readings
    count: int
    """How many distinct texts there are."""
    faults: list[TextFault] = field(default_factory=list)


class Reader:
    """Reads texts, on any thread."""

    def __init__(self, classifier: Classifier | None = None, key: Callable[[], bytes] | None = None) -> None:
        """`classifier`: the one in use where none is given; `key`: of hashes, the data directory's where none is."""
        self._classifier = classifier
        self._key = key or (lambda: text_key(data_directory()))
        self._own = threading.local()

    def read(
        self,
        column: pa.Array,
        rows: Ints,
        templates: Places,
        fitting: Fitting = NO_TEMPLATES,
        *,
        keeping: bool = True,
        plain: bool = False,
    ) -> TextsRead:
        """Read the texts of some rows of a column of `pa.string()`; `templates` has a place or -1 for every row.

        `keeping`: hashes and sketches are wanted. `plain`: uncompiled, for few texts when time to begin counts.
        """
        _, places, data = column.buffers()
        octets = np.frombuffer(data if data is not None else b"", np.uint8)
        begins = np.frombuffer(places, np.int32)[column.offset :][: len(column) + 1]
        return self.read_octets(octets, begins, rows, templates, fitting, keeping=keeping, plain=plain)

    def read_octets(
        self,
        octets: npt.NDArray[np.uint8],
        places: Places,
        rows: Ints,
        templates: Places,
        fitting: Fitting = NO_TEMPLATES,
        *,
        keeping: bool = True,
        plain: bool = False,
    ) -> TextsRead:
        """The same of octets, text n being those from `places[n]` to `places[n + 1]`."""
        with np.errstate(over="ignore"):
            texts, count = _distinct(octets, places, rows, templates, plain)
            judged, readings = Judged.empty(count), room_of_readings(count, keeping)
            found = TextsRead(texts.array("reading"), texts.array("fits"), judged, readings, count)
            if count:
                longest = min(int((texts.array("ends") - texts.array("starts")).max()), LONGEST)
                _Reading(self.means(keeping), self._room(longest), fitting, texts, found, keeping, plain).run()
                if keeping:
                    hash_all: Any = hash_distinct.plain if plain else hash_distinct
                    hash_all(self._keys[0], texts, self._lanes(), found.readings, count)
                self._give_back(longest)
        return found

    def finds(self) -> tuple[str, list[Find]]:
        """The plain text of the text that this thread read last, and everything found in it, in order."""
        room: Room = self._own.room
        points = room.points.array("points")[: room.points.count[0]]
        plain = points.tobytes().decode("utf-32-le", "replace")
        return plain, kept_finds(room.finds, plain)

    def fitting_templates(self, fitting: Fitting) -> list[int]:
        """The places of the templates that the text read last by this thread fits, the first few; uncompiled."""
        room: Room = self._own.room
        found = _Found(places=np.zeros(SHOWN, np.int32))
        with np.errstate(over="ignore"):
            points, count = room.points.points, room.points.count[0]
            count = find_newest(*fitting, points, count, room.templates, found.places)
        places: list[int] = found.array("places")[: min(count, SHOWN)].tolist()
        return places

    def means(self, keeping: bool) -> Means:
        """What all texts are read with; the key only where something is kept."""
        key = self._keys[1] if keeping else SketchKey.without_rows()
        return Means(folding_tables(), written_tables(), find_tables(), self.classifier, key)

    @functools.cached_property
    def classifier(self) -> Classifier:
        """What judges texts."""
        return self._classifier or classifier_in_use()

    @functools.cached_property
    def _keys(self) -> tuple[HashKey, SketchKey]:
        key = self._key()
        return hash_key(key), sketch_key(key)

    def _room(self, longest: int) -> Room:
        """The room of the thread, for texts of so many octets."""
        if getattr(self._own, "octets", -1) < longest:
            size = max(longest, LEAST_ROOM)
            points = Points(
                scratch=np.zeros(scratch_for(size), np.int32),
                points=np.zeros(room_for(size), np.int32),
                written=np.zeros(room_for(size), np.int32),
                count=np.zeros(1, np.int32),
            )
            judging = judging_room(self.classifier, room_for(size))
            self._own.room = Room(points, Finds.empty(), Finds.empty(), judging, template_scratch(), sketch_scratch())
            self._own.octets = size
        room: Room = self._own.room
        return room

    def _give_back(self, longest: int) -> None:
        if longest > MOST_KEPT:
            self._own.octets = -1

    def _lanes(self) -> Lanes:
        if not hasattr(self._own, "lanes"):
            self._own.lanes = lanes()
        found: Lanes = self._own.lanes
        return found


@dataclass(slots=True)
class _Reading:
    """The distinct texts of one column while they are read."""

    means: Means
    room: Room
    fitting: Fitting
    texts: Texts
    found: TextsRead
    keeping: bool
    plain: bool

    def run(self) -> None:
        first = 0
        while first < self.found.count:
            try:
                first = self._read(self.plain, first, self.found.count)
            except Exception as error:
                first = self.texts.at[0]
                self._read_again(first, error)
                first += 1
                continue
            if first < self.found.count:
                self.found.readings = with_more_room(self.found.readings)

    def _read(self, plain: bool, first: int, last: int) -> int:
        found, texts = self.found, self.texts
        read: Any = read_texts.plain if plain else read_texts
        return int(
            read(
                self.means,
                self.room,
                *self.fitting,
                texts,
                found.judged,
                found.readings,
                first,
                last,
                self.keeping,
            )
        )

    def _read_again(self, place: int, error: Exception) -> None:
        """Read a text that raised uncompiled, which says where it raises; if it does, nobody is read to have it."""
        if self.texts.ends[place] - self.texts.starts[place] <= RETRIED:
            try:
                while self._read(True, place, place + 1) == place:
                    self.found.readings = with_more_room(self.found.readings)
                return
            except Exception as again:
                error = again
        readings = self.found.readings
        readings.hosts_of[place + 1] = readings.hosts_of[place]
        rows = self.texts.array("rows")[np.flatnonzero(self.found.reading[self.texts.array("rows")] == place)]
        self.found.reading[rows] = -1
        self.found.fits[rows] = 1
        self.found.faults.append(TextFault(rows, error))


def _distinct(
    octets: npt.NDArray[np.uint8], places: Places, rows: Ints, templates: Places, plain: bool
) -> tuple[Texts, int]:
    """The rows to be read by their distinct texts, and how many of these there are."""
    many = len(rows)
    starts, ends = np.zeros(many, np.int64), np.zeros(many, np.int64)
    of_texts: dict[str, npt.NDArray[Any]] = {
        "octets": octets,
        "places": places,
        "rows": rows,
        "templates": templates,
        "reading": np.full(len(places) - 1, -1, np.int32),
        "fits": np.ones(len(places) - 1, np.int8),
        "starts": starts,
        "ends": ends,
        "heads": np.zeros(many, np.int32),
        "nexts": np.zeros(many, np.int32),
        "table": np.zeros(1 << (2 * many).bit_length(), np.int32),
        "at": np.zeros(1, np.int64),
    }
    texts = Texts(**of_texts)
    octets = octets.view()
    octets.flags.writeable = False
    count = int((find_distinct.plain if plain else find_distinct)(texts, octets, _SEED)) if many else 0
    return Texts(**of_texts | {"starts": starts[:count], "ends": ends[:count]}), count


def warm() -> None:
    """Compile what this module calls."""
    Reader(key=lambda: bytes(32)).read(pa.array(["a"]), np.zeros(1, np.int64), np.zeros(1, np.int32))
