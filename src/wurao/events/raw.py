"""What the three readers hand on: a piece of a file as it was read, not yet checked, and how far the file is read.

`csv_file`, `jsonl_file` and `parquet_file` make a `Raw` for each block of a file, `checked` turns it into columns of
`READ_SCHEMA`, `read` puts the files in a row. A `Position` says where to go on; `Findings` collects what has to be
told about whole files and columns.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from wurao.errors import BadRow, Refused
from wurao.events.columns import EVENT_SCHEMA
from wurao.events.stored import STORED_COLUMNS
from wurao.events.values import Column
from wurao.verdicts import VERDICT_SCHEMA

EVENT_COLUMNS = tuple(EVENT_SCHEMA.names)
VERDICT_COLUMNS = frozenset(VERDICT_SCHEMA.names) - {*EVENT_COLUMNS}
"""What a file of verdicts has beside the Event's columns; a file with the first two is one."""
VERDICT_EXTRA = ("category_declared", "from_signalled", *STORED_COLUMNS)
"""The columns of a file of verdicts that are read beside the Event's."""


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place between two rows of the input: of which file, after how many of its rows.

    `offset` and `line` say where that row begins in a text file, so that nothing has to be read twice.
    """

    file: int = 0
    row: int = 0
    offset: int = field(default=0, compare=False)
    line: int = field(default=0, compare=False)


@dataclass(slots=True)
class Raw:
    """Rows as read: each of the file's event columns, in text or whatever types a Parquet file has."""

    columns: dict[str, Column]
    rows: npt.NDArray[np.int64]
    """Each row's place in its file, from 1."""
    lines: npt.NDArray[np.int64]
    """The line on which each row begins; of a Parquet file its place."""
    after: Position
    """The place behind the last row, broken ones counted."""
    broken: list[BadRow] = field(default_factory=list)
    """Rows that cannot be parted into columns, and so are not among `columns`."""
    verdicts: bool = False
    """Whether the file is one of verdicts."""


@dataclass(slots=True)
class Findings:
    """What is wrong with whole files, and which values are not taken as they stand; `tell` hears of each once."""

    tell: Callable[[str], None] = lambda said: None
    refused: list[Refused] = field(default_factory=list)
    """Files, or parts of them, that could not be read."""
    minded: dict[tuple[str, str, str], int] = field(default_factory=dict)
    """How many values of a file's column are not taken as they stand, by file, column and what is done about them."""

    def refuse(self, error: Refused) -> None:
        """A file, or part of one, cannot be read; the others go on."""
        self.refused.append(error)
        self.tell(str(error))

    def mind(self, file: str, column: str, line: int, what: str, count: int) -> None:
        """So many values of a column are not taken as they stand, the first on this line; their rows are screened."""
        key = (file, column, what)
        if key not in self.minded:
            self.tell(f"{file}:{line} {column}: {what}; such rows are screened all the same")
        self.minded[key] = self.minded.get(key, 0) + count


def wanted_columns(header: Iterable[str], file: str, findings: Findings) -> list[str]:
    """Which columns of a file are read; unknown ones are told of once. Refused: a required one missing, one twice."""
    names = list(header)
    known = [name for name in names if name in EVENT_COLUMNS]
    twice = sorted({name for name in known if known.count(name) > 1})
    if twice:
        raise Refused(f"names the column {listed(twice)} twice", where=file, right="name each column once")
    missing = [name for name in ("at", "channel") if name not in known]
    if "to_number" not in known and "name" not in known:
        missing.append("to_number (or name)")
    if missing:
        right = "a file of events has at, channel and to_number (or name, for look-ups)"
        raise Refused(f"the column {listed(missing)} is missing", where=file, right=right)
    verdicts = are_verdicts(names)
    unknown = [name for name in names if name not in EVENT_COLUMNS and not (verdicts and name in VERDICT_COLUMNS)]
    tell_unknown(unknown, file, findings)
    extra = VERDICT_EXTRA if verdicts else ()
    return [name for name in known if not (verdicts and name == "category")] + [n for n in extra if n in names]


def are_verdicts(names: Iterable[str]) -> bool:
    """Whether columns are those of a file of verdicts, in which `category` is what the verdict rests on."""
    return {"action", "reason"} <= set(names)


def tell_unknown(unknown: list[str], file: str, findings: Findings) -> None:
    """Say once which columns of a file are kept out."""
    if unknown:
        findings.tell(f"{file}: unknown columns kept out: {listed(unknown)}")


def listed(names: Iterable[str], most: int = 5) -> str:
    """Names for a message: the first few, and how many more."""
    every = [repr(name if len(name) <= 60 else name[:60] + "…") for name in names]
    more = f" and {len(every) - most:,} others" if len(every) > most else ""
    return ", ".join(every[:most]) + more
