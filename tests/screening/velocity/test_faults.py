"""A damaged state raises IndexError at most, and a row that raised has left nothing half done."""

from __future__ import annotations

import numpy as np
import pytest

from tests.screening.velocity.rows import SETTINGS, SHOWN, measured, packed, screen
from tests.screening.velocity.test_bounds import MANY
from wurao.screening.velocity import Velocity
from wurao.screening.velocity.layout import FIRST_TABLE, TABLES, VelocityState

COLUMNS = [name for name in VelocityState.columns if name != "control"]


@pytest.mark.parametrize("seed", range(6))
def test_flipped_bits_neither_crash_nor_hang(seed: int) -> None:
    rng = np.random.default_rng(seed)
    for column in COLUMNS:
        velocity = Velocity.create(64)
        measured(MANY[:1500], velocity=velocity)
        words = velocity.state.array(column)
        if not len(words):
            continue
        for _ in range(200):
            words[rng.integers(0, len(words))] ^= np.int64(1) << np.int64(rng.integers(0, 63))
        rows = packed(MANY[1500:1700])
        velocity.make_room(200)
        for n in range(200):
            try:
                screen(velocity.state, SETTINGS, rows, n, n + 1)
            except IndexError:
                continue


@pytest.mark.parametrize("table", ["callers", "callees"])
def test_a_row_that_raised_is_measured_as_if_it_had_not_been_tried(table: str) -> None:
    """A record's link to its store is made to point outside, so that `enter` raises; then it is put right again."""
    whole, tried = Velocity.create(10_000), Velocity.create(10_000)
    rows = [one for one in MANY if one.caller >> 59 == 2]
    for velocity in (whole, tried):
        measured(rows[:2000], velocity=velocity)
        velocity.make_room(200)
    words = tried.state.array(table)
    stride = 16 if table == "callers" else 8
    stamps = words[1::stride]
    records = np.flatnonzero((stamps >> 7) & 3)
    links = records * stride + 2
    columns = packed(rows[2000:2200])
    raised = 0
    for n in range(200):
        right = words[links].copy()
        words[links] = 1 << 40
        try:
            screen(tried.state, SETTINGS, columns, n, n + 1)
        except IndexError:
            raised += 1
            words[links] = right
            screen(tried.state, SETTINGS, columns, n, n + 1)
        else:
            moved = words[links] != 1 << 40
            words[links] = np.where(moved, words[links], right)
    assert raised > 10
    again = packed(rows[2000:2200])
    for n in range(200):
        screen(whole.state, SETTINGS, again, n, n + 1)
    assert columns.array("out").reshape(-1, SHOWN).tolist() == again.array("out").reshape(-1, SHOWN).tolist()
    assert {name: whole.records()[name] for name in TABLES} == {name: tried.records()[name] for name in TABLES}


@pytest.mark.parametrize("table", ["callees", "small", "hours", "called"])
def test_a_row_that_raises_in_the_midst_of_entering_leaves_nothing_half_done(table: str) -> None:
    """The table can hand out nothing, so `enter` raises after others have got ready; then it is put right again."""
    rows = [one._replace(sender=n, registered=n % 3 == 0) for n, one in enumerate(MANY[:1500])]
    whole, tried = Velocity.create(10_000), Velocity.create(10_000)
    for velocity in (whole, tried):
        measured(rows[:300], velocity=velocity)
        velocity.make_room(1200)
    control = tried.state.array("control")
    words = slice(FIRST_TABLE + 4 * TABLES.index(table), FIRST_TABLE + 4 * TABLES.index(table) + 4)
    columns, again = packed(rows[300:]), packed(rows[300:])
    raised = 0
    for n in range(1200):
        right = control[words].copy()
        control[words] = [1 << 40, 0, (1 << 40) + 1, 1 << 41]
        try:
            screen(tried.state, SETTINGS, columns, n, n + 1)
        except IndexError:
            raised += 1
            control[words] = right
            screen(tried.state, SETTINGS, columns, n, n + 1)
        else:
            control[words] = np.where(control[words] >= 1 << 40, right, control[words])
        screen(whole.state, SETTINGS, again, n, n + 1)
    assert raised > 10
    assert columns.array("out").tolist() == again.array("out").tolist()
