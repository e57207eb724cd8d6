"""Why would it be stopped: every rule in order, for the own number or for whom one looks after; nothing is kept."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.control.people import NUMBER, OTHER, browser, key_of, staff, subscriber
from tests.control.stops.stored import put_and_build

pytest.importorskip("django")

TEXT = "您的银行卡已冻结，请点击 http://wap-bank-points.example 验证"
DATONG = "+8613835210002"


@pytest.fixture
def stored(registry: Path) -> Path:
    put_and_build(
        registry,
        subscribers=[
            {"number": NUMBER, "operator": "cmcc", "overseas_calls": False, "content_protection": True},
            {"number": DATONG, "operator": "联通"},
        ],
    )
    return registry


def asked(page: Any, **event: str) -> Any:
    return page.post("/explain/", {"channel": "call", **event})


def test_a_subscriber_asks_about_the_own_number_whatever_is_written(stored: Path) -> None:
    page = browser(subscriber())
    assert page.get("/explain/").status_code == 200
    html = asked(page, from_number="+85223456789", to_number=DATONG).content.decode()
    assert "OVERSEAS" in html
    assert "由此决定" in html
    assert html.count("<li") >= 12
    assert "wish.overseas_calls" in html


def test_a_live_change_is_in_the_next_answer_and_the_text_is_kept_nowhere(stored: Path) -> None:
    from wurao.control.registry.delivery import Delivery

    page = browser(subscriber())
    page.post("/lists/", {"text": "021 5235 0001", "action": "deny"})
    delivery = Delivery(stored / "store")
    while delivery.round():
        pass
    delivery.close()
    html = asked(page, from_number="02152350001", channel="message", text=TEXT).content.decode()
    assert "MY_DENY_LIST" in html
    assert asked(page, from_number="13900010001", channel="message", text=TEXT).status_code == 200
    from django.db import connections

    connections.close_all()
    for file in stored.rglob("*"):
        if file.is_file() and "compiled" not in str(file) and "static" not in str(file):
            assert "wap-bank-points" not in file.read_bytes().decode("utf-8", "ignore"), file


def test_what_cannot_be_read_is_told_beside_its_field(stored: Path) -> None:
    page = browser(staff("regulator"))
    assert asked(page, to_number="hello").status_code == 422
    html = asked(page, to_number="hello").content.decode()
    assert 'role="alert"' in html
    assert asked(page, to_number=NUMBER, channel="pigeon").status_code == 422


def test_staff_ask_about_their_own_and_that_is_recorded(stored: Path) -> None:
    from wurao.control.accounts.models import AccessRecord

    allowed = {
        ("operator", "移动"): {NUMBER, OTHER},
        ("operator", "cucc"): {DATONG},
        ("police", "太原"): {NUMBER, OTHER},
        ("regulator", ""): {NUMBER, OTHER, DATONG},
        ("auditor", ""): {NUMBER, OTHER, DATONG},
    }
    for (role, of), numbers in allowed.items():
        page = browser(staff(role, f"{role}-{of}", operator=of, city=of))
        for number in (NUMBER, OTHER, DATONG):
            assert asked(page, to_number=number).status_code == (200 if number in numbers else 404)
    kept = AccessRecord.objects.filter(what="explained")
    assert kept.count() == sum(map(len, allowed.values()))
    assert not any(NUMBER in each.subject for each in kept)
    assert AccessRecord.objects.filter(what="refused").count() == 3 * len(allowed) - kept.count()


def test_programs_get_what_the_command_prints(stored: Path) -> None:
    def ask(person: Any, **body: Any) -> tuple[int, Any]:
        headers = {"Authorization": f"Bearer {key_of(person)}"}
        answer = browser().post("/api/v1/explain", json.dumps(body), "application/json", headers=headers)
        return answer.status_code, json.loads(answer.content)

    status, told = ask(subscriber(), from_number="+85223456789", at="2026-09-16T10:00:00+08:00")
    assert (status, told["reason"], len(told["rules"])) == (200, "OVERSEAS", 12)
    assert told["rules"][-2]["decided"] is True
    assert ask(subscriber(), to_number=DATONG)[0] == 404
    assert ask(staff("regulator"), from_number="110")[0] == 422
    assert ask(subscriber(), at="2026-09-16T10:00:00")[0] == 422
