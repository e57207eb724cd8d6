"""A resolver is asked often for what came just now, and seldom for what it lacks for long, or has."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from itertools import pairwise

import dns.message
import dns.rrset
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.gateways.dns.conftest import wait_for
from wurao.gateways.dns import secondaries
from wurao.gateways.dns.addresses import Address
from wurao.gateways.dns.knot import RECENT, ZONES
from wurao.gateways.dns.secondaries import ASK_EVERY_S, BACK_WITHIN_S, LOOK_EVERY_S, Resolver, Secondary, pause_s
from wurao.gateways.dns.written import last_of, probe_of


def asked_within(seconds: float) -> int:
    """How many questions a resolver gets that answers with an older list all that time."""
    at, questions = 0.0, 0
    while at < seconds:
        at, questions = at + pause_s(at, lacks=True, answers=True), questions + 1
    return questions


def test_a_resolver_that_has_an_older_list_is_not_asked_without_end():
    assert asked_within(0.1) >= 10
    assert asked_within(3600) < 500


@given(st.floats(0, 1e6), st.booleans(), st.booleans())
def test_no_pause_is_longer_than_it_may_be(waited_s: float, lacks: bool, answers: bool):
    pause = pause_s(waited_s, lacks, answers)
    assert ASK_EVERY_S <= pause <= LOOK_EVERY_S
    assert pause <= max(ASK_EVERY_S, waited_s / 2) or not lacks
    assert answers or not lacks or pause <= BACK_WITHIN_S


def test_where_all_is_in_force_one_zone_is_asked_for_after_the_other(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(secondaries, "LOOK_EVERY_S", 0.0)
    asked: list[str] = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        threading.Thread(target=answer_all, args=(server, 7, asked.append), daemon=True).start()
        secondary = Secondary(Resolver("u1", "unbound", Address("127.0.0.1", server.getsockname()[1])))
        for zone in ZONES:
            secondary.want(zone, 7)
        secondary.start()
        wait_for(lambda: not secondary.lacks())
        del asked[:]
        wait_for(lambda: len(asked) >= 10)
        secondary.stop()
        server.sendto(b"", server.getsockname())
    in_turn = asked[2:10]
    assert set(in_turn) == {probe_of(zone) for zone in ZONES}
    assert all(each != following for each, following in pairwise(in_turn))


def test_a_resolver_that_has_a_zone_but_not_taken_it_up_lacks_it():
    taken_up = threading.Event()
    asked: list[str] = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))

        def knows(name: str) -> bool:
            asked.append(name)
            return name == probe_of(RECENT) or (name == last_of(RECENT, 7) and taken_up.is_set())

        threading.Thread(target=answer_all, args=(server, 7, knows), daemon=True).start()
        secondary = Secondary(Resolver("b1", "bind", Address("127.0.0.1", server.getsockname()[1])))
        secondary.want(RECENT, 7)
        secondary.start()
        wait_for(lambda: asked.count(last_of(RECENT, 7)) >= 3)
        assert secondary.lacks() == [RECENT]
        taken_up.set()
        wait_for(lambda: not secondary.lacks())
        secondary.stop()
        server.sendto(b"", server.getsockname())


def answer_all(server: socket.socket, serial: int, tell: Callable[[str], object]) -> None:
    """Answer each question with a serial, or that there is no such name, until an empty message comes."""
    while True:
        wire, sender = server.recvfrom(65535)
        if not wire:
            return
        question = dns.message.from_wire(wire)
        if question.opcode() != 0:
            continue
        name = question.question[0].name
        is_there = tell(name.to_text(omit_final_dot=True)) is not False
        answer = dns.message.make_response(question)
        if is_there:
            answer.answer.append(dns.rrset.from_text(name, 5, "IN", "TXT", str(serial)))
        server.sendto(answer.to_wire(), sender)
