"""A day's answers: packed and back, found again, and one of two writers told."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

pytest.importorskip("django")

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

DAY = date(2026, 3, 1)


@given(st.sets(st.integers(1, 2**62), max_size=300), st.integers(0, 2**32))
def test_what_is_packed_comes_back(project: Path, numbers: set[int], seed: int) -> None:
    from wurao.control.may_call.answers import NOTHING, packed, unpacked

    chosen = np.array(sorted(numbers), np.int64)
    told = np.random.default_rng(seed).random(len(chosen)) < 0.5
    held = NOTHING.with_more(chosen, told, 3)
    back = unpacked(packed(held))
    assert (back[0] == chosen).all()
    assert (back[1] == told).all()
    assert held.callable == told.sum() + 3


def test_a_number_answered_keeps_its_answer_and_of_two_writers_one_is_told(db: Path) -> None:
    from wurao.control.may_call.answers import held, keep

    first = held("s", 4, 0, DAY).with_more(np.array([5, 9]), np.array([True, False]), 1)
    late = held("s", 4, 0, DAY).with_more(np.array([5]), np.array([False]), 0)
    assert keep("s", 4, 0, DAY, first)
    assert not keep("s", 4, 0, DAY, late)
    now = held("s", 4, 0, DAY)
    known, told = now.of(np.array([4, 5, 9, 10]))
    assert known.tolist() == [False, True, True, False]
    assert told.tolist() == [False, True, False, False]
    assert keep("s", 4, 0, DAY, now.with_more(np.array([4]), np.array([True]), 0))
    assert not keep("s", 4, 0, DAY, now)
    assert held("s", 4, 0, DAY).numbers.tolist() == [4, 5, 9]
    assert held("s", 4, 0, DAY).withheld == 1
    assert not len(held("s", 4, 1, DAY).numbers)


def test_the_day_is_chinas_and_only_the_days_own_is_kept(registry: Path) -> None:
    from wurao.control.may_call.answers import NOTHING, day_of, keep
    from wurao.control.may_call.models import Answers

    assert day_of(datetime(2026, 3, 1, 15, 59, tzinfo=UTC)) == DAY
    assert day_of(datetime(2026, 3, 1, 16, 0, tzinfo=UTC)) == date(2026, 3, 2)
    one = NOTHING.with_more(np.array([5]), np.array([True]), 0)
    keep("s", 4, 0, DAY, one)
    keep("t", 4, 0, date(2026, 3, 2), one)
    assert [each.sender_id for each in Answers.objects.all()] == ["t"]
