"""Two hundred changes of the list a second, from the change log to a resolver that answers by them.

A store with a province's list, its publisher with a Knot, and an Unbound on loopback. For ten seconds 200 changes a
second are acknowledged, one release after every three blocks; the clock of each runs from then until the publisher says
that the resolver answered with it. At the end the resolver is asked for what was blocked and released. Beside it the
same changes are published one by one, as whoever does not group them.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dns.rcode
import numpy as np
import pyarrow as pa
from pyarrow import parquet

from benchmarks.dns_servers import PROVINCE, Net, lacking, names, net, one, place_of
from benchmarks.figure import Figure
from benchmarks.ground import Ground, wurao
from wurao.changes import Change, ChangeWriter
from wurao.errors import MachineFailed
from wurao.gateways.dns.following import Following
from wurao.gateways.dns.loopback import ask

NAME = "dns-rate"
ABOUT = "200 changes of the list a second, from the change log to a resolver"
RATE, FOR_S, TOGETHER = 200, 10.0, 10
SECONDS = 1.0
RELEASED_EVERY = 4
ONE_BY_ONE = 20
ASKED = 40
MADE_AT = "2026-01-01T00:00:00Z"
ROW = {"match": "below", "cause": "fraud", "source": "benchmark", "start": "2026-01-01T00:00:00Z", "end": None}


def run(ground: Ground) -> Iterator[Figure]:
    """One line: the 99th percentile of the seconds until a change is in force."""
    if said := lacking():
        ground.tell(said)
        return
    with net(ground) as there:
        store = _store(ground, max(1_000, PROVINCE // ground.scale))
        with ChangeWriter(store) as writer, _following(store, there) as following:
            ground.tell(f"{RATE} changes a second for {FOR_S:g} seconds")
            seconds = _all_in_force(writer, following)
        _look(there)
        ground.tell(f"beside: {ONE_BY_ONE} changes one by one")
        alone = _one_by_one(there)
    worst = float(np.percentile(seconds, 99))
    yield Figure(
        name=NAME,
        value=worst,
        unit="seconds",
        reach=f"≤ {SECONDS:g} second, the 99th percentile of {len(seconds):,} changes at {RATE} a second",
        met=worst <= SECONDS,
        beside=f"published one by one: {alone:.0f} a second",
        ratio=RATE / alone,
        notes=[f"median {np.median(seconds):.3f} seconds, slowest {seconds.max():.3f}"],
    )


def _store(ground: Ground, count: int) -> Path:
    """A store whose list is a province's."""
    entries = names(count)
    tables, store = place_of(ground) / "tables", place_of(ground) / "store"
    tables.mkdir()
    columns = {"name": entries.names, **{key: pa.array([value] * count, pa.string()) for key, value in ROW.items()}}
    parquet.write_table(pa.table(columns), tables / "domains.parquet")
    wurao("snapshot", "build", str(tables), "-o", str(store))
    return store


@contextmanager
def _following(store: Path, there: Net) -> Iterator[Following]:
    following = Following(store, there.publisher)
    there.publish()
    thread = threading.Thread(target=following.run)
    thread.start()
    try:
        yield following
    finally:
        following.stop()
        thread.join()


def _all_in_force(writer: ChangeWriter, following: Following) -> np.ndarray:
    """Acknowledge all at their times; how long each took until it was in force."""
    count = int(RATE * FOR_S)
    acknowledged, in_force = np.zeros(count), np.zeros(count)
    first = writer.last_seq + 1
    began, given, applied = time.monotonic(), 0, 0
    while applied < count:
        now = time.monotonic()
        if given < count and now - began >= given / RATE:
            writer.append([_change(number) for number in range(given, given + TOGETHER)])
            acknowledged[given : given + TOGETHER] = time.monotonic()
            given += TOGETHER
        reached = min(given, following.publisher.delivery.applied_seq - first + 1)
        if reached > applied:
            in_force[applied:reached] = time.monotonic()
            applied = reached
        if now - began > 10 * FOR_S:
            raise MachineFailed(f"{count - applied:,} changes are not in force", where=str(following.store))
        time.sleep(0.001)
    return in_force - acknowledged


def _change(number: int) -> Change:
    """A name blocked, or one of before released."""
    if number % RELEASED_EVERY == RELEASED_EVERY - 1:
        return Change("domains", (_name(number - 1), ROW["match"]), "delete", None, MADE_AT)
    name = _name(number)
    return Change("domains", (name, ROW["match"]), "put", {"name": name, **ROW}, MADE_AT)


def _name(number: int) -> str:
    return f"rate{number}.example"


def _look(there: Net) -> None:
    """The resolver refuses what is listed, and answers what was released."""
    for number in range(0, int(RATE * FOR_S), RELEASED_EVERY * int(RATE * FOR_S) // ASKED // RELEASED_EVERY):
        base = number - number % RELEASED_EVERY
        for name, refused in ((_name(base), True), (_name(base + RELEASED_EVERY - 2), False)):
            if (ask(there.resolvers[0].address, name).rcode() == dns.rcode.NXDOMAIN) is not refused:
                raise MachineFailed(f"{name} is {'not refused' if refused else 'refused'}", where="the resolver")


def _one_by_one(there: Net) -> float:
    """Changes a second, each published when the one before is in force."""
    began = time.monotonic()
    for number in range(ONE_BY_ONE):
        there.publisher.change(one(f"alone{number}.example"), there.publisher.seq + 1)
        there.publish()
    return ONE_BY_ONE / (time.monotonic() - began)
