"""Why a name is blocked, by the list of a store as it is now: for the warning page.

`WhyListed` is asked with the name that a browser wanted; it looks at the store's changes at most once a second and
gives cause and source in both languages, or nothing where the name is not on the list. Where the store cannot be read
it says what it knew. Called by the warning page's threads.
"""

from __future__ import annotations

import threading
import time
from pathlib import Path

from wurao.changes import ChangeReader
from wurao.domains import open_listed
from wurao.errors import WuraoError
from wurao.log import logger

LOOK_EVERY_S = 1.0
MICROSECONDS = 1_000_000
_log = logger("dns")


class WhyListed:
    """The list of a store, asked name by name."""

    def __init__(self, store: Path) -> None:
        """Refused where the store has no snapshot, or there is no sound guard."""
        self._store = store
        self._lock = threading.Lock()
        self._open()

    def __call__(self, name: str) -> tuple[str, str] | None:
        """Why a name is blocked now, in Chinese and English; null where it is not."""
        with self._lock:
            if time.monotonic() - self._looked > LOOK_EVERY_S:
                self._look()
            row = self._listed.why(name.rstrip("."))
        if row is None:
            return None
        return f"原因：{row['cause']}；来源：{row['source']}。", f"Cause: {row['cause']}; source: {row['source']}."

    def _open(self) -> None:
        self._is_open, self._looked = False, time.monotonic()
        self._listed = open_listed(self._store, _now())
        self._reader = ChangeReader(self._store, after=self._listed.seq)
        self._is_open = True

    def _look(self) -> None:
        """Take up what changed; after an error, all anew."""
        was_open, self._is_open, self._looked = self._is_open, False, time.monotonic()
        try:
            if was_open:
                self._listed.apply(self._reader.poll(), _now())
                self._is_open = True
            else:
                self._open()
        except (WuraoError, OSError) as error:
            if was_open:
                _log.error("the warning page goes by the list as it was", alarm=True, wrong=error)


def _now() -> int:
    return int(time.time() * MICROSECONDS)
