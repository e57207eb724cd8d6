"""Events of which a fifth are messages with a text, Parquet to Parquet by `wurao screen`, two cores.

Twice: with content protection on for as many callees as the workload draws (one in seven, which is said), and with it
on for all, the worst case. Nothing that a user would take does all of it: DuckDB decides by the query of
`reference_query`, from files to files on two threads, and reads no text; scikit-learn's n-grams judge the texts of the
protected callees behind it, in two processes, on a part of them, carried over to all.
"""

from __future__ import annotations

import multiprocessing
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow.compute as pc
from pyarrow import parquet

from benchmarks.figure import Figure
from benchmarks.ground import Ground
from benchmarks.n_grams import NGrams, missing
from benchmarks.parquet import FLAT, screen
from benchmarks.reference import Reference
from benchmarks.reference_files import screen_files
from benchmarks.rounds import seconds_of
from benchmarks.stages import stages
from benchmarks.text_events import Forms, forms, text_tables, write_text_events

NAME = "parquet-texts"
ABOUT = "40 million events, 20% messages with texts, Parquet to Parquet, two cores, memory flat"
EVENTS = 40_000_000
SECONDS = 90.0
SAMPLE = 100_000
"""So many texts are judged by scikit-learn."""
PROCESSES = 2


@dataclass(frozen=True, slots=True)
class Day:
    """The files, and what the others took for them."""

    files: Path
    events: int
    messages: int
    duckdb: float
    duckdb_processor: float
    n_grams: float | None
    """Texts a second, by two processes."""


def run(ground: Ground) -> Iterator[Figure]:
    """Two lines: as many callees protected as the workload has, and all of them."""
    ground.warm()
    given = forms(ground.load.templates, ground.scale)
    files = ground.work / "text-events"
    try:
        events, texts = write_text_events(ground, given, files, EVENTS)
        duckdb, processor = _by_duckdb(ground, files)
        ground.tell("judging texts with scikit-learn")
        day = Day(files, events, texts, duckdb, processor, None if missing() else n_grams_rate(files))
        for name, everybody in ((NAME, False), (f"{NAME}-all", True)):
            yield _screened(ground, given, day, name, everybody=everybody)
    finally:
        for name in ("text-events", "by-duckdb", "text-tables", "text-store", "text-verdicts"):
            shutil.rmtree(ground.work / name, ignore_errors=True)


def _by_duckdb(ground: Ground, files: Path) -> tuple[float, float]:
    """Seconds that DuckDB takes, and of processors; its tables are gone afterwards."""
    reference = Reference(ground, threads=2)
    out = ground.work / "by-duckdb"
    ground.tell("screening with DuckDB")
    used = time.process_time()
    seconds = seconds_of(lambda: screen_files(reference, files, out))
    used = time.process_time() - used
    reference.connection.close()
    shutil.rmtree(out)
    return seconds, used


def _screened(ground: Ground, given: Forms, day: Day, name: str, *, everybody: bool) -> Figure:
    tables, store, out = (ground.work / f"text-{part}" for part in ("tables", "store", "verdicts"))
    share = text_tables(ground, given, tables, all_protected=everybody)
    shutil.rmtree(store, ignore_errors=True)
    ground.tell(f"building a snapshot with {share:.1%} of subscribers protected")
    command = [sys.executable, "-m", "wurao", "snapshot", "build", str(tables), "-o", str(store)]
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    ground.tell("screening with wurao screen")
    ours = screen(store, day.files, out)
    if ours.events != day.events:
        raise AssertionError(f"{ours.events:,} verdicts for {day.events:,} events")
    read = texts_read(out)
    most = SECONDS / ground.scale
    flat = ours.memory.second_half <= FLAT * ours.memory.first_half
    theirs = day.duckdb + (read / day.n_grams if day.n_grams else 0.0)
    return Figure(
        name=name,
        value=ours.seconds,
        unit="seconds",
        reach=f"≤ {most:g} seconds for {day.events:,} events on 2 cores, memory flat",
        met=ours.seconds <= most and flat,
        beside=f"{_beside(day, read)}: {theirs:.1f} seconds",
        ratio=theirs / ours.seconds,
        notes=[
            f"{day.events / ours.seconds:,.0f} events a second, starting the program and opening the snapshot included",
            f"{day.messages:,} messages; content protection on for {share:.1%} of subscribers, so {read:,} texts read",
            f"{len(given.bodies):,} templates; {given.source}",
            f"seconds of processors: ours {ours.processor:.1f}, DuckDB {day.duckdb_processor:.1f}; where a machine has "
            "nothing else to do, two cores take half of them at least",
            ours.memory.told(),
            stages(store, min(day.files.glob("*.parquet")), ground.work / "stages.parquet"),
        ],
    )


def _beside(day: Day, read: int) -> str:
    told = f"DuckDB, the query from files to files on two threads, no text, {day.duckdb:.1f} s"
    if day.n_grams is None:
        return f"{told}; scikit-learn's n-grams: not measured, since {missing()}"
    judged = f"scikit-learn's n-grams on two processes, {day.n_grams:,.0f} texts a second"
    return f"{told}; then {judged}, so {read / day.n_grams:.1f} s for the texts that were read"


def texts_read(verdicts: Path) -> int:
    """How many verdicts tell of a text."""
    files = verdicts.glob("*.parquet")
    return sum(len(column) - column.null_count for column in (_column(path, "score") for path in files))


def _column(path: Path, name: str) -> pc.ChunkedArray:
    return parquet.read_table(path, columns=[name]).column(name)


def n_grams_rate(files: Path) -> float:
    """Texts a second by two processes that only read a file's texts and judge them."""
    texts = _column(min(files.glob("*.parquet")), "text").drop_null().to_pylist()[:SAMPLE]
    n_grams = NGrams(texts[:1_000])
    parts = np.array_split(np.array(texts, object), PROCESSES)
    with multiprocessing.get_context("fork").Pool(PROCESSES, _keep, (n_grams,)) as pool:
        pool.map(_judge, [part[:100].tolist() for part in parts])
        began = time.perf_counter()
        pool.map(_judge, [part.tolist() for part in parts], 1)
        return len(texts) / (time.perf_counter() - began)


_kept: list[NGrams] = []


def _keep(n_grams: NGrams) -> None:
    _kept[:] = [n_grams]


def _judge(texts: list[str]) -> int:
    return len(_kept[0].judge(texts))
