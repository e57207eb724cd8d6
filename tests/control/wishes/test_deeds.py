"""Only my list for a time, by every way; whole deeds undone at one tap; nothing lost when two change at once."""

import threading
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.control.people import NUMBER, browser, key_of, subscriber
from tests.control.wishes.test_api import Program
from tests.control.wishes.test_guardian import last_text, message, row

pytest.importorskip("django")


def listed() -> int:
    from wurao.control.registry.models import MODELS

    count: int = MODELS["lists"].objects.filter(subscriber=subscriber().number).count()
    return count


def test_only_my_list_for_some_hours_by_page_api_and_message(db: Path) -> None:
    page, program = browser(subscriber()), Program(key_of(subscriber()))
    now = datetime.now(UTC)
    page.post("/wishes/only-list/", {"hours": "8"})
    assert timedelta(0) <= row()["only_my_list_until"] - now - timedelta(hours=8) < timedelta(minutes=5)
    assert "已开启，至" in page.get("/wishes/").content.decode()
    assert "限时只接名单" in last_text(NUMBER)
    assert program.ask("POST", "only-my-list", {"hours": 168})[0] == 200
    assert row()["only_my_list_until"] > now + timedelta(days=6)
    message(NUMBER, "只接名单 0")
    assert row()["only_my_list_until"] is None
    message(NUMBER, "zjmd")
    assert row()["only_my_list_until"] > now + timedelta(hours=23)
    assert "只接名单" in message(NUMBER, "CX").text
    for wrong in ("721", "-1", "x"):
        assert page.post("/wishes/only-list/", {"hours": wrong}).status_code == 422
    assert program.ask("POST", "only-my-list", {"hours": 721})[0] == 422
    assert message(NUMBER, "ZJMD 721").change is None


def test_a_pasted_list_is_told_once_and_undone_as_a_whole(db: Path) -> None:
    from wurao.control.accounts.models import ShownMessage

    page = browser(subscriber())
    page.post("/lists/", {"text": "13800000009", "action": "deny"})
    ShownMessage.objects.all().delete()
    answer = page.post(
        "/lists/", {"text": "13800000001\n13800000002 ,1069*,13800000009", "action": "allow"}, follow=True
    )
    assert 'action="/wishes/undo/"' in answer.content.decode()
    assert listed() == 4
    assert ShownMessage.objects.count() == 1
    assert page.post("/wishes/undo/", {"from": "lists"})["Location"] == "/lists/"
    assert listed() == 1
    # The entry that stood before stands again as it was.
    assert "拦截" in page.get("/lists/").content.decode()
    assert "放行" not in page.get("/lists/").content.decode().split("<tbody>")[1]


def test_undo_takes_back_whatever_was_last_and_not_what_was_before_it(registry: Path) -> None:
    program = Program(key_of(subscriber()))
    program.ask("POST", "shield", {"hours": 6})
    program.ask("POST", "lists", {"entry": "1069*", "action": "deny"})
    assert program.ask("POST", "undo")[0] == 200
    assert (listed(), row()["shield_until"] is None) == (0, False)
    items = program.ask("GET", "changes")[1]["items"]
    assert [(each["table"], each["op"]) for each in items] == [
        ("lists", "delete"),
        ("lists", "put"),
        ("subscribers", "put"),
    ]


def test_entries_are_put_and_taken_off_by_the_api(registry: Path) -> None:
    program = Program(key_of(subscriber()))
    status, told = program.ask("POST", "lists/many", {"entries": ["13800000001", "!!!", "1069*"], "action": "deny"})
    assert (status, told) == (200, {"added": 2, "bad": [{"place": 2, "entry": "!!!"}]})
    assert program.ask("POST", "lists/remove", {"entry": "1069*"})[0] == 200
    assert program.ask("POST", "lists/remove", {"entry": "1069*"})[0] == 404
    assert program.ask("POST", "lists/remove", {"entry": "!!!"})[0] == 422
    assert listed() == 1


def test_nothing_is_lost_when_two_change_different_things_at_once(db: Path) -> None:
    from dataclasses import replace

    from django.db import connections

    from wurao.control.registry.record import Author
    from wurao.control.wishes import registration
    from wurao.wishes import Notice

    number, author = subscriber().number, Author("subscriber", "web")
    wrong: list[Any] = []

    def again_and_again(how: Any) -> None:
        try:
            for turn in range(8):
                registration.amend(number, partial(how, turn), author)
        except Exception as error:
            wrong.append(error)
        finally:
            connections.close_all()

    def told(turn: int, now: Any) -> Any:
        return replace(now, notice=Notice.DAILY)

    def shielded(turn: int, now: Any) -> Any:
        return registration.with_shield(now, 24)

    threads = [threading.Thread(target=again_and_again, args=(how,)) for how in (told, shielded)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert (row()["notice"], row()["shield_until"] is None) == (1, False)


def test_who_becomes_a_guardian_while_something_is_changed_is_asked_all_the_same(db: Path) -> None:
    from dataclasses import replace

    from wurao.control.registry import record
    from wurao.control.waiting import AwaitsGuardian
    from wurao.control.wishes import registration
    from wurao.numbering import parse_text
    from wurao.wishes import Guard

    number, author, tries = parse_text(NUMBER), record.Author("subscriber", "api"), list[int | None]()
    record.put("subscribers", record.checked_row("subscribers", {"number": NUMBER, "guard": "strict"}), author)

    def weaker(now: registration.Registered) -> registration.Registered:
        tries.append(now.guardian)
        if len(tries) == 1:
            record.put("subscribers", row() | {"guardian": parse_text("+8613835110002")}, author)
        return replace(now, wish=replace(now.wish, guard=Guard.OFF))

    with pytest.raises(AwaitsGuardian):
        registration.amend(number, weaker, author)
    assert tries == [None, parse_text("+8613835110002")]
    assert row()["guard"] == Guard.STRICT
