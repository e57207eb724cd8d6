"""May I call? The answer is what screening would do, once a day, recorded, marked, and says nothing of why not."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.control.firm import BODY, CODE, HEADER, OTHER_CODE, SAMPLE, of_firm, registered
from tests.control.people import browser, staff

pytest.importorskip("django")

import numpy as np

FIRST = 13835110000
MANY = 1_200
WISHED = 135
"""So many of them have registered something; the others are alike."""


def deliver(store: Path) -> None:
    """Everything that waits goes into the change log, as in `wurao serve`."""
    from wurao.control.registry.delivery import Delivery

    delivery = Delivery(store)
    while delivery.round():
        pass
    delivery.close()


@pytest.fixture
def store(registry: Path) -> Iterator[Path]:
    """A store with an empty snapshot, over which the registry's changes are laid."""
    yield from made_store(registry)


@pytest.fixture
def either(db: Path) -> Iterator[Path]:
    """The same of a registry on either database."""
    yield from made_store(db)


def made_store(data: Path) -> Iterator[Path]:
    from wurao.content.registered import compiled_bodies
    from wurao.control.may_call import asking
    from wurao.snapshot import build

    tables = data / "tables"
    tables.mkdir()
    (tables / "subscribers.csv").write_text("number\n")
    build(tables, data / "store", own_sender="wurao", bodies=compiled_bodies)
    yield data / "store"
    asking._REACHES.clear()


def numbers(count: int = MANY, start: int = 0) -> list[str]:
    return [str(FIRST + n) for n in range(start, start + count)]


def put(table: str, *rows: dict[str, Any]) -> None:
    from wurao.control.registry import record

    record.put_all(table, [record.checked_row(table, row) for row in rows], record.Author("operator", "file"))


def ask(firm: Any, lines: list[str], category: str = "retail", channel: str = "call", **more: Any) -> Any:
    from wurao.control.accounts.guard import Actor
    from wurao.control.may_call.asking import ask as asked
    from wurao.control.rights import Role

    actor = Actor(Role.FIRM, "192.0.2.1")
    return asked(firm, "\n".join(lines).encode(), category, channel, actor, **more)


def told(answer: Any) -> set[str]:
    return set(answer.as_text().decode().split())


def every_kind() -> None:
    """Subscribers of every kind of wish, lists and consents to the firm."""
    who = numbers(WISHED)
    put(
        "subscribers",
        *(
            {"number": number, **wish}
            for number, wish in zip(
                who,
                [
                    {},
                    {"marketing": 0},
                    {"marketing": (1 << 27) - 1 & ~(1 << 12)},
                    {"hours": 0},
                    {"only_my_list": True},
                    {"unregistered": False, "guard": "strict"},
                    {"content_protection": True, "guard": "strict"},
                    {"marketing": 0, "guard": "strict"},
                    {"marketing": 1 << 26},
                ]
                * (WISHED // 9),
                strict=True,
            )
        ),
    )
    put("lists", *({"subscriber": each, "entry": HEADER, "match": "exact", "action": "deny"} for each in who[::7]))
    put("lists", *({"subscriber": each, "entry": "1069", "match": "prefix", "action": "allow"} for each in who[::11]))
    given = (datetime.now(UTC) - timedelta(hours=2)).isoformat()
    consent = {"sender_id": CODE, "categories": "retail;other", "channels": "call;message", "given": given}
    put("consents", *({**consent, "consent_id": each, "subscriber": each} for each in who[::5]))
    put(
        "consents",
        *({**consent, "consent_id": f"r{each}", "subscriber": each, "revoked": given} for each in who[3::5]),
    )


@pytest.mark.parametrize("channel", ["call", "message"])
def test_the_answer_is_what_screening_would_do_now_less_the_mark(store: Path, channel: str) -> None:
    from wurao.screening.engine import Engine
    from wurao.verdicts import Action

    firm = registered()
    put(
        "templates",
        {"template_id": "T1", "sender_id": CODE, "category": "retail", "purpose": "marketing", "body": BODY},
    )
    every_kind()
    deliver(store)
    answer = ask(firm, numbers(), channel=channel)
    engine = Engine.open(store)
    event = {"at": answer.asking.at.isoformat(), "channel": channel, "from_number": HEADER, "category": "retail"}
    event |= {"attestation": "A"} | ({"template_id": "T1", "text": SAMPLE} if channel == "message" else {})
    wished = set(numbers(WISHED))
    expected = {each for each in wished if engine.explain(event | {"to_number": each}).action < Action.DIVERT}
    assert WISHED // 4 < len(expected) < WISHED
    assert engine.explain(event | {"to_number": numbers()[-1]}).action < Action.DIVERT
    expected |= set(numbers()) - wished
    assert told(answer) <= expected
    assert len(expected) == answer.asking.callable
    assert len(expected) - len(told(answer)) == answer.asking.withheld
    assert 0.001 * len(expected) <= answer.asking.withheld <= 0.005 * len(expected)


def test_a_number_gets_the_same_answer_all_day_whatever_changes(either: Path) -> None:
    firm = registered()
    deliver(either)
    first = ask(firm, numbers())
    changed, later = set(numbers(100)), numbers(100, MANY)
    put("subscribers", *({"number": each, "marketing": 0} for each in (*changed, *later)))
    deliver(either)
    again = ask(firm, [*numbers(), *later])
    assert told(again) == told(first)
    assert (again.asking.repeated, again.asking.callable) == (MANY, 0)
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    for other in (ask(firm, numbers(), category="food"), ask(firm, numbers(), now=tomorrow)):
        assert not told(other) & changed
        assert len(told(other)) > 1_000


def test_lines_come_back_as_they_were_written_each_number_once(store: Path) -> None:
    firm = registered()
    deliver(store)
    written = ["number", *(f"+86 {each}" for each in numbers()), *numbers(), "110", ""]
    answer = ask(firm, written)
    assert told(answer) <= {*("+86",), *numbers()}
    assert answer.asking.asked == MANY
    assert answer.bad == [(2 * MANY + 2, "110")]
    lines = answer.as_text().decode().splitlines()
    assert lines == [each for each in (f"+86 {each}" for each in numbers()) if each in set(lines)]


def test_every_asking_is_recorded_without_the_list(store: Path) -> None:
    import hashlib

    from wurao.control.may_call.models import Asking
    from wurao.numbering import parse_text

    firm = registered()
    deliver(store)
    answer = ask(firm, numbers())
    kept = Asking.objects.get()
    assert (kept.sender_id, kept.asked, kept.told, kept.category, kept.channel) == (CODE, MANY, len(told(answer)), 4, 0)
    listed = np.array([parse_text(each) for each in numbers()], "<i8")
    assert kept.list_sha256 == hashlib.sha256(listed.tobytes()).hexdigest()
    assert kept.snapshot.startswith("2")
    assert len(kept.sample) < 8 * MANY // 16


@pytest.mark.parametrize(
    ("lines", "category", "channel", "said"),
    [
        (numbers(999), "retail", "call", "1,000 to 1,000,000"),
        (numbers(1) * 2_000, "retail", "call", "1,000 to 1,000,000"),
        (numbers(), "finance", "call", "not registered for this category"),
        (numbers(), "service", "call", "category of marketing"),
        (numbers(), "retail", "name", "channel"),
        (numbers(), "retail", "message", "template"),
    ],
)
def test_what_cannot_be_asked_is_refused(
    registry: Path, lines: list[str], category: str, channel: str, said: str
) -> None:
    from wurao.control.firms.findings import NotRight
    from wurao.control.may_call.models import Asking

    with pytest.raises(NotRight, match=said):
        ask(registered(), lines, category, channel)
    assert not Asking.objects.exists()


def test_a_firm_that_may_send_nothing_may_ask_nothing(registry: Path) -> None:
    from wurao.control.firms.findings import NotRight
    from wurao.control.firms.models import Firm
    from wurao.control.registry import record, rows

    firm = registered()
    Firm.objects.update(valid_until=datetime.now(UTC))
    firm.refresh_from_db()
    with pytest.raises(NotRight, match="over"):
        ask(firm, numbers())
    put(
        "senders",
        {"sender_id": CODE, "name": "a", "categories": "retail", "state": "suspended", "since": "2026-03-01T08:00:00Z"},
    )
    with pytest.raises(NotRight, match="suspended"):
        ask(firm, numbers())
    other = registered(OTHER_CODE, "别家", header="")
    with pytest.raises(NotRight, match="no header"):
        ask(other, numbers())
    header = rows.rows_where("headers", sender_id=CODE)[0]
    record.put("headers", header | {"sender_id": OTHER_CODE, "category": 7}, record.Author("operator", "file"))
    with pytest.raises(NotRight, match="no header"):
        ask(other, numbers())


def test_a_beginning_of_numbers_is_asked_for_by_one_of_them() -> None:
    from wurao.control.may_call.approaching import number_of
    from wurao.numbering import canonical, parse_prefix

    for prefix, number in (
        ("10690012", "10690012"),
        ("+86351234", "+863512340000"),
        ("9601", "9601"),
        ("138", "+8613800000000"),
    ):
        found = canonical(number_of({"header": parse_prefix(prefix), "match": 1}))
        assert found.startswith(number[: len(prefix)])


def test_the_page_gives_a_file_and_shows_what_was_asked(store: Path) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    registered()
    deliver(store)
    page = browser(of_firm())
    upload = SimpleUploadedFile("a.csv", "\n".join(numbers()).encode())
    answer = page.post("/firm/may-call/", {"category": "retail", "channel": "call", "numbers": upload})
    assert answer.status_code == 200
    assert answer["Content-Disposition"].startswith("attachment")
    assert 0.99 * MANY < len(answer.content.split()) < MANY
    html = page.get("/firm/may-call/").content.decode()
    assert "1200" in html
    for role in ("regulator", "auditor", "administrator"):
        assert "晋阳超市有限公司" in browser(staff(role)).get("/may-call/askings/").content.decode()
    few = SimpleUploadedFile("a.csv", b"13835110000\n")
    refused = page.post("/firm/may-call/", {"category": "retail", "channel": "call", "numbers": few})
    assert refused.status_code == 422


def test_the_regulator_traces_a_leak_and_that_is_recorded(store: Path) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    from wurao.control.accounts.models import AccessRecord

    firm = registered()
    deliver(store)
    many = [str(FIRST + n) for n in range(30_000)]
    answer = ask(firm, many)
    leaked = sorted(told(answer))[::5]
    page = browser(staff("regulator"))
    upload = SimpleUploadedFile("a.csv", "\n".join(leaked).encode())
    html = page.post("/may-call/leak/", {"numbers": upload, "purpose": "用户举报名单外泄"}).content.decode()
    assert "晋阳超市有限公司" in html
    assert "是</span>" in html
    assert AccessRecord.objects.get(what="leak_traced").purpose == "用户举报名单外泄"
