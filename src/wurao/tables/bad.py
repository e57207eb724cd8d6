"""The bad rows of one table: every one counted, the first of them kept.

Filled by whoever finds a row that cannot be taken (the file readers, the checks of `rows` and `links`); read by the
snapshot builder and the commands, which print the kept ones and the count.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from wurao.errors import SHOWN, BadRow

KEPT = 1000
"""So many bad rows of a table are kept in full; the rest are only counted."""


@dataclass(slots=True)
class BadRows:
    """Bad rows, in the order in which they were found: `count` of all, `kept` the first `KEPT`."""

    count: int = 0
    kept: list[BadRow] = field(default_factory=list)
    unread: int = 0
    """Those among them that nobody has seen, since a part of the file cannot be read."""

    @property
    def room(self) -> int:
        """How many more are kept."""
        return max(0, KEPT - len(self.kept))

    def add(self, row: BadRow, rows: int = 1) -> None:
        """One bad row, or one message that stands for several rows."""
        self.count += rows
        if self.room:
            self.kept.append(row)

    def extend(self, other: BadRows) -> None:
        """All of another table part's."""
        self.count += other.count
        self.unread += other.unread
        self.kept.extend(other.kept[: self.room])


@dataclass(frozen=True, slots=True)
class Fault:
    """What one check found in a batch: in which rows (a mask), in which column, what is wrong, what would be right."""

    rows: np.ndarray
    column: str
    error: str
    expected: str


def note(bad: BadRows, file: str, lines: np.ndarray, fault: Fault, values: Sequence[object]) -> None:
    """Count a fault's rows and keep the first; `values` are what stood in the rows of the mask, in order."""
    found = np.flatnonzero(fault.rows)
    bad.count += len(found)
    for row, value in zip(found[: bad.room], values, strict=False):
        shown = "" if value is None else str(value)[:SHOWN]
        bad.kept.append(BadRow(file, int(lines[row]), fault.column, shown, fault.error, fault.expected))


def listed(names: Iterable[str], most: int = 5) -> str:
    """Names for a message: the first few, and how many more."""
    every = [name if len(name) <= 60 else name[:60] + "…" for name in names]
    more = f" and {len(every) - most:,} others" if len(every) > most else ""
    return ", ".join(every[:most]) + more
