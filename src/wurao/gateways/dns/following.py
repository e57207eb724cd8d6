"""Follow a store: changes of the list in force at every resolver, and reported to whoever waits for them.

`follow` publishes the list as it is, then looks at the change log and at the clock twenty times a second. What comes
within a moment goes out together. A thread of its own reports to the store, as any worker does (`changes.workers`), the
last change that the resolvers have in force; changes of other tables need nothing and are reported as read. Where the
primary takes nothing, or the guard's data are not sound, nothing is published and this worker leaves service, so that
nobody believes a change to be in force that is not; it comes back when they do. Called by `wurao domains publish
--follow`.
"""

from __future__ import annotations

import threading
import time
import uuid
from dataclasses import dataclass
from pathlib import Path

from wurao.changes import ChangeReader, Worker
from wurao.domains import guard_stamp, open_listed
from wurao.domains.published import PUBLISHER
from wurao.errors import MachineFailed, WuraoError
from wurao.gateways.dns.publisher import Publisher
from wurao.log import logger

LOOK_EVERY_S = 0.05
SEE_TO_EVERY_S = 5.0
"""The primary is looked at so often, besides."""
AGAIN_S = 1.0
"""After a store or a guard that cannot be read."""
GROUPED_S = 0.1
"""What comes within so long after a change went out goes out together."""
REPORT_EVERY_S = 0.1
MICROSECONDS = 1_000_000
_log = logger("dns")


@dataclass
class Following:
    """A publisher that follows a store."""

    store: Path
    publisher: Publisher
    fold_at_hour: int | None = None
    """The hour of the night (local time) in which what is recent goes into the large zone; null: never by the clock."""

    def __post_init__(self) -> None:
        self._stop = threading.Event()
        self._held = 0
        self._is_open = False
        self._is_told = False
        self._seen = time.monotonic()
        self._folded_on: str | None = None
        self._open()

    def run(self) -> None:
        """Follow until `stop`."""
        with Worker(self.store, f"{PUBLISHER}{uuid.uuid4().hex}") as worker:
            reporting = threading.Thread(target=self._keep_reporting, args=(worker,), daemon=True)
            reporting.start()
            try:
                while not self._stop.wait(LOOK_EVERY_S):
                    self.look()
            finally:
                self._stop.set()
                reporting.join()

    def stop(self) -> None:
        """End `run`."""
        self._stop.set()

    def look(self) -> None:
        """Take up what was acknowledged or became due since the last look, and publish it."""
        began = time.monotonic()
        try:
            changed = self._take_up()
            self._tell_held()
            self._fold_at_night()
            self._see_to_others(began)
            self.publisher.commit()
            self.publisher.delivery.settle()
        except (WuraoError, OSError) as error:
            self._tell(error)
            return
        self._is_told = False
        if changed:
            self._stop.wait(max(0.0, GROUPED_S - (time.monotonic() - began)))

    def _take_up(self) -> bool:
        """Hand the publisher what is new; whether anything is. After an error, and by other guard data, all of it."""
        if not self._is_open or guard_stamp() != self._stamp:
            self._open()
            return False
        # What is read and applied and then not handed over would be lost: whatever goes wrong, it is all read anew.
        self._is_open = False
        changed = self._listed.apply(self._reader.poll(), self._now())
        self.publisher.change(changed, self._reader.seq)
        self._is_open = True
        return bool(changed)

    def _open(self) -> None:
        """Begin with the list as it is, by the guard as it is. Without a sound guard nothing goes on from before."""
        self._is_open = False
        stamp = guard_stamp()
        self._listed = open_listed(self.store, self._now())
        self._reader = ChangeReader(self.store, after=self._listed.seq)
        self.publisher.show(self._listed.entries(), self._listed.seq)
        self._stamp, self._is_open = stamp, True

    def _tell_held(self) -> None:
        held = len(self._listed.held)
        if held > self._held:
            _log.error("the guard keeps names from being published", alarm=True, names=held)
        self._held = held

    def _fold_at_night(self) -> None:
        """Once a day, by the guard as it is then; a list that was held back or let through anew shows by it."""
        local = time.localtime(self.publisher.how.now())
        today = time.strftime("%Y-%m-%d", local)
        if self.fold_at_hour is None or local.tm_hour != self.fold_at_hour or self._folded_on == today:
            return
        self._open()
        self.publisher.fold()
        self._folded_on = today

    def _see_to_others(self, now: float) -> None:
        """A primary that has ended is started again, also when nothing changes."""
        if now - self._seen > SEE_TO_EVERY_S:
            self._seen = now
            if not self.publisher.knot.runs():
                raise MachineFailed("the primary does not run", where=str(self.publisher.knot.directory))

    def _keep_reporting(self, worker: Worker) -> None:
        while not self._stop.wait(REPORT_EVERY_S):
            if self._is_told:
                worker.close()
            else:
                worker.report(self.publisher.delivery.applied_seq)

    def _tell(self, error: Exception) -> None:
        if not self._is_told:
            self._is_told = True
            _log.error("nothing can be published; resolvers keep what they have", alarm=True, wrong=error)
        try:
            if self._is_open or not self.publisher.knot.runs():
                self.publisher.knot.start()
        except WuraoError:
            self._stop.wait(AGAIN_S)
            return
        if not self._is_open:
            self._stop.wait(AGAIN_S)

    def _now(self) -> int:
        return int(self.publisher.how.now() * MICROSECONDS)
