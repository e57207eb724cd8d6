"""A PostgreSQL of the benchmark's own, on a free port of this machine, in a directory of its own, stopped at the end.

It keeps what it acknowledges (fsync and synchronous_commit are on, as they come); what is set is what anybody sets for
a registry of gigabytes. As root it runs as nobody, since PostgreSQL refuses to run as root.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wurao.errors import MachineFailed

PLACE = Path("/usr/lib/postgresql")
NOBODY = 65534
SETTINGS = {
    "shared_buffers": "2GB",
    "maintenance_work_mem": "512MB",
    "max_wal_size": "8GB",
    "checkpoint_timeout": "15min",
}
PATIENCE_S = 60.0


@dataclass(frozen=True, slots=True)
class Postgres:
    """A running one."""

    url: str
    place: Path
    """A directory that it can read and write, for files that it copies from."""


def missing() -> str | None:
    """What has to be installed; null where it is here."""
    return None if _programs() else "PostgreSQL is not installed (Debian's package postgresql)"


@contextmanager
def running_postgres() -> Iterator[Postgres]:
    """A fresh one with an empty database; only where nothing is `missing`."""
    programs = _programs()
    assert programs is not None
    place = Path(tempfile.mkdtemp(prefix="wurao-bench-postgres-"))
    as_nobody: dict[str, Any] = {}
    if os.getuid() == 0:
        os.chown(place, NOBODY, NOBODY)
        as_nobody = {"user": NOBODY, "group": NOBODY, "extra_groups": []}
    data, port = place / "data", free_port()
    asked = [programs / "initdb", "-D", data, "-U", "wurao", "--auth=trust", "-E", "UTF8", "--locale=C"]
    subprocess.run(asked, check=True, stdout=subprocess.DEVNULL, cwd="/", **as_nobody)
    given = {"listen_addresses": "127.0.0.1", "unix_socket_directories": str(place), **SETTINGS}
    options = [part for name, value in given.items() for part in ("-c", f"{name}={value}")]
    server = subprocess.Popen(
        [programs / "postgres", "-D", data, "-p", str(port), *options],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
        **as_nobody,
    )
    try:
        _wait_for(programs, port, server)
        subprocess.run([programs / "createdb", "-h", "127.0.0.1", "-p", str(port), "-U", "wurao", "wurao"], check=True)
        yield Postgres(f"postgresql://wurao@127.0.0.1:{port}/wurao", place)
    finally:
        server.send_signal(signal.SIGINT)
        server.wait()
        shutil.rmtree(place, ignore_errors=True)


def settings_told() -> str:
    """What was set, for a note."""
    return (
        "PostgreSQL with " + ", ".join(f"{name} = {value}" for name, value in SETTINGS.items()) + ", else as it comes"
    )


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def _programs() -> Path | None:
    found = sorted(PLACE.glob("*/bin/postgres"), key=lambda path: int(path.parent.parent.name))
    return found[-1].parent if found else None


def _wait_for(programs: Path, port: int, server: subprocess.Popen[bytes]) -> None:
    ready = [programs / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port)]
    until = time.monotonic() + PATIENCE_S
    while subprocess.run(ready, check=False).returncode:
        if server.poll() is not None or time.monotonic() > until:
            raise MachineFailed("PostgreSQL did not start", where=str(port), right="see whether others run")
        time.sleep(0.1)
