"""Put changes of the registry in force while everything runs: durable when acknowledged, and no rebuild.

Files named for their tables come in, with a column `op` (put unless it says delete); every row is checked as a build
checks it. The good rows go into the store's change log, and running workers take them up within a second; the bad ones
are named and cost nobody else anything.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from wurao.cli.options import InputPath, data_option, json_option, store_option, store_with_a_snapshot
from wurao.cli.output import note, print_json, print_table
from wurao.errors import MachineFailed, Refused

if TYPE_CHECKING:
    import pyarrow as pa

    from wurao.changes import Change
    from wurao.tables import BadRows, Given
    from wurao.tables.bad import Fault
    from wurao.tables.links import Reference

GROUP = 5_000
"""So many changes are handed over at a time."""
SHOWN_BAD = 20
WAIT_S = 30.0


@dataclass(slots=True)
class Tally:
    """What was acknowledged so far."""

    accepted: int = 0
    first: int | None = None
    last: int | None = None
    orders: list[pa.Table] = field(default_factory=list)
    """The orders put whose target must be registered, with the file and the line of each."""
    named: dict[tuple[Reference, str], str] = field(default_factory=dict)
    """The senders and trunks that rows put refer to, and where each was read first."""
    lists: bool = False
    """Whether the list of domains is among what changed."""

    def add(self, count: int, seqs: tuple[int, int]) -> None:
        """So many more changes are in the log, at these places."""
        self.accepted += count
        self.first = min(seqs[0], self.first or seqs[0])
        self.last = max(seqs[1], self.last or seqs[1])


@click.command()
@click.argument("files", nargs=-1, required=True, type=InputPath(directory=False), metavar="FILE...")
@store_option
@click.option("--wait", is_flag=True, help=f"Return when every worker has applied them, or after {WAIT_S:.0f} seconds.")
@click.option("--strict", is_flag=True, help="Take nothing when any row is bad.")
@data_option
@json_option
def command(files: tuple[Path, ...], store: Path, wait: bool, strict: bool, as_json: bool) -> None:
    """Put changes in force while everything runs: durable when acknowledged, no rebuild.

    Each FILE is CSV, Parquet or JSON lines, named for its table (orders.csv, subscribers-2.parquet), with its columns
    and, where not every row is put, a column op: put or delete. A row put is whole; one deleted needs only its key.

    \b
    Example:
      wurao change orders.csv subscribers.jsonl --wait
    """
    from wurao.changes import clear_gone
    from wurao.tables import BadRows, table_of

    store = store_with_a_snapshot(store)
    for file in files:
        table_of(file)
    bad = BadRows()
    if strict:
        _refuse_bad(files, bad)
    tally = Tally()
    _take_in(store, files, bad, tally)
    clear_gone(store)
    last = tally.last or 0
    done, right = _in_force(store, last, WAIT_S if wait else 0.0, tally.lists)
    _tell_bad(bad)
    _tell_aimless(store, tally)
    _tell_dangling(store, tally)
    fields = {"accepted": tally.accepted, "bad": bad.count, "first_seq": tally.first, "last_seq": tally.last}
    if as_json:
        print_json({**fields, "in_force": done})
    else:
        print_table([*fields, "in_force"], [[*fields.values(), done]])
    if wait and not done:
        raise MachineFailed(f"not in force everywhere after {WAIT_S:.0f} seconds", where=str(store), right=right)


def _in_force(store: Path, last: int, within_s: float, lists: bool) -> tuple[bool, str]:
    """Whether all is in force, or comes to be; and what to do where it is not."""
    from wurao.domains.published import LIST, Reached, wait_reached

    match wait_reached(store, last, LIST if lists else "", within_s):
        case Reached.DURABLE:
            return False, "they are durable; look which worker lags in workers/"
        case Reached.NOT_AT_RESOLVERS:
            return False, "they are durable; no publisher has them at the resolvers: wurao domains publish --follow"
    return True, ""


def _take_in(store: Path, files: tuple[Path, ...], bad: BadRows, tally: Tally) -> None:
    """Hand the good rows of all files over, group by group, in order."""
    from wurao.changes import submit
    from wurao.snapshot.store import open_current

    after: int | None = None
    for group in _groups(files, bad, tally):
        after = open_current(store).seq if after is None else after
        try:
            tally.add(len(group), submit(store, group, after=after))
        except MachineFailed:
            note(f"{tally.accepted:,} changes were acknowledged before this:")
            raise


def _groups(files: tuple[Path, ...], bad: BadRows, tally: Tally) -> Iterator[list[Change]]:
    from wurao.changes import deletions, puts

    for file in files:
        warnings: list[str] = []
        for given in _checked(file, bad, warnings):
            made = puts if given.op == "put" else deletions
            tally.lists = tally.lists or (given.table == "domains" and given.rows.num_rows > 0)
            if given.table == "orders" and given.op == "put":
                tally.orders.append(_aimed(given, file))
            if given.op == "put":
                _note_named(given, file, tally)
            for start in range(0, given.rows.num_rows, GROUP):
                yield made(given.table, given.rows.slice(start, GROUP))
        for warning in warnings:
            note(warning)


def _checked(file: Path, bad: BadRows, warnings: list[str]) -> Iterator[Given]:
    """The good rows of a file."""
    from wurao.tables import read_given

    for given in read_given(file, bad, warnings):
        match given.table, given.op:
            case "templates", "put":
                yield _readable(given, file, bad)
            case (("domains" | "orders"), "put"):
                yield _guarded(given, file, bad)
            case "domains", "delete":
                yield _canonical(given)
            case _:
                yield given


def _readable(given: Given, file: Path, bad: BadRows) -> Given:
    """The templates whose bodies can be read; the others are named as bad rows, as a build names them."""
    from wurao.content.registered import body_faults

    return _without(given, body_faults(given.rows.column("body").combine_chunks()), file, bad)


def _guarded(given: Given, file: Path, bad: BadRows) -> Given:
    """The names, and orders on names, that the guard lets through; the others are named as bad rows."""
    from wurao.domains.guarding import guarded_rows

    rows, faults = guarded_rows(given.table, given.rows)
    return _without(replace(given, rows=rows), faults, file, bad)


def _canonical(given: Given) -> Given:
    """The keys of names to be deleted, as those that were put have them."""
    from wurao.domains.listing import canonical_keys

    return replace(given, rows=canonical_keys(given.rows))


def _without(given: Given, faults: Sequence[Fault], file: Path, bad: BadRows) -> Given:
    """The rows that have none of some faults; the others are named."""
    import numpy as np
    import pyarrow as pa

    from wurao.tables import TABLES
    from wurao.tables.bad import note as note_bad
    from wurao.tables.written import written_column

    left = np.ones(len(given.rows), dtype=bool)
    for fault in faults:
        fresh = replace(fault, rows=fault.rows & left)
        found = given.rows.column(fault.column).combine_chunks().filter(pa.array(fresh.rows))
        values = written_column(TABLES[given.table].column(fault.column), found)
        note_bad(bad, file.name, given.lines, fresh, values)
        left &= ~fault.rows
    return replace(given, rows=given.rows.filter(pa.array(left)), lines=given.lines[left])


def _aimed(given: Given, file: Path) -> pa.Table:
    """The orders whose target must be registered, and where each stands."""
    import pyarrow as pa

    from wurao.snapshot.aims import COLUMNS, of_registered

    where = pa.array([f"{file.name}:{line}" for line in given.lines.tolist()], pa.string())
    return of_registered(given.rows.select(COLUMNS).append_column("where", where))


def _tell_aimless(store: Path, tally: Tally) -> None:
    """Warn of the orders put that aim at what is not registered."""
    import pyarrow as pa

    from wurao.snapshot.aims import TOLD, at_nothing, registered, warnings_of

    if any(map(len, tally.orders)):
        aimless = at_nothing(pa.concat_tables(tally.orders), registered(store))
        for warning in warnings_of(aimless, aimless.column("where").slice(0, TOLD).to_pylist()):
            note(warning)


def _note_named(given: Given, file: Path, tally: Tally) -> None:
    """Keep which senders and trunks these rows refer to, each once."""
    import numpy as np

    from wurao.tables.links import REFERENCES

    for reference in REFERENCES:
        if reference.table == given.table and given.rows.num_rows:
            values = given.rows.column(reference.column).combine_chunks().dictionary_encode()
            firsts = np.unique(values.indices.to_numpy(), return_index=True)[1]
            for value, row in zip(values.dictionary.to_pylist(), firsts.tolist(), strict=True):
                tally.named.setdefault((reference, value), f"{file.name}:{given.lines[row]}")


def _tell_dangling(store: Path, tally: Tally) -> None:
    """Warn of rows put that refer to what is not registered; they are kept, since it may come after them."""
    import pyarrow as pa
    import pyarrow.compute as pc

    from wurao.snapshot.aims import registered

    if not tally.named:
        return
    tables, missing = registered(store), []
    for reference in dict.fromkeys(reference for reference, _ in tally.named):
        values = pa.array([value for of, value in tally.named if of == reference], pa.string())
        known = pc.is_in(values, value_set=tables[reference.of].column(reference.its).combine_chunks())
        missing += [(reference, value) for value in values.filter(pc.invert(known)).to_pylist()]
    for reference, value in missing[:SHOWN_BAD]:
        wrong = f"{value!r} is no {reference.its.removesuffix('_id')} of {reference.of}"
        right = f"the row is kept; register it, or write a {reference.its} of {reference.of}"
        note(f"{tally.named[reference, value]} {reference.column}: {wrong}: {right}")
    if len(missing) > SHOWN_BAD:
        note(f"and {len(missing) - SHOWN_BAD:,} more that are not registered")


def _refuse_bad(files: tuple[Path, ...], bad: BadRows) -> None:
    for file in files:
        for _ in _checked(file, bad, []):
            pass
    if bad.count:
        _tell_bad(bad)
        raise Refused(f"{bad.count:,} rows are bad", right="put them right, or leave out --strict")


def _tell_bad(bad: BadRows) -> None:
    for row in bad.kept[:SHOWN_BAD]:
        note(str(row))
    if bad.count > SHOWN_BAD:
        note(f"and {bad.count - SHOWN_BAD:,} more bad rows")
