"""The configuration that is written for each kind of resolver makes a real one take the list and say why."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path

import dns.edns
import dns.rcode
import pytest

from tests.gateways.dns.conftest import EXPLANATION, Net, needs, wait_for
from tests.gateways.dns.test_publisher import Until, blocks, entries, listed, released
from wurao.gateways.dns.addresses import Address, Key
from wurao.gateways.dns.loopback import ask
from wurao.gateways.dns.publisher import How, Publisher
from wurao.gateways.dns.refusals import BLOCKED, FILTERED
from wurao.gateways.dns.secondaries import Resolver
from wurao.gateways.dns.snippets import snippet

PRIMARY = Address("192.0.2.10", 5300)


def is_back(publisher: Publisher) -> bool:
    """Whether no resolver is left out; PowerDNS asks again only ten seconds after the primary was not there."""
    publisher.delivery.settle()
    return not publisher.delivery.left_out


@pytest.mark.parametrize(
    ("kind", "code"), [("knot_resolver", BLOCKED), ("knot_resolver", FILTERED), ("powerdns", FILTERED)]
)
def test_a_resolver_takes_the_list_and_says_why_it_refuses(net: Net, until: Until, kind: str, code: int):
    resolver, server = getattr(net, kind)(extended_error=code)
    with net.publisher(resolver, how=replace(How(), patience_s=60.0)) as publisher:
        publisher.show(entries("*.fraud.example", "alone.example"), 1)
        assert until(publisher)
        wait_for(lambda: is_back(publisher), within_s=60)
        publisher.change(listed("*.late.example"), 2)
        assert until(publisher)
        assert all(blocks(server, name) for name in ("fraud.example", "a.fraud.example", "b.late.example"))
        assert not blocks(server, "below.alone.example")
        answer = ask(server.address, "fraud.example")
        told = [each for each in answer.options if isinstance(each, dns.edns.EDEOption)]
        assert [(int(each.code), each.text) for each in told] == [(code, EXPLANATION)]
        assert all(each.ttl <= 5 for each in answer.authority)
        publisher.change(released("*.fraud.example"), 3)
        assert until(publisher)
        wait_for(lambda: not blocks(server, "a.fraud.example"))
        assert not blocks(server, "popular.example")


def test_powerdns_which_has_to_ask_is_given_the_time_to(net: Net, until: Until):
    resolver, server = net.powerdns()
    with net.publisher(resolver, how=replace(How(), patience_s=0.2)) as publisher:
        publisher.show(entries("fraud.example"), 1)
        assert until(publisher)
        wait_for(lambda: is_back(publisher), within_s=60)
        for seq in range(2, 5):
            publisher.change(listed(f"late{seq}.example"), seq)
            assert until(publisher)
            assert not publisher.delivery.left_out
            assert blocks(server, f"late{seq}.example")
        publisher.fold()
        assert until(publisher)
        assert not publisher.delivery.left_out


def test_the_text_for_powerdns_says_for_how_long_it_may_remember_an_answer():
    written = snippet(Resolver("p", "powerdns", PRIMARY), PRIMARY, EXPLANATION)
    assert "packetcache-ttl=1\n" in written
    assert "refresh=1," in written
    assert "refresh=10," in written


def test_the_text_for_unbound_is_what_unbound_checkconf_wants(tmp_path: Path):
    needs("unbound")
    file = tmp_path / "unbound.conf"
    file.write_text(snippet(Resolver("u", "unbound", PRIMARY), PRIMARY, EXPLANATION))
    done = subprocess.run(["unbound-checkconf", str(file)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_unbound_keeps_the_zones_where_debian_lets_it_write():
    written = snippet(Resolver("u", "unbound", PRIMARY), PRIMARY, EXPLANATION)
    files = [line.split()[1] for line in written.splitlines() if line.strip().startswith("zonefile")]
    assert files == ['"/var/lib/unbound/recent.wurao.zone"', '"/var/lib/unbound/list.wurao.zone"']


def test_the_text_for_bind_is_what_named_checkconf_wants(tmp_path: Path):
    needs("named")
    file = tmp_path / "named.conf"
    file.write_text(snippet(Resolver("b", "bind", PRIMARY, key=Key.new("wurao-b")), PRIMARY, EXPLANATION))
    done = subprocess.run(["named-checkconf", str(file)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_what_an_operator_writes_cannot_end_a_text_of_lua(net: Net):
    text = 'it\'s "blocked"\\ \n]] end os.exit()'
    written = snippet(Resolver("k", "knot-resolver", PRIMARY), PRIMARY, text)
    assert "it\\039s \\034blocked\\034\\092 \\010]] end" in written
    assert dns.rcode.to_text(ask(net.world.address, "any.example").rcode()) == "NOERROR"
