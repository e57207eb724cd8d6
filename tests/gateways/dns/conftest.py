"""Real DNS servers for the tests, each in a directory of its own on free ports of loopback; stopped after the test."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from wurao.gateways.dns.addresses import Address, Key
from wurao.gateways.dns.knot import Knot
from wurao.gateways.dns.loopback import Server, free_address, unbound, world
from wurao.gateways.dns.publisher import How, Publisher
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
        server = unbound(
            self.place / name, self.world.address, snippet(resolver, self.listen, EXPLANATION), resolver.address
        )
        return resolver, self.stack.enter_context(server)

    def bind(self, name: str = "b1", key: Key | None = None) -> tuple[Resolver, Server]:
        needs("named")
        resolver = Resolver(name, "bind", free_address(), key=key or Key.new(f"wurao-{name}"))
        place = self.place / name
        place.mkdir()
        lines = snippet(resolver, self.listen, EXPLANATION).splitlines()
        policy = "\n".join(line[2:] for line in lines if line.startswith("//     ") and "channel" not in line)
        policy = policy.replace("category rpz { wurao; };", "")
        text = f"""
options {{ directory "{place}"; pid-file "pid"; session-keyfile "session.key"; lock-file none;
  listen-on port {resolver.address.port} {{ 127.0.0.1; }}; listen-on-v6 {{ none; }}; recursion yes;
  dnssec-validation no; allow-query {{ any; }}; forward only; empty-zones-enable no;
  forwarders {{ 127.0.0.1 port {self.world.address.port}; }};
{policy} }};
controls {{ }};
logging {{
  channel wurao {{ file "rpz.log"; print-time iso8601-utc; print-category yes; }};
  category rpz {{ wurao; }};
}};
""" + "\n".join(lines)
        (place / "named.conf").write_text(text)
        return resolver, self.stack.enter_context(Server(["named", "-g", "-c", "named.conf"], place, resolver.address))

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
        return publisher.delivery.wait(30.0)

    return wait
