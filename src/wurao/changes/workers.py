"""Which workers run on a store and how far each has applied the log: `STORE/workers/<id>.json`.

A worker reports at least every 200 ms. A change is in force when every live worker has applied it; one silent for a
second is out, which raises an alarm with whoever watches. Times are of the machine's monotonic clock, which all its
processes share and nobody sets, beside the id of the boot in which it counts; so the clock may step as it likes.
"""

from __future__ import annotations

import json
import os
import time
import uuid
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType

from wurao.log import logger

SILENT_S = 1.0
"""A worker that has not reported for so long is out of service."""
FORGOTTEN_S = 3600.0
"""The report of a worker that has been silent for so long is taken away."""
_PAUSE_S = 0.02
_BOOT = Path("/proc/sys/kernel/random/boot_id")
_log = logger("workers")
_told: set[str] = set()


@dataclass(frozen=True, slots=True)
class WorkerState:
    """What a worker last reported."""

    id: str
    pid: int
    applied_seq: int
    reported: float
    """Seconds of the machine's monotonic clock."""
    boot: str
    snapshot: str = ""

    def silent_s(self) -> float:
        """For how long it has been silent; for ever, when the machine was started anew since."""
        return time.monotonic() - self.reported if self.boot == _boot() else float("inf")

    @property
    def is_live(self) -> bool:
        """Whether it has reported within the last second."""
        return self.silent_s() <= SILENT_S


class Worker:
    """A running worker's own report; a context manager that takes the report away at the end."""

    def __init__(self, store: Path, worker_id: str | None = None) -> None:
        """Enter the registry of a store at the first `report`; old reports of others that are gone are cleared."""
        self.id = worker_id or uuid.uuid4().hex
        self._path = _directory(store) / f"{self.id}.json"
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._reported = float("-inf")
        _clear_forgotten(store)

    def report(self, applied_seq: int, snapshot: str = "") -> None:
        """Say how far the log is applied; at least every 200 ms."""
        state = WorkerState(self.id, os.getpid(), applied_seq, time.monotonic(), _boot(), snapshot)
        beside = self._path.with_suffix(".new")
        beside.write_text(json.dumps(asdict(state)))
        os.replace(beside, self._path)
        self._reported = state.reported

    def is_in_service(self) -> bool:
        """Whether others still count on this worker; if not it must catch up and report before it answers again."""
        return time.monotonic() - self._reported <= SILENT_S

    def close(self) -> None:
        """Leave the registry."""
        self._path.unlink(missing_ok=True)

    def __enter__(self) -> Worker:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def workers(store: Path) -> list[WorkerState]:
    """The last report of every worker of a store, live or silent."""
    found = []
    for path in sorted(_directory(store).glob("*.json")):
        try:
            found.append(WorkerState(**json.loads(path.read_text())))
        except (OSError, ValueError, TypeError):
            continue
    return found


def in_force(store: Path, seq: int) -> bool:
    """Whether every live worker has applied the log up to a `seq`; silent ones raise an alarm, once each."""
    live = True
    for worker in workers(store):
        if worker.is_live:
            _told.discard(worker.id)
            live = live and worker.applied_seq >= seq
        elif worker.id not in _told:
            _told.add(worker.id)
            _log.error("worker silent", alarm=True, worker=worker.id, pid=worker.pid, applied_seq=worker.applied_seq)
    return live


def wait_in_force(store: Path, seq: int, timeout_s: float) -> bool:
    """Wait until a `seq` is in force; false when it is not after so many seconds."""
    end = time.monotonic() + timeout_s
    while not in_force(store, seq):
        if time.monotonic() >= end:
            return False
        time.sleep(_PAUSE_S)
    return True


def clear_gone(store: Path) -> int:
    """Take away the reports of workers whose process has ended without doing so; how many, which is logged once.

    Only of this boot, since another's process ids say nothing, and only of silent ones: a worker that lives where this
    process does not see it is out of service by then, and reports again.
    """
    now = time.monotonic()
    silent = [worker for worker in workers(store) if worker.boot == _boot() and now - worker.reported > SILENT_S]
    gone = [worker for worker in silent if not _runs(worker.pid)]
    for worker in gone:
        (_directory(store) / f"{worker.id}.json").unlink(missing_ok=True)
    if gone:
        _log.warning("workers ended without leaving; their reports are taken away", pids=[each.pid for each in gone])
    return len(gone)


def _runs(pid: int) -> bool:
    """Whether a process is there, whoever owns it."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _directory(store: Path) -> Path:
    return store / "workers"


def _boot() -> str:
    return _BOOT.read_text().strip()


def _clear_forgotten(store: Path) -> None:
    for worker in workers(store):
        if worker.silent_s() > FORGOTTEN_S:
            (_directory(store) / f"{worker.id}.json").unlink(missing_ok=True)
