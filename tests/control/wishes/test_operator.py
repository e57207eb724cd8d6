"""An operator's staff act for callers who tell a code, and hand in files of wishes; for own subscribers only."""

import re
from io import BytesIO
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.control.people import NUMBER, OTHER, browser, key_of, staff, subscriber
from tests.control.wishes.test_guardian import last_text as last_text_to
from tests.control.wishes.test_guardian import row

pytest.importorskip("django")

ALIEN = "+8613835110003"


@pytest.fixture
def page(db: Path) -> Any:
    """The browser of somebody of 移动; one number is 联通's."""
    from wurao.control.registry import record

    alien = record.checked_row("subscribers", {"number": ALIEN, "operator": "联通"})
    record.put("subscribers", alien, record.Author("operator", "file"))
    return browser(staff("operator", operator="移动"))


def hand_in(page: Any, content: bytes, name: str = "wishes.csv") -> Any:
    file = BytesIO(content)
    file.name = name
    answer = page.post("/bulk/", {"file": file})
    return answer.status_code, answer.context["report"], answer.content.decode()


def test_a_caller_who_tells_the_code_is_served_once_told_and_can_undo(page: Any) -> None:
    from wurao.control.accounts.models import AccessRecord
    from wurao.control.registry.models import Change

    assert page.post("/agent/", {"number": NUMBER}).status_code == 302
    code = re.search(r"办理码 (\d{6})", last_text_to(NUMBER))[1]
    wrong = f"{(int(code) + 1) % 10**6:06}"
    assert "没有办成" in page.post("/agent/do/", {"code": wrong, "deed": "stop"}, follow=True).content.decode()
    assert row() is None
    page.post("/agent/do/", {"code": code, "deed": "stop"})
    assert row()["marketing"] == 0
    change = Change.objects.latest("seq")
    assert (change.way, change.role, change.purpose) == ("agent", "operator", "stop")
    assert "CXSZ" in last_text_to(NUMBER)
    assert AccessRecord.objects.filter(what="agent_deed", purpose="stop").count() == 1
    page.post("/agent/", {"number": NUMBER})
    page.post("/agent/do/", {"code": code, "deed": "off"})
    assert row()["marketing"] == 0
    browser(subscriber()).post("/wishes/undo/")
    assert row() is None


def test_another_operators_subscriber_is_not_there_for_an_agent(page: Any) -> None:
    from wurao.control.accounts.models import AccessRecord, OneTimeCode

    assert page.post("/agent/", {"number": ALIEN}).status_code == 404
    assert not OneTimeCode.objects.exists()
    assert AccessRecord.objects.filter(what="refused").count() == 1


def test_good_rows_of_a_file_are_taken_and_bad_ones_named_with_line_and_column(page: Any) -> None:
    browser(subscriber(OTHER)).post("/wishes/shield/", {"hours": "6"})
    lines = [
        "number,guard,marketing,overseas_calls",
        f"{NUMBER},strict,0,false",
        "what,strict,0,false",
        f"{OTHER},high,0,false",
        f"{ALIEN},strict,0,false",
        "95588,strict,0,false",
        f"{OTHER},standard,5,true",
        f"{NUMBER},strict,0,false",
    ]
    status, report, html = hand_in(page, "\n".join(lines).encode())
    assert status == 200
    assert (report.taken, report.bad.count) == (3, 4)
    assert [(each.line, each.column) for each in report.bad.kept] == [
        (3, "number"),
        (4, "guard"),
        (5, "number"),
        (6, "number"),
    ]
    assert "high" in html
    assert NUMBER not in html
    assert ALIEN not in html
    assert (row()["guard"], row()["marketing"], row()["overseas_calls"], row()["operator"]) == (3, 0, False, "移动")
    # What the file does not name stays.
    assert row(OTHER)["shield_until"] is not None
    assert row(OTHER)["marketing"] == 5
    assert row(ALIEN)["guard"] == 1
    assert "CXSZ" in last_text_to(NUMBER)
    again = hand_in(page, "\n".join(lines[:2]).encode())[1]
    assert (again.taken, again.unchanged) == (0, 1)


def test_a_parquet_file_is_taken_as_well_and_what_is_neither_is_refused(page: Any) -> None:
    out = BytesIO()
    pq.write_table(pa.table({"number": [NUMBER], "content_protection": [True], "guardian": [OTHER]}), out)
    assert hand_in(page, out.getvalue(), "../../wishes.parquet")[1].taken == 1
    assert row()["content_protection"] is True
    # Whom one trusts as guardian is not for a file to say.
    assert row()["guardian"] is None
    for content, name in (
        (b"x", "a.exe"),
        (b"guard\nstrict\n", "a.csv"),
        (out.getvalue()[:100], "a.parquet"),
        (b"", "a.csv"),
    ):
        status, report, html = hand_in(page, content, name)
        assert (status, report) == (422, None)
        assert 'role="alert"' in html


def test_a_file_weakens_nobody_who_has_a_guardian(page: Any) -> None:
    from wurao.control.registry import record

    guarded = record.checked_row("subscribers", {"number": NUMBER, "guard": "strict", "guardian": OTHER})
    record.put("subscribers", guarded, record.Author("subscriber", "web"))
    report = hand_in(page, f"number,guard\n{NUMBER},off\n".encode())[1]
    assert (report.taken, report.asked) == (0, 1)
    assert row()["guard"] == 3
    assert "想修改防护" in last_text_to(OTHER)


def test_the_api_does_the_same(registry: Path) -> None:
    import json

    client, key = browser(), key_of(staff("operator", operator="移动"))
    headers = {"Authorization": f"Bearer {key}"}

    def ask(path: str, body: Any, **more: str) -> Any:
        answer = client.post(f"/api/v1/{path}", json.dumps(body), "application/json", headers={**headers, **more})
        return answer.status_code, answer.json()

    assert ask("agent/codes", {"number": NUMBER}) == (200, {"sent": True})
    code = re.search(r"办理码 (\d{6})", last_text_to(NUMBER))[1]
    assert (
        ask("agent/deeds", {"number": NUMBER, "code": "000000" if code != "000000" else "1", "deed": "stop"})[0] == 422
    )
    assert ask("agent/deeds", {"number": NUMBER, "code": code, "deed": "shield_6"})[0] == 200
    assert row()["shield_until"] is not None
    file = BytesIO(f"number,guard\n{NUMBER},strict\n,off\n".encode())
    file.name = "wishes.csv"
    told = client.post("/api/v1/wishes/bulk", {"file": file}, headers=headers).json()
    assert (told["taken"], told["bad"], told["rows"][0]["line"], told["rows"][0]["column"]) == (1, 1, 3, "number")
    # A key that makes requests safe to repeat makes no code guessable, and hides no refusal.
    ask("agent/codes", {"number": NUMBER})
    code = re.search(r"办理码 (\d{6})", last_text_to(NUMBER))[1]
    wrong = {"number": NUMBER, "code": f"{(int(code) + 1) % 10**6:06}", "deed": "stop"}
    tries = [ask("agent/deeds", wrong, **{"Idempotency-Key": str(n)})[0] for n in range(5)]
    assert tries == [422] * 5
    assert ask("agent/deeds", wrong | {"code": code})[0] == 422
    from wurao.control.accounts.models import AccessRecord
    from wurao.control.registry import record

    alien = record.checked_row("subscribers", {"number": ALIEN, "operator": "联通"})
    record.put("subscribers", alien, record.Author("operator", "file"))
    assert ask("agent/codes", {"number": ALIEN}, **{"Idempotency-Key": "alien"})[0] == 404
    assert AccessRecord.objects.filter(what="refused").count() == 1
