"""Look-ups beside calls: a repeated one gets its earlier answer, and their times move the clock that calls go by."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import Any

import pyarrow as pa
import pytest

from tests.screening.engines import Plain, decided, engine_of
from tests.screening.events import Event, batch, event
from tests.snapshot import small
from wurao.numbering import WITHHELD
from wurao.screening.engine import KERNEL, Engine
from wurao.screening.sight import Sight
from wurao.snapshot import untouched
from wurao.tables import schema
from wurao.verdicts import Action, Reason
from wurao.wishes import CHANNELS

LISTED = timedelta(hours=1)
"""So long, from the beginning on, bad.example is listed."""


@pytest.fixture(params=["compiled", "plain"])
def engine(request: pytest.FixtureRequest) -> Engine:
    tables = small.tables_of(small.Registry())
    row = {"name": "bad.example", "match": 0, "cause": "fraud", "source": "police", "start": small.START}
    tables["domains"] = pa.Table.from_pylist([row | {"end": small.START + LISTED}], schema=schema("domains"))
    snapshot = small.snapshot_of(tables)
    return engine_of(Sight(snapshot, untouched(snapshot), 0, {}), KERNEL if request.param == "compiled" else Plain())


def lookup(after: timedelta, event_id: str | None, name: str = "bad.example") -> Event:
    made = event(Random(0), small.START + after)
    numbers = {"caller": WITHHELD, "callee": WITHHELD}
    return made | numbers | {"channel": CHANNELS.index("name"), "event_id": event_id, "name": name}


def actions(engine: Engine, *made: Event) -> list[Any]:
    return decided(engine, batch(list(made)))["action"]


def test_a_look_up_that_comes_twice_within_a_day_gets_its_earlier_answer(engine: Engine) -> None:
    day = timedelta(hours=24)
    listed = lookup(timedelta(0), "a")
    assert actions(engine, listed) == [Action.BLOCK]
    later = [lookup(2 * LISTED, each) for each in ("a", "b", None)]
    assert actions(engine, *later) == [Action.BLOCK, Action.ALLOW, Action.ALLOW]
    assert actions(engine, lookup(day, "a"), lookup(day, "b")) == [Action.ALLOW, Action.ALLOW]


def test_a_look_up_that_comes_twice_counts_once(engine: Engine) -> None:
    actions(engine, lookup(timedelta(0), "a"), lookup(timedelta(0), "a"))
    assert engine.velocity.records()["repeats"] == 1


def test_a_look_up_moves_the_clock_by_which_calls_are_late(engine: Engine) -> None:
    call = event(Random(1), small.START) | {"channel": 0, "event_id": "c", "name": None}
    found = decided(engine, batch([lookup(LISTED, "a"), call, lookup(timedelta(0), "b")]))
    assert found["reason"][0] == Reason.NOTHING_SPOKE
    assert engine.late == 2
    assert engine.velocity.records()["callees"] == 0
