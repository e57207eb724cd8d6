"""Linear machines: what can be told apart is, what cannot is told with no confidence, and the same is learned twice."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wurao.compiled import as_it_stands
from wurao.content.features import Features
from wurao.content.learning import Examples, Scales, examples, learn

PLACES = 12


def rows_of(values: np.ndarray) -> Examples:
    """Dense rows as sparse ones, each with a bias behind, which no row is without."""
    rows = [np.append(np.flatnonzero(row), values.shape[1]) for row in values]
    offsets = np.cumsum([0, *map(len, rows)])
    told = [*(np.append(row[row != 0], 1.0) for row in values)]
    return Examples(
        offsets.astype(np.int64),
        np.concatenate(rows).astype(np.int32),
        np.concatenate(told).astype(np.float32),
        values.shape[1] + 1,
    )


def drawn(seed: int, many: int = 60) -> tuple[np.ndarray, np.ndarray]:
    """Rows of which the first place says the label, and the label."""
    chance = np.random.default_rng(seed)
    labels = np.where(np.arange(many) % 2 == 0, 1, -1).astype(np.int8)
    values = chance.integers(0, 2, (many, PLACES)).astype(float)
    values[:, 0] = labels
    return values, labels


def loss(seen: Examples, weights: np.ndarray, labels: np.ndarray, costs: np.ndarray) -> float:
    """What learning makes small."""
    short = np.maximum(0, 1 - labels * seen.margins(weights))
    return float(0.5 * (weights**2).sum() + (costs * short**2).sum())


@settings(max_examples=40)
@given(st.integers(0, 2**32))
def test_what_can_be_told_apart_is_told_apart_without_an_error(seed: int):
    values, labels = drawn(seed)
    seen = rows_of(values)
    weights = learn(seen, labels, np.full(len(labels), 10.0), 100)
    assert (np.sign(seen.margins(weights)) == labels).all()


@settings(max_examples=40)
@given(st.integers(0, 2**32), st.floats(0.01, 10.0))
def test_no_weights_near_those_learned_lose_less(seed: int, cost: float):
    values, _ = drawn(seed)
    chance = np.random.default_rng(seed)
    labels = chance.choice(np.array([-1, 1], np.int8), len(values))
    seen, costs = rows_of(values), np.full(len(labels), cost)
    weights = learn(seen, labels, costs, 3_000)
    least = loss(seen, weights, labels, costs)
    for _ in range(20):
        other = weights + chance.normal(0, 0.05, len(weights))
        assert loss(seen, other, labels, costs) >= least * 0.999


@settings(max_examples=30)
@given(st.integers(0, 2**32))
def test_the_same_examples_give_the_same_weights_and_those_that_cost_nothing_have_no_say(seed: int):
    values, labels = drawn(seed)
    costs = np.where(np.random.default_rng(seed).random(len(labels)) < 0.5, 1.0, 0.0)
    weights = learn(rows_of(values), labels, costs, 20)
    assert learn(rows_of(values), labels, costs, 20).tobytes() == weights.tobytes()
    others = np.where(costs[:, None] > 0, values, 7.0)
    assert (
        learn(rows_of(others), np.where(costs > 0, labels, 1).astype(np.int8), costs, 20).tobytes() == weights.tobytes()
    )


def test_a_mistake_that_costs_more_is_made_less():
    values = np.ones((4, 1))
    labels = np.array([1, -1, -1, -1], np.int8)
    dear, cheap = np.array([100.0, 1, 1, 1]), np.array([0.01, 1, 1, 1])
    seen = rows_of(values)
    assert seen.margins(learn(seen, labels, dear, 200))[0] > 0 > seen.margins(learn(seen, labels, cheap, 200))[0]


def test_compiled_code_learns_what_the_plain_code_learns():
    values, labels = drawn(3)
    weights = learn(rows_of(values), labels, np.ones(len(labels)), 10)
    with as_it_stands(), np.errstate(over="ignore"):
        plain = learn(rows_of(values), labels, np.ones(len(labels)), 10)
    assert weights == pytest.approx(plain, rel=1e-9)


@given(
    st.lists(st.sets(st.integers(0, 5), max_size=4), min_size=1, max_size=5),
    st.lists(st.lists(st.integers(0, 3), min_size=3, max_size=3), min_size=5, max_size=5),
)
def test_a_row_has_its_n_grams_its_signs_its_pairs_and_the_bias(keys: list[set[int]], signs: list[list[int]]):
    rows = [sorted(row) for row in keys]
    offsets = np.cumsum([0, *map(len, rows)])
    read = Features(np.array([key for row in rows for key in row], np.int64), offsets, np.array(signs[: len(rows)]))
    known = np.array([1, 3, 4], np.int64)
    found = examples(read, known, Scales(np.array([1.0, 2.0, 3.0]), 0.5, 0.25, 0.125))
    assert found.width == 3 + 3 + 3 + 1
    for number, row in enumerate(rows):
        counts = signs[number]
        expected = {
            place: (1.0, 2.0, 3.0)[place] / np.sqrt(len(row)) for place, key in enumerate(known.tolist()) if key in row
        }
        expected |= {3 + sign: 0.5 * np.log1p(count) for sign, count in enumerate(counts) if count}
        pairs = ((0, 1), (0, 2), (1, 2))
        expected |= {6 + place: 0.25 for place, (one, two) in enumerate(pairs) if counts[one] and counts[two]}
        expected |= {9: 0.125}
        span = slice(found.offsets[number], found.offsets[number + 1])
        assert dict(zip(found.places[span].tolist(), found.values[span].tolist(), strict=True)) == pytest.approx(
            expected
        )
