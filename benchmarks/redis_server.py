"""A Redis of the benchmark's own, on a Unix socket in a directory of its own, stopped at the end."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


@contextmanager
def redis_server() -> Iterator[Any | None]:
    """A client of a fresh server that saves nothing; None where Redis is not installed."""
    program = shutil.which("redis-server")
    if program is None:
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
