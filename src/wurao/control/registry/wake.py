"""A word from whoever queued a change to whoever delivers it: there is something to do.

One empty datagram to a Unix socket in the store's directory; whether it arrives does not matter, since the deliverer
looks by itself several times a second, also for what other machines queued.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from wurao.settings.places import default_store

NAME = "registry.wake"


def wake(store: Path | None = None) -> None:
    """Tell the deliverer; nobody is waited for."""
    try:
        with _address(store or default_store()) as place, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
            sender.setblocking(False)
            sender.sendto(b"", place)
    except OSError:
        return


class Waker:
    """The deliverer's end: waits for a word, or for so many seconds."""

    def __init__(self, store: Path) -> None:
        store.mkdir(mode=0o700, parents=True, exist_ok=True)
        (store / NAME).unlink(missing_ok=True)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        with _address(store) as place:
            self._socket.bind(place)
        (store / NAME).chmod(0o600)

    def wait(self, seconds: float) -> None:
        """Return at the first word, or after so many seconds; words that came together are one."""
        self._socket.settimeout(seconds)
        try:
            self._socket.recv(1)
            self._socket.setblocking(False)
            while True:
                self._socket.recv(1)
        except (TimeoutError, BlockingIOError):
            return


@contextmanager
def _address(store: Path) -> Iterator[str]:
    """The socket's address however deep the store lies: through the open directory (as in `changes.sockets`)."""
    descriptor = os.open(store, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{descriptor}/{NAME}"
    finally:
        os.close(descriptor)
