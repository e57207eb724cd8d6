"""Following a store: live changes and new snapshots, taken up while events are decided.

A `Following` looks at the store every tenth of a second in a thread of its own and lays what changed over its `Sight`;
the engine takes the newest sight before each block. Another thread reports to the store how far this worker is,
whatever the first one is busy with: it tells of the sight that is still decided with, so that "in force" is true when
it is said. A sight is put in place whole: a new snapshot only with every change past it, so that what was in force
stays so.

A worker whose reports were more than a second apart (it was stopped, or the machine too busy) may have been left out by
whoever waits for a change to be in force. It decides nothing more until it has come back (`changes.workers` says how);
where it cannot, since the store is not to be read or written, it goes on with what it has and raises an alarm, for a
fault of ours stops no call.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path

from wurao.changes import ChangeReader, Worker
from wurao.errors import WuraoError
from wurao.log import logger
from wurao.screening.rehearsal import rehearse
from wurao.screening.sight import Sight
from wurao.snapshot import Changed, Snapshot, changed_tables, current_id, open_snapshot, put_over, untouched, verify

LOOK_EVERY = 0.1
"""Seconds between two looks; CONTRACTS asks for 0.2 at most."""
REPORT_EVERY = 0.1
"""Seconds between two reports; CONTRACTS asks for 0.2 at most, and a second of silence is out of service."""
PATIENCE = 5.0
"""Seconds that a worker waits to come back into service before it goes on with what it has."""
VERIFY_EVERY = 3_600.0
"""Seconds between two verifications of the snapshot in use, file by file (CONTRACTS, Snapshot store)."""
LEAST_URGENT = 19
"""The niceness of what can wait."""
_log = logger("screening")


class Following:
    """The newest sight of a store, kept up to date by a thread while `start`ed."""

    _newest: Sight
    _reader: ChangeReader

    def __init__(self, store: Path) -> None:
        self._store = store
        self._wrong: dict[str, str] = {}
        self._worker: Worker | None = None
        self._alone = False
        self._stop = threading.Event()
        self._reporting = threading.Lock()
        self._turn = threading.Condition()
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
        """The newest sight, with which the worker decides from now on until `end` or the next `begin`.

        Waits while the worker is out of service.
        """
        while True:
            with self._taking:
                sight = self._deciding = self._newest
            if self._worker is None or self._worker.is_in_service() or self._alone:
                return sight
            self.end()
            self._wait_for_service(self._worker)

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
        rehearse(self._newest)
        self._worker = worker = Worker(self._store)
        self._report(worker)
        self._look(worker)
        every = (self._keep_looking, self._keep_reporting, self._keep_verifying)
        self._threads = [threading.Thread(target=each, args=(worker,), daemon=True) for each in every]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Look no more; the worker leaves service."""
        if self._worker is not None:
            self._stop.set()
            for thread in self._threads[:2]:
                thread.join()
            self._worker.close()
            self._worker, self._threads = None, []

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
        if reader.falls_short:
            _log.error("the change log holds less than was acknowledged", alarm=True, seq=reader.seq)

    def _put(self, sight: Sight, reader: ChangeReader) -> None:
        self._reader = reader
        with self._taking:
            self._newest = sight

    def _keep_looking(self, worker: Worker) -> None:
        while not self._stop.wait(LOOK_EVERY):
            self._look(worker)

    def _keep_reporting(self, worker: Worker) -> None:
        while not self._stop.wait(REPORT_EVERY):
            self._try("report", lambda: self._report(worker))

    def _look(self, worker: Worker) -> None:
        """Look, and report what is new; a worker that had left service before the look began is back after it."""
        left, before = worker.left, self._newest
        if not self._try("look", self.look):
            return
        if (self._newest is before and worker.is_in_service()) or self._try("report", lambda: self._report(worker)):
            worker.come_back(left)
            self._alone = self._alone and not worker.is_in_service()
        with self._turn:
            self._turn.notify_all()

    def _report(self, worker: Worker) -> None:
        with self._reporting:
            with self._taking:
                sight = self._deciding or self._newest
            worker.report(sight.seq, sight.snapshot.id)

    def _try(self, step: str, work: Callable[[], None]) -> bool:
        """Do what may fail for the store; it is told of when it begins to, and tried again the next time."""
        wrong = ""
        try:
            work()
        except Exception as error:
            wrong = repr(error)
            if wrong != self._wrong.get(step):
                _log.error("cannot follow the store; what was in force stays", alarm=True, wrong=wrong)
        with self._turn:
            self._wrong[step] = wrong
            self._turn.notify_all()
        return not wrong

    def _wait_for_service(self, worker: Worker) -> None:
        def is_settled() -> bool:
            return worker.is_in_service() or any(self._wrong.values())

        with self._turn:
            self._turn.wait_for(is_settled, PATIENCE)
        if not worker.is_in_service():
            self._alone = True
            _log.error("deciding out of service, by what was known before", alarm=True, worker=worker.id)

    def _keep_verifying(self, worker: Worker) -> None:
        """Hash the files of the snapshot in use now and then; the next look falls back from a damaged one."""
        # Gigabytes of hashing take no time from decisions and changes: on Linux a thread has a niceness of its own.
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), LEAST_URGENT)
        while True:
            name = self._newest.snapshot.id
            try:
                wrong = [file for file, sound in verify(self._store, name).items() if not sound]
            except (WuraoError, OSError):  # it is no longer kept
                wrong = []
            if wrong:
                _log.error("snapshot damaged", alarm=True, worker=worker.id, snapshot=name, files=wrong)
                self._damaged = name
            if self._stop.wait(VERIFY_EVERY):
                return


def _caught_up(sight: Sight, reader: ChangeReader) -> Sight:
    """The sight with every change that its reader has yet to read."""
    late: dict[str, Changed] = {}
    while changes := reader.poll():
        late = put_over(late, changed_tables(changes))
    return sight.with_changes(late, reader.seq) if reader.seq != sight.seq else sight
