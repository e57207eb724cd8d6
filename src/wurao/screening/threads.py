"""Work done ahead of a loop and behind it, on a thread each, in order and with bounded room between.

`run` reads and prepares ahead of the decisions and writes behind them; Arrow and compiled code leave Python's lock
while they work, so that the three go on at once. An error on either thread is raised in the loop.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import Generic, TypeVar

Item = TypeVar("Item")
_LOOK = 0.1
"""Seconds after which a waiting thread looks whether it is still wanted."""


_PATIENCE = 1.0
"""Seconds that the end of a thread which reads is waited for."""


class _End:
    """What the last item is followed by; with the error that ended the work."""

    def __init__(self, error: BaseException | None) -> None:
        self.error = error


class Ahead(Generic[Item]):
    """Iterates over what another thread takes from an iterable, at most `room` items ahead."""

    def __init__(self, source: Iterable[Item], room: int) -> None:
        self._items: queue.Queue[Item | _End] = queue.Queue(room)
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._work, args=(source,), daemon=True)
        self._thread.start()

    def __iter__(self) -> Iterator[Item]:
        while True:
            item = self._items.get()
            if isinstance(item, _End):
                if item.error is not None:
                    raise item.error
                return
            yield item

    def close(self) -> None:
        """Let the thread end; what it has taken is dropped. One that waits for standard input is not waited for."""
        self._stopped.set()
        self._thread.join(_PATIENCE)

    def _work(self, source: Iterable[Item]) -> None:
        error: BaseException | None = None
        try:
            for item in source:
                if not self._put(item):
                    return
        except BaseException as raised:
            error = raised
        self._put(_End(error))

    def _put(self, item: Item | _End) -> bool:
        while not self._stopped.is_set():
            with suppress(queue.Full):
                self._items.put(item, timeout=_LOOK)
                return True
        return False


class Behind(Generic[Item]):
    """Calls a function with each item on another thread, in order, at most `room` items behind."""

    def __init__(self, work: Callable[[Item], None], room: int) -> None:
        self._calls: queue.Queue[Item | _End] = queue.Queue(room)
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._work, args=(work,), daemon=True)
        self._thread.start()

    def __call__(self, item: Item) -> None:
        """Hand one item over; raises what the function raised for an earlier one."""
        while self._error is None:
            with suppress(queue.Full):
                self._calls.put(item, timeout=_LOOK)
                return
        raise self._error

    def finish(self) -> None:
        """Wait until every item is worked on; raises what the function raised."""
        self.close()
        if self._error is not None:
            raise self._error

    def close(self) -> None:
        """Wait until the thread has ended."""
        while self._thread.is_alive() and self._error is None:
            with suppress(queue.Full):
                self._calls.put(_End(None), timeout=_LOOK)
                break
        self._thread.join()

    def _work(self, work: Callable[[Item], None]) -> None:
        try:
            while True:
                item = self._calls.get()
                if isinstance(item, _End):
                    return
                work(item)
        except BaseException as raised:
            self._error = raised
