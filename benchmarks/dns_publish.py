"""A list of 1,000,000 names published, from the list in our hands until a resolver refuses by it."""

from __future__ import annotations

import time
from collections.abc import Iterator

from benchmarks.dns_servers import NATION, lacking, names, net
from benchmarks.figure import Figure
from benchmarks.ground import Ground

NAME = "dns-publish"
ABOUT = "a list of 1,000,000 domains published to a resolver"
SECONDS = 60.0


def run(ground: Ground) -> Iterator[Figure]:
    """One line."""
    if said := lacking():
        ground.tell(said)
        return
    entries = names(NATION // ground.scale)
    with net(ground) as there:
        ground.tell(f"publishing {len(entries):,} names")
        began, cpu = time.monotonic(), time.process_time()
        there.publisher.show(entries, 1)
        there.publish()
        seconds, own = time.monotonic() - began, time.process_time() - cpu
    yield Figure(
        name=NAME,
        value=seconds,
        unit="seconds",
        reach=f"≤ {SECONDS:g} seconds",
        met=seconds <= SECONDS,
        beside="",
        ratio=None,
        notes=[f"of them {own:.1f} seconds of our own processor time; the rest is Knot's and Unbound's"],
    )
