"""Velocity's memory is bounded, and what gives way depends on the rows alone."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.screening.velocity.rows import DAY, HOUR, MINUTE, MOBILE, PEOPLE, SECOND, START, measured, row, sequences
from tests.screening.velocity.test_windows import busy
from wurao.screening.velocity import Velocity

MANY = [one for seed in range(4) for one in busy(1_000, 500, seed, callers=1 if seed % 2 else 150)]
MANY = [one._replace(at=START + n * 7 * SECOND, registered=True) for n, one in enumerate(MANY)]
"""More callers, callees and pairs than the smallest state holds, some of them heavy, over eight hours."""


@settings(max_examples=8, deadline=None)
@given(st.integers(1, 4_000))
def test_block_size_decides_nothing_though_tables_grow_and_records_give_way(block: int) -> None:
    small = Velocity.create(64)
    assert measured(MANY, velocity=small, block=block) == measured(MANY, active=64, block=4_000)
    used = small.records()
    assert used["callers"] == 64
    assert used["callees"] == 128
    assert used["called"] == 256


def test_memory_stays_within_its_bound() -> None:
    velocity = Velocity.create(64)
    measured(MANY, velocity=velocity)
    before = velocity.bytes_used
    measured([one._replace(at=one.at + DAY) for one in MANY], velocity=velocity)
    assert velocity.bytes_used <= before * 1.6


def test_who_was_not_seen_for_two_days_gives_way_first() -> None:
    old = [row(START + n, MOBILE | n, MOBILE | (10**6 + n)) for n in range(64)]
    new = [row(START + 3 * DAY + n, MOBILE | (1000 + n), MOBILE | (10**6 + n)) for n in range(64)]
    velocity = Velocity.create(10_000)
    measured(old + new, velocity=velocity)
    assert velocity.records()["callers"] < 70


def test_a_caller_is_not_forgotten_while_there_is_room() -> None:
    rows = [row(START + n * SECOND, MOBILE | n, PEOPLE[0]) for n in range(60)]
    again = [row(START + HOUR // 2 + n * SECOND, MOBILE | n, PEOPLE[1]) for n in range(60)]
    found = measured(rows + again, active=64)
    assert all(one.attempts_hour == 1 for one in found[60:])


@settings(max_examples=15, deadline=None)
@given(sequences(40))
def test_the_smallest_state_raises_for_nothing(rows: list) -> None:  # type: ignore[type-arg]
    extreme = [rows[0]._replace(at=at) for at in (-(1 << 62), (1 << 62), 0, START)]
    measured(extreme + [one._replace(ring_s=1e300, duration_s=-1e300) for one in rows], active=1)


def test_a_clock_an_hour_back_counts_late_rows_and_changes_no_window() -> None:
    rows = [row(START + n * SECOND, PEOPLE[0], PEOPLE[1]) for n in range(5)]
    back = [row(START - HOUR + n * SECOND, PEOPLE[0], PEOPLE[1]) for n in range(5)]
    velocity = Velocity.create(1000)
    found = measured([*rows, *back, row(START + 10 * SECOND, PEOPLE[0], PEOPLE[1])], velocity=velocity)
    assert velocity.late == 5
    assert [one.attempts_minute for one in found] == [0, 1, 2, 3, 4, 5, 5, 5, 5, 5, 5]


def test_a_clock_a_year_ahead_empties_the_windows_and_they_fill_again() -> None:
    rows = [row(START + n * SECOND, PEOPLE[0], PEOPLE[1]) for n in range(80)]
    ahead = [row(START + 365 * DAY + n * SECOND, PEOPLE[0], PEOPLE[1]) for n in range(3)]
    found = measured(rows + ahead)
    assert [one.attempts_day for one in found[-3:]] == [0, 1, 2]
    assert [one.callees_day for one in found[-3:]] == [0, 1, 1]


def test_behind_a_clock_a_year_ahead_normal_time_is_measured_but_not_counted_until_it_comes_up() -> None:
    rows = [row(START + n * SECOND, PEOPLE[0], PEOPLE[1]) for n in range(80)]
    ahead = row(START + 365 * DAY, PEOPLE[0], PEOPLE[1])
    back = [one._replace(at=one.at + MINUTE) for one in rows]
    caught_up = [one._replace(at=one.at + 365 * DAY) for one in back]
    velocity = Velocity.create(1000)
    found = measured([*rows, ahead, *back, *caught_up], velocity=velocity)
    assert {one.attempts_day for one in found[81:161]} == {1}
    assert velocity.late == 80
    assert [one.attempts_day for one in found[161:]] == list(range(1, 81))


def test_a_row_ten_minutes_behind_still_enters() -> None:
    first, behind = row(START, PEOPLE[0], PEOPLE[1]), row(START - 10 * MINUTE, PEOPLE[0], PEOPLE[2])
    assert measured([first, behind, first])[-1].attempts_hour == 2
