"""A consent lets more through, so it waits for the guardian of whoever has one; taking it back waits for nobody."""

import re
from pathlib import Path
from typing import Any

import pytest

from tests.control.consents.test_asking import ask, consents, hand_in
from tests.control.consents.test_given import in_force, put
from tests.control.firm import CODE, code_sent, of_firm, registered, sent
from tests.control.people import NUMBER, OTHER, browser, subscriber
from tests.control.program import Program
from tests.control.wishes.test_guardian import code, last_text, message

pytest.importorskip("django")


@pytest.fixture
def firm(db: Path) -> Any:
    """A firm; the number has a guardian, the other one."""
    from wurao.control.registry import record

    row = record.checked_row("subscribers", {"number": NUMBER, "guardian": OTHER, "operator": "移动"})
    record.put("subscribers", row, record.Author("subscriber", "web"))
    return registered()


def answer(agrees: str) -> Any:
    """The guardian's answer on the page; what the page then says."""
    page = browser(subscriber(OTHER))
    html = page.get("/guardian/").content.decode()
    return page.post(re.search(r"/guardian/\d+/answer/", html)[0], {"agrees": agrees}, follow=True).content.decode()


def by_page(request: Any) -> None:
    page = browser(subscriber())
    html = page.post(f"/consents/asked/{request.pk}/", {"answer": "yes"}, follow=True).content.decode()
    assert "已请您的监护人同意" in html
    assert "等待您的监护人同意" in html


def by_call(request: Any) -> None:
    own = Program(subscriber())
    status, told = own.ask("POST", f"consents/requests/{request.pk}", {"answer": "yes"}, **{"Idempotency-Key": "a"})
    assert (status, told["standing"]) == (202, "awaits_guardian")
    assert [each["state"] for each in own.ask("GET", "consents")[1]["asked"]] == ["awaits_guardian"]


def by_message(request: Any) -> None:
    assert "已请您的监护人同意" in message(NUMBER, f"TY{code_sent(NUMBER)}").text


def by_the_firms_page(request: Any) -> None:
    page = browser(of_firm())
    page.post(f"/firm/consents/{request.pk}/code/", {"code": code_sent(NUMBER)})
    html = page.get("/firm/consents/").content.decode()
    assert "等待答复" in html
    assert "监护" not in html


def by_the_firms_call(request: Any) -> None:
    handed = Program(of_firm()).ask("POST", f"firm/consents/requests/{request.pk}/code", {"code": code_sent(NUMBER)})
    assert handed == (200, {"seqs": [], "standing": "open"})


@pytest.mark.parametrize("give", [by_page, by_call, by_message, by_the_firms_page, by_the_firms_call])
def test_whichever_way_it_is_given_the_guardian_is_asked_first(firm: Any, give: Any) -> None:
    request = ask(firm)
    give(request)
    assert consents() == []
    assert "想同意晋阳超市有限公司" in last_text(OTHER)
    assert "没有这条" in message(NUMBER, f"TY{code_sent(NUMBER)}").text
    message(OTHER, f"TY{code()}")
    (held,) = consents()
    assert held["given"] > request.asked_at
    assert in_force() == {request.pk.hex}
    assert "监护人已同意" in sent(NUMBER)[0]
    request.refresh_from_db()
    assert request.state == "given"


def test_the_guardians_no_is_a_no(firm: Any) -> None:
    request = ask(firm)
    by_message(request)
    answer("0")
    assert consents() == []
    assert "监护人不同意" in sent(NUMBER)[0]
    assert hand_in(request, code_sent(NUMBER)) is None
    assert not ask(firm, categories=["food"]).reached


def test_one_question_is_not_overtaken_by_another(firm: Any) -> None:
    first = ask(firm)
    by_message(first)
    guardians = code()
    second = ask(firm, categories=["food"])
    by_message(second)
    message(NUMBER, "GBFR")
    message(OTHER, f"TY{guardians}")
    assert in_force() == {first.pk.hex}
    answer("1")
    answer("1")
    assert in_force() == {first.pk.hex, second.pk.hex}


def test_taking_back_waits_for_nobody_and_ends_what_waits(firm: Any) -> None:
    put("a")
    by_message(ask(firm))
    message(NUMBER, "CHTY")
    assert in_force() == set()
    assert "没有办成" in answer("1")
    assert in_force() == set()


def test_undoing_that_waits_for_the_guardian(firm: Any) -> None:
    put("a")
    put("b")
    page = browser(subscriber())
    page.post("/consents/revoke/", {"sender_id": CODE})
    assert "已请您的监护人同意" in page.post("/consents/undo/", follow=True).content.decode()
    assert in_force() == set()
    assert "恢复对晋阳超市有限公司的 2 项同意" in last_text(OTHER)
    page.post("/guardian/code/", {"code": code()})
    assert in_force() == {"a", "b"}
    own = Program(subscriber())
    seqs = own.ask("POST", "consents/revocations", {"consent_id": "a"})[1]["seqs"]
    assert own.ask("POST", "consents/undo", {"seqs": seqs})[0] == 202
    put("a", wording="written anew since")
    assert own.ask("POST", "consents/undo", {"seqs": seqs})[0] == 409
    assert "没有办成" in answer("1")


def test_a_guardian_who_is_asked_too_often_is_asked_no_more_and_nothing_is_lost(firm: Any) -> None:
    put("a")
    request, page = ask(firm), browser(subscriber())
    page.post("/consents/revoke/", {"consent_id": "a"})
    message(NUMBER, "KTFR")
    for _ in range(5):
        message(NUMBER, "GBFR")
    assert page.post(f"/consents/asked/{request.pk}/", {"answer": "yes"}).status_code == 429
    assert page.post("/consents/undo/").status_code == 429
    told = Program(of_firm()).ask("POST", f"firm/consents/requests/{request.pk}/code", {"code": code_sent(NUMBER)})
    assert told[0] == 429
    assert "guardian" not in str(told[1])
    request.refresh_from_db()
    assert request.state == "waiting"
