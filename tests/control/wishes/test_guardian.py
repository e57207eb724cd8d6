"""A guardian agrees to stand, then to whatever weakens protection, and to the end; by page, API, message or code."""

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.control.people import NUMBER, OTHER, browser, subscriber
from tests.control.wishes.test_api import Program
from wurao.wishes import Guard, Wish

pytest.importorskip("django")


def row(number: str = NUMBER) -> Any:
    from wurao.control.registry import rows
    from wurao.numbering import parse_text

    return rows.row_of("subscribers", (parse_text(number),))


def last_text(number: str) -> str:
    from wurao.control.accounts.models import ShownMessage
    from wurao.numbering import parse_text

    text: str = ShownMessage.objects.filter(number=parse_text(number)).order_by("-pk")[0].text
    return text


def code() -> str:
    """The code that the guardian was sent last."""
    found = re.search(r"回复 \D*(\d{6})", last_text(OTHER))
    assert found is not None
    return found[1]


def message(number: str, text: str) -> Any:
    from wurao.control.registry.record import Author
    from wurao.control.wishes.keywords import carry_out
    from wurao.numbering import parse_text

    return carry_out(parse_text(number), text, Author("subscriber", "message"))


@pytest.fixture
def guarded(db: Path) -> tuple[Any, Any]:
    """The pages of a ward, with all marketing stopped, and of the guardian."""
    ward, guardian = browser(subscriber()), browser(subscriber(OTHER))
    ward.post("/wishes/choice/", {"choice": "stop"})
    ward.post("/guardian/", {"number": OTHER})
    assert row()["guardian"] is None
    html = guardian.get("/guardian/").content.decode()
    guardian.post(re.search(r"/guardian/\d+/answer/", html)[0], {"agrees": "1"})
    assert row()["guardian"] == subscriber(OTHER).number
    return ward, guardian


def test_what_weakens_waits_for_the_guardian_and_what_strengthens_does_not(guarded: tuple[Any, Any]) -> None:
    ward, guardian = guarded
    html = ward.post("/wishes/choice/", {"choice": "off"}, follow=True).content.decode()
    assert "已请您的监护人同意" in html
    assert row()["marketing"] == 0
    ward.post("/wishes/shield/", {"hours": "6"})
    assert row()["shield_until"] is not None
    # What was asked is no longer what stands: the guardian's yes is refused, and says so.
    html = guardian.get("/guardian/").content.decode()
    answer = guardian.post(re.search(r"/guardian/\d+/answer/", html)[0], {"agrees": "1"}, follow=True)
    assert "没有办成" in answer.content.decode()
    assert row()["marketing"] == 0
    ward.post("/wishes/shield/", {"hours": "0"})
    assert row()["shield_until"] is not None
    assert message(OTHER, f"ty {code()}").text.startswith("【勿扰】已按您的答复办理")
    assert row()["shield_until"] is None
    assert "监护人已同意" in last_text(NUMBER)


def test_the_guardian_says_no_and_nothing_changes(guarded: tuple[Any, Any]) -> None:
    message(NUMBER, "GBFR")
    assert message(OTHER, f"不同意{code()}").text.startswith("【勿扰】已按您的答复办理")
    assert row()["marketing"] == 0
    assert "不同意" in last_text(NUMBER)
    assert "没有这条" in message(OTHER, f"TY{code()}").text


def test_the_wards_code_is_the_guardians_yes_and_cannot_be_guessed(guarded: tuple[Any, Any]) -> None:
    ward, _ = guarded
    message(NUMBER, "GBFR")
    right = code()
    wrong = f"{(int(right) + 1) % 10**6:06}"
    ward.post("/guardian/code/", {"code": wrong})
    assert row()["marketing"] == 0
    ward.post("/guardian/code/", {"code": right})
    assert row()["guard"] == 0
    message(NUMBER, "KTFR")
    message(NUMBER, "GBFR")
    right = code()
    for _ in range(5):
        ward.post("/guardian/code/", {"code": f"{(int(right) + 1) % 10**6:06}"})
    ward.post("/guardian/code/", {"code": right})
    assert row()["guard"] == 2


def test_lists_and_undo_pass_the_guardian_too(guarded: tuple[Any, Any]) -> None:
    from wurao.control.registry.models import MODELS

    ward, _ = guarded
    lists = MODELS["lists"].objects
    ward.post("/lists/", {"text": "13800000001", "action": "deny"})
    assert lists.count() == 1
    ward.post("/lists/", {"text": "13800000002", "action": "allow"})
    ward.post("/lists/remove/", {"entry": "+8613800000001", "match": "exact"})
    ward.post("/wishes/undo/")
    assert lists.count() == 1
    message(OTHER, f"TY{code()}")
    assert lists.count() == 0


def test_the_end_needs_the_guardian_or_the_guardian_goes(guarded: tuple[Any, Any]) -> None:
    _, guardian = guarded
    assert message(NUMBER, "JHR0").text.startswith("【勿扰】已请对方同意")
    assert row()["guardian"] is not None
    message(OTHER, f"TY{code()}")
    assert row()["guardian"] is None
    assert message(NUMBER, f"JHR {OTHER}").change is None
    message(OTHER, f"TY{code()}")
    html = guardian.get("/guardian/").content.decode()
    assert OTHER not in html
    assert NUMBER not in html
    guardian.post("/guardian/resign/", {"ward": re.search(r'name="ward" value="(\w+)"', html)[1]})
    assert row()["guardian"] is None
    assert "已退出监护" in last_text(NUMBER)


def test_the_api_does_the_same_and_says_202_while_it_waits(registry: Path) -> None:
    from tests.control.people import key_of

    ward, guardian = (Program(key_of(subscriber(number))) for number in (NUMBER, OTHER))
    ward.ask("POST", "choice", {"choice": "stop"})
    asked = ward.ask("POST", "guardian", {"number": OTHER})[1]["asked"]
    assert ward.ask("POST", f"guardian/questions/{asked}/answer", {"agrees": True})[0] == 404
    assert guardian.ask("GET", "guardian/questions")[1]["items"][0]["to_me"] is True
    assert guardian.ask("POST", f"guardian/questions/{asked}/answer", {"agrees": True}) == (200, {"done": True})
    assert guardian.ask("POST", f"guardian/questions/{asked}/answer", {"agrees": True})[0] == 404
    first = ward.ask("POST", "choice", {"choice": "off"}, **{"Idempotency-Key": "a"})
    assert (first[0], first[1]["standing"]) == (202, "awaits_guardian")
    assert ward.ask("POST", "choice", {"choice": "off"}, **{"Idempotency-Key": "a"}) == first
    assert ward.ask("POST", "guardian", {"number": OTHER})[0] == 422
    guardian.ask("POST", f"guardian/questions/{first[1]['asked']}/answer", {"agrees": True})
    assert row()["guard"] == 0
    wards = guardian.ask("GET", "guardian")[1]["wards"]
    assert guardian.ask("POST", f"guardian/wards/{wards[0]['id']}/resign") == (200, {"done": True})


def test_a_number_is_not_asked_to_be_guardian_again_and_again(registry: Path) -> None:
    page = browser(subscriber())
    statuses = [page.post("/guardian/", {"number": OTHER}).status_code for _ in range(7)]
    assert statuses == [302] * 5 + [429] * 2
    assert page.post("/guardian/", {"number": NUMBER}, follow=True).content.decode().count("没有办成") == 1


WISHES = st.builds(
    Wish,
    marketing=st.integers(0, 2**27 - 1),
    hours=st.integers(0, 2**27 - 1),
    overseas_calls=st.booleans(),
    overseas_messages=st.booleans(),
    unregistered=st.booleans(),
    debt_collection=st.booleans(),
    only_my_list=st.booleans(),
    content_protection=st.booleans(),
    guard=st.sampled_from(Guard),
)


@given(one=WISHES, other=WISHES)
def test_of_two_different_wishes_one_way_at_least_is_weaker(one: Wish, other: Wish) -> None:
    from datetime import UTC, datetime

    from wurao.control.wishes.registered import Registered
    from wurao.control.wishes.weakening import weakens

    now = datetime.now(UTC)
    assert not weakens(Registered(one), Registered(one), now)
    if one != other:
        assert weakens(Registered(one), Registered(other), now) or weakens(Registered(other), Registered(one), now)
