"""kill -9 at random moments: of the builder, the writer of changes, workers that follow, and screening.

Each trial begins a process, kills it after a random time, and looks whether what FAULTS asks holds: everything
acknowledged is there once, readers keep serving, no half file is ever opened, a run that is begun again ends with the
verdicts of one that was never broken off.
"""

from __future__ import annotations

import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
from pyarrow import parquet

from benchmarks.ground import Ground
from benchmarks.parquet import write_events
from wurao.changes import Change, changes_since, submit, wait_in_force
from wurao.snapshot import current_id, open_snapshot, snapshot_ids, verify

SCALE = 500
EVENTS = 400_000
IN_FORCE_S = 3.0
"""A worker that was killed counts for a second; the others apply within another."""


@dataclass(slots=True)
class Survived:
    """What came of killing one kind of process."""

    what: str
    kills: int = 0
    failures: list[str] = field(default_factory=list)


def run(work: Path, kills: int, seed: int, tell: Callable[[str], None]) -> list[Survived]:
    """So many kills, shared among the four."""
    ground = Ground(SCALE, work, tell)
    ground.warm()
    rng = random.Random(seed)
    each = max(1, kills // 4)
    found = []
    for trial in (kill_builder, kill_writer, kill_worker, kill_screen):
        survived = Survived(trial.__name__.removeprefix("kill_"))
        tell(f"killing the {survived.what} {each} times")
        trial(ground, rng, each, survived)
        found.append(survived)
    return found


def kill_builder(ground: Ground, rng: random.Random, times: int, survived: Survived) -> None:
    """The store serves a whole snapshot at every moment, and the next build goes through."""
    tables, store = ground.tables, ground.store
    command = [*_wurao("snapshot", "build"), str(tables), "-o", str(store)]
    took = _seconds(command)
    while survived.kills < times:
        with _begun(command) as process:
            until = time.monotonic() + rng.uniform(0, took)
            while time.monotonic() < until and process.poll() is None:
                open_snapshot(store)
                time.sleep(0.02)
            _kill(process, survived)
        sound = all(verify(store, current_id(store)).values())
        if not sound or open_snapshot(store).subscribers == 0:
            survived.failures.append(f"the current snapshot {current_id(store)} is not sound")
    _seconds(command)
    if list((store / "snapshots").glob("*.partial")) or len(snapshot_ids(store)) > 3:
        survived.failures.append("the last build left what it should have taken away")


def kill_writer(ground: Ground, rng: random.Random, times: int, survived: Survived) -> None:
    """What was acknowledged is in the log, each once; a second writer takes over."""
    store = _fresh_store(ground, "writers")
    after = open_snapshot(store).seq
    noted = [ground.work / f"acknowledged-{n}" for n in range(2)]
    for file in noted:
        file.unlink(missing_ok=True)
    for _ in range(times):
        with _begun(_killed("writer", store, noted[0])) as one, _begun(_killed("writer", store, noted[1])) as other:
            time.sleep(rng.uniform(0.5, 2.0))
            first, second = (one, other) if rng.random() < 0.5 else (other, one)
            _kill(first, survived)
            time.sleep(rng.uniform(0.0, 0.5))
            if second.poll() is not None:
                survived.failures.append(f"the writer that was left alone left with {second.returncode}")
            _kill(second, None)
        _, changes = changes_since(store, after)
        there = Counter(change.change_id for change in changes)
        acknowledged = {line for file in noted if file.exists() for line in file.read_text().split("\n")[:-1]}
        missing = len(acknowledged - there.keys())
        twice = sum(1 for count in there.values() if count > 1)
        if missing or twice:
            survived.failures.append(f"of {len(acknowledged):,} acknowledged {missing:,} are missing, {twice:,} twice")
    if not acknowledged:
        survived.failures.append("nothing was ever acknowledged")


def kill_worker(ground: Ground, rng: random.Random, times: int, survived: Survived) -> None:
    """A worker killed holds up nobody for long, and the next one has everything in force."""
    store = _fresh_store(ground, "workers")
    after = open_snapshot(store).seq
    with _begun(_killed("worker", store)) as stays:
        time.sleep(3)
        for number in range(times):
            with _begun(_killed("worker", store)) as process:
                time.sleep(rng.uniform(0.5, 3.0))
                change = Change("ported", (f"+86138{number:08d}",), "delete", None, "2026-01-01T00:00:00Z")
                _, seq = submit(store, [change], after=after)
                _kill(process, survived)
            if not wait_in_force(store, seq, IN_FORCE_S):
                survived.failures.append(f"change {seq} is not in force after {IN_FORCE_S:g} s")
            if stays.poll() is not None:
                survived.failures.append("the other worker left too")
                return


def kill_screen(ground: Ground, rng: random.Random, times: int, survived: Survived) -> None:
    """Begun again until it ends, it has every verdict once, the same as when nobody broke it off."""
    events, whole, out = (ground.work / name for name in ("kill-events", "kill-whole", "kill-out"))
    write_events(ground, events, EVENTS * SCALE)
    for directory in (whole, out):
        shutil.rmtree(directory, ignore_errors=True)
    _seconds(_screen(ground, events, whole))
    took = _seconds(_screen(ground, events, out))
    expected = _verdicts(whole)
    while survived.kills < times:
        shutil.rmtree(out, ignore_errors=True)
        for _ in range(min(times - survived.kills, rng.randrange(1, 6))):
            with _begun(_screen(ground, events, out)) as process:
                with suppress(subprocess.TimeoutExpired):
                    process.wait(rng.uniform(0.1 * took, took))
                _kill(process, survived)
        _seconds(_screen(ground, events, out))
        if not _verdicts(out).equals(expected):
            survived.failures.append("the verdicts differ from those of a run that was not killed")


def _fresh_store(ground: Ground, name: str) -> Path:
    store = ground.work / name
    shutil.rmtree(store, ignore_errors=True)
    shutil.copytree(ground.store, store, symlinks=True)
    return store


def _wurao(*command: str) -> list[str]:
    return [sys.executable, "-m", "wurao", *command]


def _killed(role: str, store: Path, *files: Path) -> list[str]:
    return [sys.executable, "-m", "benchmarks.killed", role, str(store), *map(str, files)]


def _screen(ground: Ground, events: Path, out: Path) -> list[str]:
    return [*_wurao("screen"), str(events), "-o", str(out), "--store", str(ground.store), "--json"]


def _seconds(command: list[str]) -> float:
    """Run to the end; how long it took."""
    began = time.monotonic()
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    return time.monotonic() - began


@contextmanager
def _begun(command: list[str]) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def _kill(process: subprocess.Popen[bytes], survived: Survived | None) -> None:
    """Kill -9; counted where the process was still at work."""
    if process.poll() is None:
        process.send_signal(signal.SIGKILL)
        process.wait()
        if survived is not None:
            survived.kills += 1


def _verdicts(out: Path) -> pa.Table:
    """All verdicts of a directory, in order."""
    names = ["event_id", "at", "action", "reason", "label", "sender_id", "order_id"]
    parts = [parquet.read_table(part, columns=names) for part in sorted(out.glob("part-*.parquet"))]
    return pa.concat_tables(parts).unify_dictionaries().combine_chunks()
