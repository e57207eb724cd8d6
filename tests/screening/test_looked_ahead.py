"""Look-ups made ahead of the decision: the same as made in their turn, and made in their turn where they raise."""

from __future__ import annotations

from random import Random

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.screening.engines import decided, engine_of, memory, sight_of
from tests.screening.events import batch, events
from tests.snapshot import small
from wurao.screening.gather import look
from wurao.screening.lookups import WORDS, calls_as_subscriber, is_looked_up, looked_at, was_subscriber
from wurao.screening.sight import Sight
from wurao.snapshot import Snapshot, untouched

seeds = st.integers(0, 2**32)
FLAGS = 7
"""The bits of flags of a trunk or a sender that have a meaning."""


def random_sight(seed: int) -> Sight:
    random = Random(seed)
    made = small.registry(random)
    return sight_of(made, small.steps(random, made) if seed % 2 else [])


@settings(max_examples=40)
@given(seeds)
def test_what_was_looked_up_ahead_is_what_is_found_in_its_turn(seed: int) -> None:
    sight = random_sight(seed)
    base, overlay = sight.snapshot.registry, sight.overlaid.registry
    columns = engine_of(sight).prepare(batch(events(Random(seed), 30))).events
    for row in range(30):
        with np.errstate(over="ignore"):
            now = look(base, overlay, columns, row)
            assert was_subscriber(columns, row) == calls_as_subscriber(base, overlay, columns, row)
        now = now._replace(trunk_flags=now.trunk_flags & FLAGS, sender_flags=now.sender_flags & FLAGS)
        assert is_looked_up(columns, row)
        assert looked_at(columns, row) == now


@settings(max_examples=40)
@given(seeds)
def test_a_verdict_is_the_same_whichever_rows_were_looked_up_ahead(seed: int) -> None:
    random, sight = Random(seed), random_sight(seed)
    made = batch(events(random, 60))
    whole, part = engine_of(sight), engine_of(sight)
    prepared = part.prepare(made)
    words = prepared.events.array("looked").reshape(-1, WORDS)
    words[[random.random() < 0.5 for _ in range(60)]] = 0
    verdicts = part.decide(prepared)
    right = decided(whole, made)
    assert {name: verdicts.array(name).tolist() for name in right} == right
    assert memory(whole) == memory(part)


def test_a_row_that_cannot_be_looked_up_ahead_leaves_the_others_looked_up() -> None:
    made = small.registry(Random(1))
    snapshot = small.snapshot_of(small.tables_of(made))
    arrays = {name: array.copy() for name, array in snapshot.arrays.items()}
    asked = batch(events(Random(2), 60))
    sound = engine_of(Sight(snapshot, untouched(snapshot), 0, {})).prepare(asked).events
    keys = arrays["scattered"].reshape(-1, 2)
    place = next(n for n in range(len(keys)) if keys[n, 0] in sound.array("callee"))
    number = keys[place, 0]
    keys[place, 1] = 1 << 41
    wrong = Snapshot(snapshot.id, snapshot.manifest, arrays)
    columns = engine_of(Sight(wrong, untouched(wrong), 0, {})).prepare(asked).events
    looked = np.array([is_looked_up(columns, row) for row in range(60)])
    assert not looked[sound.array("callee") == number].any()
    assert looked.sum() > 10
    kept, right = (each.array("looked").reshape(-1, WORDS) for each in (columns, sound))
    assert (kept[looked] == right[looked]).all()
