"""Velocity's windows against lists counted anew for every row."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.screening.velocity.reference import Reference, Row
from tests.screening.velocity.rows import (
    AMBULANCE,
    HOUR,
    MINUTE,
    MOBILE,
    PEOPLE,
    SETTINGS,
    START,
    measured,
    row,
    sequences,
)
from wurao.screening.velocity import Velocity

CALLER, CALLEE = PEOPLE[0], PEOPLE[1]


@settings(max_examples=80, deadline=None)
@given(sequences())
def test_what_is_measured_is_what_lists_of_all_that_happened_say(rows: list[Row]) -> None:
    reference = Reference(SETTINGS)
    wanted = [reference.screen(one) for one in rows]
    velocity = Velocity.create(1000)
    assert measured(rows, velocity=velocity) == wanted
    assert velocity.late == reference.late


@settings(max_examples=20, deadline=None)
@given(sequences(40), st.integers(1, 40))
def test_uncompiled_code_and_every_block_size_measure_the_same(rows: list[Row], block: int) -> None:
    assert measured(rows, plain=True, block=block) == measured(rows)


def busy(count: int, callees: int, seed: int, span: int = 3 * HOUR, callers: int = 1) -> list[Row]:
    """Many calls of one caller or a few, somewhat out of order, with every outcome."""
    rng = np.random.default_rng(seed)
    at = START + np.sort(rng.integers(0, span, count))
    at -= rng.integers(0, 2, count) * rng.integers(0, 5 * MINUTE, count)
    return [
        row(
            int(at[n]),
            MOBILE | (8_613_900_000_000 + int(rng.integers(0, callers))),
            MOBILE | (8_613_700_000_000 + int(rng.integers(0, callees))),
            answered=int(rng.integers(-1, 2)),
            ring_s=float(rng.random() * 10),
            duration_s=float(rng.random() * 300),
            action=int(rng.integers(0, 4)),
            sender=int(rng.integers(-1, 2)),
        )
        for n in range(count)
    ]


@pytest.mark.parametrize("seed", range(3))
def test_sixty_four_callees_are_counted_exactly_however_often_they_are_called(seed: int) -> None:
    rows = busy(700, 64, seed)
    reference = Reference(SETTINGS)
    for found, wanted in zip(measured(rows), map(reference.screen, rows), strict=True):
        assert (found.callees_minute, found.callees_hour, found.callees_day) == (
            wanted.callees_minute,
            wanted.callees_hour,
            wanted.callees_day,
        )
        assert (found.callers_minute, found.callers_hour, found.callers_day) == (
            wanted.callers_minute,
            wanted.callers_hour,
            wanted.callers_day,
        )


@pytest.mark.parametrize("senders", [1, 3, 30])
def test_a_senders_hour_is_exact_to_its_fifty_ninth_attempt_however_many_send(senders: int) -> None:
    rng = np.random.default_rng(senders)
    at = START
    rows = []
    for n in range(80 * senders):
        at += int(rng.integers(0, 2 * HOUR // (38 * senders) if n % (60 * senders) else 3 * HOUR))
        rows.append(row(at, MOBILE | n, CALLEE, sender=n % senders))
    reference = Reference(SETTINGS)
    found = [one.sender_hour for one in measured(rows)]
    assert found == [reference.screen(one).sender_hour for one in rows]
    assert max(found) > 11


def test_a_heavy_callers_counts_are_never_more_than_the_truth_and_short_by_a_sixtieth_of_the_window() -> None:
    rows = [one._replace(at=max(one.at, START)) for one in busy(900, 300, 5)]
    ats = np.array([one.at // 1000 for one in rows])
    for n, found in enumerate(measured(rows)):
        now = ats[: n + 1].max()
        for span, count in ((60_000, found.attempts_minute), (3_600_000, found.attempts_hour)):
            entered = ats[:n]
            assert np.sum(entered > now - span + span // 60) <= count <= np.sum(entered > now - span)


def test_a_heavy_callers_outcomes_count_when_due_or_a_little_later_and_never_before() -> None:
    rows = busy(900, 300, 6)
    reference = Reference(SETTINGS)
    for n, (found, wanted) in enumerate(zip(measured(rows), map(reference.screen, rows), strict=True)):
        assert found.ended_day <= wanted.ended_day
        assert found.answered_day <= wanted.answered_day
        assert found.one_ring_day <= wanted.one_ring_day
        if n > 100:
            assert found.ended_day >= wanted.ended_day * 0.9 - 20


@pytest.mark.parametrize(("callees", "error"), [(200, 1e-9), (500, 0.3), (2_000, 0.4), (20_000, 0.7)])
def test_many_callees_are_estimated_within_the_stated_error(callees: int, error: float) -> None:
    """Within three standard errors or so, as `recency` states them; the mean is nearer by far."""
    ratios = []
    for seed in range(8):
        rng = np.random.default_rng(seed)
        numbers = rng.choice(10**8, callees, replace=False) + 8_613_800_000_000
        caller = MOBILE | (8_613_900_000_000 + seed)
        rows = [row(START + n * 1000, caller, MOBILE | int(number)) for n, number in enumerate(numbers)]
        velocity = Velocity.create(1000)
        found = measured([*rows, row(START + callees * 1000, caller, CALLEE)], velocity=velocity)[-1]
        assert found.attempts_day == callees
        ratios.append(found.callees_day / callees)
    assert max(abs(ratio - 1) for ratio in ratios) < error
    assert abs(np.mean(ratios) - 1) < error / 3


def test_rescuers_ring_back_from_the_first_call_for_help_on_however_late_it_is_read() -> None:
    first, second, four = START + MINUTE, START + HOUR, 4 * HOUR
    calls = [row(second, CALLEE, AMBULANCE), row(second - 9 * MINUTE, CALLEE, AMBULANCE)]
    asked = row(second, CALLER, CALLEE)
    found = measured([row(first, CALLEE, AMBULANCE), *calls, asked])[-1]
    assert (found.rescue_since, found.rescue_until) == (first, second + four)
    found = measured([*calls, asked])[-1]
    assert (found.rescue_since, found.rescue_until) == (second - 9 * MINUTE, second + four)
    found = measured([row(first - four, CALLEE, AMBULANCE), *calls, asked])[-1]
    assert (found.rescue_since, found.rescue_until) == (second - 9 * MINUTE, second + four)
