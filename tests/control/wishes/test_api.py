"""The JSON API of wishes: the same wish as the page writes, once for each idempotency key, wrong things told why."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.control.people import NUMBER, OTHER, browser, key_of, staff, subscriber

pytest.importorskip("django")

JSON = "application/json"


def row(number: str = NUMBER) -> Any:
    from wurao.control.registry import rows
    from wurao.numbering import parse_text

    return rows.row_of("subscribers", (parse_text(number),))


class Program:
    """A program with a key."""

    def __init__(self, key: str) -> None:
        self.client, self.key = browser(), key

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        given = {"Authorization": f"Bearer {self.key}", **headers}
        data = "" if body is None else json.dumps(body)
        answer = self.client.generic(method, f"/api/v1/{path}", data, JSON, headers=given)
        return answer.status_code, json.loads(answer.content)


@pytest.fixture
def program(db: Path) -> Program:
    return Program(key_of(subscriber()))


def test_a_wish_read_and_saved_again_is_the_same_wish(program: Program) -> None:
    status, wish = program.ask("GET", "wishes")
    assert (status, len(wish["marketing"]), wish["guard"], wish["seen"]) == (200, 27, "label", 0)
    wanted = {name: value for name, value in wish.items() if not name.endswith("until")}
    wanted |= {"marketing": ["marketing_food_message"], "guard": "strict", "notice": "daily"}
    status, saved = program.ask("PUT", "wishes", wanted)
    assert (status, saved["standing"]) == (200, "saved")
    assert (row()["marketing"], row()["guard"], row()["notice"]) == (1 << 22, 3, 1)
    assert program.ask("GET", "wishes")[1] == {**wish, **wanted, "seen": saved["seq"]}


def test_who_saw_an_older_state_is_told_instead_of_overwriting(program: Program) -> None:
    wish = program.ask("GET", "wishes")[1]
    wanted = {name: value for name, value in wish.items() if not name.endswith("until")}
    assert program.ask("PUT", "wishes", {**wanted, "guard": "strict"})[0] == 200
    status, told = program.ask("PUT", "wishes", {**wanted, "guard": "off"})
    assert (status, told["status"], row()["guard"]) == (409, 409, 3)


def test_the_same_request_with_the_same_key_is_done_once(program: Program) -> None:
    from wurao.control.registry.models import Change

    first = program.ask("POST", "shield", {"hours": 6}, **{"Idempotency-Key": "a"})
    assert first[0] == 200
    assert program.ask("POST", "shield", {"hours": 6}, **{"Idempotency-Key": "a"}) == first
    assert Change.objects.count() == 1
    assert program.ask("POST", "shield", {"hours": 1}, **{"Idempotency-Key": "a"})[0] == 422
    assert program.ask("POST", "shield", {"hours": 1}, **{"Idempotency-Key": "b"})[0] == 200


def test_undo_puts_back_what_stood_before(program: Program) -> None:
    before = row()
    program.ask("POST", "shield", {"hours": 24})
    assert row()["shield_until"] is not None
    assert program.ask("POST", "undo")[0] == 200
    assert row() == before
    assert [each["op"] for each in program.ask("GET", "changes")[1]["items"]] == ["delete", "put"]


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "shield", {"hours": 2}, 422),
        ("POST", "shield", {"hours": 1, "more": 1}, 422),
        ("POST", "lists", {"entry": "+++", "action": "deny"}, 422),
        ("GET", "changes/1", None, 404),
        ("GET", "nowhere", None, 404),
        ("DELETE", "wishes", None, 405),
    ],
)
def test_what_is_wrong_comes_back_as_problem_details(
    registry: Path, method: str, path: str, body: Any, status: int
) -> None:
    got, told = Program(key_of(subscriber())).ask(method, path, body)
    assert (got, told["status"], told["type"]) == (status, status, "about:blank")
    assert told["title"]
    assert told["title_zh"]


def test_a_key_that_may_only_see_changes_nothing_and_an_ended_one_opens_nothing(registry: Path) -> None:
    from wurao.control.accounts.models import ApiKey

    seeing = Program(key_of(subscriber(), changes=False))
    assert seeing.ask("GET", "wishes")[0] == 200
    assert seeing.ask("POST", "shield", {"hours": 1})[0] == 403
    ApiKey.objects.update(ended=True)
    assert seeing.ask("GET", "wishes")[0] == 401
    assert Program("wurao_guess").ask("GET", "wishes")[0] == 401


def test_another_subscribers_change_is_not_there(registry: Path) -> None:
    other = Program(key_of(subscriber(OTHER)))
    seq = other.ask("POST", "shield", {"hours": 1})[1]["seq"]
    assert other.ask("GET", f"changes/{seq}")[0] == 200
    assert Program(key_of(subscriber())).ask("GET", f"changes/{seq}")[0] == 404


def test_the_lists_are_paged_by_cursor(registry: Path) -> None:
    program = Program(key_of(subscriber()))
    for n in range(105):
        assert program.ask("POST", "lists", {"entry": f"138{n:08d}", "action": "deny"})[0] == 200
    first = program.ask("GET", "lists")[1]
    second = program.ask("GET", f"lists?after={first['next'].replace('+', '%2B')}")[1]
    assert (len(first["items"]), len(second["items"]), second["next"]) == (100, 5, None)
    assert len({each["entry"] for each in first["items"] + second["items"]}) == 105


def test_an_operator_hands_over_messages_of_its_own_subscribers_only(registry: Path) -> None:
    from wurao.control.registry import record
    from wurao.control.registry.record import Author

    mobile = record.checked_row("subscribers", {"number": NUMBER, "operator": "移动"})
    record.put("subscribers", mobile, Author("operator", "file"))
    own, other = (Program(key_of(staff("operator", name, operator=name))) for name in ("移动", "联通"))
    message = {"number": NUMBER, "text": "KTFR"}
    assert other.ask("POST", "messages", message)[0] == 404
    status, reply = own.ask("POST", "messages", message)
    assert (status, row()["marketing"], row()["operator"]) == (200, 0, "移动")
    assert "停止" in reply["text"] or "营销" in reply["text"]


def test_the_api_describes_itself(registry: Path) -> None:
    described = json.loads(browser().get("/api/v1/openapi.json").content)
    assert described["openapi"].startswith("3.1")
    assert {"/api/v1/wishes", "/api/v1/shield", "/api/v1/messages"} <= described["paths"].keys()
