"""What was published, until every resolver has it in force: the answer to "is this change in force?".

A `Delivery` holds the secondaries and what is on its way to them. `send` says which serial a change came with; `settle`
takes out what all of them have, and leaves out a resolver that took too long, with an alarm, until it has everything
again: one that is gone or slow holds nobody up. Called by the publisher.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from wurao.domains.zone import is_newer
from wurao.gateways.dns.addresses import Address
from wurao.gateways.dns.knot import LARGE, RECENT
from wurao.gateways.dns.secondaries import Resolver, Secondary
from wurao.log import logger

PATIENCE_S = 2.0
_log = logger("dns")


@dataclass(frozen=True, slots=True)
class Sent:
    """The serials that something published came with, the last change in it, and when it was sent."""

    serials: dict[str, int]
    seq: int
    at: float
    is_large: bool = False
    """Whoever brings the large zone to the resolvers judges by itself which of them takes too long."""


class Delivery:
    """The resolvers, and what is on its way to them."""

    def __init__(
        self, resolvers: Sequence[Resolver], patience_s: float = PATIENCE_S, primary: Address | None = None
    ) -> None:
        """Look after these resolvers of a primary; one that takes longer than `patience_s` for a change is left out."""
        self.changed = threading.Condition()
        self.secondaries = [Secondary(each, self.changed, primary) for each in resolvers]
        self.patience_s = patience_s
        self.applied_seq = 0
        """The last change that is in force at every resolver that is not left out."""
        self._sent: deque[Sent] = deque()
        self._left_out: set[str] = set()
        self._busy: str | None = None
        self._served: int | None = None

    def start(self) -> None:
        """Begin to look after the resolvers."""
        for each in self.secondaries:
            each.start()

    def stop(self) -> None:
        """Leave them alone."""
        for each in self.secondaries:
            each.stop()

    @property
    def left_out(self) -> list[str]:
        """The resolvers that are not waited for."""
        return sorted(self._left_out)

    @property
    def is_settled(self) -> bool:
        """Whether nothing is on its way."""
        return not self._sent

    def send(self, zone: str, serial: int, seq: int) -> None:
        """A zone was published, with all changes up to a `seq` in it."""
        for each in self.secondaries:
            each.want(zone, serial)
        self._sent.append(Sent({zone: serial}, seq, time.monotonic()))

    def expect(self, serial: int, seq: int) -> None:
        """A large zone is brought to the resolvers by somebody else, with all changes up to a `seq` in it."""
        self._sent.append(Sent({LARGE: serial}, seq, time.monotonic(), is_large=True))

    def serves(self, serial: int) -> None:
        """The primary serves this large zone; before that it is in force nowhere, whoever is waited for."""
        self._served = serial

    def leave_out(self, secondary: Secondary) -> None:
        """Wait no longer for a resolver, until it has everything again; an alarm tells of it."""
        name = secondary.resolver.name
        self._left_out.add(name)
        said = "is silent" if not secondary.has else secondary.behind()
        _log.error("resolver left out", alarm=True, resolver=name, wrong=said, at=str(secondary.resolver.address))

    def without(self, name: str | None) -> None:
        """A resolver takes in the large zone and may be silent meanwhile, which is no fault of its own."""
        self._busy = name

    def settle(self) -> int:
        """Take out what is in force; the last `seq` that is, with all before it."""
        now = time.monotonic()
        for each in self.secondaries:
            self._look_at(each, now)
        while self._sent and self._is_in_force(self._sent[0]):
            self.applied_seq = self._sent.popleft().seq
        return self.applied_seq

    def wait(self, timeout_s: float) -> bool:
        """Wait until nothing is on its way, or so long; whether nothing is."""
        until = time.monotonic() + timeout_s
        while True:
            self.settle()
            left = until - time.monotonic()
            if self.is_settled or left <= 0:
                return self.is_settled
            with self.changed:
                self.changed.wait(min(left, 0.02))

    def _is_in_force(self, sent: Sent) -> bool:
        if sent.is_large and not _is_at_least(self._served, sent.serials[LARGE]):
            return False
        return all(_has(each, sent) for each in self._waited_for(sent))

    def _waited_for(self, sent: Sent) -> list[Secondary]:
        """Who must have it. Of two, the one that is taking in the large zone has what is recent soon after."""
        there = [each for each in self.secondaries if each.resolver.name not in self._left_out]
        free = [each for each in there if each.resolver.name != self._busy]
        return there if sent.is_large else free or there

    def _look_at(self, secondary: Secondary, now: float) -> None:
        name = secondary.resolver.name
        if name == self._busy:
            return
        patience_s = self.patience_s + secondary.resolver.late_s(RECENT)
        if not secondary.lacks():
            if name in self._left_out:
                self._left_out.remove(name)
                _log.info("resolver has everything again", resolver=name)
        elif name not in self._left_out and any(
            not sent.is_large and now - sent.at > patience_s and not _has(secondary, sent) for sent in self._sent
        ):
            self.leave_out(secondary)


def _is_at_least(served: int | None, serial: int) -> bool:
    return served is not None and (served == serial or is_newer(served, serial))


def _has(secondary: Secondary, sent: Sent) -> bool:
    return all(secondary.has_at_least(zone, serial) for zone, serial in sent.serials.items())
