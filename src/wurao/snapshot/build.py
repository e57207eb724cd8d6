"""Build a snapshot: tables in, checked and with every acknowledged change put over them, a new current snapshot out.

Bodies of templates are compiled by what the caller hands in (`content.registered`), for this room knows no texts; which
names may be listed, and orders on domains, are judged by what it hands in too (`domains.listing`). Called by `wurao
snapshot build`, by the demo and by the control plane.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from wurao.changes import changes_since
from wurao.errors import Refused
from wurao.snapshot.aims import TOLD, at_nothing, warnings_of
from wurao.snapshot.changed import Changed, changed_tables, merged, no_change
from wurao.snapshot.columns import places, strings
from wurao.snapshot.compile import compile_all, unwritten_subscribers
from wurao.snapshot.index import INDEXED, array_name, make_index
from wurao.snapshot.losses import refuse_loss
from wurao.snapshot.opened import KEPT_TABLES, as_file, beside
from wurao.snapshot.store import write
from wurao.tables import BadRows, CheckedTable, read_tables
from wurao.tables.bad import Fault

Arrays = dict[str, npt.NDArray[Any]]
Bodies = Callable[[pa.Array], tuple[Arrays, list[Fault]]]
"""Compiles the bodies of templates: their columns, a template a row, and what is wrong with those that cannot be."""
Guarding = Callable[[str, pa.Table], tuple[pa.Table, list[Fault]]]
"""Judges rows of `GUARDED` tables: the rows with canonical names, and what is wrong with those that may not be so."""
GUARDED = ("domains", "orders")
TEMPLATE_ARRAYS = "template_"
"""What the names of these columns begin with, in a snapshot."""


def no_bodies(bodies: pa.Array) -> tuple[Arrays, list[Fault]]:
    """Compiles nothing: no text fits any template."""
    return {}, []


def no_guard(table: str, rows: pa.Table) -> tuple[pa.Table, list[Fault]]:
    """Lets every name through."""
    return rows, []


@dataclass(frozen=True, slots=True)
class Built:
    """What came of a build."""

    id: str
    seconds: float
    rows: dict[str, int]
    """Good rows of each table, the changes put over them."""
    bad: dict[str, int]
    warnings: list[str]
    """Sentences on what is taken as it stands but ought to be known."""


def build(
    directory: Path,
    store: Path,
    *,
    own_sender: str,
    bodies: Bodies = no_bodies,
    guarding: Guarding = no_guard,
    strict: bool = False,
    partial: bool = False,
    told: Callable[[str, BadRows], None] = lambda name, bad: None,
) -> Built:
    """Build a snapshot of a directory of tables and make it the current one.

    `bodies` compiles the bodies of templates; a template whose body cannot be read is a bad row, and so is a name that
    `guarding` holds. `told` hears of the bad rows of each table that has any. Raises Refused when a table cannot be
    read, with `strict` when any row is bad, and without `partial` when a good snapshot would lose what was not read
    (`losses`); MachineFailed for the disk.
    """
    started = time.monotonic()
    return build_checked(
        read_tables(directory),
        str(directory),
        store,
        own_sender=own_sender,
        bodies=bodies,
        guarding=guarding,
        strict=strict,
        partial=partial,
        told=told,
        started=started,
    )


def build_checked(
    checked: dict[str, CheckedTable],
    place: str,
    store: Path,
    *,
    own_sender: str,
    after: int = 0,
    bodies: Bodies = no_bodies,
    guarding: Guarding = no_guard,
    strict: bool = False,
    partial: bool = False,
    told: Callable[[str, BadRows], None] = lambda name, bad: None,
    started: float | None = None,
) -> Built:
    """As `build`, of tables at hand that were read at a `place`. `after`: the last change that they hold already."""
    started = time.monotonic() if started is None else started
    _drop(checked["templates"], bodies(_bodies_of(checked["templates"].table))[1])
    hold_back(checked, guarding)
    bad = {name: each.bad.count for name, each in checked.items()}
    for name, each in checked.items():
        if each.bad.count:
            told(name, each.bad)
    warnings = [line for each in checked.values() for line in each.warnings]
    if strict and any(bad.values()):
        raise Refused(f"{sum(bad.values()):,} rows are bad", where=place, right="put them right, or leave out --strict")
    if not partial:
        refuse_loss(store, place, checked)
    tables, orders = {name: each.table for name, each in checked.items()}, checked["orders"]
    del checked
    seq, changes = changes_since(store, after)
    changed = changed_tables(changes)
    for name, words in changed.items():
        tables[name] = merged(tables[name], words)
    warnings += _aimless(tables, orders, changed.get("orders", no_change("orders")))
    rows = {name: len(table) for name, table in tables.items()}
    files = _files(tables, own_sender, bodies, warnings.append)
    name = write(store, files, seq=seq, counts=rows, about={"own_sender": own_sender})
    return Built(name, time.monotonic() - started, rows, bad, warnings)


def hold_back(checked: dict[str, CheckedTable], guarding: Guarding) -> None:
    """Take out of tables the rows whose names a guard holds, each named as bad; the others have canonical names."""
    for name in GUARDED:
        checked[name].table, faults = guarding(name, checked[name].table)
        _drop(checked[name], faults)


def _aimless(tables: dict[str, pa.Table], read: CheckedTable, changed: Changed) -> list[str]:
    """What to tell of orders that aim at what is not registered, each with the line that it was read from."""
    orders = at_nothing(tables["orders"], tables)
    if not len(orders):
        return []
    ids = orders.column("order_id").slice(0, TOLD)
    changes = places(ids, strings(changed.puts, "order_id")) >= 0
    lines = places(ids, strings(read.table, "order_id")).tolist()
    where = zip(changes.tolist(), lines, strict=True)
    return warnings_of(orders, ["the change log" if put else read.origins.of(line) for put, line in where])


def _drop(read: CheckedTable, faults: list[Fault]) -> None:
    """Name the rows that another room finds bad, and take them out."""
    left = np.ones(len(read.table), dtype=bool)
    for fault in faults:
        read.drop(replace(fault, rows=(fault.rows & left)[left]))
        left &= ~fault.rows


def _bodies_of(templates: pa.Table) -> pa.Array:
    return strings(templates, "body")


def _files(
    tables: dict[str, pa.Table],
    own_sender: str,
    bodies: Bodies = no_bodies,
    tell: Callable[[str], None] = lambda said: None,
) -> Iterator[tuple[str, npt.NDArray[Any]]]:
    # The kept tables first: they are written while the others are compiled.
    for name in KEPT_TABLES:
        yield f"table_{name}", as_file(tables[name])
    for name, column in INDEXED:
        yield array_name(name, column), make_index(name, column, tables[name].column(column))
    arrays, _ = compile_all(tables, own_sender)
    if len(arrays["profile_wide"]):
        profiles = len(arrays["profiles"])
        tell(f"subscribers: {profiles:,} different profiles, more than 65,536: each subscriber takes two bytes more")
    yield from arrays.items()
    for name, array in bodies(_bodies_of(tables["templates"]))[0].items():
        yield f"{TEMPLATE_ARRAYS}{name}", array
    yield "table_beside", as_file(beside(tables["subscribers"], unwritten_subscribers(tables, arrays)))
