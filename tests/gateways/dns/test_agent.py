"""The agent of Knot Resolver hears NOTIFY and nothing else, whatever is sent to it."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Iterator
from pathlib import Path

import dns.flags
import dns.message
import dns.name
import dns.opcode
import dns.rcode
import dns.tsig
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.gateways.dns.conftest import wait_for
from wurao.errors import MachineFailed
from wurao.gateways.dns.addresses import Address, Key
from wurao.gateways.dns.agent import Agent
from wurao.gateways.dns.knot import LARGE, RECENT, ZONES
from wurao.gateways.dns.loopback import free_address

KEY = Key.new("wurao-test")


def notify(zone: str, key: Key | None = KEY) -> bytes:
    message = dns.message.make_query(zone, "SOA")
    message.flags = dns.flags.AA
    message.set_opcode(dns.opcode.NOTIFY)
    if key:
        message.use_tsig({dns.name.from_text(key.name): dns.tsig.Key(key.name, key.secret, key.algorithm)})
    return message.to_wire()


@pytest.fixture(scope="module")
def agent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Agent]:
    made = Agent(free_address(), free_address(), tmp_path_factory.mktemp("agent"), KEY)
    thread = threading.Thread(target=made.run, daemon=True)
    thread.start()
    wait_for(lambda: all(made.file(zone).exists() for zone in ZONES))
    yield made
    made.stop()
    thread.join()


@given(st.binary(max_size=600))
def test_octets_that_are_no_notify_get_no_answer_or_a_refusal(agent: Agent, data: bytes):
    good = notify(RECENT)
    for wire in (data, good[: len(data)], good[:12] + data, good[:4] + struct.pack(">4H", *[65535] * 4) + good[12:]):
        answer = agent.answer(wire)
        assert answer is None or len(answer) < 600


def test_a_primary_that_is_away_is_told_of_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    said: list[tuple[int, object]] = []
    monkeypatch.setattr(
        "wurao.log.Logger.error", lambda _, event, **values: said.append((threading.get_ident(), values["zone"]))
    )
    lonely = Agent(free_address(), free_address(), tmp_path)
    assert not any(lonely.look(zone) for zone in (RECENT, LARGE, RECENT, LARGE, RECENT))
    # The agent of the other tests is alone too, in a thread of its own.
    assert [zone for thread, zone in said if thread == threading.get_ident()] == [RECENT, LARGE]


def test_where_it_cannot_listen_it_says_so(tmp_path: Path):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", 0))
        there = Address(*other.getsockname())
        with pytest.raises(MachineFailed, match=f"{there}: cannot listen"):
            Agent(free_address(), there, tmp_path)


def test_a_name_that_points_at_itself_is_passed_over(agent: Agent):
    looped = notify(RECENT, None)[:12] + b"\xc0\x0c\x00\x06\x00\x01"
    assert agent.answer(looped) is None


def test_a_notify_with_the_key_is_heard_and_one_without_or_of_another_zone_is_refused(agent: Agent):
    keyring = {dns.name.from_text(KEY.name): dns.tsig.Key(KEY.name, KEY.secret, KEY.algorithm)}
    heard = agent.answer(notify(RECENT))
    assert heard is not None
    assert dns.message.from_wire(heard, keyring=keyring, request_mac=b"", ignore_trailing=True, continue_on_error=True)
    for wire in (notify(RECENT, None), notify("other.example")):
        refused = agent.answer(wire)
        assert refused is not None
        assert refused[3] & 0x0F == dns.rcode.REFUSED
    assert agent.answer(notify(RECENT, Key.new("wurao-test"))) is None


def test_it_still_hears_after_whatever_came_to_its_socket(agent: Agent):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as peer:
        peer.connect(agent.listen.pair)
        peer.settimeout(30)
        for wire in (b"", b"\0" * 11, b"\xff" * 1400, notify(RECENT)[:-7]):
            peer.send(wire)
        peer.send(notify("other.example"))
        assert peer.recv(600)[3] & 0x0F == dns.rcode.REFUSED


def test_files_are_there_before_anything_was_transferred_so_that_the_resolver_can_start(agent: Agent, tmp_path: Path):
    for zone in ZONES:
        assert "SOA" in agent.file(zone).read_text()
    assert Address.read("127.0.0.1@53") == Address("127.0.0.1")
