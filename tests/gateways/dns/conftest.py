"""Real DNS servers for the tests, each in a directory of its own on free ports of loopback; stopped after the test."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from wurao.gateways.dns.addresses import Address, Key
from wurao.gateways.dns.agent import Agent
from wurao.gateways.dns.knot import ZONES, Knot
from wurao.gateways.dns.loopback import Server, free_address, unbound, world
from wurao.gateways.dns.publisher import How, Publisher
from wurao.gateways.dns.refusals import BLOCKED
from wurao.gateways.dns.secondaries import Resolver
from wurao.gateways.dns.snippets import snippet

EXPLANATION = "涉诈域名 blocked: fraud"
PACKAGES = {
    "knotd": "knot",
    "unbound": "unbound",
    "named": "bind9",
    "kresd": "knot-resolver",
    "pdns_recursor": "pdns-recursor",
}


def needs(*programs: str) -> None:
    """Leave the test out where a program is not here."""
    for program in programs:
        if shutil.which(program) is None and not Path("/usr/sbin", program).exists():
            pytest.skip(f"{program} is not here (Debian's package {PACKAGES[program]})")


def wait_for(happens: Callable[[], bool], within_s: float = 30.0) -> None:
    """Wait until something happens."""
    until = time.monotonic() + within_s
    while not happens():
        assert time.monotonic() < until
        time.sleep(0.01)


def for_bind(text: str) -> tuple[str, str]:
    """What a text for BIND has in comments: for its options, and for its logging."""
    before, _, after = text.partition("into logging")
    policy, logging = (
        "\n".join(line[2:] for line in part.splitlines() if line.startswith("//     ")) for part in (before, after)
    )
    return policy, logging


@dataclass
class Net:
    """A world, a place for a primary, and resolvers started as they are asked for."""

    place: Path
    world: Server
    listen: Address
    stack: ExitStack

    def unbound(self, name: str = "u1") -> tuple[Resolver, Server]:
        needs("unbound")
        resolver = Resolver(name, "unbound", free_address())
        place = self.place / name
        told = snippet(resolver, self.listen, EXPLANATION, place)
        server = unbound(place, self.world.address, told, resolver.address)
        return resolver, self.stack.enter_context(server)

    def bind(self, name: str = "b1", key: Key | None = None) -> tuple[Resolver, Server]:
        needs("named")
        resolver = Resolver(name, "bind", free_address(), key=key or Key.new(f"wurao-{name}"))
        place = self.place / name
        place.mkdir()
        text = snippet(resolver, self.listen, EXPLANATION)
        policy, logging = for_bind(text)
        (place / "named.conf").write_text(f"""
options {{ directory "{place}"; pid-file "pid"; session-keyfile "session.key"; lock-file none;
  listen-on port {resolver.address.port} {{ 127.0.0.1; }}; listen-on-v6 {{ none; }}; recursion yes;
  dnssec-validation no; allow-query {{ any; }}; forward only; empty-zones-enable no;
  forwarders {{ 127.0.0.1 port {self.world.address.port}; }};
{policy} }};
controls {{ }};
logging {{
{logging} }};
{text}""")
        return resolver, self.stack.enter_context(Server(["named", "-f", "-c", "named.conf"], place, resolver.address))

    def knot_resolver(self, name: str = "k1", extended_error: int = BLOCKED) -> tuple[Resolver, Server]:
        """Knot Resolver with the agent beside it, in a thread of this process."""
        needs("kresd")
        place = self.place / name
        (place / "files").mkdir(parents=True)
        key = Key.new(f"wurao-{name}")
        resolver = Resolver(
            name, "knot-resolver", free_address(), free_address(), key=key, extended_error=extended_error
        )
        assert resolver.notified
        agent = Agent(self.listen, resolver.notified, place / "files", resolver.key)
        thread = threading.Thread(target=agent.run, daemon=True)
        thread.start()
        self.stack.callback(thread.join)
        self.stack.callback(agent.stop)
        wait_for(lambda: all(agent.file(zone).exists() for zone in ZONES))
        upstream = self.world.address
        (place / "kresd.conf").write_text(
            f"net.listen('127.0.0.1', {resolver.address.port})\ntrust_anchors.remove('.')\ncache.size = 10 * MB\n"
            + snippet(resolver, self.listen, EXPLANATION, place / "files")
            + f"policy.add(policy.all(policy.STUB('{upstream}')))\n"
        )
        command = ["kresd", "-n", "-q", "-c", "kresd.conf", "."]
        return resolver, self.stack.enter_context(Server(command, place, resolver.address))

    def powerdns(self, name: str = "p1", extended_error: int = BLOCKED) -> tuple[Resolver, Server]:
        """PowerDNS Recursor."""
        needs("pdns_recursor")
        place = self.place / name
        place.mkdir()
        key = Key.new(f"wurao-{name}")
        resolver = Resolver(name, "powerdns", free_address(), key=key, extended_error=extended_error)
        (place / "wurao.lua").write_text(snippet(resolver, self.listen, EXPLANATION))
        (place / "recursor.conf").write_text(
            f"local-address=127.0.0.1\nlocal-port={resolver.address.port}\nsocket-dir={place}\ndaemon=no\n"
            f"forward-zones=.=127.0.0.1:{self.world.address.port}\ndnssec=off\nlua-config-file={place}/wurao.lua\n"
            f"lua-dns-script={place}/wurao.lua\n"
            "threads=1\nserver-id=\nversion-string=\nsecurity-poll-suffix=\nallow-notify-from=127.0.0.0/8\n"
            "packetcache-ttl=1\ndont-query=\nwrite-pid=no\nextended-resolution-errors=yes\nhint-file=no\n"
        )
        command = ["pdns_recursor", f"--config-dir={place}"]
        return resolver, self.stack.enter_context(Server(command, place, resolver.address))

    def publisher(self, *resolvers: Resolver, how: How | None = None, place: str = "dns") -> Publisher:
        home = self.place / place
        knot = Knot(home / "knot", self.listen, [each.peer for each in resolvers])
        self.stack.callback(knot.end)
        return Publisher(home, knot, resolvers, how or replace(How(), patience_s=10.0))


@pytest.fixture
def net(tmp_path: Path) -> Iterator[Net]:
    needs("knotd")
    with ExitStack() as stack:
        there = stack.enter_context(world(tmp_path / "world"))
        yield Net(tmp_path, there, free_address(), stack)


@pytest.fixture
def until() -> Callable[[Publisher], bool]:
    """Publish what is new and wait until all resolvers have it in force."""

    def wait(publisher: Publisher) -> bool:
        publisher.commit()
        while publisher.is_folding:
            publisher.delivery.wait(0.05)
            publisher.commit()
        return publisher.delivery.wait(90.0)

    return wait
