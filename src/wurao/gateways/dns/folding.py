"""A new large zone, brought to the resolvers one after the other, while the recent zone goes on.

A resolver that takes in a million names is silent for seconds; clients have two. So each is told only when the one
before it answers again, with the new zone in force; one that does not within a bounded time is left out with an alarm.
A `Folding` is a thread of the publisher's, started by it and looked at before each commit.
"""

from __future__ import annotations

import threading
import time
from pathlib import Path

from wurao.domains import Entries
from wurao.errors import WuraoError
from wurao.gateways.dns.delivery import Delivery
from wurao.gateways.dns.knot import LARGE, Knot
from wurao.gateways.dns.secondaries import Secondary
from wurao.gateways.dns.written import Answer, keep_list, list_file, write_large
from wurao.log import logger

TAKES_IN_S, NAMES_A_SECOND = 5.0, 10_000
"""After so long, its share for each name, and what its kind takes to ask, a resolver without a large zone is out."""
_log = logger("dns")


class Folding(threading.Thread):
    """Writes the large zone, has the primary take it up, and tells the resolvers in turn."""

    def __init__(
        self,
        directory: Path,
        knot: Knot,
        delivery: Delivery,
        entries: Entries,
        serial: int,
        answer: Answer,
    ) -> None:
        super().__init__(name="dns folding", daemon=True)
        self.wrong: BaseException | None = None
        """Why it could not be published, when this has ended."""
        self._directory, self._knot, self._delivery = directory, knot, delivery
        self._entries, self._serial, self._answer = entries, serial, answer
        self._ends = threading.Event()

    def stop(self) -> None:
        """Tell no further resolver; those told take it in all the same."""
        self._ends.set()
        self.join()

    def run(self) -> None:
        """Write, take up, tell; what goes wrong is kept in `wrong`."""
        try:
            self._publish()
        except (WuraoError, OSError) as error:
            self.wrong = error
            return
        for each in self._delivery.secondaries:
            self._bring_to(each)
        self._delivery.without(None)

    def _publish(self) -> None:
        kept = list_file(self._directory, self._serial)
        keep_list(kept, self._entries)
        write_large(self._knot.zone_file(LARGE), LARGE, self._entries, self._serial, self._answer)
        for old in self._directory.glob("list-*.parquet"):
            if old != kept:
                old.unlink()
        self._knot.take_up(LARGE)
        self._delivery.serves(self._serial)

    def _bring_to(self, secondary: Secondary) -> None:
        name = secondary.resolver.name
        self._delivery.without(name)
        secondary.want(LARGE, self._serial)
        late_s = secondary.resolver.late_s(LARGE)
        until = time.monotonic() + TAKES_IN_S + late_s + len(self._entries) / NAMES_A_SECOND
        while not secondary.has_at_least(LARGE, self._serial) and not self._ends.is_set():
            if time.monotonic() > until:
                self._delivery.leave_out(secondary)
                return
            with self._delivery.changed:
                self._delivery.changed.wait(0.05)
