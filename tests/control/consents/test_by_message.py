"""A subscriber agrees, declines and takes back by short message; a guardian's code and a firm's are told apart."""

from pathlib import Path
from typing import Any

import pytest

from tests.control.consents.test_asking import ask, consents, hand_in
from tests.control.consents.test_given import in_force, put
from tests.control.firm import CODE, HEADER, OTHER_CODE, code_sent, registered, sent
from tests.control.people import NUMBER, OTHER, staff, subscriber
from tests.control.program import Program
from tests.control.wishes.test_guardian import last_text, message, row

pytest.importorskip("django")


@pytest.fixture
def given(db: Path) -> None:
    """Consents to two firms, and one of another subscriber's."""
    registered()
    registered(OTHER_CODE, "晋阳银行Ａ", header="")
    for consent_id, sender_id in (("a", CODE), ("b", CODE), ("c", OTHER_CODE)):
        put(consent_id, sender_id=sender_id)
    put("d", OTHER)


def state_of(request: Any) -> str:
    request.refresh_from_db()
    return str(request.state)


@pytest.mark.parametrize("word", ["TY", "ty ", "同意", "Ａｇｒｅｅ"])
def test_the_word_and_the_code_are_a_consent(registry: Path, word: str) -> None:
    request = ask(registered())
    assert f"TY{code_sent(NUMBER)}" in sent(NUMBER)[0]
    reply = message(NUMBER, f"{word}{code_sent(NUMBER)}")
    (held,) = consents()
    assert reply.change.way == "message"
    assert str(request.pk) in reply.change.purpose
    assert held["consent_id"] == request.pk.hex
    assert "您已同意" in sent(NUMBER)[0]
    assert "没有这条" in message(NUMBER, f"{word}{code_sent(NUMBER)}").text


def test_the_other_word_declines_and_is_confirmed(db: Path) -> None:
    firm = registered()
    request = ask(firm)
    code = code_sent(NUMBER)
    assert message(NUMBER, f"BTY{code}").change is None
    assert state_of(request) == "declined"
    assert "您已拒绝" in sent(NUMBER)[0]
    assert consents() == []
    assert hand_in(request, code) is None
    assert not ask(firm, categories=["food"]).reached


def test_an_operator_hands_the_answer_over(registry: Path) -> None:
    ask(registered())
    operator = Program(staff("operator", operator="移动"))
    answer = operator.ask("POST", "messages", {"number": NUMBER, "text": f"TY {code_sent(NUMBER)}"})
    assert (answer[0], answer[1]["seq"]) == (200, 3)
    assert in_force() == {each["consent_id"] for each in consents()}


def test_another_number_answers_nothing_and_guesses_are_counted(registry: Path) -> None:
    first, second = ask(registered()), ask(registered(OTHER_CODE, "别家", header=""))
    code = code_sent(NUMBER)
    assert "没有这条" in message(OTHER, f"TY{code}").text
    wrong = f"{(int(code) + 1) % 10**6:06}"
    for _ in range(5):
        assert "没有这条" in message(NUMBER, f"TY{wrong}").text
    message(NUMBER, f"TY{code}")
    assert [state_of(each) for each in (first, second)] == ["waiting", "waiting"]
    assert consents() == []


def test_right_answers_use_up_no_tries_of_what_else_is_asked(registry: Path) -> None:
    from wurao.control.consents.models import Request

    request = ask(registered())
    ask(registered(OTHER_CODE, "别家", header=""))
    message(NUMBER, f"TY{code_sent(NUMBER)}")
    request.refresh_from_db()
    assert request.tries == 0
    assert Request.objects.filter(state="given").count() == 1


def test_a_guardians_code_and_a_firms_are_told_apart(registry: Path) -> None:
    subscriber()
    message(OTHER, f"JHR {NUMBER}")
    guardians = last_text(NUMBER).partition("TY")[2][:6]
    request = ask(registered())
    firms = code_sent(NUMBER)
    assert guardians != firms
    message(NUMBER, f"TY{guardians}")
    assert row(OTHER)["guardian"] == subscriber().number
    assert state_of(request) == "waiting"
    message(NUMBER, f"BTY{firms}")
    assert state_of(request) == "declined"
    assert row(OTHER)["guardian"] == subscriber().number


def test_where_both_have_the_same_code_neither_is_answered(registry: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from wurao.control.consents import asking
    from wurao.control.wishes import guardians

    for each in (asking, guardians):
        monkeypatch.setattr(each, "new_code", lambda: "123456")
    message(OTHER, f"JHR {NUMBER}")
    request = ask(registered())
    assert "数字相同" in message(NUMBER, "TY123456").text
    assert row(OTHER) is None
    assert state_of(request) == "waiting"


def test_all_consents_are_taken_back_by_one_word(given: None) -> None:
    reply = message(NUMBER, "CHTY")
    assert in_force() == set()
    assert in_force(OTHER) == {"d"}
    assert reply.change.row["revoked"]
    assert "3 项" in reply.text
    assert sent(NUMBER)[0] == reply.text
    assert message(NUMBER, "撤回同意").text.startswith("【勿扰】没有可以撤回的同意")


@pytest.mark.parametrize("named", ["晋阳超市有限公司", " 超市", HEADER, f"+86{HEADER}"])
def test_those_of_a_firm_are_taken_back_by_its_name_or_number(given: None, named: str) -> None:
    message(NUMBER, f"撤回同意{named}")
    assert in_force() == {"c"}
    assert "2 项" in sent(NUMBER)[0]


def test_a_whole_name_goes_before_a_part_of_one_however_its_letters_are_written(given: None) -> None:
    message(NUMBER, "revoke 晋阳银行a")
    assert in_force() == {"a", "b"}


@pytest.mark.parametrize(
    ("behind", "said"),
    [
        ("晋阳", "多家企业"),
        ("95588", "没有可以撤回的同意"),
        ("书怎么写", "KTFR"),
        ("晋", "KTFR"),
        ("，谢谢", "KTFR"),
    ],
)
def test_what_names_no_firm_alone_takes_nothing_back(given: None, behind: str, said: str) -> None:
    reply = message(NUMBER, f"撤回同意{behind}")
    assert reply.change is None
    assert said in reply.text
    assert in_force() == {"a", "b", "c"}


def test_what_ended_by_itself_is_not_taken_back(registry: Path) -> None:
    registered()
    put("old", given="2026-01-01T00:00:00Z", expires="2026-02-01T00:00:00Z")
    assert message(NUMBER, "CHTY").change is None
