"""A Redis of the benchmark's own, on a Unix socket in a directory of its own, stopped at the end."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

PROGRAM, CLIENT = "redis-server", "redis"
"""What of Redis must be here: the program, and Python's package."""


def missing() -> str | None:
    """What has to be installed for Redis to stand beside; null where all of it is here."""
    if shutil.which(PROGRAM) is None:
        return f"{PROGRAM} is not installed (Debian's package {PROGRAM})"
    if importlib.util.find_spec(CLIENT) is None:
        return f"Python's package {CLIENT} is not installed (make bench installs it)"
    return None


@contextmanager
def redis_server() -> Iterator[Any | None]:
    """A client of a fresh server that saves nothing; None where something is `missing`."""
    program = shutil.which(PROGRAM)
    if program is None or missing():
        yield None
        return
    import redis

    with tempfile.TemporaryDirectory() as place:
        socket = Path(place) / "redis"
        asked = [
            program,
            "--port",
            "0",
            "--unixsocket",
            str(socket),
            "--save",
            "",
            "--appendonly",
            "no",
            "--dir",
            place,
        ]
        process = subprocess.Popen(asked, stdout=subprocess.DEVNULL)
        try:
            _wait_for(socket, process)
            with redis.Redis(unix_socket_path=str(socket)) as client:
                yield client
        finally:
            process.terminate()
            process.wait()


def _wait_for(socket: Path, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 10
    while not socket.exists():
        if process.poll() is not None or time.monotonic() > until:
            raise RuntimeError("redis-server did not start")
        time.sleep(0.02)
