"""The list as it stands: after every change and at every time it is what looking at all rows would say."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.domains.small import guard_of, rows_of
from wurao.changes import Change, deletions, puts, submit
from wurao.domains import Entries, Guard, Listed, difference, open_listed
from wurao.snapshot import build
from wurao.tables import TABLES

LABELS = ["a", "b", "evil", "www"]
ENDS = ["evil.com", "bad.cn", "com", "weebly.com", "bank.example"]
NAMES = st.builds(
    lambda labels, end: ".".join([*labels, end]), st.lists(st.sampled_from(LABELS), max_size=2), st.sampled_from(ENDS)
)
ROWS = st.lists(
    st.tuples(
        NAMES, st.integers(0, 1), st.integers(0, 4), st.none() | st.integers(5, 9), st.sampled_from([None, "局长"])
    ),
    max_size=10,
    unique_by=lambda row: row[:2],
)
Stands = dict[str, bool]


@pytest.fixture(scope="module")
def guard(tmp_path_factory: pytest.TempPathFactory) -> Guard:
    return guard_of(tmp_path_factory.mktemp("guard") / "parts")


def as_dict(entries: Entries) -> Stands:
    names = entries.names.to_pylist()
    assert len(set(names)) == len(names)
    return dict(zip(names, entries.below.tolist(), strict=True))


def expected(guard: Guard, rows: list[tuple], now: int) -> Stands:
    """What is in force by looking at every row, and at every other for each."""
    held: Stands = {}
    for name, match, start, end, second in rows:
        if not start <= now < (end if end is not None else 1 << 60):
            continue
        found = guard.decide(pa.array([name]), np.array([match == 0]), np.array([second is not None]))
        if found.decision[0] > 1:
            continue
        below = match == 1 and found.decision[0] == 0
        held[name] = held.get(name, False) or below
    return {
        name: below for name, below in held.items()
        if not any(held.get(above, False) for above in _above(name))
    }  # fmt: skip


def _above(name: str) -> list[str]:
    labels = name.split(".")
    return [".".join(labels[place:]) for place in range(1, len(labels))]


def changes_of(rows: list[tuple], gone: list[tuple[str, int]], first: int) -> list[Change]:
    made = puts("domains", rows_of(*rows)) if rows else []
    if gone:
        keys = rows_of(*gone).select(list(TABLES["domains"].key))
        made += deletions("domains", keys)
    return [each.with_seq(first + place) for place, each in enumerate(made)]


@given(ROWS, st.integers(0, 9))
def test_what_is_in_force_is_what_every_row_says(guard: Guard, rows: list[tuple], now: int) -> None:
    assert as_dict(Listed(rows_of(*rows), 0, now, guard).entries()) == expected(guard, rows, now)


@given(
    ROWS,
    st.lists(st.tuples(ROWS, st.lists(st.tuples(NAMES, st.integers(0, 1)), max_size=3), st.integers(0, 9)), max_size=4),
)
def test_changes_and_time_add_and_take_away_what_they_should(
    guard: Guard, rows: list[tuple], steps: list[tuple[list[tuple], list[tuple[str, int]], int]]
) -> None:
    listed = Listed(rows_of(*rows), 0, 0, guard)
    stands, seq = as_dict(listed.entries()), 0
    known = {row[:2]: row for row in rows}
    for put, gone, now in steps:
        gone = [key for key in gone if key not in {row[:2] for row in put}]
        changes = changes_of(put, gone, seq + 1)
        found = listed.apply(changes, now)
        seq += len(changes)
        known = {key: row for key, row in known.items() if key not in gone} | {row[:2]: row for row in put}
        for name in as_dict(found.removed):
            assert stands.pop(name) == as_dict(found.removed)[name]
        for name, below in as_dict(found.added).items():
            assert name not in stands
            stands[name] = below
        assert stands == as_dict(listed.entries()) == expected(guard, list(known.values()), now)
        assert listed.seq == seq


@given(ROWS)
def test_every_beginning_and_end_is_due_in_its_turn(guard: Guard, rows: list[tuple]) -> None:
    listed = Listed(rows_of(*rows), 0, 0, guard)
    stands = as_dict(listed.entries())
    while (instant := listed.next_due()) is not None:
        assert instant > listed.now
        found = listed.due(instant)
        for name in as_dict(found.removed):
            del stands[name]
        stands |= as_dict(found.added)
        assert stands == expected(guard, rows, instant)


def test_a_clock_that_steps_back_brings_back_what_was_in_force_then(guard: Guard) -> None:
    listed = Listed(rows_of(("a.evil.com", 1, 10, 20), ("evil.com", 1, 30, 40)), 0, 15, guard)
    assert as_dict(listed.due(35).added) == {"evil.com": True}
    back = listed.due(12)
    assert (as_dict(back.added), as_dict(back.removed)) == ({"a.evil.com": True}, {"evil.com": True})
    assert as_dict(listed.due(35).added) == {"evil.com": True}
    assert listed.next_due() == 40


def test_a_name_below_another_comes_back_when_that_goes(guard: Guard) -> None:
    listed = Listed(rows_of(("evil.com", 1), ("a.evil.com", 0), ("b.a.evil.com", 1)), 0, 1, guard)
    assert as_dict(listed.entries()) == {"evil.com": True}
    found = listed.apply(changes_of([], [("evil.com", 1)], 1), 1)
    assert as_dict(found.added) == {"a.evil.com": False, "b.a.evil.com": True}
    assert as_dict(found.removed) == {"evil.com": True}


def test_what_the_guard_holds_is_named_and_not_in_force(guard: Guard) -> None:
    rows = rows_of(("com.cn", 1), ("bank.example", 1), ("x.weebly.com", 1), ("my.bank.example", 0, 0, None, "局长"))
    listed = Listed(rows, 0, 1, guard)
    assert as_dict(listed.entries()) == {"x.weebly.com": False, "my.bank.example": False}
    assert {(each.name, each.is_waiting) for each in listed.held} == {("com.cn", False), ("bank.example", True)}
    found = listed.apply(changes_of([("bank.example", 1, 0, None, "局长")], [("com.cn", 1)], 1), 1)
    assert as_dict(found.added) == {"bank.example": True}
    assert as_dict(found.removed) == {"my.bank.example": False}
    assert listed.held == []
    again = listed.apply(changes_of([("bank.example", 1)], [], 3), 1)
    assert as_dict(again.removed) == {"bank.example": True}
    assert [each.reason.name for each in listed.held] == ["PROTECTED"]


def test_names_are_one_however_they_are_written(guard: Guard) -> None:
    listed = Listed(rows_of(("Evil.COM.", 1), ("中国.cn", 0)), 0, 1, guard)
    assert as_dict(listed.entries()) == {"evil.com": True, "xn--fiqs8s.cn": False}
    assert [row["cause"] for row in listed.rows_of("evil.com")] == ["fraud"]
    assert as_dict(listed.apply(changes_of([], [("EVIL.com", 1)], 1), 1).removed) == {"evil.com": True}
    assert listed.rows_of("evil.com") == []


def test_the_rows_in_force_are_those_of_the_table(guard: Guard) -> None:
    listed = Listed(rows_of(("evil.com", 1), ("a.evil.com", 0, 0, 5)), 0, 1, guard)
    listed.apply(changes_of([("bad.cn", 0)], [], 1), 1)
    assert sorted(listed.rows_in_force()["name"].to_pylist()) == ["a.evil.com", "bad.cn", "evil.com"]
    listed.due(6)
    assert sorted(listed.rows_in_force()["name"].to_pylist()) == ["bad.cn", "evil.com"]


@given(st.dictionaries(NAMES, st.booleans(), max_size=8), st.dictionaries(NAMES, st.booleans(), max_size=8))
def test_two_lists_differ_by_what_is_told(before: Stands, after: Stands) -> None:
    old, new = (
        Entries(pa.array(list(each), pa.string()), np.array(list(each.values()), bool)) for each in (before, after)
    )
    found = difference(old, new)
    assert as_dict(found.added) == {name: below for name, below in after.items() if before.get(name) is not below}
    assert as_dict(found.removed) == {name: below for name, below in before.items() if after.get(name) is not below}
    assert bool(found) == (before != after)


def test_a_store_is_followed_by_its_snapshot_and_its_changes(tmp_path: Path, guard: Guard) -> None:
    tables, store = tmp_path / "tables", tmp_path / "store"
    tables.mkdir()
    (tables / "domains.csv").write_text(
        "name,match,cause,source,start,end\nevil.com,below,fraud,police,2026-01-01T00:00:00Z,2026-02-01T00:00:00Z\n"
    )
    build(tables, store, own_sender="")
    january = 1_767_900_000_000_000
    assert as_dict(open_listed(store, january, guard).entries()) == {"evil.com": True}
    submit(store, changes_of([("bad.cn", 0)], [], 0))
    listed = open_listed(store, january, guard)
    assert as_dict(listed.entries()) == {"evil.com": True, "bad.cn": False}
    assert listed.seq == 1
    assert as_dict(open_listed(store, january + 10**13, guard).entries()) == {"bad.cn": False}
