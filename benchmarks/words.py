"""The words of all groups and rules found in texts, on one core: our walk beside ahocorasick_rs and Hyperscan.

All three get the same texts, folded and spelled as the classifier reads them: ours as units, theirs as UTF-8, a unit a
character. Ours counts, text by text, the different words of each group. Theirs only find: their hits are counted
outside the clock, and must give the same counts. They are given all texts joined, in one call, which is the most that
can be done for them from Python; a call a text is told beside it, and what each takes of the same characters in no
order, where next to nothing is found and hits cost nothing.
"""

from __future__ import annotations

import itertools
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from benchmarks.content_texts import real_texts, told
from benchmarks.figure import Figure
from benchmarks.ground import Ground
from benchmarks.rounds import Rounds, Work, by_turns
from wurao.compiled import Bundle, View, compiled
from wurao.content.folding import fold_texts
from wurao.content.judging import all_groups
from wurao.content.letters import kinds
from wurao.content.rules import rules
from wurao.content.units import DIGITS, spell
from wurao.content.words import RULE, WordTable, count_words, units_of, word_table

NAME = "words"
ABOUT = "words of groups and rules found in texts on one core, beside ahocorasick_rs and Hyperscan"
ROUNDS = 5
REACH = 1.0
FIGURES = 0xF0000
"""A run of figures is a character behind this one; no text has such a letter."""
BETWEEN = "\n"
"""Between texts that are joined; no word has it."""

Counts = npt.NDArray[np.int32]
Find = Callable[[bytes], list[tuple[int, ...]]]
"""Each hit's word comes first, and last the octet behind it."""


class Spelled(Bundle):
    """Texts as units, and room for one."""

    columns: ClassVar[dict[str, str]] = {
        "points": "i4",
        "begins": "i8",  # where each text's points begin and, one further, end
        "kinds": "u1",
        "units": "i4",
        "places": "i8",  # where each text's units begin and, one further, end
        "room": "i4",
        "written": "i4",
        "seen": "i4",
        "counts": "i4",
    }

    points: View
    begins: View
    kinds: View
    units: View
    places: View
    room: View
    written: View
    seen: View
    counts: View


@dataclass(frozen=True, slots=True)
class Words:
    """All words, as their units written a character each, and the groups that each counts for."""

    table: WordTable
    written: list[bytes]
    group_of: npt.NDArray[np.int64]
    rule_of: npt.NDArray[np.int64]
    """-1 for none."""
    groups: int


def run(ground: Ground) -> Iterator[Figure]:
    """A line for each of what stands beside ours."""
    texts, source = real_texts()
    texts = texts[:: ground.scale]
    words, chance = all_words(), random.Random(1)
    told_of = f"{told(texts)} ({source}), {len(words.written):,} words"
    given = Given.of(texts, words)
    in_no_order = Given.of(["".join(chance.sample(text, len(text))) for text in texts], words)
    for finder in (_ahocorasick, _hyperscan):
        name, package, find = finder(words)
        if find is None:
            why = f"{package}: not measured, since Python's {package} is not here (make bench installs it)"
            yield _figure(name, why, given, given.beside(given.ours), [told_of], measured=False)
            continue
        found = given.counts()
        if not np.array_equal(counted(find(given.joined), given.octets, words), found):
            raise AssertionError(f"{package} does not find what ours finds")
        single = given.beside(lambda find=find: [find(text) for text in given.octets])
        rare = in_no_order.beside(lambda find=find: find(in_no_order.joined))
        notes = [
            f"a call a text: {len(texts) / single.their_seconds:,.0f} a second; ratio {_told(single)}",
            f"the same characters in no order: ours {len(texts) / rare.seconds:,.0f} a second; ratio {_told(rare)}",
            f"{int(found.sum()):,} words found in {told_of}; both give the same counts; theirs are counted afterwards",
        ]
        whole = given.beside(lambda find=find: find(given.joined))
        yield _figure(name, f"{package}, all texts joined in one call", given, whole, notes)


@dataclass(frozen=True, slots=True)
class Given:
    """The same texts for ours and for theirs."""

    words: Words
    spelled: Spelled
    octets: list[bytes]
    joined: bytes

    @classmethod
    def of(cls, texts: list[str], words: Words) -> Given:
        """Texts in both forms."""
        spelled = spelled_of(texts, words)
        octets = written_texts(spelled)
        return cls(words, spelled, octets, BETWEEN.encode().join(octets))

    def ours(self) -> None:
        """Count the words of all texts."""
        self.spelled.array("counts")[:] = 0
        self.spelled.array("seen")[:] = 0
        _count_all(self.words.table, self.spelled, self.words.groups)

    def counts(self) -> Counts:
        """How many different words of each group each text has."""
        self.ours()
        return self.spelled.array("counts").reshape(-1, self.words.groups)

    def beside(self, theirs: Work) -> Rounds:
        """Ours and theirs by turns."""
        self.ours()
        theirs()
        return by_turns(self.ours, theirs, ROUNDS, time.process_time)


def _told(rounds: Rounds) -> str:
    return f"{rounds.ratio:.2f} ({min(rounds.ratios):.2f} to {max(rounds.ratios):.2f})"


def all_words() -> Words:
    """The shipped words and rules."""
    given = all_groups(rules())
    place: dict[bytes, int] = {}
    group_of: list[int] = []
    rule_of: list[int] = []
    for number, group in enumerate(given):
        for word in group.words:
            octets = _written(units_of(word))
            if octets not in place:
                place[octets] = len(group_of)
                group_of.append(number)
                rule_of.append(-1)
            elif group.role == RULE:
                rule_of[place[octets]] = number
    return Words(word_table(given), list(place), np.array(group_of), np.array(rule_of), len(given))


def spelled_of(texts: list[str], words: Words) -> Spelled:
    """Texts folded and spelled."""
    points, begins = fold_texts(pa.array(texts))
    longest = int(np.diff(begins).max(initial=0))
    spelled = Spelled(
        points=points,
        begins=begins,
        kinds=kinds(),
        units=np.zeros(2 * len(points) + 1, np.int32),
        places=np.zeros(len(begins), np.int64),
        room=np.zeros(2 * longest + 1, np.int32),
        written=np.zeros(2 * longest + 1, np.int32),
        seen=np.zeros(len(words.written), np.int32),
        counts=np.zeros(len(texts) * words.groups, np.int32),
    )
    _spell_all(spelled)
    return spelled


def written_texts(spelled: Spelled) -> list[bytes]:
    """Each text's units, a character each, as UTF-8."""
    units, places = spelled.array("units"), spelled.array("places")
    return [_written(units[start:end].tolist()) for start, end in itertools.pairwise(places)]


def _written(units: list[int]) -> bytes:
    return "".join(chr(unit if unit < DIGITS else FIGURES + unit - DIGITS) for unit in units).encode()


def counted(hits: list[tuple[int, ...]], octets: list[bytes], words: Words) -> Counts:
    """The counts that hits in the joined texts make: each word of a text once, Latin ones where they stand alone."""
    joined = np.frombuffer(BETWEEN.encode().join(octets) + BETWEEN.encode(), np.uint8)
    lengths = np.array([len(word) for word in words.written])
    word, end = np.array(hits)[:, [0, -1]].T
    start = end - lengths[word]
    inside = _latin(joined[start]) & _latin(joined[start - 1]) & (start > 0)
    goes_on = _latin(joined[end - 1]) & _latin(joined[end])
    begins = np.cumsum([0, *(len(text) + 1 for text in octets)])
    row = np.searchsorted(begins, start, side="right") - 1
    alone = ~(inside | goes_on)
    pairs = np.unique(row[alone] * len(lengths) + word[alone])
    row, word = np.divmod(pairs, len(lengths))
    counts = np.zeros((len(octets), words.groups), np.int32)
    np.add.at(counts, (row, words.group_of[word]), 1)
    ruled = words.rule_of[word] >= 0
    np.add.at(counts, (row[ruled], words.rule_of[word[ruled]]), 1)
    return counts


def _latin(octets: npt.NDArray[np.uint8]) -> npt.NDArray[np.bool_]:
    return (octets >= ord("a")) & (octets <= ord("z"))


Finder = tuple[str, str, Find | None]


def _ahocorasick(words: Words) -> Finder:
    name, package = "words-ahocorasick", "ahocorasick_rs"
    try:
        import ahocorasick_rs
    except ImportError:
        return name, package, None
    matcher = ahocorasick_rs.BytesAhoCorasick(words.written, implementation=ahocorasick_rs.Implementation.DFA)
    return name, package, lambda octets: matcher.find_matches_as_indexes(octets, overlapping=True)


def _hyperscan(words: Words) -> Finder:
    name, package = "words-hyperscan", "hyperscan"
    try:
        import hyperscan
    except ImportError:
        return name, package, None
    database = hyperscan.Database()
    database.compile(expressions=words.written, ids=list(range(len(words.written))), literal=True)

    def find(octets: bytes) -> list[tuple[int, ...]]:
        hits: list[tuple[int, ...]] = []
        database.scan(octets, lambda word, start, end, flags, context: hits.append((word, end)))
        return hits

    return name, package, find


def _figure(name: str, beside: str, given: Given, rounds: Rounds, notes: list[str], *, measured: bool = True) -> Figure:
    texts = len(given.octets)
    return Figure(
        name=name,
        value=texts / rounds.seconds,
        unit="texts a second",
        reach=f"≥ {REACH:g} × beside",
        met=measured and rounds.ratio >= REACH,
        beside=f"{beside}: {texts / rounds.their_seconds:,.0f} a second" if measured else beside,
        ratio=rounds.ratio if measured else None,
        ratio_low=min(rounds.ratios) if measured else None,
        ratio_high=max(rounds.ratios) if measured else None,
        notes=["processor time", *notes],
    )


def _spell_each(spelled: Spelled) -> None:
    for row in range(len(spelled.begins) - 1):
        begin, place = spelled.begins[row], spelled.places[row]
        n = spelled.begins[row + 1] - begin
        for at in range(n):
            spelled.room[at] = spelled.points[begin + at]
        count = spell(spelled.kinds, spelled.room, n, spelled.written)
        for at in range(count):
            spelled.units[place + at] = spelled.written[at]
        spelled.places[row + 1] = place + count


def _count_each(table: WordTable, spelled: Spelled, groups: int) -> None:
    for row in range(len(spelled.places) - 1):
        begin = spelled.places[row]
        n = spelled.places[row + 1] - begin
        for at in range(n):
            spelled.room[at] = spelled.units[begin + at]
        count_words(table, spelled.room, n, spelled.seen, row + 1, spelled.counts, row * groups)


_spell_all = compiled(_spell_each)
_count_all = compiled(_count_each)
