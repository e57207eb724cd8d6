"""What yesterday would have been under a changed wish, before it is saved; and nothing is saved by looking."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.control.people import NUMBER, OTHER, browser, key_of, subscriber
from tests.control.stops.parts import NOON, verdict, write_parts
from tests.control.stops.stored import put_and_build
from wurao.reasons import wordings
from wurao.verdicts import Reason

pytest.importorskip("django")

SHOP, ABROAD = "+862152350001", "+85223456789"


@pytest.fixture
def day(registry: Path) -> Path:
    """A subscriber who refuses calls from overseas, and a day: a call from overseas, one from home, and older ones."""
    from wurao.control.stops.intake import Intake

    put_and_build(registry, subscribers=[{"number": NUMBER, "overseas_calls": False}])
    passed = {"action": "allow", "reason": "NOTHING_SPOKE", "category": None}
    rows = [
        verdict(at=NOON - timedelta(hours=30), from_number=ABROAD, reason="OVERSEAS", category=None),
        verdict(at=NOON, from_number=ABROAD, reason="OVERSEAS", category=None, overseas_mark=True),
        verdict(at=NOON, from_number=SHOP, **passed),
        verdict(at=NOON, from_number=SHOP, to_number=OTHER, **passed),
        verdict(at=NOON, from_number=SHOP, reason="VELOCITY_CALLER", action="label", category=None),
    ]
    write_parts(registry / "verdicts" / "day", rows)
    # Screened a second time: each event is tried once all the same.
    write_parts(registry / "verdicts" / "again", [row | {"snapshot": "s+2"} for row in rows])
    Intake().round()
    return registry


def wanted(page: Any, **more: Any) -> dict[str, Any]:
    """The page of wishes as a browser would send it back, with some of it changed."""
    from wurao.control.wishes.registration import registered
    from wurao.numbering import parse_text
    from wurao.tables import HOURS_COLUMNS, MARKETING_COLUMNS

    seen = registered(parse_text(NUMBER)).seen
    ticked = {"marketing": MARKETING_COLUMNS, "hours": HOURS_COLUMNS, "guard": "label", "notice": "none", "seen": seen}
    return ticked | {"overseas_messages": "on", "unregistered": "on", "debt_collection": "on"} | more


def test_it_shows_what_would_be_stopped_and_what_let_through_and_saves_nothing(day: Path) -> None:
    from wurao.control.registry.models import Change

    before = Change.objects.count()
    page = browser(subscriber())
    html = page.post("/wishes/preview/", wanted(page, only_my_list="on")).content.decode()
    assert "0215235****" in html
    assert SHOP not in html
    assert wordings()[Reason.NOT_ON_MY_LIST].sentence_zh in html
    assert Change.objects.count() == before
    freed = page.post("/wishes/preview/", wanted(page, overseas_calls="on")).content.decode()
    assert "+8522345****" in freed
    assert freed.count("<tr>") == 2
    assert page.post("/wishes/preview/", {"choice": "what"}).status_code == 422
    assert page.post("/wishes/preview/", {"choice": "off"}).status_code == 200


def test_programs_get_the_same_and_only_the_own_last_day(day: Path) -> None:
    def ask(number: str, **more: Any) -> Any:
        headers = {"Authorization": f"Bearer {key_of(subscriber(number))}"}
        client = browser()
        wish = json.loads(client.get("/api/v1/wishes", headers=headers).content)
        body = {name: value for name, value in wish.items() if not name.endswith("until")} | more
        answer = client.post("/api/v1/preview", json.dumps(body), "application/json", headers=headers)
        return json.loads(answer.content)

    found = ask(NUMBER, overseas_calls=True, only_my_list=False)
    assert (found["events"], found["left_out"]) == (3, 1)
    assert [each["reason"] for each in found["newly_freed"]] == ["OVERSEAS"]
    assert found["newly_stopped"] == []
    found = ask(NUMBER, only_my_list=True)
    assert {each["reason"] for each in found["newly_stopped"]} == {"NOT_ON_MY_LIST"}
    assert ask("+8613835110009", only_my_list=True)["events"] == 0


def test_without_a_snapshot_it_says_so(registry: Path) -> None:
    page = browser(subscriber())
    assert page.post("/wishes/preview/", {"choice": "off"}).status_code == 503
