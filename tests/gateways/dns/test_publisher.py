"""A list at real resolvers: in force, released, folded, replaced, and right again after whatever was killed."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

import dns.rcode
import numpy as np
import pyarrow as pa
import pytest

from tests.gateways.dns.conftest import Net, wait_for
from wurao.domains import Difference, Entries
from wurao.errors import MachineFailed, Refused
from wurao.gateways.dns.addresses import Address, Key
from wurao.gateways.dns.delivery import Delivery
from wurao.gateways.dns.knot import LARGE, ZONES
from wurao.gateways.dns.loopback import ANYWHERE, Server, ask
from wurao.gateways.dns.publisher import How, Publisher
from wurao.gateways.dns.secondaries import Resolver, Secondary
from wurao.gateways.dns.written import Answer, list_file

Until = Callable[[Publisher], bool]


def entries(*names: str) -> Entries:
    """Names, those written `*.name` with all below."""
    below = np.array([name.startswith("*.") for name in names], bool)
    return Entries(pa.array([name.removeprefix("*.") for name in names], pa.string()), below)


def listed(*names: str) -> Difference:
    return Difference(entries(*names), entries())


def released(*names: str) -> Difference:
    return Difference(entries(), entries(*names))


def blocks(server: Server, name: str) -> bool:
    """Whether a resolver refuses a name; otherwise it must answer it."""
    answer = ask(server.address, name, timeout_s=20)
    if answer.rcode() == dns.rcode.NXDOMAIN:
        return True
    assert answer.answer[0][0].address == ANYWHERE
    return False


def test_a_listed_name_is_refused_and_a_released_one_answers_at_unbound_and_bind(net: Net, until: Until):
    (one, unbound), (two, bind) = net.unbound(), net.bind()
    with net.publisher(one, two) as publisher:
        publisher.show(entries("*.fraud.example", "alone.example"), 7)
        assert until(publisher)
        assert publisher.delivery.applied_seq == 7
        publisher.change(listed("*.late.example"), 8)
        publisher.change(released("*.fraud.example"), 9)
        assert until(publisher)
        assert publisher.delivery.applied_seq == 9
        for server in (unbound, bind):
            assert blocks(server, "late.example")
            assert blocks(server, "a.late.example")
            assert blocks(server, "alone.example")
            assert not blocks(server, "below.alone.example")
            assert not blocks(server, "fraud.example")
            assert not blocks(server, "deep.below.fraud.example")
            assert not blocks(server, "popular.example")


def test_what_a_resolver_has_cached_does_not_outlive_a_change(net: Net, until: Until):
    (one, unbound), (two, bind) = net.unbound(), net.bind()
    with net.publisher(one, two) as publisher:
        publisher.show(entries("other.example"), 1)
        assert until(publisher)
        for server in (unbound, bind):
            assert not blocks(server, "www.cached.example")
        publisher.change(listed("*.cached.example"), 2)
        assert until(publisher)
        assert all(blocks(server, "www.cached.example") for server in (unbound, bind))
        publisher.change(released("*.cached.example"), 3)
        assert until(publisher)
        assert not any(blocks(server, "www.cached.example") for server in (unbound, bind))


def test_a_refusal_is_remembered_by_clients_for_no_longer_than_five_seconds(net: Net, until: Until):
    (one, unbound), (two, bind) = net.unbound(), net.bind()
    with net.publisher(one, two) as publisher:
        publisher.show(entries("fraud.example"), 1)
        assert until(publisher)
        for server in (unbound, bind):
            answer = ask(server.address, "fraud.example")
            assert all(each.ttl <= 5 for each in answer.authority + answer.answer)


def test_folding_brings_recent_names_into_the_large_zone_and_changes_nothing_for_clients(net: Net, until: Until):
    (one, first), (two, second) = net.unbound("u1"), net.unbound("u2")
    with net.publisher(one, two) as publisher:
        publisher.show(entries("*.old.example", "gone.example"), 1)
        assert until(publisher)
        publisher.change(Difference(entries("*.new.example"), entries("gone.example")), 2)
        assert until(publisher)
        assert publisher.recent == 2
        publisher.fold()
        publisher.change(listed("amid.example"), 3)
        assert until(publisher)
        assert publisher.recent == 1
        for server in (first, second):
            assert all(blocks(server, name) for name in ("x.old.example", "x.new.example", "amid.example"))
            assert not blocks(server, "gone.example")


def test_a_list_that_differs_by_more_than_the_recent_zone_holds_goes_into_the_large_one(net: Net, until: Until):
    resolver, unbound = net.unbound()
    how = replace(How(), most_recent=100, patience_s=10.0)
    with net.publisher(resolver, how=how) as publisher:
        publisher.show(entries("first.example"), 1)
        assert until(publisher)
        publisher.change(listed(*(f"name{n}.example" for n in range(300))), 2)
        assert until(publisher)
        assert publisher.recent == 0
        assert blocks(unbound, "name299.example")
        assert blocks(unbound, "first.example")


def test_a_list_that_comes_while_the_large_zone_cannot_be_written_is_in_force_only_once_it_is(net: Net):
    """Where the kept list of the large zone is to be renamed into place lies a directory: no disk takes it."""
    times = iter(range(1_800_000_000, 1_900_000_000))
    how = replace(How(), most_recent=3, now=lambda: float(next(times)))
    with net.publisher(how=how) as publisher:
        publisher.show(entries("base.example"), 1)
        wait_for(lambda: _settles(publisher))
        assert publisher.serial
        in_the_way = [list_file(net.place / "dns", publisher.serial + n) for n in range(1, 9)]
        for each in in_the_way:
            (each / "x").mkdir(parents=True)
        for seq, kind in ((2, "first"), (3, "second")):
            publisher.change(listed(*(f"{kind}{n}.example" for n in range(5))), seq)
            wait_for(lambda: not publisher._folding.is_alive())
            publisher.delivery.settle()
            assert publisher.delivery.applied_seq == 1
        for each in in_the_way:
            shutil.rmtree(each)
        wait_for(lambda: _settles(publisher))
        assert publisher.delivery.applied_seq == 3
        text = "".join(publisher.knot.zone_file(zone).read_text() for zone in ZONES)
        assert all(f"{name}.example" in text for name in ("base", "first4", "second4"))


def _settles(publisher: Publisher) -> bool:
    with suppress(MachineFailed):
        publisher.commit()
    publisher.delivery.settle()
    return publisher.delivery.is_settled and not publisher.is_folding


@pytest.mark.parametrize("answer", [Answer(warning_page="warning.example.cn"), Answer(1), Answer()])
def test_another_warning_page_or_ttl_reaches_the_names_of_the_large_zone_too(net: Net, answer: Answer):
    for how in (How(), How(answer)):
        with net.publisher(how=how) as publisher:
            publisher.show(entries("fraud.example"), 1)
            wait_for(lambda: _settles(publisher))
            lines = publisher.knot.zone_file(LARGE).read_text().splitlines()
    assert f"fraud.example CNAME {answer.target}" in lines
    assert f"$TTL {answer.ttl_s}" in lines
    with net.publisher(how=How(answer)) as publisher:
        publisher.show(entries("fraud.example"), 1)
        publisher.commit()
        assert not publisher.is_folding


def test_a_second_publisher_is_refused(net: Net):
    with net.publisher(), pytest.raises(Refused, match="has this directory already"):
        net.publisher()


def test_a_resolver_that_is_gone_is_left_out_and_has_everything_when_it_is_back(net: Net, until: Until):
    (one, first), (two, second) = net.unbound("u1"), net.unbound("u2")
    with net.publisher(one, two, how=replace(How(), patience_s=0.5)) as publisher:
        publisher.show(entries("start.example"), 1)
        assert until(publisher)
        second.kill()
        publisher.change(listed("meanwhile.example"), 2)
        assert until(publisher)
        assert "u2" in publisher.delivery.left_out
        wait_for(lambda: blocks(first, "meanwhile.example"))
        second.start()
        while publisher.delivery.left_out:
            publisher.delivery.settle()
        assert blocks(second, "meanwhile.example")


def test_a_resolver_that_was_away_during_a_fold_refuses_what_was_recent_from_its_first_answer(net: Net, until: Until):
    (one, first), (two, second) = net.unbound("u1"), net.unbound("u2")
    how = replace(How(), patience_s=0.5)
    with net.publisher(one, two, how=how) as publisher:
        publisher.show(entries("*.old.example", "gone.example"), 1)
        assert until(publisher)
        publisher.change(Difference(entries("*.late.example"), entries("gone.example")), 2)
        assert until(publisher)
        second.kill()
        publisher.fold()
        assert until(publisher)
        assert "u2" in publisher.delivery.left_out
        assert publisher.recent == 2
        assert blocks(first, "a.late.example")
    with net.publisher(one, two, how=how) as publisher:
        publisher.show(entries("*.old.example", "*.late.example"), 2)
        publisher.commit()
        assert publisher.recent == 2
        second.start()
        while publisher.recent:
            assert blocks(second, "a.late.example")
            assert not blocks(second, "gone.example")
            publisher.commit()
            publisher.delivery.settle()
        assert until(publisher)
        for server in (first, second):
            assert all(blocks(server, name) for name in ("x.old.example", "late.example"))
            assert not blocks(server, "gone.example")


def test_a_recent_zone_that_is_full_does_not_wait_for_who_is_away(net: Net, until: Until, capfd: pytest.CaptureFixture):
    resolver, unbound = net.unbound()
    with net.publisher(resolver, how=replace(How(), patience_s=0.2, most_recent=2)) as publisher:
        publisher.show(entries("old.example"), 1)
        assert until(publisher)
        publisher.change(listed("one.example", "two.example"), 2)
        assert until(publisher)
        unbound.kill()
        publisher.fold()
        assert until(publisher)
        assert publisher.recent == 0
    assert "it forgets what resolvers lack that are away" in capfd.readouterr().err


def test_a_wrong_key_is_refused_and_the_resolver_goes_on_answering(
    net: Net, until: Until, capfd: pytest.CaptureFixture
):
    told, bind = net.bind(key=Key.new("wurao-b1"))
    other = replace(told, key=Key.new("wurao-b1"))
    with net.publisher(other, how=replace(How(), patience_s=0.5)) as publisher:
        publisher.show(entries("fraud.example"), 1)
        publisher.change(listed("late.example"), 2)
        publisher.commit()
        while not publisher.delivery.left_out:
            publisher.delivery.settle()
        assert not blocks(bind, "popular.example")
    assert "resolver left out" in capfd.readouterr().err


@pytest.mark.parametrize("clock", [lambda: (1 << 32) - 2.0, lambda: 1_000_000_000.0])
def test_serials_wrap_and_a_clock_that_steps_back_holds_nothing_up(net: Net, until: Until, clock: Callable[[], float]):
    resolver, unbound = net.unbound()
    times = iter([4_294_967_290.0, 4_294_967_294.0, 4_294_967_295.0])
    how = replace(How(), patience_s=10.0, now=lambda: next(times, clock()))
    with net.publisher(resolver, how=how) as publisher:
        publisher.show(entries("first.example"), 1)
        for n in range(8):
            publisher.change(listed(f"name{n}.example"), 2 + n)
            assert until(publisher)
            assert blocks(unbound, f"name{n}.example")


def test_a_resolver_with_a_later_serial_is_gone_past(net: Net, until: Until):
    resolver, unbound = net.unbound()
    with net.publisher(resolver, how=replace(How(), now=lambda: 2_000_000_000.0)) as publisher:
        publisher.show(entries("first.example"), 1)
        assert until(publisher)
        publisher.knot.end()
    with net.publisher(resolver, how=replace(How(), now=lambda: 1_900_000_000.0), place="anew") as publisher:
        publisher.show(entries("second.example"), 1)
        assert until(publisher)
        while not blocks(unbound, "second.example"):
            assert until(publisher)
        assert not blocks(unbound, "first.example")


def test_an_alarm_says_which_serials_a_resolver_has_and_lacks(capfd: pytest.CaptureFixture):
    behind = Secondary(Resolver("u1", "unbound", Address("127.0.0.1")))
    behind.wanted, behind.has = {LARGE: 1_796_067_040, "recent.wurao": 1_796_067_040}, {LARGE: 1_796_067_031}
    delivery = Delivery([])
    delivery.leave_out(behind)
    said = capfd.readouterr().err
    assert "list.wurao: has 1,796,067,031, wanted 1,796,067,040" in said
    assert "recent.wurao: has none, wanted 1,796,067,040" in said


def test_an_address_that_may_not_transfer_gets_nothing(net: Net, until: Until):
    with net.publisher() as publisher:
        publisher.knot.peers = (("192.0.2.77", None),)
        publisher.knot.start()
        answer = ask(Address("127.0.0.1", net.listen.port), "list.wurao", "SOA")
        assert answer.rcode() in (dns.rcode.NOERROR, dns.rcode.REFUSED)
