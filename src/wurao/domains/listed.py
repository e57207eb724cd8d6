"""The block list as it stands: which names are in force at a time, kept up to date by changes and by the clock.

`open_listed` takes the rows of `domains` from a store's snapshot and every change past it; `entries` gives all that is
in force, `apply` and `due` what a run of changes, or the passing of time, adds and takes away. A change costs what it
touches, however long the list is (`listed_rows`).

Every row passes the guard once more: `held` are those that it keeps from being published, `is_waiting` where a second
person could let them through. A row with all below that may only be listed as an exact name blocks that name alone.

A name below one that is in force with all below is left out. It would block nothing more, and in a zone it would let
through what is below it: a name that stands in a zone keeps the wildcard above from what lies below (RFC 4592, 2.2.1).
It comes back when the name above goes. Called by `gateways.dns` and by `wurao domains export`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from wurao.changes import Change, changes_since
from wurao.domains.guard import Guard
from wurao.domains.guard_table import keys_of
from wurao.domains.listed_rows import BELOW, Recent, Row, Standing
from wurao.domains.listing import why_held
from wurao.domains.names import read_names
from wurao.domains.reasons import WAITING, DomainReason
from wurao.domains.zone import Entries
from wurao.snapshot import Changed, changed_tables, open_snapshot
from wurao.snapshot.columns import integers
from wurao.snapshot.hashing import among, make_table
from wurao.snapshot.times import NEVER

MICROSECONDS = 1_000_000
_NARROWED = DomainReason.BELOW_SHARED_NAME
"""May be published, but as the exact name alone."""


@dataclass(frozen=True, slots=True)
class Difference:
    """What two moments differ by. A name that stands otherwise than before stands in both."""

    added: Entries
    removed: Entries

    def __bool__(self) -> bool:
        return bool(len(self.added) or len(self.removed))


@dataclass(frozen=True, slots=True)
class Held:
    """A row that the guard keeps from being published, whatever it was when it was listed."""

    name: str
    match: int
    reason: DomainReason

    @property
    def is_waiting(self) -> bool:
        """Whether a second person could let it through."""
        return self.reason in WAITING


class Listed:
    """The rows of `domains` and, of them, what the guard lets through and is in force at `now` (µs)."""

    def __init__(self, rows: pa.Table, seq: int, now: int, guard: Guard) -> None:
        """The checked rows of a table, and the last change in them."""
        self.seq, self.now = seq, now
        self._guard = guard
        names, codes = why_held(guard, "domains", rows)
        match = integers(rows, "match")
        self._held = dict(_held(rows, codes, match))
        good = (codes == 0) | (codes == _NARROWED)
        below = (match == BELOW) & (codes != _NARROWED)
        self._rows_schema = rows.schema
        rows = rows.set_column(rows.column_names.index("name"), "name", names)
        self._standing = Standing(names.filter(pa.array(good)), below[good], rows.filter(pa.array(good)))
        self._recent = Recent()

    @property
    def held(self) -> list[Held]:
        """The rows that the guard keeps from being published."""
        return list(self._held.values())

    def entries(self) -> Entries:
        """Every name in force now, each once, those below another left out."""
        parts = [each.holding(self.now) for each in (self._standing, self._recent)]
        return _distinct(pa.concat_arrays([names for names, _ in parts]), np.concatenate([below for _, below in parts]))

    def apply(self, changes: Sequence[Change], now: int) -> Difference:
        """Take up changes, in the order of the log, as of a time; what is otherwise than before.

        Those of other tables are passed over. A clock that has gone back costs looking at the whole list once.
        """
        words = changed_tables(change for change in changes if change.table == "domains").get("domains")
        rows = self._changed(words) if words else []
        if now < self.now:
            everything = self.entries()
            self._take_up(rows, changes, now)
            return difference(everything, self.entries())
        touched = {row.name for row in rows}
        for part in (self._standing, self._recent):
            touched |= part.due_between(self.now, now)
        affected = touched | {
            below for part in (self._standing, self._recent) for name in touched for below in part.names_below(name)
        }
        before = {name: self._stands(name) for name in affected}
        self._take_up(rows, changes, now)
        return _difference(before, {name: self._stands(name) for name in affected})

    def due(self, now: int) -> Difference:
        """What the passing of time adds and takes away."""
        return self.apply((), now)

    def next_due(self) -> int | None:
        """When a listing next begins or ends, in µs; null when none does."""
        found = [part.next_due(self.now) for part in (self._standing, self._recent)]
        return min((each for each in found if each is not None), default=None)

    def rows_of(self, name: str) -> list[dict[str, Any]]:
        """The rows of `domains` that list a canonical name itself, whenever they hold."""
        return self._standing.rows_of(name) + self._recent.rows_of(name)

    def why(self, name: str) -> dict[str, Any] | None:
        """The row by which a canonical name is blocked now, its own or one with all below; null where none does."""
        at, above = datetime.fromtimestamp(self.now / MICROSECONDS, UTC), name
        while above:
            for row in self.rows_of(above):
                below = row["match"] == BELOW and self._holds(above, below=True)
                if (below or above == name) and row["start"] <= at and (row["end"] is None or at < row["end"]):
                    return row
            above = above.partition(".")[2]
        return None

    def rows_in_force(self) -> pa.Table:
        """The rows of `domains` in force now, with canonical names; also of names below another."""
        recent = pa.Table.from_pylist(self._recent.rows_holding(self.now), schema=self._rows_schema)
        return pa.concat_tables([self._standing.rows_holding(self.now), recent])

    def _changed(self, words: Changed) -> list[Row]:
        """The last words of changes, deletions first; a row that is held speaks as a deleted one does."""
        keys = read_names(words.gone["name"]).canonical
        deleted = zip(keys.to_pylist(), integers(words.gone, "match").tolist(), strict=True)
        found = [Row(name, match, False, NEVER, NEVER, None) for name, match in deleted if name is not None]
        names, codes = why_held(self._guard, "domains", words.puts)
        columns = (integers(words.puts, column, NEVER).tolist() for column in ("match", "start", "end"))
        puts = words.puts.set_column(words.puts.column_names.index("name"), "name", names)
        put = zip(names.to_pylist(), codes.tolist(), *columns, puts.to_pylist(), strict=True)
        for name, code, match, start, end, row in put:
            if name is None:
                continue
            is_held = code not in (0, _NARROWED)
            below = match == BELOW and code != _NARROWED
            found.append(Row(name, match, below, NEVER if is_held else start, NEVER if is_held else end, row))
        self._hold(found, dict(_held(words.puts, codes, integers(words.puts, "match"))))
        return found

    def _hold(self, rows: list[Row], held: dict[tuple[str, int], Held]) -> None:
        for row in rows:
            self._held.pop((row.name, row.match), None)
        self._held |= held

    def _take_up(self, rows: list[Row], changes: Sequence[Change], now: int) -> None:
        for row in rows:
            self._standing.replace(row.name, row.match)
            self._recent.put(row)
        self.now = now
        if changes:
            self.seq = max(self.seq, changes[-1].seq)

    def _stands(self, name: str) -> bool | None:
        """How a name is in force: with all below, or exactly; null where it is not, or is below another that is."""
        above = name.partition(".")[2]
        while above:
            if self._holds(above, below=True):
                return None
            above = above.partition(".")[2]
        return True if self._holds(name, below=True) else False if self._holds(name, below=False) else None

    def _holds(self, name: str, below: bool) -> bool:
        return self._recent.holds(name, below, self.now) or self._standing.holds(name, below, self.now)


def open_listed(store: Path, now: int, guard: Guard | None = None) -> Listed:
    """The list of a store as of a time (µs): its current snapshot, and every change past it.

    Refused where there is no snapshot, or no sound guard. Follow it by a `ChangeReader(store, after=listed.seq)`.
    """
    snapshot = open_snapshot(store)
    listed = Listed(snapshot.table("domains"), snapshot.seq, now, guard or Guard.read())
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


def _difference(before: dict[str, bool | None], after: dict[str, bool | None]) -> Difference:
    changed = [name for name, stood in before.items() if stood is not after[name]]
    return Difference(_entries(changed, after), _entries(changed, before))


def _entries(names: Iterable[str], stands: dict[str, bool | None]) -> Entries:
    there = sorted(name for name in names if stands[name] is not None)
    return Entries(pa.array(there, pa.string()), np.array([stands[name] for name in there], bool))


def _distinct(names: pa.StringArray, below: npt.NDArray[np.bool_]) -> Entries:
    """Each name once, with all below where any of its rows says so; those below another left out."""
    coded = names.dictionary_encode()
    distinct, place = coded.dictionary, coded.indices.to_numpy()
    wide = np.zeros(len(distinct), bool)
    wide[place[below]] = True
    keys = keys_of(distinct)
    hit = ~keys.whole & among(make_table(keys.keys[keys.whole][wide]), 1, keys.keys)
    covered = np.zeros(len(distinct), bool)
    covered[keys.rows[hit]] = True
    return Entries(distinct, wide).taken(~covered)


def _held(
    rows: pa.Table, codes: npt.NDArray[np.int8], match: npt.NDArray[np.int64]
) -> Iterable[tuple[tuple[str, int], Held]]:
    """The rows that are held, by the key of each."""
    places = np.flatnonzero((codes != 0) & (codes != _NARROWED))
    written = rows["name"].take(pa.array(places))
    names = [
        name or shown
        for name, shown in zip(read_names(written).canonical.to_pylist(), written.to_pylist(), strict=True)
    ]
    for name, place in zip(names, places.tolist(), strict=True):
        held = Held(name, int(match[place]), DomainReason(int(codes[place])))
        yield (name, held.match), held
