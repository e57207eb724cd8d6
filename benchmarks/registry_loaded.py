"""A province's subscribers from one Parquet file into PostgreSQL, checked; then the snapshot from there.

The clock runs around the whole commands `wurao load` (the schema of an empty database is part of it) and
`wurao snapshot build`. Some rows are bad, in several ways and at places that are known: each must be named by file, row
and column, and all others must be in the database as they were written, and in the snapshot. Beside the load stands
PostgreSQL's own COPY of the same rows, already in its own forms as CSV, unchecked, into a table without an index, whose
key and index are made after; beside the snapshot its COPY of the whole table to nowhere.
"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv, parquet

from benchmarks import postgres_server, workload
from benchmarks.columns import Ints
from benchmarks.figure import Figure
from benchmarks.ground import Ground
from benchmarks.postgres_server import Postgres, running_postgres
from benchmarks.rounds import seconds_of
from benchmarks.serving import Home, home, lacking
from benchmarks.written import ROW_GROUP, as_in_files
from wurao.control.registry.loading import as_held
from wurao.errors import MachineFailed
from wurao.snapshot import open_snapshot
from wurao.snapshot.profiles import profiles_of
from wurao.wishes import EVERYTHING, HOURS_SHIFT

NAME = "registry-loaded"
ABOUT = "19.51 million subscribers from a file into PostgreSQL, checked, and the snapshot from there"
LOAD_S, SNAPSHOT_S = 300.0, 180.0
BAD = (("number", "138-nobody"), ("marketing", 1 << 28), ("guard", "high"), ("number", "+8613800"))
"""Bad values by their column; each bad row has one of them."""
BAD_ROWS = 20
"""So many as `wurao load` names; more it would count."""
SAMPLE = 1_000_000


@dataclass(frozen=True, slots=True)
class Written:
    """What the file holds: its good rows in their inside forms, and where the bad ones are."""

    good: pa.Table
    bad: dict[int, str]
    """By row, from 1: the column."""

    @property
    def rows(self) -> int:
        """All of them."""
        return len(self.good) + len(self.bad)


def run(ground: Ground) -> Iterator[Figure]:
    """Two lines: loaded, and the snapshot."""
    if gone := lacking() or postgres_server.missing():
        ground.tell(gone)
        return
    ground.warm()
    with running_postgres() as postgres, home(ground.work / NAME, postgres.url) as at:
        ground.tell("writing the file")
        written = write(at.data / "tables", workload.SUBSCRIBERS // ground.scale, workload.SEGMENTS // ground.scale)
        ground.tell(f"loading {written.rows:,} rows")
        began = time.monotonic()
        done = at.run("wurao", "load", str(at.data / "tables"), "--json")
        loaded = time.monotonic() - began
        check_named(done.stderr, written)
        if json.loads(done.stdout)["rows"] != {"subscribers": len(written.good)}:
            raise MachineFailed(f"not {len(written.good):,} rows were loaded: {done.stdout}", where=postgres.url)
        _check_held(postgres, written)
        ground.tell("building the snapshot")
        built = seconds_of(lambda: at.run("wurao", "snapshot", "build", postgres.url, "-o", str(at.store)))
        _check_snapshot(at, written)
        yield from _beside(ground, at, postgres, written, loaded, built)


def _beside(
    ground: Ground, at: Home, postgres: Postgres, written: Written, loaded: float, built: float
) -> Iterator[Figure]:
    ground.tell("beside it: COPY")
    size = (at.data / "tables" / "subscribers.parquet").stat().st_size
    copied, indexed = copy_beside(postgres, written.good)
    read = seconds_of(lambda: statement(postgres, "COPY \"registry_subscribers\" TO '/dev/null' (FORMAT binary)"))
    yield Figure(
        name=NAME,
        value=loaded,
        unit="seconds",
        reach=f"≤ {LOAD_S:g} seconds",
        met=loaded <= LOAD_S,
        beside=f"COPY of the same rows as CSV, unchecked, into a table without an index: {copied:.1f} seconds, then "
        f"its key and index: {indexed:.1f} seconds",
        ratio=(copied + indexed) / loaded,
        notes=[
            f"{written.rows:,} rows in {size / 1e6:,.0f} MB of Parquet; {len(written.bad)} bad ones, each named by "
            "file, row and column; all others are there as they were written",
            postgres_server.settings_told(),
        ],
    )
    yield Figure(
        name=f"{NAME}-snapshot",
        value=built,
        unit="seconds",
        reach=f"≤ {SNAPSHOT_S:g} seconds",
        met=built <= SNAPSHOT_S,
        beside=f"PostgreSQL's COPY of the table to nowhere, binary: {read:.1f} seconds",
        ratio=read / built,
        notes=[f"{open_snapshot(at.store).subscribers:,} subscribers; profiles of a sample are what was written"],
    )


def write(directory: Path, count: int, segments: int) -> Written:
    """The file with its bad rows."""
    rng = np.random.default_rng(16)
    rows = workload.subscribers(rng, workload.subscriber_numbers(rng, count, max(1, segments)))
    chosen = np.sort(rng.choice(count, BAD_ROWS, replace=False))
    kinds = [BAD[place % len(BAD)] for place in range(BAD_ROWS)]
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    schema = as_in_files("subscribers", rows.slice(0, 0)).schema
    with parquet.ParquetWriter(directory / "subscribers.parquet", schema) as writer:
        for start in range(0, count, ROW_GROUP):
            piece = as_in_files("subscribers", rows.slice(start, ROW_GROUP))
            for row, (column, value) in zip(chosen, kinds, strict=True):
                if start <= row < start + len(piece):
                    piece = _spoiled(piece, int(row) - start, column, value)
            writer.write_table(piece, row_group_size=ROW_GROUP)
    good = np.ones(count, bool)
    good[chosen] = False
    bad = {int(row) + 1: column for row, (column, _) in zip(chosen, kinds, strict=True)}
    return Written(rows.filter(pa.array(good)), bad)


def _spoiled(piece: pa.Table, row: int, column: str, value: str | int) -> pa.Table:
    place = piece.column_names.index(column)
    mask = np.zeros(len(piece), bool)
    mask[row] = True
    field = piece.schema.field(column)
    spoiled = pc.replace_with_mask(piece.column(column).combine_chunks(), pa.array(mask), pa.scalar(value, field.type))
    return piece.set_column(place, field, spoiled)


def check_named(said: str, written: Written) -> None:
    named = [f"subscribers.parquet:{row} {column}:" for row, column in written.bad.items()]
    unnamed = [each for each in named if each not in said]
    if unnamed:
        raise MachineFailed(f"bad rows were not named: {unnamed}", where="wurao load", right=said[-2_000:])


def _check_held(postgres: Postgres, written: Written) -> None:
    """What the database holds comes to the same sums as the file's good rows."""
    number, marketing, hours = (_ints(written.good, name) for name in ("number", "marketing", "hours"))
    # A Number fills its 63 bits, so its sum is taken in two halves.
    summed_numbers = (int(np.sum(number >> 32)) << 32) + int(np.sum(number & 0xFFFFFFFF))
    mixed = int(np.dot(number % 9_973, marketing % 9_973))
    wanted = [len(number), summed_numbers, int(np.sum(marketing)), int(np.sum(hours)), mixed]
    summed = 'count(*), sum("number"), sum("marketing"), sum("hours"), sum(("number" % 9973) * ("marketing" % 9973))'
    found = [int(each) for each in statement(postgres, f'SELECT {summed} FROM "registry_subscribers"')]
    if found != wanted:
        raise MachineFailed(f"the database holds other rows than were written: {found}, not {wanted}")


def _check_snapshot(at: Home, written: Written) -> None:
    snapshot, some = open_snapshot(at.store), written.good.slice(0, SAMPLE)
    bits = (1 << 2 * HOURS_SHIFT) - 1
    wanted = (_ints(some, "marketing") & EVERYTHING) | (_ints(some, "hours") << HOURS_SHIFT)
    found = profiles_of(snapshot.registry, _ints(some, "number")) & bits
    if snapshot.subscribers != len(written.good) or not np.array_equal(found, wanted):
        raise MachineFailed("the snapshot holds other wishes than were written", where=str(at.store))


def _ints(rows: pa.Table, column: str) -> Ints:
    found: Ints = rows.column(column).to_numpy().astype(np.int64)
    return found


def copy_beside(postgres: Postgres, rows: pa.Table) -> tuple[float, float]:
    """Seconds that COPY takes into a table without an index, and then the key and index."""
    file = postgres.place / "beside.csv"
    with csv.CSVWriter(file, as_held("subscribers", rows.slice(0, 0)).schema) as writer:
        for start in range(0, len(rows), ROW_GROUP):
            writer.write_table(as_held("subscribers", rows.slice(start, ROW_GROUP)))
    file.chmod(0o644)
    statement(postgres, 'CREATE TABLE "beside" (LIKE "registry_subscribers" INCLUDING DEFAULTS)')
    statement(postgres, "CHECKPOINT")
    copied = seconds_of(lambda: statement(postgres, f"COPY \"beside\" FROM '{file}' (FORMAT csv, HEADER)"))
    file.unlink()
    indexed = seconds_of(lambda: _index(postgres))
    return copied, indexed


def _index(postgres: Postgres) -> None:
    statement(postgres, 'ALTER TABLE "beside" ADD PRIMARY KEY ("number")')
    statement(postgres, 'CREATE INDEX ON "beside" ("guardian")')


def statement(postgres: Postgres, sql: str) -> list[int]:
    """Run a statement; its first row, where it has one."""
    import psycopg

    with psycopg.connect(postgres.url, autocommit=True) as connection:
        cursor = connection.execute(sql.encode())
        row = cursor.fetchone() if cursor.description else None
        return list(row or ())
