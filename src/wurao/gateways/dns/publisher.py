"""The list, kept at the resolvers: what is listed comes in, two zones at the primary go out.

A `Publisher` owns a directory: the primary's, the zones, and the list that the large zone was written by. `show` takes
the whole list, `change` what came since; `commit` publishes what is new, at once for a few names, resolver by resolver
for a list that differs by more than the recent zone may hold. Every step leaves files from which a publisher that was
killed goes on. `following` calls it for a store, the command for one run.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

from wurao.errors import MachineFailed, Refused
from wurao.gateways.dns.delivery import Delivery
from wurao.gateways.dns.folding import Folding
from wurao.gateways.dns.knot import LARGE, RECENT, Knot
from wurao.gateways.dns.layers import Entry, Layers
from wurao.gateways.dns.secondaries import Resolver, probe_of
from wurao.gateways.dns.serials import following, latest
from wurao.gateways.dns.written import Action, list_file, read_list, write_zone, written_serial
from wurao.log import logger

MOST_RECENT = 20_000
"""Names that the recent zone holds at most; more are folded into the large one at once."""
_log = logger("dns")


@dataclass(frozen=True, slots=True)
class How:
    """What an operator may tune."""

    action: Action = field(default_factory=Action)
    most_recent: int = MOST_RECENT
    patience_s: float = 2.0
    now: Callable[[], float] = time.time


class Publisher:
    """The zones of one list at one primary; a context manager that leaves the primary running."""

    def __init__(self, directory: Path, knot: Knot, resolvers: Sequence[Resolver], how: How | None = None) -> None:
        """Publish to resolvers through a primary; the directory is locked while this is open.

        Raises Refused where another publisher has it.
        """
        self.directory = directory
        self.how = how or How()
        self.knot = knot
        self.delivery = Delivery(resolvers, self.how.patience_s)
        self.seq = 0
        """The last change in what was handed over."""
        self._lock = _locked(directory)
        self._layers = Layers()
        self._folding: Folding | None = None
        self._dirty = True
        self._has_large = False
        self._serial = 0

    def __enter__(self) -> Publisher:
        try:
            self._begin()
        except BaseException:
            os.close(self._lock)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._folding:
            self._folding.stop()
        self.delivery.stop()
        os.close(self._lock)

    @property
    def is_folding(self) -> bool:
        """Whether a large zone is on its way to the resolvers."""
        return self._folding is not None

    @property
    def serial(self) -> int:
        """The serial of what was published last."""
        return self._serial

    @property
    def recent(self) -> int:
        """How many names the recent zone differs by."""
        return len(self._layers)

    def show(self, entries: Iterable[Entry], seq: int) -> None:
        """This is the whole list, as of a change."""
        wanted = set(entries)
        there = set(self._layers.entries())
        gone, come = there - wanted, wanted - there
        self.seq = seq
        if len(gone) + len(come) + self.recent > self.how.most_recent or not self._has_large:
            self._fold(wanted)
        else:
            self._put_and_take(come, gone)

    def change(self, added: Iterable[Entry], removed: Iterable[Entry], seq: int) -> None:
        """These names were listed and released since; a few of them are recent, many are a new list."""
        added, removed = list(added), list(removed)
        self.seq = seq
        if len(added) + len(removed) + self.recent > self.how.most_recent:
            self.show((set(self._layers.entries()) - set(removed)) | set(added), seq)
        else:
            self._put_and_take(added, removed)

    def commit(self) -> None:
        """Publish what is new, if anything is. Raises MachineFailed where the primary does not take it."""
        self._see_to_folding()
        self._see_to_serials()
        if self._dirty:
            self._serial = following(self._serial, self.how.now())
            file = self.knot.zone_file(RECENT)
            write_zone(file, self._layers.records(), self._serial, self.how.action, probe_of(RECENT))
            self.knot.take_up(RECENT)
            self._dirty = False
            self.delivery.send(RECENT, self._serial, self.seq)
        elif self.delivery.is_settled:
            self.delivery.applied_seq = self.seq

    def fold(self) -> None:
        """Put what is recent into the large zone, resolver by resolver, while changes go on."""
        if not self._folding and self.recent:
            self._fold(None)

    def _begin(self) -> None:
        self.knot.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        serials = [written_serial(self.knot.zone_file(zone)) for zone in (RECENT, LARGE)]
        large, written = serials[1], [serial for serial in serials if serial is not None]
        kept = None if large is None else list_file(self.directory, large)
        self._layers = Layers(read_list(kept) if kept else ())
        self._has_large = kept is not None and kept.exists()
        self._serial = following(0, self.how.now(), *written)
        for zone in (RECENT, LARGE):
            if written_serial(self.knot.zone_file(zone)) is None:
                write_zone(self.knot.zone_file(zone), (), self._serial, self.how.action, probe_of(zone))
        self.knot.start()
        if large is not None:
            for each in self.delivery.secondaries:
                each.want(LARGE, large)
        self.delivery.start()

    def _put_and_take(self, added: Iterable[Entry], removed: Iterable[Entry]) -> None:
        self._layers.take(removed)
        self._layers.put(added)
        self._dirty = True

    def _fold(self, wanted: set[Entry] | None) -> None:
        """Write the large zone anew, of what is listed now or of a list that replaces it."""
        if self._folding:
            self._folding.join()
            self._see_to_folding()
        entries = list(self._layers.entries() if wanted is None else wanted)
        self._serial = following(self._serial, self.how.now())
        self._layers.replace(entries)
        self._folding = Folding(self.directory, self.knot, self.delivery, entries, self._serial, self.how.action)
        if wanted is not None:
            self.delivery.expect(LARGE, self._serial, self.seq)
        self._folding.start()
        self._dirty = True

    def _see_to_folding(self) -> None:
        """Once every resolver has the large zone, what is in it is recent no more."""
        if not self._folding or self._folding.is_alive():
            return
        folding, self._folding = self._folding, None
        if folding.wrong:
            raise MachineFailed(f"the large zone could not be written: {folding.wrong}", where=str(self.directory))
        self._has_large = True
        self._layers.replaced()
        self._dirty = True

    def _see_to_serials(self) -> None:
        """A resolver that has a later serial than ours takes nothing from us: go past it."""
        ahead = [serial for each in self.delivery.secondaries if (serial := each.ahead()) is not None]
        if ahead and not self._folding:
            _log.error("a resolver has a later serial than ours; going past it", alarm=True, serial=latest(*ahead))
            self._serial = latest(self._serial, *ahead)
            self._fold(None)


def _locked(directory: Path) -> int:
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = os.open(directory / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(lock)
        right = "it follows the store, so nothing is left to do; or stop it first"
        raise Refused("a publisher has this directory already", where=str(directory), right=right) from error
    return lock
