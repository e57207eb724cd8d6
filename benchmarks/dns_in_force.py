"""One name blocked until a resolver refuses it, and the longest silence of that resolver meanwhile; beside one zone.

A Knot publishes to an Unbound on loopback. The clock runs from the change in our hands to the first NXDOMAIN that a
client sees; another client asks for an ordinary name every millisecond. Beside it the same name goes into the large
zone, as whoever has one zone does it.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress
from statistics import median

import dns.exception
import dns.rcode

from benchmarks.dns_servers import NATION, PROVINCE, Client, Net, lacking, names, net, one
from benchmarks.figure import Figure
from benchmarks.ground import Ground
from wurao.errors import MachineFailed
from wurao.gateways.dns.knot import RECENT
from wurao.gateways.dns.loopback import ask

NAME = "dns-in-force"
ABOUT = "a domain blocked until a resolver refuses it, at 22,600 and 1,000,000 names, beside one zone"
CHANGES, BESIDE = 20, 3
SECONDS, GAP_S = 1.0, 0.1


def run(ground: Ground) -> Iterator[Figure]:
    """Two lines a list: the slowest change, and the longest silence."""
    if said := lacking():
        ground.tell(said)
        return
    for size in (PROVINCE, NATION):
        count = max(1_000, size // ground.scale)
        with net(ground) as there:
            ground.tell(f"publishing {count:,} names")
            there.publisher.show(names(count), 0)
            there.publish()
            ground.tell(f"{CHANGES} changes")
            with Client(there.resolvers[0]) as client:
                ours = [_until_refused(there, f"new{n}.example", n + 1) for n in range(CHANGES)]
            ground.tell("beside: the same in one zone")
            with Client(there.resolvers[0]) as other:
                theirs = [_in_one_zone(there, f"one{n}.example", CHANGES + n + 1) for n in range(BESIDE)]
        yield from _figures(size, ours, client, theirs, other)


def _figures(size: int, ours: list[float], client: Client, theirs: list[float], other: Client) -> Iterator[Figure]:
    yield Figure(
        name=f"{NAME}-{size}",
        value=max(ours),
        unit="seconds",
        reach=f"≤ {SECONDS:g} second, the slowest of {CHANGES}",
        met=max(ours) <= SECONDS,
        beside=f"one zone, Knot to Unbound: {max(theirs):.3f} seconds, the slowest of {BESIDE}",
        ratio=median(theirs) / median(ours),
        ratio_low=min(theirs) / max(ours),
        ratio_high=max(theirs) / min(ours),
        notes=[f"median {median(ours):.3f} seconds"],
    )
    yield Figure(
        name=f"dns-gap-{size}",
        value=client.longest_s,
        unit="seconds",
        reach=f"≤ {GAP_S:g} second without an answer",
        met=client.longest_s <= GAP_S,
        beside=f"one zone: {other.longest_s:.3f} seconds",
        ratio=other.longest_s / client.longest_s,
        notes=["a client of one resolver that asks for an ordinary name every millisecond"],
    )


def _until_refused(there: Net, name: str, seq: int) -> float:
    began = time.monotonic()
    there.publisher.change(one(name), seq)
    there.publisher.commit()
    _refused(there, name, began)
    seconds = time.monotonic() - began
    there.publish()
    return seconds


def _in_one_zone(there: Net, name: str, seq: int) -> float:
    """List it, and fold at once: the large zone is written anew."""
    publisher = there.publisher
    began = time.monotonic()
    publisher.change(one(name), seq)
    publisher.fold()
    while publisher.is_folding:
        publisher.commit()
        time.sleep(0.001)
    seconds = time.monotonic() - began
    there.publish()
    return seconds


def _refused(there: Net, name: str, began: float) -> None:
    while not _is_refused(there, name):
        if time.monotonic() - began > 60:
            raise MachineFailed(f"{name} is not refused", where=RECENT)
        time.sleep(0.001)


def _is_refused(there: Net, name: str) -> bool:
    """Whether a client sees it refused; a question that was lost is asked again."""
    with suppress(dns.exception.Timeout):
        return ask(there.resolvers[0].address, name, timeout_s=1).rcode() == dns.rcode.NXDOMAIN
    return False
