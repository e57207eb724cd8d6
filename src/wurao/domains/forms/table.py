"""A CSV file with the columns of the table `domains`, or with some of them: `name` at least.

Columns that miss are given by whoever imports; unknown ones are kept out and named. Called by `reading`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wurao.domains.forms.entry import AS_ASKED, Written
from wurao.domains.forms.lines import Octets
from wurao.errors import Refused
from wurao.tables import DOMAIN_MATCHES, TABLES, BadRows
from wurao.tables.bad import Fault, listed, note
from wurao.tables.csv_file import read_csv_octets
from wurao.tables.plain import plain

COLUMNS = tuple(column.name for column in TABLES["domains"].columns)


@dataclass(slots=True)
class _SomeColumns:
    """Those of the table's columns that a file has."""

    warnings: list[str] = field(default_factory=list)

    def wanted(self, header: list[str], file: str) -> list[str]:
        """The table's columns; Refused where there is no name, or a column twice."""
        names = [name for name in header if name in COLUMNS]
        if "name" not in names or len(set(names)) < len(names):
            right = f"the first line names the columns, each once: name, and of the others {listed(COLUMNS[1:], 12)}"
            wrong = "has no column name" if "name" not in names else "names a column twice"
            raise Refused(wrong, where=file, right=right)
        if unknown := [name for name in header if name not in COLUMNS]:
            self.warnings.append(f"{file}: unknown columns kept out: {listed(unknown)}")
        return names


def read_table(file: Octets, label: str, bad: BadRows, warnings: list[str]) -> Iterator[Written]:
    """The rows of a CSV file; bad ones go to `bad`, unknown columns to `warnings`."""
    columns = _SomeColumns(warnings)
    for raw in read_csv_octets(file, label, columns, bad):
        table = pa.table({name: plain(raw.table[name].combine_chunks()) for name in raw.table.column_names})
        match, wrong = _matches(table)
        if wrong.any():
            fault = Fault(wrong, "match", "is no match", f"write {listed(DOMAIN_MATCHES)}")
            note(bad, label, raw.lines, fault, table["match"].filter(pa.array(wrong)).to_pylist())
            good = pa.array(~wrong)
            table, match = table.filter(good), match[~wrong]
            lines = raw.lines[~wrong]
        else:
            lines = raw.lines
        names = pc.fill_null(table["name"].combine_chunks().cast(pa.string()), "")
        yield Written(names, lines, match, table)


def _matches(table: pa.Table) -> tuple[np.ndarray, np.ndarray]:
    """How each row is meant, and which say what is no match."""
    if "match" not in table.column_names:
        return np.full(len(table), AS_ASKED, np.int8), np.zeros(len(table), bool)
    written = pc.utf8_trim_whitespace(table["match"].combine_chunks().cast(pa.string()))
    found = pc.fill_null(pc.index_in(written, value_set=pa.array(DOMAIN_MATCHES)), AS_ASKED)
    match = found.to_numpy().astype(np.int8)
    return match, (match == AS_ASKED) & np.asarray(written.is_valid(), bool)
