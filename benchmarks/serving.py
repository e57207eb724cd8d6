"""A real `wurao serve` for benchmarks: in a data directory of its own, on a free port, ended after.

What is run beside it (commands, a second worker, whoever makes people) gets the same data directory and database.
"""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wurao.changes import workers
from wurao.errors import MachineFailed
from wurao.settings.places import data_directory
from wurao.snapshot import current_id

PATIENCE_S = 1_200.0
LOOK_S = 0.1
LOG = "serve.log"


def lacking() -> str | None:
    """What has to be installed; null where all is here."""
    return None if importlib.util.find_spec("django") else "the control plane is not installed (make control)"


@dataclass(frozen=True, slots=True)
class Home:
    """A data directory, and the database of its registry; SQLite in that directory where no URL is given."""

    data: Path
    url: str = ""

    @property
    def store(self) -> Path:
        """The snapshot store."""
        return self.data / "store"

    @property
    def environment(self) -> dict[str, str]:
        """For processes that work on it."""
        kept = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "WURAO_SETTINGS")}
        return kept | {"WURAO_DATA": str(self.data)} | ({"DATABASE_URL": self.url} if self.url else {})

    def run(self, *command: str, given: str = "") -> subprocess.CompletedProcess[str]:
        """Run a module of Python on it to its end; MachineFailed, with what it said, where that is not well."""
        asked = [sys.executable, "-m", *command]
        done = subprocess.run(asked, input=given, capture_output=True, text=True, env=self.environment, check=False)
        if done.returncode:
            raise MachineFailed(f"failed: {done.stderr[-2_000:]}", where=" ".join(command[:3]))
        return done


@contextmanager
def home(place: Path, url: str = "") -> Iterator[Home]:
    """An empty data directory with the machine code at hand; gone after."""
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True, mode=0o700)
    (place / "compiled").symlink_to((data_directory() / "compiled").resolve(), target_is_directory=True)
    try:
        yield Home(place.resolve(), url)
    finally:
        shutil.rmtree(place, ignore_errors=True)


@contextmanager
def serving(at: Home, beside: int = 0) -> Iterator[tuple[str, int]]:
    """`wurao serve`, once it has a snapshot and `beside` workers more than its own are in service; its address."""
    with (at.data / LOG).open("ab") as log, _started(at, log, "wurao", "serve", "--port", "0", "--json") as supervisor:
        assert supervisor.stdout
        told = supervisor.stdout.readline()
        if not told:
            raise MachineFailed("wurao serve did not start", where=str(at.data / LOG), right="see what it said")
        host, _, port = json.loads(told)["url"].rpartition("/")[2].rpartition(":")
        wait_until(lambda: current_id(at.store) is not None, supervisor)
        with ExitStack() as stack:
            for _ in range(beside):
                stack.enter_context(_started(at, log, "wurao.screening.worker", str(at.store)))
            wait_until(lambda: live(at.store) == 1 + beside, supervisor)
            yield host, int(port)


def live(store: Path) -> int:
    """How many workers are in service."""
    now = time.monotonic()
    return sum(worker.is_live(now) for worker in workers(store))


def wait_until(is_so: Callable[[], bool], process: subprocess.Popen[Any] | None = None) -> None:
    """Look until it is so; MachineFailed where it takes too long, or the process has ended."""
    until = time.monotonic() + PATIENCE_S
    while not is_so():
        if time.monotonic() > until or (process is not None and process.poll() is not None):
            raise MachineFailed("what was waited for did not come", right="see what wurao serve said")
        time.sleep(LOOK_S)


@contextmanager
def _started(at: Home, log: Any, *command: str) -> Iterator[subprocess.Popen[str]]:
    """A process of ours, told to end at the end."""
    asked = [sys.executable, "-m", *command]
    process = subprocess.Popen(asked, stdout=subprocess.PIPE, stderr=log, text=True, env=at.environment)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            process.wait(30)
        process.kill()
        process.wait()
