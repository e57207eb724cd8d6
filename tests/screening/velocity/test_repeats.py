"""An event that comes twice gets the verdict it had and counts once; outcomes told later count as if told at once."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.screening.velocity.rows import (
    DAY,
    HOUR,
    MINUTE,
    PEOPLE,
    SECOND,
    SETTINGS,
    START,
    WITHHELD,
    measured,
    row,
)
from wurao.screening.velocity import Velocity, find_repeat, outcome, ready_repeat, recall, remember
from wurao.screening.velocity.layout import mix
from wurao.screening.velocity.repeats import signed

WORDS = st.integers(0, (1 << 64) - 1).map(np.uint64)


def told(velocity: Velocity, high: np.uint64, low: np.uint64, at: int) -> tuple[int, int] | None:
    place = find_repeat(velocity.state, high, low, at, SETTINGS)
    return None if place < 0 else recall(velocity.state, place)


@given(WORDS, WORDS, st.integers(0, (1 << 21) - 1), st.integers(-(1 << 63), (1 << 63) - 1))
def test_a_repeat_within_a_day_is_told_what_was_decided(high: np.uint64, low: np.uint64, bits: int, word: int) -> None:
    velocity = Velocity.create(1)
    velocity.make_room(1)
    remember(velocity.state, high, low, START, SETTINGS, bits, word)
    nothing = int(high) == 0 and int(low) == 0
    assert told(velocity, high, low, START + DAY - SECOND) == (None if nothing else (bits, word))
    assert told(velocity, high, low, START + DAY) is None
    assert told(velocity, np.uint64(int(high) ^ 1), low, START) is None


def test_no_id_is_never_a_repeat() -> None:
    velocity = Velocity.create(1)
    velocity.make_room(2)
    for _ in range(2):
        assert told(velocity, np.uint64(0), np.uint64(0), START) is None
        remember(velocity.state, np.uint64(0), np.uint64(0), START, SETTINGS, 1, 1)


def test_a_place_made_ready_is_no_repeat_until_it_is_remembered() -> None:
    velocity = Velocity.create(1)
    velocity.make_room(1)
    high, low = np.uint64(3), np.uint64(4)
    for _ in range(2):
        ready_repeat(velocity.state, high, low, START, SETTINGS)
        assert told(velocity, high, low, START) is None
    remember(velocity.state, high, low, START, SETTINGS, 5, 6)
    assert told(velocity, high, low, START) == (5, 6)
    assert velocity.records()["repeats"] == 1


def test_the_oldest_ids_are_forgotten_when_memory_is_used_up() -> None:
    velocity = Velocity.create(1)
    velocity.make_room(1000)
    ids = [(np.uint64(n * 7919), np.uint64(n + 1)) for n in range(1000)]
    for n, (high, low) in enumerate(ids):
        remember(velocity.state, high, low, START + n * SECOND, SETTINGS, 1, n)
    kept = [told(velocity, high, low, START + 1000 * SECOND) for high, low in ids]
    assert velocity.records()["repeats"] == sum(one is not None for one in kept) == 64
    assert all(one is not None for one in kept[-50:])


def test_twenty_days_of_ids_take_hardly_more_memory_than_one() -> None:
    velocity = Velocity.create(1000)
    for n in range(2000):
        velocity.make_room(1)
        remember(velocity.state, np.uint64(n), np.uint64(n + 1), START + n * DAY // 100, SETTINGS, 1, n)
    assert velocity.records()["repeats"] < 150


@given(WORDS)
def test_sixty_four_bits_keep_their_value(word: np.uint64) -> None:
    assert signed(word) % (1 << 64) == int(word)


def test_the_hash_spreads_numbers_that_follow_each_other() -> None:
    """Chi-squared over the places of an index and the levels of a sample, for a segment of 10,000 numbers."""
    mixed = np.array([mix((2 << 59) | (8_613_803_510_000 + n), 0) for n in range(65_536)])
    for shift in (0, 8, 20, 28):
        counts = np.bincount((mixed >> shift) & 255, minlength=256)
        assert 150 < np.sum((counts - 256) ** 2 / 256) < 400


@pytest.mark.parametrize("calls", [1, 70])
def test_an_outcome_told_later_counts_as_if_told_at_once(calls: int) -> None:
    at_once = [row(START + n * SECOND, PEOPLE[0], PEOPLE[1], answered=0, ring_s=1.0) for n in range(calls)]
    last = row(START + 10 * MINUTE, PEOPLE[0], PEOPLE[1])
    velocity = Velocity.create(100)
    measured([one._replace(answered=-1) for one in at_once], velocity=velocity)
    for one in at_once:
        assert outcome(velocity.state, SETTINGS, one.at, one.caller, 0, 1.0, float("nan"))
    found = measured([last], velocity=velocity)[0]
    assert found == measured([*at_once, last])[-1]
    assert found.one_ring_hour == calls


def test_an_outcome_of_nobody_or_of_no_call_is_not_taken() -> None:
    velocity = Velocity.create(100)
    measured([row(START, PEOPLE[0], PEOPLE[1], answered=1, ring_s=1.0, duration_s=1.0)], velocity=velocity)
    for at, caller in ((START, PEOPLE[0]), (START + HOUR, PEOPLE[0]), (START, PEOPLE[2]), (START, WITHHELD)):
        assert not outcome(velocity.state, SETTINGS, at, caller, 1, 1.0, 1.0)
