"""Following a store: live changes and new snapshots, taken up while events are decided.

A `Following` looks at the store every tenth of a second in a thread of its own, compiles what changed into a new
`Sight`, and reports to the store how far this worker is; the engine takes the newest sight before each block. Until
then the worker reports the one that it still decides with, so that "in force" is true when it is said. A sight is put
in place whole: a new snapshot only with every change past it, so that what was in force stays so.
"""

from __future__ import annotations

import threading
from pathlib import Path

from wurao.changes import ChangeReader, Worker
from wurao.errors import WuraoError
from wurao.log import logger
from wurao.screening.sight import Sight
from wurao.snapshot import Snapshot, changed_tables, current_id, open_snapshot, overlay, put_over, untouched, verify

LOOK_EVERY = 0.1
"""Seconds between two looks; CONTRACTS asks for 0.2 at most."""
VERIFY_EVERY = 3_600.0
"""Seconds between two verifications of the snapshot in use, file by file (CONTRACTS, Snapshot store)."""
_log = logger("screening")


class Following:
    """The newest sight of a store, kept up to date by a thread while `start`ed."""

    _newest: Sight
    _reader: ChangeReader

    def __init__(self, store: Path) -> None:
        self._store = store
        self._wrong = ""
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []
        self._taking = threading.Lock()
        self._deciding: Sight | None = None
        self._damaged = ""
        self._open()

    @property
    def newest(self) -> Sight:
        """The newest sight; taking it for a decision is `begin`."""
        return self._newest

    def begin(self) -> Sight:
        """The newest sight, with which the worker decides from now on until `end`."""
        with self._taking:
            self._deciding = self._newest
            return self._deciding

    def end(self) -> None:
        """Nothing is being decided; what comes next will be decided with the newest."""
        self._deciding = None

    def look(self) -> None:
        """Take up what was acknowledged, or built, since the last look. A store that cannot be read changes nothing."""
        if current_id(self._store) != self._pointed_at:
            self._open()
        elif self._damaged:
            self._fall_back()
        try:
            sight = _caught_up(self._newest, self._reader)
        except BaseException:
            self._reader = ChangeReader(self._store, after=self._newest.seq)
            raise
        self._put(sight, self._reader)

    def start(self) -> None:
        """Look at the store from now on, and report to it."""
        self._worker = Worker(self._store)
        self._report()
        self._threads = [threading.Thread(target=each, daemon=True) for each in (self._run, self._verify)]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Look no more; the worker leaves service."""
        if self._threads:
            self._stop.set()
            self._threads[0].join()
            self._worker.close()
            self._threads = []

    def _open(self) -> None:
        pointed_at = current_id(self._store)
        self._begin_with(open_snapshot(self._store))
        self._pointed_at, self._damaged = pointed_at, ""

    def _fall_back(self) -> None:
        """Take the newest sound snapshot before the damaged one; go on with that where there is none."""
        damaged, self._damaged = self._damaged, ""
        self._begin_with(open_snapshot(self._store, before=damaged))

    def _begin_with(self, snapshot: Snapshot) -> None:
        reader = ChangeReader(self._store, after=snapshot.seq)
        self._put(_caught_up(Sight(snapshot, untouched(snapshot), snapshot.seq, {}), reader), reader)

    def _put(self, sight: Sight, reader: ChangeReader) -> None:
        self._reader = reader
        with self._taking:
            self._newest = sight

    def _run(self) -> None:
        while not self._stop.wait(LOOK_EVERY):
            wrong = ""
            for step in (self.look, self._report):
                try:
                    step()
                except Exception as error:
                    wrong = repr(error)
                    if wrong != self._wrong:
                        _log.error("cannot follow the store; what was in force stays", alarm=True, wrong=wrong)
            self._wrong = wrong

    def _report(self) -> None:
        with self._taking:
            sight = self._deciding or self._newest
        self._worker.report(sight.seq, sight.snapshot.id)

    def _verify(self) -> None:
        """Hash the files of the snapshot in use now and then; the next look falls back from a damaged one."""
        while True:
            name = self._newest.snapshot.id
            try:
                wrong = [file for file, sound in verify(self._store, name).items() if not sound]
            except (WuraoError, OSError):  # it is no longer kept
                wrong = []
            if wrong:
                _log.error("snapshot damaged", alarm=True, snapshot=name, files=wrong)
                self._damaged = name
            if self._stop.wait(VERIFY_EVERY):
                return


def _caught_up(sight: Sight, reader: ChangeReader) -> Sight:
    """The sight with every change that its reader has yet to read."""
    changed = sight.changed
    while changes := reader.poll():
        changed = put_over(changed, changed_tables(changes))
    if changed is sight.changed:
        return sight
    return Sight(sight.snapshot, overlay(sight.snapshot, changed), reader.seq, changed)
