"""A firm asks one subscriber once; silence is a no; a code given back is a yes; nobody is asked whose wish says no."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.control.firm import CODE, HEADER, OTHER_CODE, code_sent, of_firm, registered, sent
from tests.control.people import NUMBER, OTHER, browser, subscriber

pytest.importorskip("django")

TERMS = {
    "categories": ["retail"],
    "channels": ["call", "message"],
    "max_per_day": "2",
    "days": "365",
    "wording": "我愿意接收晋阳超市的促销电话和短信",
}


def ask(firm: Any, number: str = NUMBER, **changed: Any) -> Any:
    from wurao.control.accounts.guard import Actor
    from wurao.control.consents.asking import ask as asked
    from wurao.control.rights import Role

    return asked(firm, number, {**TERMS, **changed}, Actor(Role.FIRM, "192.0.2.1"))


def hand_in(request: Any, code: str, **more: Any) -> Any:
    from wurao.control.accounts.guard import Actor
    from wurao.control.consents.asking import hand_in as handed
    from wurao.control.rights import Role

    return handed(request, code, Actor(Role.FIRM, "192.0.2.1"), **more)


def consents(number: str = NUMBER) -> list[dict[str, Any]]:
    from wurao.control.registry import rows
    from wurao.numbering import parse_text

    return rows.rows_where("consents", subscriber=parse_text(number))


def put(table: str, **row: Any) -> None:
    from wurao.control.registry import record

    record.put(table, record.checked_row(table, row), record.Author("subscriber", "web"))


def refused(call: Any, *arguments: Any, **named: Any) -> str:
    from wurao.control.firms.findings import NotRight

    with pytest.raises(NotRight) as wrong:
        call(*arguments, **named)
    return str(wrong.value)


def test_a_code_given_back_is_a_consent_of_the_terms_shown(db: Path) -> None:
    request = ask(registered())
    (text,) = sent(NUMBER)
    assert "晋阳超市有限公司" in text
    assert TERMS["wording"] in text
    assert "零售" in text
    change = hand_in(request, code_sent(NUMBER))
    assert change is not None
    (row,) = consents()
    assert (row["sender_id"], row["categories"], row["channels"], row["max_per_day"]) == (CODE, 1 << 4, 0b011, 2)
    assert row["wording"] == TERMS["wording"]
    assert row["expires"] - row["given"] <= timedelta(days=365)
    assert hand_in(request, code_sent(NUMBER)) is None
    assert "已同意" in sent(NUMBER)[0]


def test_a_code_opens_nothing_else_and_is_void_after_a_few_wrong_tries(registry: Path) -> None:
    request = ask(registered())
    code = code_sent(NUMBER)
    page = browser()
    page.post("/enter/", {"number": NUMBER})
    assert page.post("/enter/code/", {"code": code}).status_code == 422
    for _ in range(5):
        assert hand_in(request, f"{(int(code) + 1) % 10**6:06}") is None
    assert hand_in(request, code) is None
    assert consents() == []


def test_no_answer_is_a_no_and_it_is_not_repeated(registry: Path) -> None:
    from wurao.control.consents.asking import seen_by_firm

    firm = registered()
    request = ask(firm)
    code, later = code_sent(NUMBER), datetime.now(UTC) + timedelta(days=7)
    assert seen_by_firm(request) == "open"
    assert seen_by_firm(request, later) == "no"
    assert hand_in(request, code, now=later) is None
    assert "not again" in refused(ask, firm)
    assert "not again" in refused(ask, firm, channels=["call"])
    assert len(sent(NUMBER)) == 1
    ask(firm, categories=["food"])
    ask(registered(OTHER_CODE, "别家", header=""))
    assert len(sent(NUMBER)) == 3


@pytest.mark.parametrize(
    "table_and_row",
    [
        ("subscribers", {"number": NUMBER, "only_my_list": True}),
        ("subscribers", {"number": NUMBER, "only_my_list_until": "2090-01-01T00:00:00Z"}),
        ("subscribers", {"number": NUMBER, "marketing": (1 << 27) - 1 & ~(1 << 13)}),
        ("lists", {"subscriber": NUMBER, "entry": HEADER, "match": "exact", "action": "deny"}),
        ("lists", {"subscriber": NUMBER, "entry": "1069", "match": "prefix", "action": "deny"}),
    ],
)
def test_whose_wish_says_no_is_not_asked_and_the_firm_sees_no_difference(
    registry: Path, table_and_row: tuple[str, dict[str, Any]]
) -> None:
    registered()
    put(table_and_row[0], **table_and_row[1])
    page = browser(of_firm())
    answers = [page.post("/firm/consents/", {**TERMS, "number": each}) for each in (NUMBER, OTHER)]
    assert [each.status_code for each in answers] == [302, 302]
    assert sent(NUMBER) == []
    assert len(sent(OTHER)) == 1
    from wurao.control.consents.models import Request

    for each in Request.objects.all():
        page.post(f"/firm/consents/{each.pk}/code/", {"code": "000000"})
    html = page.get("/firm/consents/").content.decode()
    assert html.count("等待答复") == 2
    again = [page.post("/firm/consents/", {**TERMS, "number": each}) for each in (NUMBER, OTHER)]
    assert [each.status_code for each in again] == [422, 422]
    assert again[0].content.decode().count("不再重复") == again[1].content.decode().count("不再重复") == 1
    Request.objects.update(until=datetime.now(UTC))
    assert page.get("/firm/consents/").content.decode().count("未同意") == 2


def test_whom_the_wish_lets_through_may_be_asked(registry: Path) -> None:
    firm = registered()
    put("subscribers", number=NUMBER, marketing=1 << 12 | 1 << 13, hours=0, guard="strict")
    put("lists", subscriber=NUMBER, entry=HEADER, match="exact", action="allow")
    assert ask(firm).reached


def test_who_said_no_to_a_firm_is_not_asked_by_it_again(registry: Path) -> None:
    from wurao.control.consents.models import Request

    firm = registered()
    request = ask(firm)
    page = browser(subscriber())
    assert "晋阳超市有限公司" in page.get("/consents/").content.decode()
    assert page.post(f"/consents/asked/{request.pk}/", {"answer": "no"}).status_code == 302
    assert not ask(firm, categories=["food"]).reached
    assert not ask(firm, categories=["food"], channels=["autocall"]).reached
    assert Request.objects.filter(reached=True).count() == 1
    assert ask(registered(OTHER_CODE, "别家", header="")).reached


def test_nobody_is_flooded_with_requests(registry: Path) -> None:
    firm = registered()
    reached = [ask(firm, categories=[each]).reached for each in ("retail", "food")]
    other = registered(OTHER_CODE, "别家", header="")
    reached += [ask(other, categories=[each]).reached for each in ("retail", "food")]
    assert reached == [True, True, True, False]


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"categories": []}, "categories that you are registered for"),
        ({"categories": ["finance"]}, "categories that you are registered for"),
        ({"categories": ["service"]}, "categories that you are registered for"),
        ({"channels": []}, "a channel"),
        ({"channels": ["name"]}, "a channel"),
        ({"days": "0"}, "days"),
        ({"days": "731"}, "days"),
        ({"days": "x"}, "days"),
        ({"max_per_day": "0"}, "a day"),
        ({"wording": "短"}, "wording"),
    ],
)
def test_terms_that_cannot_be_are_refused(registry: Path, changed: dict[str, Any], told: str) -> None:
    assert told in refused(ask, registered(), **changed)
    assert sent(NUMBER) == []


def test_what_is_no_subscribers_number_and_a_suspended_firm_are_refused(registry: Path) -> None:
    firm = registered()
    assert "subscriber's" in refused(ask, firm, "95588")
    put("senders", sender_id=CODE, name="a", categories="retail", state="suspended", since="2026-03-01T08:00:00Z")
    assert "suspended" in refused(ask, firm)


def test_a_subscriber_agrees_on_the_own_page_and_nobody_else_for_them(db: Path) -> None:
    request = ask(registered())
    other = browser(subscriber(OTHER))
    assert other.post(f"/consents/asked/{request.pk}/", {"answer": "yes"}).status_code == 404
    page = browser(subscriber())
    assert page.post(f"/consents/asked/{request.pk}/", {"answer": "yes"}).status_code == 302
    assert len(consents()) == 1
    assert page.post(f"/consents/asked/{request.pk}/", {"answer": "no"}).status_code == 404


def test_a_firm_hands_in_no_codes_of_another_firms_requests(registry: Path) -> None:
    request = ask(registered())
    registered(OTHER_CODE, "别家", header="")
    other = browser(of_firm(OTHER_CODE, "other"))
    place = f"/firm/consents/{request.pk}/code/"
    assert other.post(place, {"code": code_sent(NUMBER)}).status_code == 404
    assert browser(of_firm()).post(place, {"code": code_sent(NUMBER)}).status_code == 302
    assert len(consents()) == 1
