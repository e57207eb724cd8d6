"""The rows of the block list, found by name and by all below a name: those of a snapshot, and those that changed since.

`Standing` holds the checked rows of a snapshot in the order of their names spelled from the end (`moc.live.`), so that
all below a name lie together and a look-up is a search by halves; nothing of it is ever changed but which rows were
replaced. `Recent` holds the last word on every row since, in the same order. Both answer the same questions for
`listed`, which asks the recent one first.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from wurao.snapshot.columns import integers
from wurao.snapshot.times import NEVER

EXACT, BELOW = 0, 1
"""The matches of `domains`, as its checked column holds them."""
_LETTER_AFTER_DOT = "/"


@dataclass(frozen=True, slots=True)
class Row:
    """The last word on one row of `domains`; times in µs, both `NEVER` where it was deleted or is held."""

    name: str
    match: int
    """As the row's key has it."""
    below: bool
    """Whether it blocks all below."""
    start: int
    end: int
    row: dict[str, Any] | None

    def holds(self, now: int) -> bool:
        """Whether it is in force at a time."""
        return self.start <= now < self.end


class Standing:
    """The rows of a snapshot."""

    def __init__(self, names: pa.StringArray, below: npt.NDArray[np.bool_], rows: pa.Table) -> None:
        """Canonical names, which block all below, and the rows themselves."""
        spelled = pc.ascii_reverse(names)
        order = pc.sort_indices(spelled)
        self._rows, self._order, self._spelled = rows, order.to_numpy(), spelled.take(order)
        self._match = integers(rows, "match")[self._order].astype(np.int8)
        self._below = below[self._order]
        self._start, self._end = integers(rows, "start")[self._order], integers(rows, "end", NEVER)[self._order]
        self._replaced = np.zeros(len(rows), bool)
        self._by_start, self._by_end = np.argsort(self._start), np.argsort(self._end)

    def replace(self, name: str, match: int) -> None:
        """From now on something else speaks for a row."""
        rows = self._rows_of(name)
        self._replaced[rows] |= self._match[rows] == match

    def holding(self, now: int) -> tuple[pa.StringArray, npt.NDArray[np.bool_]]:
        """The name of every row in force at a time, and which block all below."""
        rows = self._holding(now)
        return pc.ascii_reverse(self._spelled.filter(pa.array(rows))), self._below[rows]

    def rows_holding(self, now: int) -> pa.Table:
        """The rows in force at a time."""
        return self._rows.take(pa.array(np.sort(self._order[self._holding(now)])))

    def holds(self, name: str, below: bool, now: int) -> bool:
        """Whether a row of a name is in force at a time; with all below, or as the exact name."""
        rows = self._rows_of(name)
        holds = ~self._replaced[rows] & (self._start[rows] <= now) & (now < self._end[rows])
        return bool((holds & (self._below[rows] == below)).any())

    def rows_of(self, name: str) -> list[dict[str, Any]]:
        """The rows of a name, whenever they hold."""
        rows = self._rows_of(name)
        places = [place for place in range(rows.start, rows.stop) if not self._replaced[place]]
        return [self._rows.slice(int(self._order[place]), 1).to_pylist()[0] for place in places]

    def names_below(self, name: str) -> Iterator[str]:
        """Every name below one that has a row."""
        for place in range(self._place(f"{name[::-1]}."), self._place(f"{name[::-1]}{_LETTER_AFTER_DOT}")):
            yield self._spelled[place].as_py()[::-1]

    def due_between(self, before: int, now: int) -> set[str]:
        """The names of which a row begins or ends after one time and up to another."""
        places: set[int] = set()
        for times, order in ((self._start, self._by_start), (self._end, self._by_end)):
            first, last = np.searchsorted(times, [before, now], side="right", sorter=order)
            places.update(order[first:last].tolist())
        return {self._spelled[place].as_py()[::-1] for place in places}

    def next_due(self, now: int) -> int | None:
        """When a row next begins or ends after a time; null when none does."""
        found = []
        for times, order in ((self._start, self._by_start), (self._end, self._by_end)):
            place = int(np.searchsorted(times, now, side="right", sorter=order))
            if place < len(order) and times[order[place]] != NEVER:
                found.append(int(times[order[place]]))
        return min(found, default=None)

    def _holding(self, now: int) -> npt.NDArray[np.bool_]:
        return ~self._replaced & (self._start <= now) & (now < self._end)

    def _rows_of(self, name: str) -> slice:
        return slice(self._place(name[::-1]), self._place(f"{name[::-1]}\0"))

    def _place(self, text: str) -> int:
        first, last = 0, len(self._spelled)
        while first < last:
            middle = (first + last) // 2
            if self._spelled[middle].as_py() < text:
                first = middle + 1
            else:
                last = middle
        return first


@dataclass(slots=True)
class Recent:
    """The rows that changed since a snapshot."""

    _rows: dict[str, dict[int, Row]] = field(default_factory=dict)
    _spelled: list[str] = field(default_factory=list)
    _instants: list[tuple[int, str]] = field(default_factory=list)
    """When a row begins or ends, in order; none is ever forgotten, since a clock may go back."""

    def put(self, row: Row) -> None:
        """The last word on a row."""
        if row.name not in self._rows:
            self._rows[row.name] = {}
            insort(self._spelled, row.name[::-1])
        self._rows[row.name][row.match] = row
        for instant in (row.start, row.end):
            if instant != NEVER:
                insort(self._instants, (instant, row.name))

    def rows_holding(self, now: int) -> list[dict[str, Any]]:
        """The rows in force at a time."""
        every = (row for by_match in self._rows.values() for row in by_match.values())
        return [row.row for row in every if row.row is not None and row.holds(now)]

    def holding(self, now: int) -> tuple[pa.StringArray, npt.NDArray[np.bool_]]:
        """The name of every row in force at a time, and which block all below."""
        rows = [row for by_match in self._rows.values() for row in by_match.values() if row.holds(now)]
        return pa.array([row.name for row in rows], pa.string()), np.array([row.below for row in rows], bool)

    def holds(self, name: str, below: bool, now: int) -> bool:
        """Whether a row of a name is in force at a time; with all below, or as the exact name."""
        return any(row.below == below and row.holds(now) for row in self._rows.get(name, {}).values())

    def rows_of(self, name: str) -> list[dict[str, Any]]:
        """The rows of a name, whenever they hold."""
        return [row.row for row in self._rows.get(name, {}).values() if row.row is not None]

    def names_below(self, name: str) -> Iterator[str]:
        """Every name below one that has a row."""
        first = bisect_left(self._spelled, f"{name[::-1]}.")
        for spelled in self._spelled[first : bisect_left(self._spelled, f"{name[::-1]}{_LETTER_AFTER_DOT}")]:
            yield spelled[::-1]

    def due_between(self, before: int, now: int) -> set[str]:
        """The names of which a row begins or ends after one time and up to another."""
        first, last = (bisect_right(self._instants, each, key=_instant) for each in (before, now))
        return {name for _, name in self._instants[first:last]}

    def next_due(self, now: int) -> int | None:
        """When a row next begins or ends after a time; null when none does."""
        place = bisect_right(self._instants, now, key=_instant)
        return self._instants[place][0] if place < len(self._instants) else None


def _instant(entry: tuple[int, str]) -> int:
    return entry[0]
