"""Whose texts are read: theirs who switched content protection on, as the newest wishes have it, and nobody else's."""

from __future__ import annotations

import itertools
import json
from random import Random
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.screening.engines import engine_of, sight_of
from tests.screening.events import Event, batch, events
from tests.snapshot import small
from wurao.content.classes import CLASSES, KINDS
from wurao.content.reader import Reader, TextsRead
from wurao.events.columns import EventColumns
from wurao.numbering.canonical import canonical
from wurao.screening.asking import Asking
from wurao.screening.facts import NONE, TextFacts
from wurao.screening.gather import category_of_text, text_facts
from wurao.screening.sight import Sight
from wurao.screening.texts import TextReader, with_texts
from wurao.snapshot import Snapshot, untouched
from wurao.verdicts import VERDICT_SCHEMA, Reason
from wurao.wishes import CATEGORIES, EVERYTHING, Channel

seeds = st.integers(0, 2**32)
OF_TEXTS = ("class", "kind", "score", "links", "text_hash", "text_sketch")
PROTECTED, OTHER = (small.parse_text(text) for text in small.MOBILES[:2])
NUMBERS = itertools.count()
PORT = small.parse_text("10690001")


class Noting(Reader):
    """A reader that notes which texts it was handed."""

    def __init__(self) -> None:
        super().__init__(key=lambda: bytes(32))
        self.handed: list[str] = []

    def read(self, column: pa.Array, rows: npt.NDArray[np.int64], *rest: Any, **how: Any) -> TextsRead:
        self.handed += column.take(pa.array(rows)).to_pylist()
        return super().read(column, rows, *rest, **how)


def protected_among(made: small.Registry) -> set[int]:
    return {row["number"] for row in made.of("subscribers") if row["content_protection"]}


def are_read(made: small.Registry, asked: list[Event]) -> list[bool]:
    protected = protected_among(made)
    return [each["channel"] == 1 and each["text"] is not None and each["callee"] in protected for each in asked]


@settings(max_examples=30)
@given(seeds, st.booleans())
def test_texts_of_protected_callees_are_read_and_no_others(seed: int, with_changes: bool) -> None:
    random = Random(seed)
    made = small.registry(random)
    changes = small.steps(random, made, most=20) if with_changes else []
    asked, reader = events(random, 60), Noting()
    engine = engine_of(sight_of(made, changes))
    engine.texts = TextReader(reader)
    found = engine.screen(batch(asked)).to_pylist()
    expected = are_read(small.applied(made, changes), asked)
    assert reader.handed == [each["text"] for each, read in zip(asked, expected, strict=True) if read]
    for name in OF_TEXTS:
        told = [row[name] is not None for row in found]
        assert told == expected if name != "kind" else set(told) <= {False, True}


@settings(max_examples=20)
@given(seeds)
def test_what_others_write_changes_nothing(seed: int) -> None:
    random = Random(seed)
    made = small.registry(random)
    sight, asked = sight_of(made), events(random, 60)
    protected = protected_among(made)
    other = [
        each
        if each["channel"] == 1 and each["callee"] in protected
        else each | {"text": random.choice((None, "另一条"))}
        for each in asked
    ]
    assert engine_of(sight).screen(batch(other)).equals(engine_of(sight).screen(batch(asked)))


def one(name: str, **values: Any) -> small.Step:
    row = small.MADE[name][0](Random(7)) | values
    return name, small.key_of(name, row), row


def subscriber(number: int, on: bool) -> small.Step:
    values = {"content_protection": on, "guard": 2, "only_my_list": False, "only_my_list_until": None}
    allowed = {"marketing": EVERYTHING, "hours": EVERYTHING, "unregistered": True, "shield_until": None}
    return one("subscribers", number=number, **values, **allowed)


def template(body: str) -> small.Step:
    return one("templates", template_id="text0", sender_id="firm1", purpose=1, body=body)


FIRM = [
    one("senders", sender_id="firm1", state=0, ceiling_per_hour=None),
    one("headers", header=PORT, match=0, sender_id="firm1", category=None, start=small.START, end=None),
    template("您的账单 {amount:money} 元"),
]


def message(text: str | None, callee: int = PROTECTED, **values: Any) -> Event:
    plain = {"trunk": None, "template": None, "declared": None, "attestation": -1, "roaming": -1, "channel": 1}
    made = events(Random(3), 1)[0] | plain | {"caller": PORT, "callee": callee, "at": small.START, "text": text}
    return made | {"event_id": f"m{next(NUMBERS)}"} | values


def reason(changes: list[small.Step], event: Event) -> str:
    made = small.applied(small.Registry(), [*FIRM, *changes])
    return str(engine_of(sight_of(made)).screen(batch([event])).column("reason")[0].as_py())


def alone(changes: list[small.Step], event: Event) -> set[str]:
    """The reasons of the same event when it is asked alone, and when it is explained."""
    engine = engine_of(sight_of(small.applied(small.Registry(), [*FIRM, *changes])))
    columns = engine.prepare(batch([event])).events
    at, caller, callee, template = (int(columns.array(name)[0]) for name in ("at", "caller", "callee", "template"))
    text = event["text"]
    octets = None if text is None else text.encode()
    answer = Asking(engine).ask(at, Channel.MESSAGE.value, caller, callee, template=template, text=octets)
    named = {"channel": "message", "at": event["at"].isoformat(), "template_id": event["template"], "text": text}
    told = engine.explain(named | {"from_number": canonical(caller), "to_number": canonical(callee)})
    return {Reason(answer.reason).name, told.reason.name}


@pytest.mark.parametrize(
    ("on", "text", "matched"),
    [
        (True, "您的账单 1,024.50 元", True),
        (True, "您的账单１０２４元", True),
        (True, "您的账单在此，点击领取", False),
        (True, None, True),
        (True, "", True),
        (True, " ", False),
        (False, "您的账单在此，点击领取", True),
        (False, None, True),
    ],
)
def test_a_template_is_matched_by_the_text_where_it_is_read_and_by_declaration_elsewhere(
    on: bool, text: str | None, matched: bool
) -> None:
    found = reason([subscriber(PROTECTED, on)], message(text, template="text0"))
    assert alone([subscriber(PROTECTED, on)], message(text, template="text0")) == {found}
    assert (found != "UNREGISTERED_TEMPLATE") is matched
    assert reason([subscriber(PROTECTED, on)], message(text)) == "UNREGISTERED_TEMPLATE"


def listed(name: str, below: bool, hours: int = 6) -> small.Step:
    end = small.START.replace(hour=small.START.hour + hours) if small.START.hour + hours < 24 else None
    values = {
        "cause": "fraud",
        "source": "x",
        "order_id": None,
        "second_person": None,
        "start": small.START,
        "end": end,
    }
    return "domains", (name, int(below)), {"name": name, "match": int(below), **values}


@pytest.mark.parametrize(
    ("name", "below", "text", "blocked"),
    [
        ("bad.example.com", False, "点击 http://bad.example.com/a", True),
        ("example.com", False, "点击 http://bad.example.com/a", False),
        ("example.com", True, "点击 http://bad.example.com/a", True),
        ("example.com", True, "先看 b.cn，再看 bad。example。com", True),
        ("xn--fiqs8s.com", False, "登录 http://中国.com", True),
        ("bad.example.com", True, "点击 http://good.example.com", False),
        ("apple.com", False, "点击 http://аpple.com/a", True),
        ("xn--pple-43d.com", False, "点击 http://аpple.com/a", True),
        ("xn--pple-43d.com", True, "点击 www.аpple.com", True),
        ("xn--pple-43d.com", False, "点击 http://apple.com/a", False),
        ("xn--fiqz9s.com", False, "登录 http://中國.com", True),
        ("сайт.рф", False, "см. сайт.рф", True),
    ],
)
def test_a_blocked_host_in_a_text_is_looked_up_as_a_name_is(name: str, below: bool, text: str, blocked: bool) -> None:
    changes = [subscriber(PROTECTED, True), subscriber(OTHER, False), listed(name, below)]
    assert (reason(changes, message(text, caller=OTHER)) == "BLOCKED_DOMAIN") is blocked
    assert reason(changes, message(text, callee=OTHER, caller=PROTECTED)) != "BLOCKED_DOMAIN"
    early = message(text, caller=OTHER, at=small.START.replace(year=2025))
    assert reason(changes, early) != "BLOCKED_DOMAIN", "as of the event's time"


def sights(*changes: small.Step) -> tuple[Sight, Sight]:
    """Of one snapshot: before and after some changes."""
    made = small.applied(small.Registry(), [*FIRM, subscriber(PROTECTED, True), subscriber(OTHER, False)])
    before = sight_of(made)
    return before, before.with_changes(small.changed(list(changes)), 1)


def decided_later(before: Sight, after: Sight, asked: list[Event]) -> list[dict[str, Any]]:
    """Prepared by one sight, decided by another."""
    engine = engine_of(before)
    prepared = engine.prepare(batch(asked))
    prepared.decide_with(after, 0)
    return engine.render(prepared, engine.decide(prepared)).to_pylist()


def test_who_switches_protection_on_or_off_meanwhile_is_read_or_not_from_then_on() -> None:
    before, after = sights(subscriber(PROTECTED, False), subscriber(OTHER, True))
    asked = [message("登录 b.cn"), message("登录 c.cn", callee=OTHER)]
    first = engine_of(before).screen(batch(asked)).to_pylist()
    assert [row["links"] for row in first] == [["b.cn"], None]
    later = decided_later(before, after, asked)
    assert [row["links"] for row in later] == [None, ["c.cn"]]
    assert [row["text_hash"] is None for row in later] == [True, False]


def test_rows_decided_before_the_change_keep_what_was_read_of_them() -> None:
    before, after = sights(subscriber(PROTECTED, False), subscriber(OTHER, True))
    asked = [
        message("登录 b.cn"),
        message("登录 c.cn", callee=OTHER),
        message("登录 d.cn"),
        message("e.cn", callee=OTHER),
    ]
    engine = engine_of(before)
    prepared = engine.prepare(batch(asked))
    prepared.decide_with(before, 0)
    prepared.decide_with(after, 2)
    links = engine.render(prepared, engine.decide(prepared)).column("links").to_pylist()
    assert links == [["b.cn"], None, None, ["e.cn"]]


@pytest.mark.parametrize(
    ("change", "matched"), [(template("吃饭了吗 {link}"), True), (("templates", ("text0",), None), False)]
)
def test_a_template_that_changes_meanwhile_is_matched_as_it_is_now(change: small.Step, matched: bool) -> None:
    before, after = sights(change)
    (row,) = decided_later(before, after, [message("吃饭了吗 http://b.cn", template="text0")])
    assert (row["reason"] != "UNREGISTERED_TEMPLATE") is matched
    (row,) = decided_later(after, before, [message("您的账单 5 元", template="text0")])
    assert row["reason"] != "UNREGISTERED_TEMPLATE"


def test_templates_are_compiled_once_for_all_sights_that_have_the_same() -> None:
    before, after = sights(subscriber(OTHER, True))
    texts = TextReader()
    fitting = texts.fitting(before)
    assert texts.fitting(after) is fitting
    changed = after.with_changes(small.changed([template("您好")]), 2)
    assert texts.fitting(changed) is not fitting
    assert texts.fitting(changed).base is fitting.base


def damaged(column: str, place: int, value: int, made: small.Registry) -> Sight:
    snapshot = small.snapshot_of(small.tables_of(made))
    arrays = {name: array.copy() for name, array in snapshot.arrays.items()}
    arrays[column][place] = value
    other = Snapshot(snapshot.id, snapshot.manifest, arrays)
    return Sight(other, untouched(other), 0, {})


def test_a_text_that_cannot_be_read_lets_all_else_be_as_it_is_and_raises_an_alarm(capsys: Any) -> None:
    made = small.applied(small.Registry(), [*FIRM, subscriber(PROTECTED, True)])
    engine = engine_of(damaged("template_shape_of", 0, 99, made))
    asked = [message("吃饭了吗 b.cn"), message("您的账单 5 元", template="text0"), message("吃饭了吗 c.cn")]
    found = engine.screen(batch(asked)).to_pylist()
    assert [row["links"] for row in found] == [["b.cn"], None, ["c.cn"]]
    assert [row["reason"] for row in found] == ["UNREGISTERED_TEMPLATE", "NOTHING_SPOKE", "UNREGISTERED_TEMPLATE"]
    assert engine.faults == {("templates", "IndexError"): 1}
    told = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [(line["where"], line["event_id"], line["alarm"]) for line in told] == [
        ("templates", asked[1]["event_id"], True)
    ]
    assert "账单" not in json.dumps(told, ensure_ascii=False)


def test_a_damaged_page_of_wishes_is_the_rules_fault_and_no_crash() -> None:
    made = small.applied(small.Registry(), [*FIRM, subscriber(PROTECTED, True)])
    snapshot = small.snapshot_of(small.tables_of(made))
    place = int(np.flatnonzero(snapshot.arrays["scattered"][::2] == PROTECTED)[0]) * 2 + 1
    engine = engine_of(damaged("scattered", place, 1 << 40, made))
    found = engine.screen(batch([message("登录 b.cn"), message("登录 b.cn", callee=OTHER)])).to_pylist()
    assert [row["reason"] == "FAULT" for row in found] == [True, False]
    assert [row["links"] for row in found] == [None, None]


def columns(
    class_of: str, kind: str | None, score: float = 0.0, known: float = 0.0, otherwise: tuple[str, str] | None = None
) -> EventColumns:
    """One event with a text that is judged so; class and kind `otherwise` from a known sender."""
    class_known, kind_known = otherwise or (class_of, kind)
    made = {
        "reading": np.zeros(1, np.int32),
        "listed": np.ones(1, np.int8),
        "text_class": np.array([CLASSES.index(class_of)], np.int8),
        "text_class_known": np.array([CLASSES.index(class_known)], np.int8),
        "text_kind": np.array([-1 if kind is None else KINDS.index(kind)], np.int8),
        "text_kind_known": np.array([-1 if kind_known is None else KINDS.index(kind_known)], np.int8),
        "text_score": np.array([score], np.float32),
        "text_score_known": np.array([known], np.float32),
    }
    rest = {name: np.zeros(1, dtype) for name, dtype in EventColumns.columns.items() if name not in made}
    return EventColumns(**made, **rest)


@pytest.mark.parametrize("category", CATEGORIES[:9])
def test_marketing_has_the_category_that_it_is_for(category: str) -> None:
    assert CATEGORIES[category_of_text(columns("marketing", category), 0, False)] == category


@pytest.mark.parametrize(
    ("class_of", "category"),
    [("service", "service"), ("otp", "transaction"), ("normal", None), ("fraud", None), ("illegal", None)],
)
def test_other_classes_have_the_category_of_what_they_do(class_of: str, category: str | None) -> None:
    expected = NONE if category is None else CATEGORIES.index(category)
    assert category_of_text(columns(class_of, None), 0, True) == expected


def test_a_known_senders_score_is_its_own_and_what_is_not_read_has_none() -> None:
    judged = columns("illegal", "gambling", score=0.75, known=0.25)
    assert text_facts(judged, 0, False) == TextFacts(0.75, True, True)
    assert text_facts(judged, 0, True) == TextFacts(0.25, True, True)
    assert text_facts(with_texts(judged, None), 0, False) == TextFacts(0.0, False, False)
    assert category_of_text(with_texts(judged, None), 0, False) == NONE


def test_a_known_senders_class_and_kind_are_its_own() -> None:
    judged = columns("illegal", "gambling", score=0.9, otherwise=("marketing", "finance"))
    assert text_facts(judged, 0, False).illegal
    assert not text_facts(judged, 0, True).illegal
    assert category_of_text(judged, 0, False) == NONE
    assert CATEGORIES[category_of_text(judged, 0, True)] == "finance"


def test_a_batch_without_texts_has_none_of_their_columns() -> None:
    found = engine_of(sight_of(small.applied(small.Registry(), FIRM))).screen(batch([message(None)]))
    assert found.schema == VERDICT_SCHEMA
    assert all(found.column(name).null_count == 1 for name in OF_TEXTS)
