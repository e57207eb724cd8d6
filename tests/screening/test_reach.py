"""Whom a call would reach: the same that screening says of each number alone, and a no where nobody can tell."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.screening.engines import decided, engine_of, sight_of
from tests.screening.events import batch
from tests.snapshot import small
from wurao.events.columns import Attestation
from wurao.numbering import parse_text
from wurao.screening import reach as reach_module
from wurao.screening.engine import Engine
from wurao.screening.reach import Approach, reached
from wurao.screening.velocity import Velocity
from wurao.verdicts import Action
from wurao.wishes import CATEGORIES

CALLEES = np.array([parse_text(each) for each in (*small.CALLEES, "+8613911112222")], np.int64)
EPOCH = small.START.replace(year=1970, month=1, day=1, hour=0, minute=0)


def approach(random: Random) -> Approach:
    moment = small.START + timedelta(hours=random.randrange(-1, small.HOURS))
    return Approach(
        at=round(moment.timestamp() * 1_000_000),
        channel=random.randrange(3),
        caller=parse_text(random.choice(small.CALLERS)),
        declared=random.randrange(-1, len(CATEGORIES)),
        trunk=random.choice([*small.TRUNKS, "unheard of", None]),
        template=random.choice([*small.TEMPLATES, "unheard of", None]),
    )


def screened(engine: Engine, callee: int, asked: Approach) -> bool:
    """What screening says of the one event, which nothing came before, signed as it should be."""
    event: dict[str, Any] = {
        "event_id": "e",
        "at": EPOCH + timedelta(microseconds=asked.at),
        "channel": asked.channel,
        "caller": asked.caller,
        "callee": callee,
        "trunk": asked.trunk,
        "template": asked.template,
        "declared": CATEGORIES[asked.declared] if asked.declared >= 0 else None,
        "attestation": Attestation.A,
        "roaming": -1,
        "answered": -1,
    }
    engine.velocity = Velocity.create(1)
    (action,) = decided(engine, batch([event]))["action"]
    return bool(action < Action.DIVERT)


@settings(max_examples=40)
@given(st.integers(0, 2**32), st.booleans())
def test_it_says_what_screening_says_of_each_number_alone(seed: int, with_changes: bool) -> None:
    random = Random(seed)
    made = small.registry(random)
    sight = sight_of(made, small.steps(random, made) if with_changes else None)
    engine, asked = engine_of(sight), approach(random)
    found = reached(sight, CALLEES, asked, engine.thresholds)
    assert found.tolist() == [screened(engine, callee, asked) for callee in CALLEES.tolist()]


def test_no_size_of_block_changes_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    random = Random(6)
    sight = sight_of(small.registry(random))
    engine, many = engine_of(sight), np.tile(CALLEES, 40)
    for _ in range(20):
        asked = approach(random)
        whole = reached(sight, many, asked, engine.thresholds)
        monkeypatch.setattr(reach_module, "BLOCK", 7)
        assert (reached(sight, many, asked, engine.thresholds) == whole).all()
        monkeypatch.undo()


def test_a_number_whose_page_is_damaged_is_a_no_and_the_others_are_answered() -> None:
    random = Random(3)
    sight = sight_of(small.registry(random))
    engine, asked = engine_of(sight), approach(random)
    before = reached(sight, CALLEES, asked, engine.thresholds)
    days = sight.overlaid.registry.array("day_types")
    kept = days.copy()
    days[:] = 7
    try:
        assert not reached(sight, CALLEES, asked, engine.thresholds).any()
    finally:
        days[:] = kept
    assert (reached(sight, CALLEES, asked, engine.thresholds) == before).all()
