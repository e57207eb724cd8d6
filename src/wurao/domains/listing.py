"""The guard before anything is listed: rows of `domains`, orders on domains, and lists that are imported.

`judge_rows` names the rows of a checked table that may not be listed as they stand, as `Fault`s with their column, and
gives every name its canonical form; `snapshot.build` and `wurao change` are handed it by the command line.
`judge_written` says of the names of a list, as `forms` read them, what would become of each. Both ask one `Guard`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from wurao.domains.forms import AS_ASKED, EXACT, Written, read_list
from wurao.domains.guard import Guard, agreed_by
from wurao.domains.names import ReadNames, read_names
from wurao.domains.reasons import Decision, DomainReason, sayings
from wurao.errors import BadRow
from wurao.tables import DOMAIN_MATCHES, TABLES, TARGET_KINDS, VERBS, BadRows
from wurao.tables.bad import Fault

_DOMAIN, _RELEASE = TARGET_KINDS.index("domain"), VERBS.index("release")
_EXACT = DOMAIN_MATCHES.index("exact")
_ASKER = {"domains": "source", "orders": "authority"}
"""Who a second person must not be."""
_NAME = {"domains": "name", "orders": "target"}
_KEY = TABLES["domains"].key


def concerned(table: str, rows: pa.Table) -> npt.NDArray[np.bool_]:
    """Which rows of a checked table the guard has to look at: names listed, and orders that would block domains."""
    if table == "domains":
        return np.ones(len(rows), bool)
    if table != "orders":
        return np.zeros(len(rows), bool)
    on_domain = pc.and_(pc.equal(rows["target_kind"], _DOMAIN), pc.not_equal(rows["verb"], _RELEASE))
    return np.asarray(on_domain, bool)


def judge_rows(guard: Guard, table: str, rows: pa.Table) -> tuple[pa.Table, list[Fault]]:
    """Checked rows of `domains` or `orders` with canonical names, and what is wrong with those the guard holds."""
    looked_at = np.flatnonzero(concerned(table, rows))
    if not len(looked_at):
        return rows, []
    names, codes = why_held(guard, table, rows.take(pa.array(looked_at)))
    faults = [
        Fault(_mask(codes == code, looked_at, len(rows)), _column(table, int(code)), *_words(int(code)))
        for code in np.unique(codes[codes > 0])
    ]
    return _trimmed(_with_names(rows, table, looked_at, names), table), faults


def canonical_keys(keys: pa.Table) -> pa.Table:
    """The keys of rows of `domains` that are to be deleted, as the rows have them."""
    return _with_names(keys, "domains", np.arange(len(keys)), read_names(keys["name"]).canonical)


def why_held(guard: Guard, table: str, rows: pa.Table) -> tuple[pa.StringArray, npt.NDArray[np.int8]]:
    """The canonical names of rows that concern the guard, and a `DomainReason` for each that may not be listed so.

    `BELOW_SHARED_NAME`: it may be listed, but as the exact name only. 0: nothing holds it.
    """
    read = read_names(rows[_NAME[table]])
    exact = _exact(table, rows)
    found = guard.decide(read.canonical, exact, agreed_by(rows["second_person"], rows[_ASKER[table]]))
    # An order may aim at what can be listed as an exact name only.
    may = (found.decision == Decision.LIST) | ((found.decision == Decision.LIST_EXACT) & (exact | (table == "orders")))
    why = np.where(found.decision == Decision.LIST_EXACT, DomainReason.BELOW_SHARED_NAME, found.reason)
    return read.canonical, np.where(read.readable, np.where(may, 0, why), read.reasons).astype(np.int8)


def _exact(table: str, rows: pa.Table) -> npt.NDArray[np.bool_]:
    """Which rows mean the exact name alone; an order on a domain means all below as well."""
    if table == "orders":
        return np.zeros(len(rows), bool)
    return np.asarray(pc.equal(rows["match"], _EXACT), bool)


def _mask(found: npt.NDArray[np.bool_], rows: npt.NDArray[np.int64], size: int) -> npt.NDArray[np.bool_]:
    mask = np.zeros(size, bool)
    mask[rows[found]] = True
    return mask


def _column(table: str, code: int) -> str:
    return "match" if code == DomainReason.BELOW_SHARED_NAME else _NAME[table]


def _words(code: int) -> tuple[str, str]:
    """What is wrong, and what would be right, as messages of bad rows say it."""
    said = sayings()[DomainReason(code)]
    wrong = f"{DomainReason(code).name}: {said.sentence_zh} {said.sentence_en.rstrip('.')}"
    return wrong, f"{said.right_zh} {said.right_en.rstrip('.')}"


def _with_names(rows: pa.Table, table: str, places: npt.NDArray[np.int64], names: pa.StringArray) -> pa.Table:
    """The rows with canonical names in place of those that could be read."""
    column = rows[_NAME[table]].combine_chunks()
    chosen = np.arange(len(rows))
    chosen[places] = len(rows) + np.arange(len(places))
    both = pa.concat_arrays([column, pc.coalesce(names, column.take(pa.array(places)))])
    return rows.set_column(rows.column_names.index(_NAME[table]), _NAME[table], both.take(pa.array(chosen)))


def _trimmed(rows: pa.Table, table: str) -> pa.Table:
    """The rows, who asked and who agreed without white space around them."""
    for name in ("second_person", _ASKER[table]):
        place = rows.column_names.index(name)
        rows = rows.set_column(place, rows.schema.field(place), pc.utf8_trim_whitespace(rows[name]))
    return rows


@dataclass(frozen=True, slots=True)
class Judged:
    """Some names of a list, and what would become of each."""

    written: Written
    read: ReadNames
    decision: npt.NDArray[np.int8]
    reason: npt.NDArray[np.int8]
    """A `DomainReason` each; of a name that may be listed, what is to be said of it, or `NONE`."""
    exact: npt.NDArray[np.bool_]
    """Which would be listed as the exact name alone: as it is meant, or since no more may be."""
    narrowed: npt.NDArray[np.bool_]
    """Which of these were meant with all below."""
    bad: list[BadRow]
    """Lines before or among them that are no names."""

    def text_columns(self, given: Mapping[str, str | None]) -> dict[str, pa.StringArray]:
        """Every column of `domains` but `name` and `match`, as text: as the list has it, else as `given`."""
        return _text_columns(self.written, given)


class EveryBadRow(BadRows):
    """Bad lines, all of them kept, for who takes them away as they come."""

    @property
    def room(self) -> int:
        """There is always room."""
        return 1 << 62

    def take(self) -> list[BadRow]:
        """Those since the last time, in the order of the file."""
        taken, self.kept = sorted(self.kept, key=lambda row: row.line), []
        return taken


def judge_list(
    guard: Guard,
    file: BinaryIO,
    label: str,
    *,
    form: str | None = None,
    exact: bool = False,
    given: Mapping[str, str | None] | None = None,
    warnings: list[str] | None = None,
) -> Iterator[Judged]:
    """Judge the names of an open list in a form of `FORMS`, or the recognised one.

    `exact` says how names are meant of which the list does not say it; `given` has the values of columns that it does
    not say, `second_person` and `source` among them. Every line that is no name is in the `bad` of some piece; the last
    may have nothing else.
    """
    bad, asked = EveryBadRow(), given or {}
    for written in read_list(file, form, label, bad, [] if warnings is None else warnings):
        yield _judged(guard, written, exact, asked, bad.take())
    if bad.kept:
        nothing = Written(pa.array([], pa.string()), np.zeros(0, np.int64), np.zeros(0, np.int8))
        yield _judged(guard, nothing, exact, asked, bad.take())


def _judged(guard: Guard, written: Written, exact: bool, given: Mapping[str, str | None], bad: list[BadRow]) -> Judged:
    read = read_names(written.names)
    meant = np.where(written.match == AS_ASKED, exact, written.match == EXACT).astype(bool)
    columns = _text_columns(written, given)
    found = guard.decide(read.canonical, meant, agreed_by(columns["second_person"], columns[_ASKER["domains"]]))
    decision = np.where(read.readable, found.decision, Decision.REFUSE).astype(np.int8)
    # What the guard says goes before what was done to read a name.
    reason = np.where(read.readable & (found.reason > 0), found.reason, read.reasons).astype(np.int8)
    capped = decision == Decision.LIST_EXACT
    return Judged(written, read, decision, reason, meant | capped, capped & ~meant, bad)


def _text_columns(written: Written, given: Mapping[str, str | None]) -> dict[str, pa.StringArray]:
    found = {}
    for column in TABLES["domains"].columns:
        if column.name in _KEY:
            continue
        values = pa.array([given.get(column.name)], pa.string()).take(pa.array(np.zeros(len(written), np.int64)))
        if written.columns is not None and column.name in written.columns.column_names:
            values = pc.coalesce(written.columns[column.name].combine_chunks().cast(pa.string()), values)
        found[column.name] = pc.utf8_trim_whitespace(values)
    return found
