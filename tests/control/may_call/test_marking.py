"""The mark: by the firm's key, within its bounds, never adding; SipHash as its authors give it."""

from pathlib import Path

import pytest

pytest.importorskip("django")

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from wurao.control.may_call.marking import LEAST, MOST, THRESHOLD, marks_of, siphash, withheld

KEY = bytes(range(16))


def test_siphash_is_the_authors() -> None:
    # Aumasson and Bernstein's reference (vectors.h): the message 00 01 … 07 under the key 00 01 … 0f.
    word = np.array([int.from_bytes(bytes(range(8)), "little")], np.uint64)
    assert siphash(word, KEY).tolist() == [0x93F5F5799A932462]


def test_marks_spread_evenly() -> None:
    marks = marks_of(np.arange(100_000) + (1 << 60), KEY)
    assert marks.min() >= 0
    shares = np.bincount(marks >> 59, minlength=16) / 100_000
    assert abs(shares - 1 / 16).max() < 0.005


@given(st.integers(0, 3_000), st.integers(0, 2**32), st.floats(0, 1))
def test_within_the_bounds_whatever_the_marks(count: int, seed: int, low: float) -> None:
    random = np.random.default_rng(seed)
    marks = random.integers(0, max(1, int(2**63 * max(low, 1e-6))), count)
    hidden, threshold = withheld(marks)
    taken = int(hidden.sum())
    assert taken <= MOST * count
    assert taken >= LEAST * count or count < 200
    assert threshold <= THRESHOLD
    assert not (marks[~hidden] < threshold).any()
    if taken:
        assert marks[hidden].max() < marks[~hidden].min()


def test_many_short_lists_are_marked_as_one_long_one() -> None:
    random, callable_, hidden = np.random.default_rng(1), 0, 0
    for _ in range(40):
        marks = random.integers(0, 2**63, 150)
        hidden += int(withheld(marks, callable_, hidden)[0].sum())
        callable_ += 150
        assert hidden <= MOST * callable_
    assert hidden >= 0.002 * callable_


def test_a_firms_key_is_its_own_and_lasts(registry: Path) -> None:
    from wurao.control.may_call.marking import key_of

    assert key_of("a") == key_of("a") != key_of("b")
    assert len(key_of("a")) == 16
