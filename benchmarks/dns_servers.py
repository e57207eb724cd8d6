"""What the benchmarks of domains share: lists of names, servers, and a client that asks every millisecond."""

from __future__ import annotations

import shutil
import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import dns.message
import numpy as np
import pyarrow as pa

from benchmarks.ground import Ground
from wurao.domains import Difference, Entries
from wurao.errors import MachineFailed
from wurao.gateways.dns.knot import Knot
from wurao.gateways.dns.layers import no_entries
from wurao.gateways.dns.loopback import Server, free_address, missing, unbound, world
from wurao.gateways.dns.publisher import How, Publisher
from wurao.gateways.dns.secondaries import Resolver
from wurao.gateways.dns.snippets import snippet

PROVINCE, NATION = 22_600, 1_000_000
ORDINARY = "ordinary.example"
ASK_EVERY_S = 0.001
SILENT_S = 30.0
PATIENCE_S = 600.0


def names(count: int, first: int = 0) -> Entries:
    """So many names that nobody has, all with all below."""
    made = pa.array([f"d{n:07x}.fraud{n % 977}.example" for n in range(first, first + count)])
    return Entries(made, np.ones(count, bool))


def one(name: str) -> Difference:
    """A name listed with all below."""
    return Difference(Entries(pa.array([name]), np.ones(1, bool)), no_entries())


def lacking() -> str | None:
    """What has to be installed; null where all is here."""
    packages = missing()
    return f"needs Debian's {' and '.join(packages)}" if packages else None


@dataclass
class Net:
    """A publisher, and Unbounds that transfer from it."""

    publisher: Publisher
    resolvers: list[Server]

    def publish(self) -> None:
        """Publish what is new, and wait until all have it."""
        until = time.monotonic() + PATIENCE_S
        self.publisher.commit()
        while self.publisher.is_folding or not self.publisher.delivery.wait(0.01):
            self.publisher.commit()
            if time.monotonic() > until:
                raise MachineFailed("the list is not in force", where=str(self.publisher.directory))


@contextmanager
def net(ground: Ground, resolvers: int = 1) -> Iterator[Net]:
    """Servers in a directory of their own, ended after."""
    place = (ground.work / "dns").resolve()
    shutil.rmtree(place, ignore_errors=True)
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, place, ignore_errors=True)
        there = stack.enter_context(world(place / "world"))
        listen = free_address()
        told = [Resolver(f"u{n}", "unbound", free_address()) for n in range(resolvers)]
        knot = Knot(place / "dns" / "knot", listen, [each.peer for each in told])
        stack.callback(knot.end)
        started = []
        for each in told:
            text = snippet(each, listen, "").replace("rpz-log: yes", "rpz-log: no")
            started.append(stack.enter_context(unbound(place / each.name, there.address, text, each.address)))
        how = How(patience_s=PATIENCE_S)
        publisher = stack.enter_context(Publisher(place / "dns", knot, told, how))
        yield Net(publisher, started)


@dataclass
class Client:
    """Asks a resolver for an ordinary name every millisecond, and knows the longest time without an answer."""

    server: Server
    longest_s: float = 0.0
    gaps: list[tuple[float, float]] = field(default_factory=list)
    """Begin and end of each silence of more than 50 ms."""

    def __enter__(self) -> Client:
        self._ends = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ends.set()
        self._thread.join()

    def _run(self) -> None:
        question = bytearray(dns.message.make_query(ORDINARY, "A", use_edns=False).to_wire())
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
            asking.connect(self.server.address.pair)
            asking.setblocking(False)
            number, heard = 0, time.monotonic()
            while not self._ends.is_set():
                number = (number + 1) % 65_536
                struct.pack_into(">H", question, 0, number)
                asking.send(question)
                time.sleep(ASK_EVERY_S)
                now = time.monotonic()
                if self._hears(asking):
                    self._note(heard, now)
                    heard = now
            self._note(heard, time.monotonic())

    @staticmethod
    def _hears(asking: socket.socket) -> bool:
        heard = False
        while True:
            try:
                heard = bool(asking.recv(512)) or heard
            except BlockingIOError:
                return heard

    def _note(self, before: float, now: float) -> None:
        self.longest_s = max(self.longest_s, now - before)
        if now - before > 0.05:
            self.gaps.append((before, now))


def neither_s(clients: list[Client]) -> float:
    """The longest time in which none of the clients got an answer."""
    first, *others = clients
    longest = 0.0
    for begin, end in first.gaps:
        for other in others:
            for start, stop in other.gaps:
                longest = max(longest, min(end, stop) - max(begin, start))
    return longest


def place_of(ground: Ground) -> Path:
    """Where a benchmark of domains keeps what it makes."""
    return ground.work / "dns"
