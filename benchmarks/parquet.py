"""Events in Parquet to verdicts in Parquet by `wurao screen`, two cores, beside DuckDB doing the same with files.

The whole command is timed, from its start to its end, and its memory watched from outside. DuckDB reads the same
files, turns the numbers into integers, asks the query of `reference_query` (which has no velocity) of tables already
in memory, and writes Parquet, on two threads.
"""

from __future__ import annotations

import json
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pyarrow import parquet

from benchmarks.figure import Figure
from benchmarks.ground import Ground
from benchmarks.memory import Watched, watch
from benchmarks.reference import Reference
from benchmarks.reference_files import screen_files
from benchmarks.rounds import seconds_of
from benchmarks.stages import stages
from benchmarks.written import event_table

NAME = "parquet"
ABOUT = "40 million events, Parquet to Parquet, two cores, memory flat"
EVENTS = 40_000_000
A_FILE = 2_000_000
SECONDS = 30.0
FLAT = 1.1
"""Memory is flat when the second half of the run takes no more than this times the first half's peak."""


@dataclass(frozen=True, slots=True)
class Screened:
    """What one run of the command did."""

    seconds: float
    processor: float
    """Seconds of all processors together."""
    events: int
    memory: Watched


def run(ground: Ground) -> Iterator[Figure]:
    """One line."""
    ground.warm()
    events, out = ground.work / "events", ground.work / "verdicts"
    count = write_events(ground, events, EVENTS)
    try:
        reference = Reference(ground, threads=2)
        ground.tell("screening with DuckDB, then with wurao screen")
        theirs = seconds_of(lambda: screen_files(reference, events, ground.work / "by-duckdb"))
        ours = screen(ground.store, events, out)
        if ours.events != count:
            raise AssertionError(f"{ours.events:,} verdicts for {count:,} events")
        flat = ours.memory.second_half <= FLAT * ours.memory.first_half
        most = SECONDS / ground.scale
        yield Figure(
            name=NAME,
            value=ours.seconds,
            unit="seconds",
            reach=f"≤ {most:g} seconds for {count:,} events on 2 cores, memory flat",
            met=ours.seconds <= most and flat,
            beside=f"DuckDB, the query from files to files on two threads, without velocity: {theirs:.1f} seconds",
            ratio=theirs / ours.seconds,
            notes=[
                f"{count / ours.seconds:,.0f} events a second, starting the program and opening the snapshot included",
                ours.memory.told(),
                stages(ground.store, min(events.glob("*.parquet")), ground.work / "stages.parquet"),
            ],
        )
    finally:
        for directory in (events, out, ground.work / "by-duckdb"):
            shutil.rmtree(directory, ignore_errors=True)


def write_events(ground: Ground, directory: Path, count: int) -> int:
    """A day's events in files of a few million rows; how many."""
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    total = count // ground.scale
    columns = ground.events(count)
    for number, start in enumerate(range(0, total, A_FILE)):
        part = {name: values[start : start + A_FILE] for name, values in columns.items()}
        table = event_table(part, start)
        parquet.write_table(table, directory / f"part-{number:05d}.parquet", row_group_size=250_000, compression="zstd")
    return total


def screen(store: Path, events: Path, out: Path) -> Screened:
    """Run the command as a person would."""
    shutil.rmtree(out, ignore_errors=True)
    command = [sys.executable, "-m", "wurao", "screen", str(events), "-o", str(out), "--store", str(store), "--json"]
    began, used = time.perf_counter(), _processor()
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        memory = watch(process)
        told = process.stdout.read() if process.stdout else ""
    seconds = time.perf_counter() - began
    if process.returncode:
        raise RuntimeError(f"wurao screen left with {process.returncode}")
    return Screened(seconds, _processor() - used, json.loads(told)["events"], memory)


def _processor() -> float:
    """What all processes that were waited for have used of processors."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
