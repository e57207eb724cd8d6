"""One pass over a column of texts: of each distinct text what it is judged to be, its hosts, its sketch, its hash.

In go the octets of a UTF-8 column, the rows to be read and the template that each declares; out come a place a distinct
text in `Judged` and `Readings`, for each row the place of its text, and whether that fits the row's template. The same
text is read once, however many rows have it. Nothing is allocated here: `reader`, which calls these functions,
measures the room, and all that a text needs while it is read is used again for the next. A row that is not to be read
is never looked at.
"""

from __future__ import annotations

from typing import Any, ClassVar, NamedTuple

import numpy as np
import numpy.typing as npt

from wurao.compiled import Bundle, View, apart, compiled
from wurao.content.digest import HASH_OCTETS, HashKey, hash_texts
from wurao.content.finds import Finds, FindTables, find_all
from wurao.content.folding import fold, fold_and_tell
from wurao.content.folding_layout import OTHERWISE
from wurao.content.folding_tables import Folding
from wurao.content.hosts import HOSTS_A_TEXT, OCTETS_OF_HOSTS, Readings, has_room, keep_hosts, keep_written_hosts
from wurao.content.judging import Classifier, Judged, JudgingRoom, judge
from wurao.content.sha256 import Lanes
from wurao.content.sketch import BINS, SketchKey, SketchScratch, sketch_text
from wurao.content.templates import Templates, TemplateScratch, fits_newest

Octets = npt.NDArray[np.uint8]

LONGEST = 1 << 20
"""Octets: of a longer text, of which no network carries one, the beginning is read; its hash is of all."""
LOOKS = 64
"""So many texts of one hash are compared with a text; one that has not met itself by then is read again."""
_FIRST = np.uint64(0x9E3779B97F4A7C15)
_SECOND = np.uint64(0xC2B2AE3D27D4EB4F)
_HALF, _EIGHT = np.uint64(32), np.uint64(8)


class Texts(Bundle):
    """A column of texts, the rows of it that are to be read, and which rows have one text."""

    columns: ClassVar[dict[str, str]] = {
        "octets": "u1",
        "places": "i4",  # where each row's text begins and, one further, ends
        "rows": "i8",  # those to be read
        "templates": "i4",  # of each row: the place of the template that it declares, -1 for none
        "reading": "i4",  # of each row: the place of its text among the distinct ones, -1 where it is not read
        "fits": "i1",  # of each row: whether its text fits its template
        "starts": "i8",  # of each distinct text
        "ends": "i8",
        "heads": "i4",  # of each distinct text: one of `rows` that has it
        "nexts": "i4",  # of each of `rows`: another with the same text, -1 behind the last
        "table": "i4",  # distinct texts by their hash: place + 1
        "at": "i8",  # one value: the text in work
    }

    octets: View
    places: View
    rows: View
    templates: View
    reading: View
    fits: View
    starts: View
    ends: View
    heads: View
    nexts: View
    table: View
    at: View


class Points(Bundle):
    """Room for one text's plain text."""

    columns: ClassVar[dict[str, str]] = {"scratch": "i4", "points": "i4", "written": "i4", "count": "i4"}

    scratch: View
    points: View
    written: View
    """The same text as it is written, where that is something else."""
    count: View
    """One value: how many points the text read last has."""


class Means(NamedTuple):
    """What all texts are read with."""

    folding: Folding
    written: Folding
    finding: FindTables
    classifier: Classifier
    sketch_key: SketchKey


class Room(NamedTuple):
    """Room for one text at a time; one a thread."""

    points: Points
    finds: Finds
    written: Finds
    """The links of the text as it is written."""
    judging: JudgingRoom
    templates: TemplateScratch
    sketch: SketchScratch


def _find_distinct(texts: Texts, octets: Octets, seed: int) -> int:
    """Give each row to be read the place of its text; how many distinct texts there are.

    Texts are compared octet by octet, so the hash (which `seed` makes nobody's to foresee) only says where to look.
    """
    count = 0
    last = len(texts.table) - 1
    for number in range(len(texts.rows)):
        row = texts.rows[number]
        start, end = texts.places[row], texts.places[row + 1]
        slot = int(np.int64(hashed(octets, start, end, np.uint64(seed)) & np.uint64(last)))
        place = -1
        for _ in range(LOOKS):
            held = texts.table[slot] - 1
            if held < 0:
                texts.table[slot] = count + 1
                break
            if texts.ends[held] - texts.starts[held] == end - start and _same(octets, texts.starts[held], start, end):
                place = held
                break
            slot = (slot + 1) & last
        if place < 0:
            place = count
            texts.starts[place] = start
            texts.ends[place] = end
            texts.heads[place] = -1
            count += 1
        texts.nexts[number] = texts.heads[place]
        texts.heads[place] = number
        texts.reading[row] = place
    return count


def hashed(octets: Octets, start: int, end: int, seed: np.uint64) -> np.uint64:
    """A hash of some octets, eight at a time; the products wrap on purpose."""
    found = seed ^ np.uint64(end - start)
    place = start
    while place + 8 <= end:
        word = np.uint64(0)
        begin = np.uint64(place)
        for ahead in range(8):
            word |= np.uint64(octets[begin + np.uint64(ahead)]) << np.uint64(8 * ahead)
        found = (found ^ word) * _FIRST
        found ^= found >> _HALF
        place += 8
    word = np.uint64(0)
    for at in range(place, end):
        word = word << _EIGHT | np.uint64(octets[at])
    found = (found ^ word) * _SECOND
    return found ^ (found >> _HALF)


def _same(octets: Octets, held: int, start: int, end: int) -> bool:
    """Whether the octets from `held` on are those from `start` to `end`."""
    for ahead in range(end - start):
        if octets[held + ahead] != octets[start + ahead]:
            return False
    return True


def _read_texts(
    means: Means,
    room: Room,
    base: Templates,
    above: Templates,
    texts: Texts,
    judged: Judged,
    readings: Readings,
    first: int,
    last: int,
    keeping: bool,
) -> int:
    """Read the distinct texts from `first` up to `last`, or to where there is no more room for hosts.

    Gives the text to go on with. `keeping`: their sketches are wanted. `texts.at` says which one raised.
    """
    for place in range(first, last):
        texts.at[0] = place
        known = readings.hosts_of[place]
        points, start = room.points.points, texts.starts[place]
        end = min(texts.ends[place], start + LONGEST)
        count, bits = fold_and_tell(means.folding, texts.octets, start, end, room.points.scratch, points)
        room.points.count[0] = count
        if not has_room(readings, known, count):
            return place
        find_all(means.finding, points, count, room.finds)
        judge(means.classifier, room.judging, points, count, room.finds, judged, place)
        if keeping:
            sketch_text(means.sketch_key, points, count, room.sketch, readings.sketches, BINS * place)
        _match(base, above, texts, room, place, count)
        found = keep_hosts(means.finding, points, count, room.finds, room.written, readings, known, known)
        if bits & OTHERWISE:
            written, scratch = room.points.written, room.points.scratch
            count = fold(means.written, texts.octets, start, end, scratch, written)
            if not has_room(readings, found, count):
                return place
            found = keep_written_hosts(means.finding, written, count, room.written, readings, known, found)
        readings.hosts_of[place + 1] = found
    return last


@apart
def _match(base: Templates, above: Templates, texts: Texts, room: Room, place: int, count: int) -> None:
    """Ask of every row that has this text whether it fits the template that the row declares."""
    number = texts.heads[place]
    asked, answer = -1, 0
    while number >= 0:
        row = texts.rows[number]
        template = texts.templates[row]
        if template >= 0 and template != asked:
            asked = template
            answer = 1 if fits_newest(base, above, room.points.points, count, template, room.templates) else 0
        texts.fits[row] = answer if template >= 0 else 0
        number = texts.nexts[number]


def _hash_texts(key: HashKey, texts: Texts, lanes: Lanes, readings: Readings, count: int) -> None:
    hash_texts(key, texts.octets, texts.starts, texts.ends, 0, count, lanes, readings.hashes)


find_distinct = compiled(_find_distinct)
read_texts = compiled(_read_texts)
hash_distinct = compiled(_hash_texts)


def room_of_readings(count: int, keeping: bool) -> Readings:
    """Room for so many distinct texts, and for the hosts of as many as usually have one."""
    arrays: dict[str, npt.NDArray[Any]] = {
        "hashes": np.zeros(HASH_OCTETS * count if keeping else 0, np.uint8),
        "sketches": np.zeros(BINS * count if keeping else 0, np.uint8),
        "hosts_of": np.zeros(count + 1, np.int32),
        "host_begins": np.zeros(count // 2 + HOSTS_A_TEXT + 1, np.int32),
        "hosts": np.zeros(8 * count + OCTETS_OF_HOSTS, np.uint8),
    }
    return Readings(**arrays)


def with_more_room(readings: Readings) -> Readings:
    """The same readings with room for twice as many hosts."""
    arrays = {name: readings.array(name) for name in Readings.columns}
    for name in ("host_begins", "hosts"):
        arrays[name] = np.concatenate([arrays[name], np.zeros_like(arrays[name])])
    return Readings(**arrays)
