"""A firm applies, is refused, mends, is accepted, and gets its account; nobody applies in another's name."""

import re
from pathlib import Path
from typing import Any

import pytest

from tests.control.firm import APPLICATION, CODE, CONTACT, OPERATOR, code_sent, of_firm, registered, sent
from tests.control.people import browser, staff

pytest.importorskip("django")


def applied(**changed: Any) -> Any:
    """A visitor who has applied; `follow` is the page of the application."""
    page = browser()
    answer = page.post("/firms/apply/", {**APPLICATION, **changed})
    page.answer, page.follow = answer, answer.get("Location", "")
    return page


def waiting() -> Any:
    """The same, the code given back."""
    page = applied()
    assert page.answer.status_code == 302
    page.post(f"{page.follow}code/", {"code": code_sent()})
    return page


def latest() -> Any:
    from wurao.control.firms.models import Application

    return Application.objects.latest("pk")


def decide(page: Any, decision: str, **more: str) -> Any:
    application = latest()
    given = {"round": application.round, "decision": decision, **more}
    return page.post(f"/reviews/{application.pk}/", given)


def test_from_applying_to_the_first_account(db: Path) -> None:
    from wurao.control.accounts.models import Person
    from wurao.control.registry import rows
    from wurao.control.registry.models import Change

    reviewer = browser(staff("operator", operator=OPERATOR))
    page = waiting()
    assert "等待审核" in page.get(page.follow).content.decode()
    assert "晋阳超市有限公司" in reviewer.get("/reviews/").content.decode()
    assert decide(reviewer, "refuse", reason="请附营业执照上的全称").status_code == 302
    assert "请附营业执照上的全称" in page.get(page.follow).content.decode()
    assert "请附营业执照上的全称" in sent()[0]
    assert not Change.objects.exists()
    mended = {**APPLICATION, "name": "太原晋阳超市有限公司", "contact_number": "13835119999"}
    assert page.post(page.follow, mended).status_code == 302
    assert decide(reviewer, "accept").status_code == 302
    sender = rows.row_of("senders", (CODE,))
    assert (sender["name"], sender["credit_code"], sender["state"], sender["categories"]) == (
        "太原晋阳超市有限公司",
        CODE,
        0,
        0b10010000,
    )
    change = Change.objects.get()
    assert (change.role, change.purpose) == ("operator", f"application {latest().pk}")
    assert sent("13835119999") == []  # the contact is whose number was shown to be theirs
    link = re.search(r"/invited/[\w-]+/", sent()[0])
    assert link is not None
    account = browser()
    account.post(link[0], {"username": "wang-fang", "name": "王芳", "password": "correct horse battery"})
    person = Person.objects.get(username="wang-fang")
    assert (person.role, person.sender_id) == ("firm", CODE)
    assert "账户已设立" in page.post(f"{page.follow}invite/", follow=True).content.decode()


def test_the_link_of_an_application_opens_no_account(registry: Path) -> None:
    reviewer = browser(staff("operator", operator=OPERATOR))
    page = waiting()
    decide(reviewer, "accept")
    assert "/invited/" not in page.get(page.follow).content.decode()
    before = len(sent())
    assert "/invited/" not in page.post(f"{page.follow}invite/", follow=True).content.decode()
    assert len(sent()) == before + 1
    for _ in range(5):
        page.post(f"{page.follow}invite/")
    assert len(sent()) == before + 2


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"credit_code": "9144030071526726XH"}, "校验位不符"),
        ({"credit_code": "123"}, "18 位"),
        ({"contact_number": "110"}, "联系人自己的号码"),
        ({"name": "太原市公安局服务公司"}, "公安"),
        ({"name": "  "}, "必填"),
        ({"categories": []}, "必填"),
        ({"operator": "nobody"}, "nobody"),
    ],
)
def test_what_the_pre_check_refuses_is_never_submitted(registry: Path, changed: dict[str, Any], told: str) -> None:
    from wurao.control.firms.models import Application

    staff("operator", operator=OPERATOR)
    page = applied(**changed)
    assert page.answer.status_code == 422
    assert told in page.answer.content.decode() or "字段" in page.answer.content.decode()
    assert not Application.objects.exists()
    assert sent() == []


def test_a_firm_that_is_registered_registers_no_second_time(registry: Path) -> None:
    staff("operator", operator=OPERATOR)
    registered()
    page = applied()
    assert page.answer.status_code == 422
    assert "这个代码已登记" in page.answer.content.decode()


def test_without_the_contacts_code_nobody_sees_it(registry: Path) -> None:
    reviewer = browser(staff("operator", operator=OPERATOR))
    page = applied()
    wrong = f"{(int(code_sent()) + 1) % 10**6:06}"
    assert "晋阳" not in reviewer.get("/reviews/").content.decode()
    for _ in range(5):
        page.post(f"{page.follow}code/", {"code": wrong})
    page.post(f"{page.follow}code/", {"code": code_sent()})
    assert latest().state == "unconfirmed"
    assert decide(reviewer, "accept").status_code == 404


def test_only_so_many_apply_for_a_number_in_an_hour(registry: Path) -> None:
    from wurao.control.accounts.models import AccessRecord

    staff("operator", operator=OPERATOR)
    assert [applied().answer.status_code for _ in range(6)] == [302] * 5 + [429]
    assert AccessRecord.objects.filter(what="code_refused").count() == 1


def test_the_inbox_has_the_oldest_first_and_only_the_own_operators(registry: Path) -> None:
    from datetime import timedelta

    from wurao.control.firms.models import Application

    own, other = (browser(staff("operator", name, operator=name)) for name in (OPERATOR, "联通"))
    for name in ("甲公司", "乙公司"):
        page = applied(name=name)
        page.post(f"{page.follow}code/", {"code": code_sent()})
    first, second = Application.objects.order_by("pk")
    Application.objects.filter(pk=second.pk).update(submitted_at=first.submitted_at - timedelta(hours=1))
    html = own.get("/reviews/").content.decode()
    assert html.index("乙公司") < html.index("甲公司")
    assert "公司" not in other.get("/reviews/").content.decode()
    assert other.get(f"/reviews/{first.pk}/").status_code == 404
    assert decide(other, "accept").status_code == 404
    for role in ("regulator", "auditor"):
        looking = browser(staff(role))
        assert "甲公司" in looking.get("/reviews/").content.decode()
        assert decide(looking, "accept").status_code == 403


def test_of_two_who_decide_at_once_one_is_told(registry: Path) -> None:
    one, two = (browser(staff("operator", name, operator=OPERATOR)) for name in ("a", "b"))
    waiting()
    assert decide(one, "refuse", reason="材料不全").status_code == 302
    assert decide(two, "accept").status_code == 409
    assert latest().state == "refused"


def test_a_decision_on_an_earlier_round_is_told_so(registry: Path) -> None:
    reviewer = browser(staff("operator", operator=OPERATOR))
    page = waiting()
    decide(reviewer, "refuse", reason="材料不全")
    page.post(page.follow, APPLICATION)
    application = latest()
    assert application.round == 2
    answer = reviewer.post(f"/reviews/{application.pk}/", {"round": "1", "decision": "accept"})
    assert answer.status_code == 409


def test_a_refusal_needs_a_reason(registry: Path) -> None:
    reviewer = browser(staff("operator", operator=OPERATOR))
    waiting()
    assert decide(reviewer, "refuse", reason=" ").status_code == 422
    assert latest().state == "waiting"


def test_the_contacts_number_is_masked_for_reviewers(registry: Path) -> None:
    reviewer = browser(staff("operator", operator=OPERATOR))
    waiting()
    html = reviewer.get(f"/reviews/{latest().pk}/").content.decode()
    assert CONTACT not in html
    assert "1383511****" in html


def test_a_colleague_is_invited_for_the_own_firm(registry: Path) -> None:
    from wurao.control.accounts.models import Invitation

    registered()
    answer = browser(of_firm()).post("/firm/colleague/")
    link = re.search(r"/invited/([\w-]+)/", answer.content.decode())
    assert link is not None
    invitation = Invitation.found(link[1])
    assert invitation is not None
    assert (invitation.role, invitation.sender_id) == ("firm", CODE)


def test_what_nobody_confirmed_goes_after_a_day(registry: Path) -> None:
    from datetime import timedelta

    from wurao.control.firms.applications import clear_unconfirmed
    from wurao.control.firms.models import Application

    staff("operator", operator=OPERATOR)
    waiting()
    applied(credit_code="914403001922038216")
    assert clear_unconfirmed() == 0
    for each in Application.objects.all():
        Application.objects.filter(pk=each.pk).update(made_at=each.made_at - timedelta(days=2))
    assert clear_unconfirmed() == 1
    assert Application.objects.get().state == "waiting"
