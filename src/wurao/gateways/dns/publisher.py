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
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

from wurao.domains import Difference, Entries, difference, next_serial
from wurao.domains.zone import is_newer
from wurao.errors import MachineFailed, Refused
from wurao.gateways.dns.delivery import PATIENCE_S, Delivery
from wurao.gateways.dns.folding import Folding
from wurao.gateways.dns.knot import LARGE, RECENT, ZONES, Knot
from wurao.gateways.dns.layers import Layers, no_entries
from wurao.gateways.dns.secondaries import Resolver, written_out
from wurao.gateways.dns.written import (
    Answer,
    is_written_by,
    kept_list,
    list_file,
    those_that_fit,
    write_large,
    write_recent,
    written_recent,
    written_serial,
)
from wurao.log import logger

MOST_RECENT = 20_000
"""Names that the recent zone speaks of at most; where more have changed, the large one is written anew at once."""
_log = logger("dns")


@dataclass(frozen=True, slots=True)
class How:
    """What an operator may tune."""

    answer: Answer = field(default_factory=Answer)
    most_recent: int = MOST_RECENT
    patience_s: float = PATIENCE_S
    now: Callable[[], float] = time.time


class Publisher:
    """The zones of one list at one primary; a context manager that leaves the primary running."""

    def __init__(self, directory: Path, knot: Knot, resolvers: Sequence[Resolver], how: How | None = None) -> None:
        """Publish to resolvers through a primary; the directory is locked while this is open.

        Raises Refused where another publisher has it.
        """
        self.directory, self.knot = directory, knot
        self.how = how or How()
        self.delivery = Delivery(resolvers, self.how.patience_s, knot.listen)
        self.seq = 0
        """The last change in what was handed over."""
        self.serial: int | None = None
        """Of what was written last."""
        self._lock = _locked(directory)
        self._layers = Layers(no_entries())
        self._folding: Folding | None = None
        self._is_new = True
        self._has_large = False
        self._is_unwritten = False
        """Whether the large zone could not be written, or blocks by another answer than now, and is to be written."""

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
    def recent(self) -> int:
        """How many names the recent zone speaks of."""
        return len(self._layers)

    @property
    def names(self) -> int:
        """How many names are published, or on their way."""
        return len(self._layers.entries())

    def show(self, entries: Entries, seq: int) -> int:
        """Take the whole list, as of a change; how many of its names have no room in a zone and are left out."""
        fitting = those_that_fit(ZONES, entries)
        self._take_up(difference(self._layers.entries(), fitting), fitting, seq)
        return len(entries) - len(fitting)

    def change(self, changed: Difference, seq: int) -> None:
        """These names were listed and released since; a few of them are recent, many are another list."""
        self._take_up(Difference(those_that_fit(ZONES, changed.added), changed.removed), None, seq)

    def commit(self) -> None:
        """Publish what is new, if anything is. Raises MachineFailed where the primary does not take it."""
        self._see_to_folding()
        self._see_to_serials()
        self._see_to_what_is_folded()
        if self._is_unwritten and not self._folding:
            self._replace(self._layers.entries())
        if self._is_new:
            self._advance()
            assert self.serial is not None
            file = self.knot.zone_file(RECENT)
            write_recent(file, RECENT, self._layers.records(), self.serial, self.how.answer)
            self.knot.take_up(RECENT)
            self._is_new = False
            self.delivery.send(RECENT, self.serial, self.seq)
        elif self.delivery.is_settled:
            self.delivery.applied_seq = self.seq

    def fold(self) -> None:
        """Put what is recent into the large zone, resolver by resolver, while changes go on."""
        if not self._folding and self._layers.differs:
            self._replace(self._layers.entries())

    def _begin(self) -> None:
        self.knot.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        written = {zone: written_serial(self.knot.zone_file(zone)) for zone in ZONES}
        for serial in written.values():
            if serial is not None and (self.serial is None or is_newer(serial, self.serial)):
                self.serial = serial
        large = written[LARGE]
        kept = None if large is None else kept_list(list_file(self.directory, large))
        said = [] if kept is None else written_recent(self.knot.zone_file(RECENT))
        self._layers, self._has_large = Layers(kept or no_entries(), said), kept is not None
        self._is_unwritten = kept is not None and not is_written_by(self.knot.zone_file(LARGE), self.how.answer)
        self._advance()
        assert self.serial is not None
        if written[RECENT] is None:
            write_recent(self.knot.zone_file(RECENT), RECENT, (), self.serial, self.how.answer)
        if large is None:
            write_large(self.knot.zone_file(LARGE), LARGE, no_entries(), self.serial, self.how.answer)
        self.knot.start()
        for each in self.delivery.secondaries:
            each.want(LARGE, self.serial if large is None else large)
        self.delivery.start()

    def _advance(self) -> None:
        self.serial = next_serial(self.serial, self.how.now())

    def _take_up(self, changed: Difference, whole: Entries | None, seq: int) -> None:
        size = len(changed.added) + len(changed.removed)
        has_large = self._has_large or self._folding is not None
        if has_large and (not size or size + self.recent <= self.how.most_recent):
            self._layers.take(changed.removed)
            self._layers.put(changed.added)
            self._is_new = self._is_new or size > 0
            self.seq = seq
            return
        if whole is None:
            aside = Layers(self._layers.entries())
            aside.take(changed.removed)
            aside.put(changed.added)
            whole = aside.entries()
        self._replace(whole)
        assert self.serial is not None
        self.delivery.expect(self.serial, seq)
        # Only now: what a change brought is in before its number says so.
        self.seq = seq

    def _replace(self, entries: Entries) -> None:
        """Write the large zone anew. One before it that could not be written is no matter any more."""
        if self._folding:
            self._folding.join()
            self._end_folding()
        self._advance()
        assert self.serial is not None
        self._layers.replace(entries)
        self._folding = Folding(self.directory, self.knot, self.delivery, entries, self.serial, self.how.answer)
        self._folding.start()
        self._is_new, self._is_unwritten = True, False

    def _see_to_folding(self) -> None:
        """Every resolver that is there has the large zone."""
        if not self._folding or self._folding.is_alive():
            return
        if wrong := self._end_folding():
            raise MachineFailed(f"the large zone was not published: {wrong}", where=str(self.directory))

    def _end_folding(self) -> BaseException | None:
        """Take note of how a folding ended; what went wrong."""
        assert self._folding
        wrong, self._folding = self._folding.wrong, None
        self._is_unwritten = wrong is not None
        self._has_large = self._has_large or wrong is None
        return wrong

    def _see_to_what_is_folded(self) -> None:
        """Once no resolver is left without the large zone, what is in it is recent no more.

        One that was away takes the recent zone first when it is back, so until then that says what its large zone
        lacks; but not without bound.
        """
        if self._folding or not self._layers.is_replacing:
            return
        absent = [each.resolver.name for each in self.delivery.secondaries if LARGE in each.lacks()]
        if absent and self.recent <= self.how.most_recent // 2:
            return
        if absent:
            _log.error("the recent zone is full; it forgets what resolvers lack that are away", alarm=True, away=absent)
        self._layers.replaced()
        self._is_new = True

    def _see_to_serials(self) -> None:
        """A resolver that has a later serial than ours takes nothing from us: go past it."""
        ahead = [serial for each in self.delivery.secondaries if (serial := each.ahead()) is not None]
        if not ahead or self._folding:
            return
        theirs, ours = [written_out(each) for each in ahead], written_out(self.serial)
        _log.error("a resolver has a later serial than ours; going past it", alarm=True, theirs=theirs, ours=ours)
        for serial in ahead:
            if self.serial is None or is_newer(serial, self.serial):
                self.serial = serial
        self._replace(self._layers.entries())


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
