"""The warning page says why and how to appeal, whatever a browser, or somebody who is none, sends."""

from __future__ import annotations

import http.client
import random
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wurao.cli import run
from wurao.gateways.dns import why_listed
from wurao.gateways.dns.addresses import Address
from wurao.gateways.dns.loopback import free_address
from wurao.gateways.dns.warning_page import WarningPage, page

APPEAL = "通信管理局 <12381>"


@pytest.fixture
def served() -> Iterator[Address]:
    address = free_address()
    with WarningPage(
        address, APPEAL, lambda name: ("来源：警方。", "Source: police.") if "fraud" in name else None
    ) as page:
        thread = threading.Thread(target=page.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield address
        page.shutdown()
        thread.join()


def get(address: Address, host: str, method: str = "GET") -> tuple[http.client.HTTPResponse, str]:
    connection = http.client.HTTPConnection(address.host, address.port, timeout=10)
    connection.request(method, "/any/path?q=1", headers={"Host": host})
    answer = connection.getresponse()
    return answer, answer.read().decode()


def test_a_browser_is_told_the_name_the_reason_and_where_to_appeal(served: Address):
    answer, text = get(served, "www.fraud.example:80")
    assert answer.status == 451
    assert answer.headers["Cache-Control"] == "no-store"
    for said in ("www.fraud.example", "来源：警方。", "Source: police.", "通信管理局 &lt;12381&gt;", "96110"):
        assert said in text
    assert text.index("此网站已被拦截") < text.index("This site is blocked")


@given(st.text(max_size=300))
def test_a_host_is_shown_as_text_whatever_it_holds(host: str):
    text = page(host, "here", (host, host))
    assert text.count("<") == page("a.example", "here").count("<")


def test_where_it_cannot_listen_it_says_so(served: Address, capsys: pytest.CaptureFixture[str]):
    assert run(["domains", "warning-page", "--listen", str(served)]) == 3
    assert f"{served}: cannot listen" in capsys.readouterr().err


def test_octets_that_are_no_request_do_not_end_it(served: Address):
    chance = random.Random(1)
    for _ in range(30):
        with socket.create_connection(served.pair, timeout=5) as peer:
            peer.sendall(chance.choice([b"", b"GET / HTTP/1.1\r\nHost: "]) + chance.randbytes(chance.randint(0, 2000)))
    assert get(served, "fraud.example")[0].status == 451


def test_a_body_that_was_promised_is_not_waited_for(served: Address):
    assert get(served, "fraud.example", "POST")[0].status == 451
    assert get(served, "fraud.example", "HEAD")[1] == ""


def test_a_name_that_is_not_on_the_list_is_said_not_to_be(served: Address):
    answer, text = get(served, "shop.example")
    assert answer.status == 404
    assert "不在涉诈域名名单上" in text
    assert "is not on the list of fraud domains" in text
    assert "已依法拦截" not in text


def test_the_list_of_a_store_says_why_a_name_is_blocked_and_follows_its_changes(
    data: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(why_listed, "LOOK_EVERY_S", 0.0)
    rows = "fraud.example,below,fraud,12321,2026-01-01T00:00:00Z,\n"
    rows += "alone.example,exact,court,police,2026-01-01T00:00:00Z,\n"
    rows += "ended.example,below,fraud,12321,2026-01-01T00:00:00Z,2026-01-02T00:00:00Z\n"
    (data / "tables").mkdir()
    (data / "tables" / "domains.csv").write_text(f"name,match,cause,source,start,end\n{rows}")
    assert run(["snapshot", "build", str(data / "tables"), "-o", str(data / "store")]) == 0
    why = why_listed.WhyListed(data / "store")
    assert why("www.fraud.example.") == ("原因：fraud；来源：12321。", "Cause: fraud; source: 12321.")
    assert why("alone.example") == ("原因：court；来源：police。", "Cause: court; source: police.")
    for name in ("www.alone.example", "ended.example", "other.example", "example", ""):
        assert why(name) is None
    change = data / "domains.csv"
    change.write_text("name,match,op\nfraud.example,below,delete\n")
    assert run(["change", str(change), "--store", str(data / "store")]) == 0
    assert why("www.fraud.example") is None
