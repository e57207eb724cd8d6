"""Keeps the parts running: starts each, starts again whichever ends, and ends all when told to.

It holds the listening socket, so that connections wait while a web process is started anew, and a lock on the data
directory, so that there is one of it. When it is killed itself, the kernel ends its parts. It knows nothing of Django
or the registry, so that there is little in it that can fail.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import signal
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from wurao.control.serving.parts import Part
from wurao.errors import Refused
from wurao.log import logger

LOCK = "serve.lock"
LOOK_S = 0.1
GRACE_S = 10.0
"""So long a part may take to end by itself."""
SOON_S = 30.0
"""A part that ended sooner than this after it began is started again later and later."""
LONGEST_PAUSE_S = 10.0
_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)
_log = logger("serve")


def take_lock(directory: Path) -> int:
    """Be the one supervisor of a data directory; Refused while another is."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = os.open(directory / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(lock)
        right = "stop it first, or name another --data"
        raise Refused("wurao serve is running here already", where=str(directory), right=right) from error
    return lock


@dataclass(slots=True)
class _Running:
    """A part and its process."""

    part: Part
    process: subprocess.Popen[bytes] | None = None
    began: float = 0.0
    pause: float = 0.0
    again_at: float = 0.0


class Supervisor:
    """Runs parts until `stop`, or until the process gets SIGTERM or SIGINT."""

    def __init__(self, parts: Sequence[Part]) -> None:
        self._running = [_Running(part) for part in parts]
        self._stopping = False

    def run(self) -> None:
        """Keep all parts running; return when all have ended after a signal."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._told_to_stop)
        try:
            while not self._stopping:
                for each in self._running:
                    self._look_after(each)
                time.sleep(LOOK_S)
        finally:
            self._end_all()

    def _told_to_stop(self, number: int, frame: FrameType | None) -> None:
        self._stopping = True

    def _look_after(self, each: _Running) -> None:
        now = time.monotonic()
        if each.process is not None and (code := each.process.poll()) is not None:
            lived = now - each.began
            each.pause = 0.0 if lived > SOON_S else min(LONGEST_PAUSE_S, max(0.2, 2 * each.pause))
            each.again_at, each.process = now + each.pause, None
            _log.error("part ended; it is started again", alarm=True, part=each.part.name, code=code, in_s=each.pause)
        if each.process is None and now >= each.again_at:
            each.began = now
            each.process = _start(each.part)

    def _end_all(self) -> None:
        for each in self._running:
            if each.process is not None:
                each.process.send_signal(signal.SIGTERM)
        end = time.monotonic() + GRACE_S
        for each in self._running:
            if each.process is None:
                continue
            try:
                each.process.wait(max(0.0, end - time.monotonic()))
            except subprocess.TimeoutExpired:
                each.process.kill()
                each.process.wait()


def _start(part: Part) -> subprocess.Popen[bytes]:
    parent = os.getpid()

    def end_with_parent() -> None:
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)
        # Ctrl-C goes to the whole terminal; the supervisor ends its parts in order.
        signal.signal(signal.SIGINT, signal.SIG_IGN)

    return subprocess.Popen(
        part.command, stdin=subprocess.DEVNULL, pass_fds=part.descriptors, preexec_fn=end_with_parent
    )
