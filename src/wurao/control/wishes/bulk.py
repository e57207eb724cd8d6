"""A file of wishes from an operator: each row checked, good ones taken, bad ones named with line and column.

In comes a CSV or Parquet file with columns of `subscribers`; what it does not name stays as it stands. Out goes a
`Report`. Rows of other operators' subscribers are named as if there were none; who has a guardian is not weakened but
the guardian asked. Each subscriber whose registration changes is told, and can undo it. Whose subscriber somebody is,
the guardian and since when are not for a file to say.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from wurao.control.accounts.codes import is_subscribers
from wurao.control.accounts.messages import send
from wurao.control.registry import record, rows
from wurao.control.registry.record import Author, lock_rows
from wurao.control.registry.turns import writing
from wurao.control.waiting import TooOften
from wurao.control.wishes import guardians
from wurao.control.wishes.deeds import confirmed
from wurao.control.wishes.differences import difference
from wurao.control.wishes.registered import TABLE, Registered, of_row
from wurao.control.wishes.weakening import weakens
from wurao.errors import BadRow
from wurao.log import masked as masked_text
from wurao.numbering import masked
from wurao.tables import TABLES, BadRows
from wurao.tables.raw import Columns
from wurao.tables.read import raw_batches
from wurao.tables.rows import check_batch

SUFFIXES = (".csv", ".parquet")
NOT_FROM_FILES = ("number", "operator", "since", "guardian")
GROUP = 1_000
"""So many rows share a transaction."""


@dataclass(slots=True)
class Report:
    """What came of a file."""

    taken: int = 0
    unchanged: int = 0
    asked: int = 0
    """Those whose guardian was asked instead."""
    bad: BadRows = field(default_factory=BadRows)
    warnings: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Line:
    """One good row of the file, and where it stands."""

    file: str
    line: int
    row: Mapping[str, Any]


def take_file(path: Path, name: str, operator: str, author: Author) -> Report:
    """Take a file; `name` is what messages call it. Refused where it cannot be read at all."""
    report = Report()
    columns = Columns(TABLES[TABLE], warnings=report.warnings)
    for raw in raw_batches(path, name, columns, report.bad):
        given = _given(raw.table.column_names)
        checked = check_batch(TABLES[TABLE], raw, report.bad)
        for start in range(0, len(checked.table), GROUP):
            piece = checked.table.slice(start, GROUP).to_pylist()
            lines = checked.lines[start : start + GROUP]
            group = [_Line(name, int(line), row) for line, row in zip(lines, piece, strict=True)]
            _take(list(_own_kind(group, report)), given, operator, author, report)
    # Numbers are masked in what comes back, too: the line says which it is.
    kept = [replace(each, value=masked_text(each.value)) for each in report.bad.kept]
    report.bad.kept = sorted(kept, key=lambda each: each.line)
    return report


def _given(header: list[str]) -> tuple[str, ...]:
    """The columns that a file says something about: 27 columns of bits are one."""
    names = {name if name in _COLUMNS else name.partition("_")[0] for name in header}
    return tuple(name for name in _COLUMNS if name in names and name not in NOT_FROM_FILES)


def _own_kind(group: list[_Line], report: Report) -> Iterator[_Line]:
    for each in group:
        if is_subscribers(each.row["number"]):
            yield each
        else:
            _name(each, "is no subscriber's number", "write a mobile or fixed number", report)


def _take(group: list[_Line], given: tuple[str, ...], operator: str, author: Author, report: Report) -> None:
    """One transaction of a file; rows that others change meanwhile wait for it, or it for them."""
    now = datetime.now(UTC)
    with writing():
        keys = [(each.row["number"],) for each in group]
        lock_rows(TABLE, [rows.key_text(TABLE, key) for key in keys])
        stood = rows.rows_of(TABLE, keys)
        wanted: dict[int, dict[str, Any]] = {}
        for each in group:
            number = each.row["number"]
            before = stood.get((number,))
            if before is not None and before["operator"] not in (None, operator):
                _name(each, "is no subscriber of this operator", "leave it out", report)
                continue
            base = wanted.get(number) or before or rows.blank_row(TABLE, number=number, since=now)
            after = base | {column: each.row[column] for column in given} | {"operator": operator}
            if before is not None and after == before:
                report.unchanged += 1
            elif not _asked(each, before, after, author, report):
                wanted[number] = after
                report.taken += 1
        if wanted:
            record.change_all(TABLE, [((number,), row) for number, row in wanted.items()], author)
        for number, after in wanted.items():
            before = stood.get((number,))
            send(number, confirmed(difference(of_row(before) if before else Registered(), of_row(after))))


def _asked(
    each: _Line, before: Mapping[str, Any] | None, after: dict[str, Any], author: Author, report: Report
) -> bool:
    """Whether a guardian was asked, or would be too often, instead of taking a row."""
    if before is None or before["guardian"] is None:
        return False
    old, new = of_row(before), of_row(after)
    if not weakens(old, new, datetime.now(UTC)):
        return False
    wanted = [((each.row["number"],), after)]
    try:
        guardians.ask_about(each.row["number"], before["guardian"], TABLE, wanted, author, difference(old, new), None)
        report.asked += 1
    except TooOften as error:
        _name(each, str(error.wrong), "send it again later", report)
    return True


def _name(each: _Line, wrong: str, right: str, report: Report) -> None:
    shown = masked(each.row["number"])
    report.bad.add(BadRow(each.file, each.line, "number", shown, wrong, right))


_COLUMNS = tuple(column.name for column in TABLES[TABLE].columns)
