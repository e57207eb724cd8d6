"""The three steps of screening put in a row: read and prepare ahead, decide in order, write behind.

`parts` and `run` are made of these pieces: what they need of an engine, how a run is told to go, batches prepared
ahead, work done behind, the interrupt that is noticed between batches, rejected rows as JSON lines, and the counts.
"""

from __future__ import annotations

import json
import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pyarrow as pa

from wurao.events.raw import Findings, Position
from wurao.events.read import BATCH_ROWS, Batch, Input, read_events
from wurao.screening.checkpoint import Tally
from wurao.screening.threads import Ahead, Behind
from wurao.verdicts import ACTIONS, REASONS

PART_ROWS = 1 << 20
"""A part is closed when it has so many rows."""
SAVE_SECONDS = 60.0
"""Velocity is saved at the end of a part when the last time is so long ago: it may be large."""
ROOM = 3
"""Batches waiting between two threads."""


class Screens(Protocol):
    """What `run` needs of an engine; `prepare` and `render` may run on other threads than `decide`."""

    def prepare(self, batch: pa.RecordBatch) -> Any:
        """A batch of `READ_SCHEMA`, ready to be decided."""

    def decide(self, prepared: Any) -> Any:
        """Its verdicts as columns of numbers; moves velocity on, and takes up live changes first."""

    def render(self, prepared: Any, verdicts: Any) -> pa.RecordBatch:
        """The batch of `VERDICT_SCHEMA`."""

    def save_velocity(self, path: Path) -> None:
        """Write the state of velocity to a file."""

    def load_velocity(self, path: Path) -> None:
        """Take up a saved state of velocity."""

    def begin_with_velocity(self, path: Path) -> None:
        """Take up the state that another run left, counting late rows anew."""

    @property
    def late(self) -> int:
        """Rows that came too late for velocity."""

    @property
    def stamp(self) -> str:
        """The snapshot and the last change in force."""


@dataclass(frozen=True, slots=True)
class How:
    """What a run may be told: its sizes, how many threads, and whom to tell what."""

    batch_rows: int = BATCH_ROWS
    part_rows: int = PART_ROWS
    save_seconds: float = SAVE_SECONDS
    velocity: Path | None = None
    """Where velocity is taken up from, if it is there, and saved at the end."""
    workers: int = 2
    """1: everything on one thread; more: reading and writing each on their own."""
    advance: Callable[[int], None] = lambda rows: None
    """Hears how many more rows of the input are done."""
    tell: Callable[[str], None] = lambda said: None
    """Hears each sentence meant for a person."""


@dataclass(slots=True)
class Summary:
    """What a run did: its counts, the files or parts of files that could not be read, whether it was broken off."""

    tally: Tally
    refused: list[str] = field(default_factory=list)
    interrupted: bool = False


@dataclass(slots=True)
class Decided:
    """One batch on its way to the disk."""

    batch: Batch
    prepared: Any
    verdicts: Any


def prepared_batches(
    engine: Screens,
    inputs: Sequence[Input],
    findings: Findings,
    how: How,
    start: Position | None,
    stop: Position | None,
) -> Iterator[tuple[Batch, Any]]:
    """The events between two positions, each batch with what the engine makes of it."""
    batches = read_events(inputs, findings, batch_rows=how.batch_rows, start=start, stop=stop)
    return ((batch, engine.prepare(batch.events)) for batch in batches)


@contextmanager
def ahead(source: Iterable[tuple[Batch, Any]], how: How) -> Iterator[Iterable[tuple[Batch, Any]]]:
    """The batches, read and prepared on a thread of their own where there are workers."""
    if how.workers < 2:
        yield source
        return
    with closing(Ahead(source, ROOM)) as items:
        yield items


@contextmanager
def behind(work: Callable[[Any], None], how: How) -> Iterator[Callable[[Any], None]]:
    """The work, done on a thread of its own where there are workers; all of it is done behind the block."""
    if how.workers < 2:
        yield work
        return
    with closing(Behind(work, ROOM)) as call:
        yield call
        call.finish()


@contextmanager
def interrupts() -> Iterator[threading.Event]:
    """An event that the first Ctrl-C sets; the second one acts as usual."""
    noticed = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield noticed
        return

    def notice(*_: object) -> None:
        if noticed.is_set():
            raise KeyboardInterrupt
        noticed.set()

    before = signal.signal(signal.SIGINT, notice)
    try:
        yield noticed
    finally:
        signal.signal(signal.SIGINT, before)


def count(tally: Tally, item: Decided) -> None:
    """Add one batch to the counts."""
    tally.events += len(item.batch.events)
    tally.rejected += len(item.batch.rejected)
    for counts, column, names in ((tally.actions, "action", ACTIONS), (tally.reasons, "reason", REASONS)):
        found = np.bincount(item.verdicts.array(column), minlength=len(names))
        for name, count in zip(names, found.tolist(), strict=True):
            if count:
                counts[name] = counts.get(name, 0) + count


class Rejects:
    """The rejected rows as JSON lines, in a file of their own; it is made with the first."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: Any = None
        self._size = path.stat().st_size if path.exists() else 0

    def write(self, batch: Batch) -> None:
        """The rejected rows of one batch."""
        if not batch.rejected:
            return
        if self._file is None:
            self._file = os.fdopen(os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab")
        lines = "".join(json.dumps(bad.as_dict(), ensure_ascii=False) + "\n" for bad in batch.rejected).encode()
        self._file.write(lines)
        self._size += len(lines)

    def sync(self) -> int:
        """Bring what is written to the disk; how many bytes there are."""
        if self._file is not None:
            self._file.flush()
            os.fsync(self._file.fileno())
        return self._size

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            with suppress(OSError):
                self._file.close()
