"""The guard: what may be done with a name before it is listed, and again before it is published.

`Guard.read()` reads the guard's data, shipped and loaded; `decide` judges a column of canonical names, in this order:

1. a public suffix of the ICANN section, or a name above one: refused;
2. a name that many live under (the private section of the public suffix list, hosting names), or one above it: refused,
   also as an exact name, since an order for it would be an order against nobody in particular; what lies below such a
   name: listed as that exact name only;
3. a name of government, public services, banks or operators, or below one, or a listing with all below that lies above
   one: a second person must agree;
4. the same of large services, app stores and popular names. What lies below one belongs to it, unless it lies below a
   name that many live under; and `www.` before such a name is the hosting service's own site;
5. all else: listed.

A second person never helps against 1 and 2. `hit` says what else a listing would hit, for whoever is asked to agree.
Called by `listing`, by the commands, and by whoever publishes.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from wurao.domains.guard_files import PARTS, GuardData, read_guard_data
from wurao.domains.guard_table import guard_table, judge_names
from wurao.domains.reasons import Decision, DomainReason
from wurao.snapshot.columns import Ints
from wurao.tables.persons import another_agreed

SHOWN_BELOW = 20
"""So many guarded names below one are named; the others are counted."""


@dataclass(frozen=True, slots=True)
class Decisions:
    """What the guard says of a column of names."""

    decision: npt.NDArray[np.int8]
    """A `Decision` each."""
    reason: npt.NDArray[np.int8]
    """A `DomainReason` each; of one that a second person agreed to, why it was asked."""
    row: npt.NDArray[np.int32]
    """The row in the guard's data of the name that decided, or -1."""
    suffix: npt.NDArray[np.int32]
    """How many octets at the name's end are its ICANN public suffix."""

    @property
    def may_be_listed(self) -> npt.NDArray[np.bool_]:
        """Which names may be listed, at least as exact names."""
        return self.decision <= Decision.LIST_EXACT


@dataclass(frozen=True, slots=True)
class Guarded:
    """One guarded name: what it is, whose, its rank among popular names or null."""

    name: str
    part_zh: str
    part_en: str
    owner: str
    rank: int | None


@dataclass(frozen=True, slots=True)
class Hit:
    """What else a listing would hit."""

    by: Guarded | None
    """The guarded name that it is, or belongs to."""
    shared: str | None
    """The name above it, or itself, that many live under."""
    below: tuple[Guarded, ...] = ()
    """The first of the guarded names below it."""
    below_count: int = 0
    """How many there are."""


@dataclass(frozen=True)
class Guard:
    """The guard's data, compiled."""

    data: GuardData
    table: Ints = field(repr=False)

    @classmethod
    def read(cls, loaded: Path | None = None, shipped: Path | None = None) -> Self:
        """The guard by what is loaded into the data directory, and what the package ships; Refused: it is not sound."""
        data = read_guard_data(loaded, shipped)
        marks = np.array([int(part.mark) for part in PARTS], np.int64)[data.part]
        return cls(data, guard_table(data.suffixes, data.names, marks))

    def decide(
        self,
        names: pa.Array | pa.ChunkedArray,
        exact: npt.NDArray[np.bool_] | None = None,
        agreed: npt.NDArray[np.bool_] | None = None,
    ) -> Decisions:
        """Judge canonical names: `exact`, that it is to be listed without what is below; `agreed`, by a second person.

        Without `exact` each is judged as listed with all below. A null is refused.
        """
        column = names.combine_chunks() if isinstance(names, pa.ChunkedArray) else names
        nothing = np.zeros(len(column), bool)
        judged = judge_names(
            self.table,
            pc.fill_null(column, ""),
            nothing if exact is None else exact,
            nothing if agreed is None else agreed,
        )
        return Decisions(*(judged.array(name) for name in ("decision", "reason", "row", "suffix")))

    def hit(self, name: str, exact: bool = False) -> Hit:
        """What else the listing of one canonical name would hit."""
        column = pa.array([name], pa.string())
        judged = judge_names(self.table, column, np.array([exact]), np.zeros(1, bool))
        row, shared = int(judged.array("row")[0]), int(judged.array("shared")[0])
        rows = [] if exact else self._rows_below(name)
        return Hit(
            self.guarded(row) if row >= 0 else None,
            name[len(name) - shared :] if shared else None,
            tuple(self.guarded(each) for each in rows[:SHOWN_BELOW]),
            len(rows),
        )

    def guarded(self, row: int) -> Guarded:
        """What the guard's data say of one of their rows."""
        part, rank = PARTS[self.data.part[row]], int(self.data.rank[row])
        owner = str(self.data.owner[row].as_py())
        return Guarded(str(self.data.names[row].as_py()), part.name_zh, part.name_en, owner, rank or None)

    @cached_property
    def _from_behind(self) -> tuple[list[str], list[int]]:
        """Every guarded name spelled from its end, in order, and its row."""
        spelled = sorted((name[::-1], row) for row, name in enumerate(self.data.names.to_pylist()))
        return [name for name, _ in spelled], [row for _, row in spelled]

    def _rows_below(self, name: str) -> list[int]:
        """The rows of guarded names below a name, the first parts and highest ranks first, each name once."""
        spelled, rows = self._from_behind
        first = bisect_left(spelled, f"{name[::-1]}.")
        last = bisect_left(spelled, f"{name[::-1]}/")
        by_name: dict[str, int] = {}
        for place in range(first, last):
            by_name[spelled[place]] = min(rows[place], by_name.get(spelled[place], rows[place]))
        return sorted(by_name.values())


def agreed_by(second_person: pa.Array | pa.ChunkedArray, other: pa.Array | pa.ChunkedArray) -> npt.NDArray[np.bool_]:
    """Where a second person is named who is not who asked (a source, an authority), however both are written."""
    return another_agreed(second_person, other)


__all__ = ["Decision", "Decisions", "DomainReason", "Guard", "Guarded", "Hit", "agreed_by"]
