"""May I call, for programs: a text in, a text out; what was asked; who leaked."""

from pathlib import Path
from typing import Any

import pytest

from tests.control.firm import of_firm, registered
from tests.control.may_call.test_asking import MANY, deliver, made_store, numbers
from tests.control.people import staff
from tests.control.program import Program

pytest.importorskip("django")


@pytest.fixture
def store(registry: Path) -> Any:
    yield from made_store(registry)


def test_a_list_in_and_those_that_may_be_called_out(store: Path) -> None:
    registered()
    deliver(store)
    firm = Program(of_firm())
    answer = firm.text("firm/may-call?category=retail&channel=call", "\n".join(numbers()))
    assert answer.status_code == 200
    assert 0.99 * MANY < len(answer.content.split()) < MANY
    again = firm.text("firm/may-call?category=retail&channel=call", "\n".join(numbers()))
    assert again.content == answer.content
    items = firm.ask("GET", "firm/may-call")[1]["items"]
    assert [each["asked"] for each in items] == [MANY, MANY]
    assert set(items[0]) == {"id", "at", "sender_id", "category", "channel", "asked", "told"}
    regulator = Program(staff("regulator"))
    assert len(regulator.ask("GET", "may-call/askings")[1]["items"]) == 2
    traced = regulator.text("may-call/leak?purpose=investigation", answer.content.decode()).json()
    assert traced["numbers"] == len(answer.content.split())
    assert not traced["suspects"][0]["points_to_it"]  # too few numbers
    assert traced["needed"] > traced["numbers"]


def test_what_is_wrong_is_told(store: Path) -> None:
    registered()
    firm = Program(of_firm())
    for query, status in (
        ("category=retail", 422),
        ("category=x&channel=call", 422),
        ("category=food&channel=call", 422),
    ):
        answer = firm.text(f"firm/may-call?{query}", "13835110001\n")
        assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")


def test_without_a_snapshot_nobody_is_told_anything(registry: Path) -> None:
    registered()
    answer = Program(of_firm()).text("firm/may-call?category=retail&channel=call", "\n".join(numbers()))
    assert answer.status_code == 503
