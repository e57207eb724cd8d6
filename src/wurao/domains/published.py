"""Whether changes of the list have reached the resolvers: what the publisher, a worker like others, reported.

A worker that is not there is waited for by nobody, so a list whose publisher does not run would seem to be in force.
Where resolvers are set up, whoever says of a change of `domains` that it is in force asks here too. Called by
`wurao change`; the publisher (`gateways.dns.following`) is known by its worker id.
"""

from __future__ import annotations

import time
from pathlib import Path

from wurao.changes import workers

PUBLISHER = "publisher-"
"""What a publisher's worker id begins with."""
LOOK_EVERY_S = 0.05


def has_resolvers(data: Path) -> bool:
    """Whether a data directory says which resolvers are to have the list."""
    return (data / "dns" / "resolvers.toml").exists()


def is_published(store: Path, seq: int) -> bool:
    """Whether a publisher is in service, and has a change in force at the resolvers."""
    now = time.monotonic()
    there = [each for each in workers(store) if each.id.startswith(PUBLISHER) and each.is_live(now)]
    return any(each.applied_seq >= seq for each in there)


def wait_published(store: Path, seq: int, timeout_s: float) -> bool:
    """Wait until a publisher has a change in force; false when none has after so many seconds."""
    end = time.monotonic() + timeout_s
    while not is_published(store, seq):
        if time.monotonic() >= end:
            return False
        time.sleep(LOOK_EVERY_S)
    return True
