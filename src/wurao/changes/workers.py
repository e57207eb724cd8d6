"""Which workers run on a store and how far each has applied the log: `STORE/workers/<id>.json`.

A worker reports at least every 200 ms. A change is in force when every live worker has applied it; one silent for a
second is out, which raises an alarm with whoever watches. Times are of the machine's monotonic clock, which all its
processes share and nobody sets, beside the id of the boot in which it counts; so the clock may step as it likes.

Both sides judge by the same reports, so that nobody is left out who goes on by what was before. Whoever watches takes
the time before it reads the reports: one then found older than a second was the last to be seen for more than a second.
The worker takes the time before it writes and once more when the report stands: where more than a second lay between
two, it may have been left out, and has left service. It comes back by reporting (it is waited for again), then reading
the log to its end (whatever was in force without it is in there), then reporting that, and only then deciding. What it
began to decide before it was left out is not undone: it and the change were at the same time.
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

    def silent_s(self, now: float) -> float:
        """For how long it had been silent at a time; for ever, when the machine was started anew since."""
        return now - self.reported if self.boot == _boot() else float("inf")

    def is_live(self, now: float) -> bool:
        """Whether it had reported within the last second; `now` is a time before the report was read."""
        return self.silent_s(now) <= SILENT_S


class Worker:
    """A running worker's own report; a context manager that takes the report away at the end."""

    def __init__(self, store: Path, worker_id: str | None = None) -> None:
        """Enter the registry of a store at the first `report`; old reports of others that are gone are cleared."""
        self.id = worker_id or uuid.uuid4().hex
        self._path = _directory(store) / f"{self.id}.json"
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._reported = float("-inf")
        self._left = 1
        self._returned = 0
        _clear_forgotten(store)

    def report(self, applied_seq: int, snapshot: str = "") -> None:
        """Say how far the log is applied; at least every 200 ms, and by one thread at a time."""
        state = WorkerState(self.id, os.getpid(), applied_seq, time.monotonic(), _boot(), snapshot)
        beside = self._path.with_suffix(".new")
        beside.write_text(json.dumps(asdict(state)))
        os.replace(beside, self._path)
        if time.monotonic() - self._reported > SILENT_S:
            self._left += 1
        self._reported = state.reported

    @property
    def left(self) -> int:
        """How often it has left service, as of its last report; what `come_back` wants."""
        return self._left

    def come_back(self, left: int) -> None:
        """The log has been read to its end since a report that stood when `left` was asked for, and that reported."""
        self._returned = left

    def is_in_service(self) -> bool:
        """Whether others wait for this worker, and have since it came back; if not it must not decide."""
        # In this order, since a report that ends a silence counts the leaving before it stands as the last.
        return time.monotonic() - self._reported <= SILENT_S and self._returned == self._left

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


def live_workers(store: Path) -> list[WorkerState]:
    """The last report of every worker that lives; silent ones raise an alarm, once each."""
    live, now = [], time.monotonic()
    for worker in workers(store):
        if worker.is_live(now):
            _told.discard(worker.id)
            live.append(worker)
        elif worker.id not in _told:
            _told.add(worker.id)
            _log.error("worker silent", alarm=True, worker=worker.id, pid=worker.pid, applied_seq=worker.applied_seq)
    return live


def in_force(store: Path, seq: int) -> bool:
    """Whether every live worker has applied the log up to a `seq`."""
    return all(worker.applied_seq >= seq for worker in live_workers(store))


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
    now = time.monotonic()
    for worker in workers(store):
        if worker.silent_s(now) > FORGOTTEN_S:
            (_directory(store) / f"{worker.id}.json").unlink(missing_ok=True)
