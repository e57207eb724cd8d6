"""How far changes have come: decided with by every worker and, those of the list of domains, at the resolvers too.

A worker that is not there is waited for by nobody, so a list whose publisher does not run would seem to be in force.
Where resolvers are set up, a change of `domains` is in force only once a publisher has reported it. `horizon` looks at
the workers' reports once and answers for any number of changes; `wurao change` and the registry's pages and calls both
ask it. The publisher (`gateways.dns.following`) is known by its worker id.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path

from wurao.changes import live_workers
from wurao.settings.places import data_directory

PUBLISHER = "publisher-"
"""What a publisher's worker id begins with."""
LIST = "domains"
"""The table whose changes resolvers have to have."""
LOOK_EVERY_S = 0.05


class Reached(Enum):
    """How far a change has come."""

    DURABLE = auto()
    """A worker that lives does not decide with it yet."""
    NOT_AT_RESOLVERS = auto()
    """Every worker decides with it, but no publisher has it at the resolvers that are set up."""
    IN_FORCE = auto()


@dataclass(frozen=True, slots=True)
class Horizon:
    """What the workers of a store had reported when it was looked at."""

    workers: int
    """How many live."""
    applied: int | None
    """Up to which change every one of them decides; null where none lives."""
    published: int | None
    """Up to which change a publisher has the list at the resolvers; null where none is in service."""
    has_resolvers: bool
    """Whether there are any that must have it."""

    def reached(self, seq: int, table: str) -> Reached:
        """How far the change of a table at a place of the log has come."""
        if self.applied is not None and self.applied < seq:
            return Reached.DURABLE
        if table == LIST and self.has_resolvers and (self.published is None or self.published < seq):
            return Reached.NOT_AT_RESOLVERS
        return Reached.IN_FORCE


def horizon(store: Path, data: Path | None = None) -> Horizon:
    """How far the changes of a store have come by now; `data`: the data directory, where the plan of resolvers lies."""
    live = live_workers(store)
    published = [each.applied_seq for each in live if each.id.startswith(PUBLISHER)]
    return Horizon(
        len(live),
        min((each.applied_seq for each in live), default=None),
        max(published, default=None),
        has_resolvers(data or data_directory()),
    )


def wait_reached(store: Path, seq: int, table: str, timeout_s: float) -> Reached:
    """How far a change has come, waiting at most so many seconds for it to be in force."""
    end = time.monotonic() + timeout_s
    while (reached := horizon(store).reached(seq, table)) is not Reached.IN_FORCE and time.monotonic() < end:
        time.sleep(LOOK_EVERY_S)
    return reached


def has_resolvers(data: Path) -> bool:
    """Whether a data directory says which resolvers are to have the list."""
    return (data / "dns" / "resolvers.toml").exists()
