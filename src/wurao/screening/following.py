"""Following a store: live changes and new snapshots, taken up while events are decided.

A `Following` looks at the store every tenth of a second in a thread of its own, compiles what changed into a new `Sight`,
and reports to the store how far this worker is; the engine takes the newest sight before each block. Until then the
worker reports the one that it still decides with, so that "in force" is true when it is said.
"""

from __future__ import annotations

import threading
from pathlib import Path

from wurao.changes import ChangeReader, Worker
from wurao.errors import WuraoError
from wurao.log import logger
from wurao.screening.sight import Sight
from wurao.snapshot import changed_tables, current_id, open_snapshot, overlay, put_over, untouched

LOOK_EVERY = 0.1
"""Seconds between two looks; CONTRACTS asks for 0.2 at most."""
_log = logger("screening")


class Following:
    """The newest sight of a store, kept up to date by a thread while `start`ed."""

    def __init__(self, store: Path) -> None:
        self._store = store
        self._wrong = ""
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._deciding: Sight | None = None
        self._open()
        self.look()

    @property
    def newest(self) -> Sight:
        """The newest sight; taking it for a decision is `begin`."""
        return self._newest

    def begin(self) -> Sight:
        """The newest sight, with which the worker decides from now on until `end`."""
        self._deciding = self._newest
        return self._deciding

    def end(self) -> None:
        """Nothing is being decided; what comes next will be decided with the newest."""
        self._deciding = None

    def look(self) -> None:
        """Take up what was acknowledged, or built, since the last look. A store that cannot be read changes nothing."""
        if current_id(self._store) != self._pointed_at:
            self._open()
        while changes := self._reader.poll():
            snapshot = self._newest.snapshot
            changed = put_over(self._newest.changed, changed_tables(changes))
            self._newest = Sight(snapshot, overlay(snapshot, changed), self._reader.seq, changed)

    def start(self) -> None:
        """Look at the store from now on, and report to it."""
        self._worker = Worker(self._store)
        self._thread = threading.Thread(target=self._run, name="following", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Look no more; the worker leaves service."""
        if self._thread is not None:
            self._stop.set()
            self._thread.join()
            self._worker.close()
            self._thread = None

    def _open(self) -> None:
        self._pointed_at = current_id(self._store)
        snapshot = open_snapshot(self._store)
        self._newest = Sight(snapshot, untouched(snapshot), snapshot.seq, {})
        self._reader = ChangeReader(self._store, after=snapshot.seq)

    def _run(self) -> None:
        while not self._stop.wait(LOOK_EVERY):
            try:
                self.look()
                self._wrong = ""
            except (WuraoError, OSError, ValueError) as error:
                if str(error) != self._wrong:
                    self._wrong = str(error)
                    _log.error("cannot follow the store; what was in force stays", alarm=True, wrong=self._wrong)
            sight = self._deciding or self._newest
            self._worker.report(sight.seq, sight.snapshot.id)
