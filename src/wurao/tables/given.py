"""A file of changes read and checked: rows to put, and keys to delete, in the order in which they stand.

Comes in: a CSV, Parquet or JSON-lines file named for its table, with a column `op` where not every row is put. Goes
out: `Given` pieces, each of one operation. A row to put goes through all checks of a table's row, one to delete needs
only its key. Called by `wurao change`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from wurao.errors import SHOWN, WHOLE_ROW, BadRow, Refused
from wurao.tables.bad import BadRows, Fault, listed, note
from wurao.tables.declared import TABLES, Column, Form
from wurao.tables.forms import error_of, expected_of, inside
from wurao.tables.plain import nulls_of, plain
from wurao.tables.raw import Columns, Raw
from wurao.tables.read import raw_batches
from wurao.tables.rows import check_batch, raw_rows

SUFFIXES = (".csv", ".parquet", ".jsonl")
OP = Column("op", Form.CODE, codes=("put", "delete"), default="put")
_DELETE = OP.codes.index("delete")
_ROWS = 10_000
_LONGEST_LINE = 4 << 20


@dataclass(frozen=True, slots=True)
class Given:
    """Good rows, all of one operation: `put` with whole rows, `delete` with the key columns; and the line of each."""

    table: str
    op: str
    rows: pa.Table
    lines: npt.NDArray[np.int64]


def table_of(path: Path) -> str:
    """The table that a file is named for: `orders.csv`, `orders-2.parquet`; Refused where it is named for none."""
    name = path.stem.partition("-")[0]
    if name not in TABLES or path.suffix not in SUFFIXES:
        right = f"name it for a table ({listed(TABLES, 20)}), ending in {listed(SUFFIXES)}"
        raise Refused("is named for no table", where=str(path), right=right)
    return name


def read_given(path: Path, bad: BadRows, warnings: list[str]) -> Iterator[Given]:
    """The good rows of a file of changes, in order; bad ones go to `bad`, unknown columns to `warnings`.

    Raises Refused where the file cannot be read at all, or is named for no table.
    """
    name = table_of(path)
    batches = _json_lines(path, name, bad, warnings) if path.suffix == ".jsonl" else _batches(path, name, bad, warnings)
    for raw in batches:
        yield from _by_operation(name, raw, bad)


def _batches(path: Path, name: str, bad: BadRows, warnings: list[str]) -> Iterator[Raw]:
    columns = Columns(TABLES[name], beside=(OP.name,), warnings=warnings)
    return raw_batches(path, path.name, columns, bad)


def _json_lines(path: Path, name: str, bad: BadRows, warnings: list[str]) -> Iterator[Raw]:
    columns = Columns(TABLES[name], beside=(OP.name,), by_row=True, warnings=warnings)
    with path.open("rb") as file:
        line = 0
        while lines := list(islice(iter(lambda: file.readline(_LONGEST_LINE + 1), b""), _ROWS)):
            found = [(line + place, _row_in(each, path.name, line + place, bad)) for place, each in enumerate(lines, 1)]
            line += len(lines)
            kept = [(place, row) for place, row in found if row is not None]
            if kept:
                numbers = np.array([place for place, _ in kept])
                yield raw_rows([row for _, row in kept], columns, path.name, numbers)


def _row_in(text: bytes, file: str, line: int, bad: BadRows) -> dict[str, object] | None:
    if not text.strip():
        return None
    try:
        row = json.loads(text) if len(text) <= _LONGEST_LINE else None
    except (ValueError, RecursionError):
        row = None
    if isinstance(row, dict):
        return row
    shown = text[:SHOWN].decode(errors="replace").rstrip()
    right = 'write one a line, such as {"number": "+8613803510001"}'
    bad.add(BadRow(file, line, WHOLE_ROW, shown, "is no JSON object", right))
    return None


def _by_operation(name: str, raw: Raw, bad: BadRows) -> Iterator[Given]:
    """Check a batch in runs of rows with the same operation."""
    written = (
        plain(raw.table[OP.name].combine_chunks()) if OP.name in raw.table.column_names else pa.nulls(len(raw.lines))
    )
    found = inside(OP, written)
    wrong = nulls_of(found) & ~nulls_of(written)
    note(
        bad,
        raw.file,
        raw.lines,
        Fault(wrong, OP.name, error_of(OP), expected_of(OP)),
        written.filter(pa.array(wrong)).to_pylist(),
    )
    deleted = np.asarray(pc.equal(found, _DELETE).fill_null(False))
    runs = np.where(wrong, 2, deleted.astype(np.int8))
    edges = [0, *(np.flatnonzero(np.diff(runs)) + 1).tolist(), len(runs)]
    for start, end in pairwise(edges):
        if start < end and runs[start] != 2:
            piece = Raw(raw.table.slice(start, end - start), raw.file, raw.lines[start:end], raw.by_row)
            checked = check_batch(TABLES[name], piece, bad, only_key=bool(runs[start]))
            if checked.table.num_rows:
                yield Given(name, OP.codes[int(runs[start])], checked.table, checked.lines)
