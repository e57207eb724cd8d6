"""Memory had from the machine before it is written: its pages are cleared on another thread than the one that decides.

A table that has reserved all it may ever need takes pages as it is written, and a machine clears each first (a virtual
one has to get it from its host, too): a quarter of the time of a long run. `owner` says before each block how far a
table is used; what comes next is then asked for in short steps. That changes no value, and where a machine cannot do it
nothing is lost but time.
"""

from __future__ import annotations

import ctypes
import mmap
import sys
import threading

import numpy as np
import numpy.typing as npt

Words = npt.NDArray[np.int64]
_MADVISE = ctypes.CDLL(None).madvise if sys.platform == "linux" else None
POPULATE_WRITE = 23
"""`MADV_POPULATE_WRITE` of Linux 5.14 and later: as if each page had been written, its contents left as they are."""
STEP = 1 << 21
"""So many octets at a time: a thread that asks the machine for memory meanwhile waits no longer than for these."""
LEAST, MOST = 1 << 22, 1 << 26
"""At least, and at most, so many octets are had ahead; between them a quarter of what is used."""


class Paging:
    """How far each table's memory has been had; one thread at a time goes on with it."""

    def __init__(self) -> None:
        self._had: dict[str, tuple[int, int]] = {}
        """Of each table the address it begins at, and the octet up to which it was had or asked for."""
        self._thread: threading.Thread | None = None
        self._able = _MADVISE is not None

    def keep_ahead(self, name: str, words: Words, used: int) -> None:
        """See to it that there is memory behind the first so many words of a table, where it has reserved much."""
        if not self._able or used == 0 or (self._thread is not None and self._thread.is_alive()):
            return
        address, written = words.ctypes.data, 8 * used
        begins, had = self._had.get(name, (0, 0))
        had = max(had, written) if begins == address else written
        ahead = min(MOST, max(LEAST, written // 4))
        if words.nbytes < 2 * LEAST or had >= words.nbytes or had - written >= ahead // 2:
            return
        wanted = min(words.nbytes, written + ahead)
        self._had[name] = address, wanted
        self._thread = threading.Thread(target=self._have, args=(words, had, wanted), daemon=True)
        self._thread.start()

    def finish(self) -> None:
        """Wait for what is under way."""
        if self._thread is not None:
            self._thread.join()

    def _have(self, words: Words, first: int, last: int) -> None:
        """Ask for a table's octets from one on up to another; the array is held, so the addresses stay its own."""
        start = (words.ctypes.data + first) // mmap.PAGESIZE * mmap.PAGESIZE
        end = words.ctypes.data + last
        while self._able and start < end:
            self._able = _populate(start, min(STEP, end - start))
            start += STEP


def _populate(address: int, octets: int) -> bool:
    """Whether the machine gave the pages of so many octets."""
    return _MADVISE is not None and _MADVISE(ctypes.c_void_p(address), ctypes.c_size_t(octets), POPULATE_WRITE) == 0
