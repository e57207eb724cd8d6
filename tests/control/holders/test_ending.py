"""A number that changes hands, and a holder who erases everything: all ends, what the law keeps is aside, then goes."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.control.people import NUMBER, OTHER, browser, key_of, staff, subscriber
from tests.control.wishes.test_api import Program
from tests.control.wishes.test_guardian import last_text

pytest.importorskip("django")

WARD = "+8613835110009"


@pytest.fixture
def holder(db: Path) -> Any:
    """The browser of a subscriber who has everything that one can have, and a key."""
    from wurao.control.registry import record

    page = browser(subscriber())
    page.post("/wishes/choice/", {"choice": "stop"})
    page.post("/lists/", {"text": "13800000001", "action": "deny"})
    author = record.Author("regulator", "web")
    for table, row in (
        ("senders", {"sender_id": "bank", "name": "银行", "categories": "finance", "since": "2026-03-01T08:00:00Z"}),
        (
            "consents",
            {
                "consent_id": "c1",
                "subscriber": NUMBER,
                "sender_id": "bank",
                "categories": "finance",
                "channels": "call",
                "given": "2026-03-01T08:00:00Z",
            },
        ),
        ("orders", order("o1", NUMBER, "2026-03-01T08:00:00Z")),
        ("orders", order("o2", NUMBER, "2098-03-01T08:00:00Z")),
        ("orders", order("o3", OTHER, "2026-03-01T08:00:00Z")),
        ("subscribers", {"number": WARD, "guard": "strict", "guardian": NUMBER}),
    ):
        record.put(table, record.checked_row(table, row), author)
    page.key = key_of(subscriber())
    return page


def order(order_id: str, target: str, start: str) -> dict[str, str]:
    return {
        "order_id": order_id,
        "verb": "block",
        "target_kind": "number",
        "target": target,
        "cause": "harassment",
        "authority": "局",
        "start": start,
        "end": "2099-03-01T08:00:00Z",
    }


def held() -> dict[str, int]:
    from wurao.control.registry.models import MODELS

    number = subscriber().number
    columns = {"subscribers": "number", "lists": "subscriber", "consents": "subscriber"}
    return {table: MODELS[table].objects.filter(**{column: number}).count() for table, column in columns.items()}


def in_force(number: str) -> int:
    from datetime import UTC, datetime

    from wurao.control.registry.models import MODELS
    from wurao.numbering import canonical, parse_text

    return sum(
        row.end > datetime.now(UTC) for row in MODELS["orders"].objects.filter(target=canonical(parse_text(number)))
    )


def test_when_a_number_changes_hands_everything_on_it_ends(holder: Any) -> None:
    from wurao.control.registry import rows
    from wurao.numbering import parse_text

    assert (held(), in_force(NUMBER)) == ({"subscribers": 1, "lists": 1, "consents": 1}, 2)
    operator = browser(staff("operator", operator="移动"))
    assert operator.post("/handed-over/", {"number": NUMBER, "purpose": ""}).status_code == 422
    assert operator.post("/handed-over/", {"number": NUMBER, "purpose": "过户 20260301"}).status_code == 302
    assert (held(), in_force(NUMBER), in_force(OTHER)) == ({"subscribers": 0, "lists": 0, "consents": 0}, 0, 1)
    assert rows.row_of("subscribers", (parse_text(WARD),))["guardian"] is None
    assert "监护" in last_text(WARD)
    assert holder.get("/wishes/").status_code == 302
    assert Program(holder.key).ask("GET", "wishes")[0] == 401


def test_the_new_holder_sees_nothing_of_the_former_one(holder: Any) -> None:
    operator = Program(key_of(staff("operator", operator="移动")))
    assert operator.ask("POST", "numbers/handed-over", {"number": NUMBER, "purpose": "销户重放"}) == (
        200,
        {"done": True},
    )
    page, program = browser(subscriber()), Program(key_of(subscriber()))
    mine = program.ask("GET", "mine")[1]
    assert (mine["subscribers"], mine["lists"], mine["consents"], mine["changes"]) == (None, [], [], [])
    assert program.ask("GET", "changes")[1]["items"] == []
    assert program.ask("POST", "undo")[0] == 422
    assert [each["name"] for each in program.ask("GET", "keys")[1]["items"]] == ["test"]
    assert "还没有修改" in page.get("/wishes/history/").content.decode()
    assert page.get("/mine/").json()["changes"] == []


def test_another_operators_number_is_not_there(holder: Any) -> None:
    from wurao.control.registry import record

    row = record.checked_row("subscribers", {"number": OTHER, "operator": "联通"})
    record.put("subscribers", row, record.Author("operator", "file"))
    operator = browser(staff("operator", operator="移动"))
    assert operator.post("/handed-over/", {"number": OTHER, "purpose": "过户 20260301"}).status_code == 404


def test_a_subscriber_erases_everything_with_a_code_and_orders_stay(holder: Any) -> None:
    holder.post("/mine/erase/", {"code": "000000"})
    assert held()["subscribers"] == 1
    holder.post("/mine/erase/code/")
    code = re.search(r"验证码 (\d{6})", last_text(NUMBER))[1]
    answer = holder.post("/mine/erase/", {"code": code})
    assert "已删除" in answer.content.decode()
    assert (held(), in_force(NUMBER)) == ({"subscribers": 0, "lists": 0, "consents": 0}, 2)
    assert holder.get("/wishes/").status_code == 302
    assert Program(holder.key).ask("GET", "wishes")[0] == 401


def test_who_has_a_guardian_ends_that_first(holder: Any) -> None:
    from wurao.control.registry import record

    row = record.checked_row("subscribers", {"number": NUMBER, "guardian": OTHER})
    record.put("subscribers", row, record.Author("subscriber", "web"))
    holder.post("/mine/erase/code/")
    code = re.search(r"验证码 (\d{6})", last_text(NUMBER))[1]
    assert "监护" in holder.post("/mine/erase/", {"code": code}, follow=True).content.decode()
    assert held()["subscribers"] == 1


def test_what_is_kept_aside_goes_when_its_time_is_up_and_not_before(holder: Any, data: Path) -> None:
    from django.utils import timezone

    from tests.control.test_keeping import deliver
    from wurao.control.accounts.models import AccessRecord, Person
    from wurao.control.holders.models import Aside
    from wurao.control.holders.purging import purge
    from wurao.control.registry.models import Change

    browser(staff("operator", operator="移动")).post("/handed-over/", {"number": NUMBER, "purpose": "过户 20260301"})
    aside = Aside.objects.get()
    kept = Change.objects.filter(aside=aside.pk)
    assert kept.count() >= 6
    assert not Change.objects.filter(whose=aside.number).exists()
    assert purge() == 0
    later = timezone.now() + timedelta(days=185)
    # What is not delivered yet is not lost with it.
    assert purge(later) == 0 or kept.exists()
    deliver(data / "store")
    assert purge(later) > 6
    assert not kept.exists()
    assert not Person.objects.filter(pk=aside.person).exists()
    assert AccessRecord.objects.filter(what="handed_over").exists()
    purge(timezone.now() + timedelta(days=4 * 366))
    assert not AccessRecord.objects.exists()


def test_what_is_kept_how_long_and_by_which_law_is_on_the_page(registry: Path) -> None:
    page = browser(subscriber())
    html = page.get("/mine/data/").content.decode()
    for said in ("《网络安全法》第二十一条", "《个人信息保护法》第五十六条", "6 个月", "3 年"):
        assert said in html
    assert page.post("/mine/data/", {"operator": "中国联通"}).status_code == 302
    assert page.get("/mine/").json()["subscribers"]["operator"] == "中国联通"
    assert page.post("/mine/data/", {"operator": "<b>"}).status_code == 422
