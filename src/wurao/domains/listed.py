"""The block list as it stands: which names are in force at a time, kept up to date by changes and by the clock.

`open_listed` takes the rows of `domains` from a store's snapshot and every change past it; `entries` gives all that is
in force, `apply` and `due` what a run of changes, or the passing of time, adds and takes away. A change costs what it
touches, however long the list is: rows of the snapshot lie in the order of their names spelled from the end, so that
all below a name lie together, and what changed since lies above them.

A name below one that is in force with all below is left out. It would block nothing more, and in a zone it would let
through what is below it: a name that stands in a zone keeps the wildcard above from what lies below (RFC 4592, 2.2.1).
It comes back when the name above goes. Called by `gateways.dns` and by `wurao domains export`.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from wurao.changes import Change, changes_since
from wurao.domains.guard_table import keys_of
from wurao.domains.names import read_names
from wurao.domains.zone import Entries
from wurao.log import logger
from wurao.snapshot import Changed, changed_tables, open_snapshot
from wurao.snapshot.columns import integers
from wurao.snapshot.hashing import among, make_table
from wurao.snapshot.times import NEVER

EXACT, BELOW = 0, 1
"""The matches of `domains`, as its checked column holds them."""
_log = logger("domains")


@dataclass(frozen=True, slots=True)
class Difference:
    """What two moments differ by. What was there otherwise before stands in both."""

    added: Entries
    removed: Entries

    def __bool__(self) -> bool:
        return bool(len(self.added) or len(self.removed))


@dataclass(frozen=True, slots=True)
class _Row:
    """The last word on one row of `domains` since the snapshot; times in µs, both `NEVER` where it was deleted."""

    name: str
    match: int
    start: int
    end: int
    row: dict[str, Any] | None


class Listed:
    """The rows of `domains` and, of them, what is in force at `now` (µs)."""

    def __init__(self, rows: pa.Table, seq: int, now: int) -> None:
        """The checked rows of a table, with the last change in them."""
        names, rows = _readable(rows)
        spelled = pc.ascii_reverse(names)
        order = pc.sort_indices(spelled)
        self.seq, self.now = seq, now
        self._rows = rows
        self._order = order.to_numpy()
        self._spelled = spelled.take(order)
        self._match = integers(rows, "match")[self._order].astype(np.int8)
        self._start, self._end = integers(rows, "start")[self._order], integers(rows, "end", NEVER)[self._order]
        self._replaced = np.zeros(len(rows), bool)
        self._over: dict[str, dict[int, _Row]] = {}
        self._over_spelled: list[str] = []
        self._instants = np.unique(np.concatenate([self._start, self._end[self._end != NEVER]]))
        self._over_instants: list[tuple[int, str]] = []
        """In order; none is ever forgotten, since a clock may go back."""
        self._by_start, self._by_end = np.argsort(self._start), np.argsort(self._end)

    def entries(self) -> Entries:
        """Every name in force now, each once, those below another left out."""
        keeps = ~self._replaced & (self._start <= self.now) & (self.now < self._end)
        over = [
            (name, match)
            for name, matches in self._over.items()
            for match, row in matches.items()
            if row.start <= self.now < row.end
        ]
        base = pc.ascii_reverse(self._spelled.filter(pa.array(keeps)))
        names = pa.concat_arrays([base, pa.array([name for name, _ in over], pa.string())])
        match = np.concatenate([self._match[keeps], np.array([match for _, match in over], np.int8)])
        return _distinct(names, match)

    def apply(self, changes: Sequence[Change], now: int) -> Difference:
        """Take up changes, in the order of the log, as of a time; what is otherwise than before.

        Those of other tables are passed over. A clock that has gone back costs looking at the whole list once.
        """
        words = changed_tables(change for change in changes if change.table == "domains").get("domains")
        if now < self.now:
            everything = self.entries()
            self._take_up(_changed(words), changes, now)
            return difference(everything, self.entries())
        rows = _changed(words)
        touched = self._due_between(self.now, now) | {row.name for row in rows}
        affected = touched | {below for name in touched for below in self._names_below(name)}
        before = {name: self._stands(name) for name in affected}
        self._take_up(rows, changes, now)
        return _difference(before, {name: self._stands(name) for name in affected})

    def due(self, now: int) -> Difference:
        """What the passing of time adds and takes away."""
        return self.apply((), now)

    def next_due(self) -> int | None:
        """When a listing next begins or ends, in µs; null when none does."""
        place = int(np.searchsorted(self._instants, self.now, side="right"))
        ahead = [int(self._instants[place])] if place < len(self._instants) else []
        place = bisect_right(self._over_instants, self.now, key=_instant)
        ahead += [instant for instant, _ in self._over_instants[place : place + 1]]
        return min(ahead, default=None)

    def rows_of(self, name: str) -> list[dict[str, Any]]:
        """The rows of `domains` that list a canonical name itself, whenever they hold."""
        over = self._over.get(name, {})
        first, last = self._places(name[::-1], name[::-1] + "\0")
        base = [
            self._rows.slice(int(self._order[place]), 1).to_pylist()[0]
            for place in range(first, last)
            if int(self._match[place]) not in over
        ]
        return base + [each.row for each in over.values() if each.row is not None]

    def _take_up(self, rows: list[_Row], changes: Sequence[Change], now: int) -> None:
        for row in rows:
            self._set(row)
        self.now = now
        if changes:
            self.seq = max(self.seq, changes[-1].seq)

    def _set(self, row: _Row) -> None:
        if row.name not in self._over:
            self._over[row.name] = {}
            insort(self._over_spelled, row.name[::-1])
        self._over[row.name][row.match] = row
        first, last = self._places(row.name[::-1], row.name[::-1] + "\0")
        self._replaced[first:last] |= self._match[first:last] == row.match
        for instant in (row.start, row.end):
            if instant != NEVER:
                insort(self._over_instants, (instant, row.name))

    def _stands(self, name: str) -> int | None:
        """How a name is in force: with all below, exactly, or not at all, which it is not below another that is."""
        above = name.partition(".")[2]
        while above:
            if self._holds(above, BELOW):
                return None
            above = above.partition(".")[2]
        return BELOW if self._holds(name, BELOW) else EXACT if self._holds(name, EXACT) else None

    def _holds(self, name: str, match: int) -> bool:
        over = self._over.get(name)
        if over is not None and match in over:
            return over[match].start <= self.now < over[match].end
        first, last = self._places(name[::-1], name[::-1] + "\0")
        rows = slice(first, last)
        holds = (self._match[rows] == match) & (self._start[rows] <= self.now) & (self.now < self._end[rows])
        return bool(holds.any())

    def _due_between(self, before: int, now: int) -> set[str]:
        """The names of which a listing begins or ends after one time and up to another."""
        found: set[int] = set()
        for times, order in ((self._start, self._by_start), (self._end, self._by_end)):
            first, last = np.searchsorted(times, [before, now], side="right", sorter=order)
            found.update(order[first:last].tolist())
        names = {self._spelled[place].as_py()[::-1] for place in found}
        low, high = (bisect_right(self._over_instants, each, key=_instant) for each in (before, now))
        return names | {name for _, name in self._over_instants[low:high]}

    def _names_below(self, name: str) -> Iterator[str]:
        """Every name below one that has a row, whenever it holds."""
        first, last = self._places(f"{name[::-1]}.", f"{name[::-1]}/")
        for place in range(first, last):
            yield self._spelled[place].as_py()[::-1]
        low = bisect_left(self._over_spelled, f"{name[::-1]}.")
        for spelled in self._over_spelled[low : bisect_left(self._over_spelled, f"{name[::-1]}/")]:
            yield spelled[::-1]

    def _places(self, low: str, high: str) -> tuple[int, int]:
        """Where the base has the names, spelled from the end, from one text up to another."""
        return self._place(low), self._place(high)

    def _place(self, text: str) -> int:
        first, last = 0, len(self._spelled)
        while first < last:
            middle = (first + last) // 2
            if self._spelled[middle].as_py() < text:
                first = middle + 1
            else:
                last = middle
        return first


def open_listed(store: Path, now: int) -> Listed:
    """The list of a store as of a time (µs): its current snapshot, and every change past it.

    Refused where there is no snapshot. Follow it by a `ChangeReader(store, after=listed.seq)`.
    """
    snapshot = open_snapshot(store)
    listed = Listed(snapshot.table("domains"), snapshot.seq, now)
    seq, changes = changes_since(store, snapshot.seq)
    listed.apply(changes, now)
    listed.seq = seq
    return listed


def difference(before: Entries, after: Entries) -> Difference:
    """What two lists differ by, each with one row a name."""
    old, new = _keyed(before), _keyed(after)
    return Difference(
        after.taken(~np.asarray(pc.is_in(new, value_set=old), bool)),
        before.taken(~np.asarray(pc.is_in(old, value_set=new), bool)),
    )


def _keyed(entries: Entries) -> pa.StringArray:
    return pc.binary_join_element_wise(pc.if_else(pa.array(entries.below), "*", "="), entries.names, "")


def _difference(before: dict[str, int | None], after: dict[str, int | None]) -> Difference:
    changed = [name for name, stood in before.items() if stood != after[name]]
    return Difference(_entries(changed, after), _entries(changed, before))


def _entries(names: Iterable[str], stands: dict[str, int | None]) -> Entries:
    there = sorted(name for name in names if stands[name] is not None)
    return Entries(pa.array(there, pa.string()), np.array([stands[name] == BELOW for name in there], bool))


def _distinct(names: pa.StringArray, match: npt.NDArray[np.int8]) -> Entries:
    """Each name once, with all below where any of its rows says so; those below another left out."""
    coded = names.dictionary_encode()
    distinct, place = coded.dictionary, coded.indices.to_numpy()
    below = np.zeros(len(distinct), bool)
    below[place[match == BELOW]] = True
    keys = keys_of(distinct)
    wide = keys.keys[keys.whole][below]
    hit = ~keys.whole & among(make_table(wide), 1, keys.keys)
    covered = np.zeros(len(distinct), bool)
    covered[keys.rows[hit]] = True
    return Entries(distinct, below).taken(~covered)


def _readable(rows: pa.Table) -> tuple[pa.StringArray, pa.Table]:
    """The canonical name of each row; rows that have none, as only a foreign hand brings about, are left out."""
    read = read_names(rows.column("name"))
    if read.readable.all():
        return read.canonical, rows
    _log.error("listed names cannot be read", alarm=True, rows=int((~read.readable).sum()))
    good = pa.array(read.readable)
    return read.canonical.filter(good), rows.filter(good)


def _changed(words: Changed | None) -> list[_Row]:
    """The last words of changes, deletions first, each with its canonical name."""
    if words is None:
        return []
    (gone, keys), (names, puts) = _readable(words.gone), _readable(words.puts)
    deleted = zip(gone.to_pylist(), integers(keys, "match").tolist(), strict=True)
    put = zip(
        names.to_pylist(),
        *(integers(puts, column, NEVER).tolist() for column in ("match", "start", "end")),
        puts.to_pylist(),
        strict=True,
    )
    return [_Row(name, match, NEVER, NEVER, None) for name, match in deleted] + [_Row(*each) for each in put]


def _instant(entry: tuple[int, str]) -> int:
    return entry[0]
