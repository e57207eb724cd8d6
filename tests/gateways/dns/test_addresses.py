"""Who speaks from which address: a resolver takes NOTIFY, and a primary a transfer, from the one that it knows."""

from __future__ import annotations

import socket
import threading
from pathlib import Path

import pytest

from wurao.gateways.dns.addresses import Address, source_towards
from wurao.gateways.dns.agent import Agent
from wurao.gateways.dns.knot import RECENT
from wurao.gateways.dns.loopback import free_address
from wurao.gateways.dns.secondaries import Resolver, Secondary


@pytest.mark.parametrize(
    ("own", "there", "source"),
    [
        ("192.0.2.10", "192.0.2.21", "192.0.2.10"),
        ("2001:db8::10", "2001:db8::21", "2001:db8::10"),
        ("127.0.0.2", "127.0.0.1", "127.0.0.2"),
        ("0.0.0.0", "192.0.2.21", None),
        ("::", "2001:db8::21", None),
        ("192.0.2.10", "2001:db8::21", None),
        ("127.0.0.1", "192.0.2.21", None),
    ],
)
def test_a_server_speaks_from_the_address_that_it_listens_at(own: str, there: str, source: str | None):
    assert source_towards(Address(own, 5300), Address(there)) == source


def test_notify_leaves_from_where_the_primary_listens():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as resolver:
        resolver.bind(("127.0.0.1", 0))
        resolver.settimeout(10)
        told = Resolver("u1", "unbound", Address(*resolver.getsockname()))
        secondary = Secondary(told, primary=Address("127.0.0.2", 5300))
        secondary.start()
        secondary.want(RECENT, 1)
        _, sender = resolver.recvfrom(4096)
        secondary.stop()
    assert sender[0] == "127.0.0.2"


def test_an_agent_asks_from_where_it_listens(tmp_path: Path):
    with socket.create_server(("127.0.0.1", 0)) as primary:
        primary.settimeout(10)
        agent = Agent(Address(*primary.getsockname()), Address("127.0.0.3", free_address().port), tmp_path)
        agent._socket.close()
        asking = threading.Thread(target=agent.look, args=(RECENT,))
        asking.start()
        accepted, asker = primary.accept()
        accepted.close()
        asking.join()
    assert asker[0] == "127.0.0.3"
