"""A list of 1,000,000 names replaced by another, resolver by resolver, while clients with two resolvers ask."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

from benchmarks.dns_servers import NATION, Client, lacking, names, neither_s, net
from benchmarks.figure import Figure
from benchmarks.ground import Ground

NAME = "dns-replace"
ABOUT = "a list of 1,000,000 domains replaced while clients with two resolvers ask"
GAP_S = 0.1


def run(ground: Ground) -> Iterator[Figure]:
    """One line: the longest time in which neither resolver answered."""
    if said := lacking():
        ground.tell(said)
        return
    count = NATION // ground.scale
    with net(ground, resolvers=2) as there, ExitStack() as stack:
        ground.tell(f"publishing {count:,} names to two resolvers")
        there.publisher.show(names(count), 1)
        there.publish()
        clients = [stack.enter_context(Client(each)) for each in there.resolvers]
        ground.tell("replacing them")
        there.publisher.show(names(count, first=count), 2)
        there.publish()
    silent = neither_s(clients)
    yield Figure(
        name=NAME,
        value=silent,
        unit="seconds",
        reach=f"≤ {GAP_S:g} second in which neither answers",
        met=silent <= GAP_S,
        beside="",
        ratio=None,
        notes=[f"alone the two are silent for up to {', '.join(f'{each.longest_s:.2f}' for each in clients)} seconds"],
    )
