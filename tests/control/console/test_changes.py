"""The staff see what was changed, masked, and only their own; a number whole only for a purpose, recorded."""

from pathlib import Path
from typing import Any

import pytest

from tests.control.people import browser, staff
from wurao.changes import Worker

pytest.importorskip("django")

TAIYUAN, DATONG = "+8613835110001", "+8613835210002"


@pytest.fixture
def changed(db: Path) -> dict[str, int]:
    """The changes of two subscribers, of two operators and cities; the seq of each."""
    from wurao.control.registry import record

    found = {}
    for number, operator in ((TAIYUAN, "移动"), (DATONG, "联通")):
        row = record.checked_row("subscribers", {"number": number, "operator": operator})
        found[number] = record.put("subscribers", row, record.Author("subscriber", "web")).seq
    return found


def seen(page: Any) -> set[str]:
    html = page.get("/changes/").content.decode()
    assert TAIYUAN not in html
    assert DATONG not in html
    return {number for number in (TAIYUAN, DATONG) if number[:-4] in html}


def test_each_sees_only_what_is_theirs(changed: dict[str, int]) -> None:
    assert seen(browser(staff("operator", "a", operator="移动"))) == {TAIYUAN}
    assert seen(browser(staff("operator", "b", operator="联通"))) == {DATONG}
    assert seen(browser(staff("police", "c", city="太原"))) == {TAIYUAN}
    assert seen(browser(staff("regulator", "d"))) == {TAIYUAN, DATONG}
    assert seen(browser(staff("auditor", "e"))) == {TAIYUAN, DATONG}


def test_how_far_each_has_come_is_said(changed: dict[str, int], db: Path) -> None:
    from wurao.control.registry import record
    from wurao.control.registry.models import Change

    columns = {"name": "fraud.example", "match": "below", "cause": "fraud", "source": "12321",
               "start": "2026-01-01T00:00:00Z"}  # fmt: skip
    record.put("domains", record.checked_row("domains", columns), record.Author("regulator", "web"))
    for place, change in enumerate(Change.objects.order_by("seq"), start=1):
        Change.objects.filter(pk=change.pk).update(log_seq=place if place > 1 else None)
    (db / "dns").mkdir()
    (db / "dns" / "resolvers.toml").touch()
    with Worker(db / "store") as worker:
        worker.report(3)
        person = staff("regulator", "d")
        html = browser(person).get("/changes/").content.decode()
    assert html.count("尚未确认送达解析服务器") == html.count("已全部生效") == html.count("尚未全部生效") == 1


def test_a_number_is_shown_whole_for_a_purpose_and_that_is_recorded(changed: dict[str, int]) -> None:
    from wurao.control.accounts.models import AccessRecord

    page = browser(staff("operator", "a", operator="移动"))
    assert page.post(f"/changes/{changed[TAIYUAN]}/unmask/", {"purpose": "  "}).status_code == 422
    answer = page.post(f"/changes/{changed[TAIYUAN]}/unmask/", {"purpose": "用户投诉核实"})
    assert TAIYUAN in answer.content.decode()
    kept = AccessRecord.objects.get(what="unmasked")
    assert (kept.purpose, kept.role) == ("用户投诉核实", "operator")
    assert TAIYUAN not in kept.subject
    assert "用户投诉核实" in browser(staff("auditor", "e")).get("/records/access/").content.decode()


def test_what_is_anothers_is_not_there_and_the_try_is_recorded(changed: dict[str, int]) -> None:
    from wurao.control.accounts.models import AccessRecord

    for role, more in (("operator", {"operator": "移动"}), ("police", {"city": "太原"})):
        page = browser(staff(role, **more))
        assert page.post(f"/changes/{changed[DATONG]}/unmask/", {"purpose": "用户投诉核实"}).status_code == 404
    assert AccessRecord.objects.filter(what="refused").count() == 2
    assert not AccessRecord.objects.filter(what="unmasked").exists()


def test_a_city_has_its_changes_page_by_page_each_once(registry: Path) -> None:
    from wurao.control.accounts.guard import Actor
    from wurao.control.console import changes
    from wurao.control.registry import record
    from wurao.control.rights import Role

    author = record.Author("subscriber", "web")
    written = [{"number": f"+8613835{n % 2 + 1}1{n:04d}"} for n in range(3 * changes.A_PAGE)]
    made = record.put_all("subscribers", [record.checked_row("subscribers", row) for row in written], author)
    ported = {"number": TAIYUAN, "operator": "联通", "since": "2026-01-01T00:00:00+08:00"}
    made.append(record.put("ported", record.checked_row("ported", ported), author))
    actor = Actor(Role.POLICE, "192.0.2.1", staff("police", "c", city="太原"))
    found, before = list[int](), None
    while True:
        page, before = changes.a_page(actor, before)
        assert len(page) <= changes.A_PAGE
        found += [each.seq for each in page]
        if before is None:
            break
    own = [each.seq for each, row in zip(made, [*written, ported], strict=True) if row["number"][8] == "1"]
    assert found == own[::-1]
    assert len(found) == 3 * changes.A_PAGE // 2 + 1
