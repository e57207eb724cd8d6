"""What a benchmark is given: the scale, a place for files, and the workload's parts, each made when first asked for."""

from __future__ import annotations

import hashlib
import inspect
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from benchmarks import columns, live, traffic, workload, written
from benchmarks.workload import Workload
from benchmarks.written import write_tables
from wurao.screening.sight import Sight
from wurao.snapshot import Changed, Snapshot, current_id, open_snapshot, overlay


@dataclass
class Ground:
    """The workload at a scale; files stay in `work`, so that one run's benchmarks share them."""

    scale: int
    work: Path
    tell: Callable[[str], None] = field(default=lambda said: None)

    def __post_init__(self) -> None:
        self.work = self.work / f"workload-{_fingerprint()}-{self.scale}"
        self.work.mkdir(parents=True, exist_ok=True)

    @cached_property
    def load(self) -> Workload:
        """The registry's tables."""
        self.tell("making the workload")
        return workload.make(self.scale)

    @cached_property
    def tables(self) -> Path:
        """The registry as Parquet files."""
        directory = self.work / "tables"
        whole = directory / "whole"
        if not whole.exists():
            self.tell(f"writing the tables to {directory}")
            write_tables(self.load.tables, directory)
            whole.touch()
        return directory

    @cached_property
    def store(self) -> Path:
        """A store with its snapshot."""
        store = self.work / "store"
        if current_id(store) is None:
            tables = self.tables
            self.tell(f"building a snapshot in {store}")
            wurao("snapshot", "build", str(tables), "-o", str(store))
        return store

    @cached_property
    def snapshot(self) -> Snapshot:
        """The snapshot, opened."""
        return open_snapshot(self.store)

    @cached_property
    def changed(self) -> dict[str, Changed]:
        """The live changes."""
        return live.changes(self.load, self.scale)

    @cached_property
    def sight(self) -> Sight:
        """The snapshot with the live changes over it."""
        self.tell("putting the live changes over the snapshot")
        return Sight(self.snapshot, overlay(self.snapshot, self.changed), 0, self.changed)

    def warm(self) -> None:
        """Have all machine code at hand, as installing does, so that no command compiles while it is timed."""
        self.tell("compiling")
        wurao("compile")

    def events(self, count: int, seed: int = 2) -> traffic.Columns:
        """So many of the workload's events, at scale 1."""
        self.tell(f"making {max(1, count // self.scale):,} events")
        return traffic.events(self.load, max(1, count // self.scale), self.scale, seed)


def wurao(*command: str) -> None:
    """Run a command in a process of its own, so that what it needs of memory is given back."""
    subprocess.run([sys.executable, "-m", "wurao", *command], stdout=subprocess.DEVNULL, check=True)


def _fingerprint() -> str:
    """What tells one workload from another: the source that makes it."""
    digest = hashlib.sha256()
    for module in (columns, workload, written):
        digest.update(inspect.getsource(module).encode())
    return digest.hexdigest()[:12]
