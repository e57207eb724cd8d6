"""What the benchmarks of domains share: lists of names, servers, and a client that asks every millisecond."""

from __future__ import annotations

import json
import select
import shutil
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
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
LOOK_EVERY_S = 0.01
SHORTEST_GAP_S = 0.01
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
        delivery = self.publisher.delivery
        while self.publisher.is_folding or not delivery.wait(0) or delivery.left_out:
            # The processors are for the servers, which have the work.
            time.sleep(LOOK_EVERY_S)
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
            text = snippet(each, listen, "", place / each.name).replace("rpz-log: yes", "rpz-log: no")
            started.append(stack.enter_context(unbound(place / each.name, there.address, text, each.address)))
        how = How(patience_s=PATIENCE_S)
        publisher = stack.enter_context(Publisher(place / "dns", knot, told, how))
        yield Net(publisher, started)


class Client:
    """A process that asks a resolver for an ordinary name every millisecond, and tells of each silence at the end."""

    def __init__(self, server: Server) -> None:
        self._asked = [sys.executable, "-m", "benchmarks.dns_servers", server.address.host, str(server.address.port)]
        self.gaps: list[tuple[float, float]] = []
        """Begin and end of each silence of more than 10 ms."""

    def __enter__(self) -> Client:
        self._process = subprocess.Popen(self._asked, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self._process.stdout
        self._process.stdout.readline()
        return self

    def __exit__(self, *_: object) -> None:
        told, _ = self._process.communicate()
        self.gaps = [(begin, end) for begin, end in json.loads(told or b"[]")]

    @property
    def longest_s(self) -> float:
        """The longest silence."""
        return max((end - begin for begin, end in self.gaps), default=SHORTEST_GAP_S)


def ask_on(host: str, port: int) -> list[tuple[float, float]]:
    """Ask until standard input is closed; the silences. While this process did not run itself, none is counted."""
    question = bytearray(dns.message.make_query(ORDINARY, "A", use_edns=False).to_wire())
    gaps, ends = [], select.poll()
    ends.register(0, select.POLLHUP | select.POLLIN)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        asking.connect((host, port))
        asking.setblocking(False)
        number, heard, last = 0, time.monotonic(), time.monotonic()
        while not ends.poll(0):
            number = (number + 1) % 65_536
            struct.pack_into(">H", question, 0, number)
            with suppress(OSError):
                asking.send(question)
            time.sleep(ASK_EVERY_S)
            now = time.monotonic()
            heard += max(0.0, now - last - 10 * ASK_EVERY_S)
            last = now
            if _hears(asking):
                if now - heard > SHORTEST_GAP_S:
                    gaps.append((heard, now))
                heard = now
    return [*gaps, (heard, last)] if last - heard > SHORTEST_GAP_S else gaps


def _hears(asking: socket.socket) -> bool:
    heard = False
    while True:
        try:
            heard = bool(asking.recv(512)) or heard
        except OSError:
            return heard


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


if __name__ == "__main__":
    print("asking", flush=True)
    print(json.dumps(ask_on(sys.argv[1], int(sys.argv[2]))))
