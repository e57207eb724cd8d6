"""Open-addressing tables: every key is found at its own values, no other is, and damage ends a search."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wurao.compiled import View
from wurao.snapshot.hashing import FEW, FREE, among, find, make_filter, make_table, may_hold, table_with

KEYS = st.sets(st.integers(0, 40) | st.integers(0, 2**63 - 1), max_size=60)


def plainly(table: np.ndarray, words: int, key: int) -> int:
    with np.errstate(over="ignore"):
        return int(find(View(table), words, key))


@given(KEYS, st.integers(0, 60))
def test_every_key_is_found_with_its_values_and_no_other_is(keys: set[int], stranger: int) -> None:
    given_keys = np.array(sorted(keys), dtype=np.int64)
    table = make_table(given_keys, given_keys ^ 5, given_keys ^ 9)
    for key in keys:
        place = plainly(table, 3, key)
        assert table[place : place + 3].tolist() == [key, key ^ 5, key ^ 9]
    if stranger not in keys:
        assert plainly(table, 3, stranger) == -1


@given(KEYS)
def test_a_filter_holds_all_that_it_was_made_of_and_little_else(keys: set[int]) -> None:
    bits = View(make_filter(np.array(sorted(keys), dtype=np.int64)))
    with np.errstate(over="ignore"):
        assert all(may_hold(bits, key) for key in keys)
        others = [key for key in range(10_000, 12_000) if key not in keys]
        assert sum(may_hold(bits, key) for key in others) <= len(others) * 0.2


@given(KEYS, KEYS)
def test_which_of_many_keys_a_table_has_is_told_at_once(keys: set[int], asked: set[int]) -> None:
    table = make_table(np.array(sorted(keys), dtype=np.int64))
    there = among(table, 1, np.array(sorted(asked), dtype=np.int64))
    assert there.tolist() == [key in keys for key in sorted(asked)]


def test_many_keys_are_placed_compiled_where_few_are_placed_plain() -> None:
    keys = np.random.default_rng(1).permutation(3 * FEW)
    many, few = make_table(keys), make_table(keys[:FEW])
    assert sorted(many[many >= 0].tolist()) == list(range(3 * FEW))
    assert all(plainly(few, 1, key) >= 0 for key in keys[:FEW].tolist())
    assert all(plainly(many, 1, key) >= 0 for key in keys[:50].tolist())


@pytest.mark.parametrize("words", [1, 2, 4])
def test_a_search_in_a_full_and_damaged_table_ends(words: int) -> None:
    table = np.full(64 * words, 7, dtype=np.int64)
    assert plainly(table, words, 8) == -1


@given(KEYS, KEYS)
def test_a_table_with_keys_put_into_it_has_the_new_values_and_is_left_as_it_was(held: set[int], put: set[int]) -> None:
    first, second = (np.array(sorted(keys), dtype=np.int64) for keys in (held, put))
    table = make_table(first, first ^ 5, first ^ 9)
    before = table.copy()
    grown = table_with(table, second, second ^ 6, second ^ 10)
    for key in held | put:
        place, changed = plainly(grown, 3, key), int(key in put)
        assert grown[place : place + 3].tolist() == [key, key ^ 5 + changed, key ^ 9 + changed]
    assert np.count_nonzero(grown[::3] != FREE) == len(held | put)
    assert 2 * len(held | put) <= len(grown) // 3 or not len(grown)
    assert np.array_equal(table, before)
