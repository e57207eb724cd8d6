"""One event at a time gets what it gets in a batch, and a fault lets it through."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.screening.engines import decided, engine_of, memory, sight_of
from tests.screening.events import batch, events
from tests.screening.raising import RAISING, raises_at
from tests.snapshot import small
from wurao.screening.asking import Answer, Asking
from wurao.screening.precedence import RULE_NAMES
from wurao.screening.velocity.layout import mix
from wurao.verdicts import Action, Reason

ASKED = ("at", "channel", "caller", "callee", "trunk", "template", "declared", "attestation", "roaming")
NOT_TOLD = {"answered": -1, "ring_s": None, "duration_s": None}


@settings(max_examples=20)
@given(st.integers(0, 2**32), st.booleans())
def test_asked_one_by_one_events_get_what_they_get_in_a_batch(seed: int, with_changes: bool) -> None:
    random = Random(seed)
    made = small.registry(random)
    sight = sight_of(made, small.steps(random, made) if with_changes else None)
    texts_lost = [random.choice(({}, {}, {"text": None}, {"text": ""})) for _ in range(60)]
    asked = batch([each | NOT_TOLD | lost for each, lost in zip(events(random, 60), texts_lost, strict=True)])
    whole, single = engine_of(sight), engine_of(sight)
    expected = decided(whole, asked)
    asking = Asking(single)
    columns = single.prepare(asked).events
    rows = zip(*(columns.array(name).tolist() for name in (*ASKED, "id_high", "id_low")), strict=True)
    texts = [None if text is None else text.encode() for text in asked.column("text").to_pylist()]
    found = [
        asking.ask(**dict(zip(ASKED, row, strict=False)), mark=row[-2:], text=text)
        for row, text in zip(rows, texts, strict=True)
    ]
    assert {name: [getattr(answer, name) for answer in found] for name in Answer._fields} == expected
    assert single.velocity.records() == whole.velocity.records()
    assert memory(single)["control"] == memory(whole)["control"]
    assert not single.faults


def test_the_sight_may_change_between_two_events() -> None:
    random = Random(5)
    made = small.registry(random)
    engine = engine_of(sight_of(made))
    asking = Asking(engine)
    asked = batch([each | NOT_TOLD for each in events(random, 40)])
    engine.sight = sight_of(made, small.steps(random, made))
    columns = engine.prepare(asked).events
    rows = zip(*(columns.array(name).tolist() for name in (*ASKED, "id_high", "id_low")), strict=True)
    texts = [None if text is None else text.encode() for text in asked.column("text").to_pylist()]
    found = [
        asking.ask(**dict(zip(ASKED, row, strict=False)), mark=row[-2:], text=text)
        for row, text in zip(rows, texts, strict=True)
    ]
    assert [answer.reason for answer in found] == decided(engine_of(engine.sight), asked)["reason"]


def test_there_is_room_for_new_callers_after_a_saved_state_was_taken_up(tmp_path: Path) -> None:
    engine = engine_of(sight_of(small.Registry()))
    asking = Asking(engine)
    at = round(small.START.timestamp() * 1e6)
    asking.ask(at, 0, (2 << 59) | 8_613_900_000_000, (2 << 59) | 8_613_800_000_000)
    engine.save_velocity(tmp_path / "state")
    engine.load_velocity(tmp_path / "state")
    for n in range(500):
        asking.ask(at, 0, (2 << 59) | (8_613_900_000_001 + n), (2 << 59) | (8_613_700_000_000 + n))
    assert not engine.faults


def test_a_fault_lets_the_event_through_and_is_counted() -> None:
    random = Random(5)
    sight = sight_of(small.registry(random))
    asking = Asking(engine := engine_of(sight))
    trunks = len(sight.overlaid.registry.array("trunks")) // 4
    overseas = np.flatnonzero(sight.overlaid.registry.array("trunks")[::4] & 1)
    beyond = asking.ask(1_790_000_000_000_000, 0, 0, (2 << 59) | 8_613_800_000_000, trunk=trunks + 5)
    assert (beyond.action, beyond.reason) == (Action.ALLOW, Reason.FAULT)
    assert len(overseas)
    again = asking.ask(1 << 62, 0, 0, (2 << 59) | 8_613_800_000_000, trunk=int(overseas[0]))
    assert (again.reason, again.overseas_mark) == (Reason.FAULT, 1)
    assert engine.faults == {("gather", "IndexError"): 2}


@pytest.mark.parametrize("place", range(12))
def test_a_fault_is_told_once_a_kind_with_the_rule_and_the_event(place: int, capsys: Any) -> None:
    asking = Asking(engine := engine_of(sight_of(small.Registry()), RAISING))
    caller, callee = (small.parse_text(text) for text in small.MOBILES[:2])
    at = 1_790_000_000_000_000
    answers = [asking.ask(at + raised, 0, caller, callee) for raised in (0, raises_at(place), raises_at(place), 0)]
    assert [answer.reason == Reason.FAULT for answer in answers] == [False, True, True, False]
    assert engine.faults == {(RULE_NAMES[place], "ZeroDivisionError"): 2}
    (told,) = (json.loads(line) for line in capsys.readouterr().err.splitlines())
    assert (told["where"], told["level"], told["at"]) == (RULE_NAMES[place], "error", at + raises_at(place))
    assert told["alarm"] is True
    assert (told["from_number"], told["to_number"]) == ("+861380000****",) * 2


def test_an_event_that_only_the_machine_code_cannot_answer_is_answered() -> None:
    asking = Asking(engine := engine_of(sight_of(small.Registry())))

    def raising(*_: object) -> None:
        raise IndexError("an index points outside its page")

    asking._kernel = raising
    answer = asking.ask(1_790_000_000_000_000, 0, *(small.parse_text(text) for text in small.MOBILES[:2]))
    assert (answer.reason, engine.faults) == (Reason.NOTHING_SPOKE, {})


def one_ring_calls(engine: Any, told: str) -> list[Answer]:
    """Three calls that ring once, each to another, and one more ten minutes later; the outcomes told so, or not."""
    asking = Asking(engine)
    start, caller = round(small.START.timestamp() * 1e6), (2 << 59) | 8_613_900_000_000
    times = [*(start + n * 1_000_000 for n in range(3)), start + 600_000_000]
    answers = []
    for n, at in enumerate(times):
        answers.append(asking.ask(at, 0, caller, (2 << 59) | (8_613_800_000_000 + n)))
        if told != "never" and n < 3:
            assert asking.outcome(at, caller, told == "answered", 1.0, 30.0)
    return answers


@pytest.mark.parametrize(("told", "label"), [("one ring", Reason.ONE_RING), ("answered", -1), ("never", -1)])
def test_outcomes_told_when_calls_are_over_count_for_those_that_follow(told: str, label: int) -> None:
    engine = engine_of(sight_of(small.Registry()))
    engine.thresholds = engine.thresholds._replace(caller_callees_per_hour=1000, caller_attempts_per_hour=1000)
    assert [answer.label for answer in one_ring_calls(engine, told)] == [-1, -1, -1, label]
    assert not engine.faults


def test_an_outcome_of_nobody_or_of_no_call_is_not_taken() -> None:
    asking = Asking(engine := engine_of(sight_of(small.Registry())))
    at, caller, callee = 1_790_000_000_000_000, *(small.parse_text(text) for text in small.MOBILES[:2])
    asking.ask(at, 0, caller, callee)
    assert not asking.outcome(at + 1_000_000, caller, True)
    assert not asking.outcome(at, callee, True)
    assert not asking.outcome(at, 0, True)
    assert asking.outcome(at, caller, True)
    assert not asking.outcome(at, caller, True)
    assert not engine.faults


def test_a_fault_in_taking_an_outcome_is_counted_and_disturbs_nobody(capsys: Any) -> None:
    asking = Asking(engine := engine_of(sight_of(small.Registry())))
    at, caller, callee = 1_790_000_000_000_000, *(small.parse_text(text) for text in small.MOBILES[:2])
    asking.ask(at, 0, caller, callee)
    elsewhere = (mix(caller, 0) & ((1 << 31) - 1)) << 32 | 0xFFFFFF
    engine.velocity.state.callers_slots.array[:] = elsewhere
    engine.velocity.state.near.array[:] = 0
    assert not asking.outcome(at, caller, True)
    assert sum(engine.faults.values()) == 1
    assert json.loads(capsys.readouterr().err)["alarm"] is True
