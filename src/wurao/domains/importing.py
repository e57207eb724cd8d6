"""A list made rows of `domains`: each name judged, what may be listed written down, what may not reported.

A list in any form comes in, with what it does not say itself (cause, source, start and so on); out come the rows that
may be listed, checked as the table's rows are, and a report of every other line, with what else its name would hit. A
name with all below a shared name becomes an exact one. Nothing is put into a registry here: the rows are a file for
`wurao change` or for a directory of tables. Called by `wurao domains import`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from wurao.domains.guard import Guard, Hit
from wurao.domains.listing import EveryBadRow, Judged, judge_list
from wurao.domains.reasons import Decision, DomainReason, code_of, sentence_of
from wurao.errors import SHOWN, BadRow
from wurao.tables import DOMAIN_MATCHES, TABLES
from wurao.tables.raw import Raw
from wurao.tables.rows import check_batch

COLUMNS = tuple(column.name for column in TABLES["domains"].columns)


@dataclass(frozen=True, slots=True)
class Imported:
    """A piece of a list."""

    rows: pa.Table
    """What may be listed: the columns of `domains`, as text."""
    report: list[dict[str, Any]]
    """Every other line: `file, line, input, name, decision, reason, sentence, would_hit`."""
    counts: dict[str, int]
    """Lines by decision; bad ones are refused. `narrowed`: of those listed, the ones that became exact."""


def import_list(
    guard: Guard,
    file: BinaryIO,
    label: str,
    given: dict[str, str | None],
    *,
    form: str | None = None,
    exact: bool = False,
    warnings: list[str] | None = None,
) -> Iterator[Imported]:
    """The rows of an open list, piece by piece; `given` has the values of columns that the list does not say."""
    for judged in judge_list(guard, file, label, form=form, exact=exact, given=given, warnings=warnings):
        yield _imported(guard, judged, label, given)


def _imported(guard: Guard, judged: Judged, label: str, given: dict[str, str | None]) -> Imported:
    may = judged.decision <= Decision.LIST_EXACT
    rows, bad = _checked(judged, np.flatnonzero(may), given, label)
    held = np.flatnonzero(~may)
    report = [_told_bad(row) for row in (*judged.bad, *bad)]
    report += [_told(guard, judged, place, label) for place in held.tolist()]
    report.sort(key=lambda row: row["line"])
    counts = {each.code: int((judged.decision == each).sum()) for each in Decision}
    counts["refuse"] += len(judged.bad) + len(bad)
    counts["narrowed"] = int((judged.narrowed & may).sum())
    return Imported(rows, report, counts)


def _checked(
    judged: Judged, places: npt.NDArray[np.int64], given: dict[str, str | None], label: str
) -> tuple[pa.Table, list[BadRow]]:
    """The rows of some names, checked as those of the table are; and those of them that are bad after all."""
    columns = judged.text_columns(given)
    columns["name"] = judged.read.canonical
    columns["match"] = pa.array(DOMAIN_MATCHES).take(pa.array((~judged.exact).astype(np.int64)))
    table = pa.table({name: columns[name] for name in COLUMNS}).take(pa.array(places))
    bad = EveryBadRow()
    lines = judged.written.lines[places]
    checked = check_batch(TABLES["domains"], Raw(table, label, lines), bad)
    rows = table.filter(pa.array(np.isin(lines, checked.lines))) if bad.count else table
    return rows, bad.take()


def _told(guard: Guard, judged: Judged, place: int, label: str) -> dict[str, Any]:
    name, decision = judged.read.canonical[place].as_py(), Decision(int(judged.decision[place]))
    reason = int(judged.reason[place])
    return {
        "file": label,
        "line": int(judged.written.lines[place]),
        "input": judged.written.names[place].as_py()[:SHOWN],
        "name": name,
        "decision": decision.code,
        "reason": code_of(reason),
        "sentence": sentence_of(reason),
        "would_hit": None if name is None else hit_as_dict(guard.hit(name, bool(judged.exact[place]))),
    }


def _told_bad(row: BadRow) -> dict[str, Any]:
    return {
        "file": row.file,
        "line": row.line,
        "input": row.value[:SHOWN],
        "name": None,
        "decision": Decision.REFUSE.code,
        "reason": DomainReason.BAD_LINE.name,
        "sentence": f"{row.column}: {row.error}; {row.expected}",
        "would_hit": None,
    }


def hit_as_dict(hit: Hit) -> dict[str, Any]:
    """What else a listing would hit, as JSON has it."""
    by = hit.by and {"name": hit.by.name, "part": hit.by.part_en, "owner": hit.by.owner or None, "rank": hit.by.rank}
    return {"by": by, "shared": hit.shared, "below": [each.name for each in hit.below], "below_count": hit.below_count}


__all__ = ["COLUMNS", "Imported", "hit_as_dict", "import_list"]
