"""A snapshot of the whole province: built from Parquet tables, opened; beside DuckDB loading and opening the same."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import duckdb

from benchmarks.figure import Figure
from benchmarks.ground import Ground
from benchmarks.rounds import by_turns, seconds_of
from wurao.content.registered import compiled_bodies
from wurao.settings import load
from wurao.snapshot import build, open_snapshot

NAME = "snapshot"
ABOUT = "the snapshot of 19.51 million subscribers: built, and opened"
BUILD_SECONDS = 90.0
OPEN_SECONDS = 0.1


def run(ground: Ground) -> Iterator[Figure]:
    """Two lines: built, opened. A build is a minute's work, so it is done once."""
    tables, store, file = ground.tables, ground.work / "built-again", ground.work / "built.duckdb"
    shutil.rmtree(store, ignore_errors=True)
    file.unlink(missing_ok=True)
    try:
        ground.tell("building")
        built = build(tables, store, own_sender=load().screening.own_sender_id, bodies=compiled_bodies)
        theirs = seconds_of(lambda: _load_into_duckdb(tables, file))
        bad = sum(built.bad.values())
        size = sum(each.stat().st_size for each in tables.glob("*.parquet"))
        yield Figure(
            name="snapshot-build",
            value=built.seconds,
            unit="seconds",
            reach=f"≤ {BUILD_SECONDS:g} seconds",
            met=built.seconds <= BUILD_SECONDS,
            beside=f"DuckDB loading the same files, unchecked, with a key on subscribers: {theirs:.1f} seconds",
            ratio=theirs / built.seconds,
            notes=[f"{sum(built.rows.values()):,} rows checked, {size / 1e6:,.0f} MB of Parquet, {bad} bad"],
        )
        yield _opened(store, file)
    finally:
        shutil.rmtree(store, ignore_errors=True)
        file.unlink(missing_ok=True)


def _load_into_duckdb(tables: Path, file: Path) -> None:
    with duckdb.connect(str(file)) as connection:
        for table in sorted(tables.glob("*.parquet")):
            connection.execute(f"create table {table.stem} as select * from read_parquet('{table}')")
        connection.execute("create unique index by_number on subscribers(number)")


def _opened(store: Path, file: Path) -> Figure:
    def ours() -> None:
        open_snapshot(store).registry  # noqa: B018 - made when first asked for

    def theirs() -> None:
        with duckdb.connect(str(file), read_only=True) as connection:
            connection.execute("select count(*) from subscribers").fetchall()

    ours()
    theirs()
    rounds = by_turns(ours, theirs, 7)
    began = time.perf_counter()
    open_snapshot(store).names  # noqa: B018 - made when first asked for
    named = time.perf_counter() - began
    return Figure(
        name="snapshot-open",
        value=rounds.seconds,
        unit="seconds",
        reach=f"≤ {OPEN_SECONDS:g} seconds",
        met=rounds.seconds <= OPEN_SECONDS,
        beside=f"DuckDB opening its file and counting: {rounds.their_seconds:.3f} seconds",
        ratio=rounds.ratio,
        ratio_low=min(rounds.ratios),
        ratio_high=max(rounds.ratios),
        notes=[f"with the names of senders, trunks, templates and orders at hand: {named:.3f} seconds"],
    )
