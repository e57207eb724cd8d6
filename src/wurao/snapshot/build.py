"""Build a snapshot: tables in, checked and with every acknowledged change put over them, a new current snapshot out.

Called by `wurao snapshot build`, by the demo and by the control plane.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy.typing as npt
import pyarrow as pa

from wurao.changes import changes_since
from wurao.errors import Refused
from wurao.snapshot.changed import changed_tables, merged
from wurao.snapshot.compile import compile_all, unwritten_subscribers
from wurao.snapshot.opened import KEPT_TABLES, as_file, beside
from wurao.snapshot.store import write
from wurao.tables import BadRows, read_tables


@dataclass(frozen=True, slots=True)
class Built:
    """What came of a build."""

    id: str
    seconds: float
    rows: dict[str, int]
    """Good rows of each table, the changes put over them."""
    bad: dict[str, int]
    warnings: list[str]


def build(
    directory: Path,
    store: Path,
    *,
    own_sender: str,
    strict: bool = False,
    told: Callable[[str, BadRows], None] = lambda name, bad: None,
) -> Built:
    """Build a snapshot of a directory of tables and make it the current one.

    `told` hears of the bad rows of each table that has any. Raises Refused when a table cannot be read, or with
    `strict` when any row is bad; MachineFailed for the disk.
    """
    started = time.monotonic()
    checked = read_tables(directory)
    bad = {name: each.bad.count for name, each in checked.items()}
    for name, each in checked.items():
        if each.bad.count:
            told(name, each.bad)
    warnings = [line for each in checked.values() for line in each.warnings]
    if strict and any(bad.values()):
        raise Refused(
            f"{sum(bad.values()):,} rows are bad", where=str(directory), right="put them right, or leave out --strict"
        )
    tables = {name: each.table for name, each in checked.items()}
    del checked
    seq, changes = changes_since(store)
    for name, changed in changed_tables(changes).items():
        tables[name] = merged(tables[name], changed)
    rows = {name: len(table) for name, table in tables.items()}
    name = write(store, _files(tables, own_sender), seq=seq, counts=rows, about={"own_sender": own_sender})
    return Built(name, time.monotonic() - started, rows, bad, warnings)


def _files(tables: dict[str, pa.Table], own_sender: str) -> Iterator[tuple[str, npt.NDArray[Any]]]:
    unwritten = unwritten_subscribers(tables)
    arrays, _ = compile_all(tables, own_sender, unwritten)
    yield from arrays.items()
    for name in KEPT_TABLES:
        yield f"table_{name}", as_file(tables[name])
    yield "table_beside", as_file(beside(tables["subscribers"], unwritten))
