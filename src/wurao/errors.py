"""The one small tree of errors: what is wrong, where, and what would be right.

Anything that a person has to put right is raised as a `WuraoError`; the command line turns it into one line and
the exit code of its class. A single bad row of a file is a `BadRow`, which is collected, not raised: bad input
never loses good input.
"""

from __future__ import annotations

import errno
from dataclasses import asdict, dataclass

SHOWN = 200
"""At most so many characters of a wrong value are shown or kept."""
WHOLE_ROW = "(row)"
"""What stands for the column of a row that cannot be parted into columns: the value is then the row's beginning."""


class WuraoError(Exception):
    """Something a person has to put right: what is wrong, where, what would be right."""

    exit_code = 1

    def __init__(self, wrong: str, *, where: str = "", right: str = "") -> None:
        self.wrong, self.where, self.right = wrong, where, right
        super().__init__(wrong, where, right)

    def __reduce__(self) -> tuple[object, ...]:
        """Told to another process whole."""
        return _again, (type(self), self.wrong, self.where, self.right)

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        return f"{place}{self.wrong}" + (f"; {self.right}" if self.right else "")


def _again(kind: type[WuraoError], wrong: str, where: str, right: str) -> WuraoError:
    return kind(wrong, where=where, right=right)


class Refused(WuraoError):
    """The input cannot be taken (exit 1)."""


class Misused(WuraoError):
    """The command was called wrongly (exit 2)."""

    exit_code = 2


class MachineFailed(WuraoError):
    """The machine could not: disk, memory, a peer (exit 3)."""

    exit_code = 3


_MEMORY = "the memory of this machine is used up"
_SHORT_OF = {
    errno.ENOMEM: _MEMORY,
    errno.EMFILE: "too many files are open",
    errno.ENFILE: "too many files are open on this machine",
}
_ONLY_IN_WORDS = ("can't start new thread", "Cannot allocate memory", "failed to map segment")
"""How Python, the C library and its loader say that memory is used up where no number says it."""


def shortage(error: BaseException) -> str | None:
    """What this machine was short of, memory or open files, when an error was raised; null where nothing says so."""
    if isinstance(error, MemoryError):
        return _MEMORY
    if isinstance(error, OSError) and error.errno in _SHORT_OF:
        return _SHORT_OF[error.errno]
    if not isinstance(error, OSError | RuntimeError | ImportError):
        return None
    if any(words in str(error) for words in _ONLY_IN_WORDS):
        return _MEMORY
    # A library may tell of what failed in words of its own: llvmlite does, when its code does not fit.
    before = error.__cause__ or error.__context__
    return shortage(before) if before is not None else None


def refuse_shortage(error: BaseException, where: str) -> None:
    """Raise MachineFailed where an error is no damage to what was read, but a shortage of this machine."""
    if (short := shortage(error)) is not None:
        raise MachineFailed(short, where=where, right="make room and try again; nothing is damaged") from error


@dataclass(frozen=True, slots=True)
class BadRow:
    """One value of one row that cannot be taken: where it stands, what is wrong, what would be right."""

    file: str
    line: int
    column: str
    """Its name; `WHOLE_ROW` where the row has no columns to name."""
    value: str
    error: str
    expected: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line} {self.column}: {self.value[:SHOWN]!r} {self.error}; {self.expected}"

    def as_dict(self) -> dict[str, str | int]:
        """The row of `rejects.jsonl`: `file, line, column, value` (its first 200 characters), `error, expected`."""
        return {**asdict(self), "value": self.value[:SHOWN]}
