"""An opened snapshot gives back what was compiled into it."""

from __future__ import annotations

from random import Random
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.snapshot import small
from wurao.snapshot.pages import numbers_by_rank, ranks_of

seeds = st.integers(0, 2**32)


def in_order(rows: list[small.Row]) -> list[Any]:
    return sorted((sorted(row.items(), key=lambda item: item[0]) for row in rows), key=repr)


@settings(max_examples=30)
@given(seeds)
def test_subscribers_and_lists_are_read_back_from_what_they_were_compiled_to(seed: int) -> None:
    made = small.registry(Random(seed))
    tables = small.tables_of(made)
    snapshot = small.snapshot_of(tables)
    numbers = numbers_by_rank(snapshot.registry)
    ranks = ranks_of(snapshot.registry, numbers)
    for name, found in (
        ("subscribers", snapshot.subscribers_at(numbers, ranks)),
        ("lists", snapshot.lists_of(numbers, ranks)),
    ):
        assert found.schema == tables[name].schema
        assert in_order(found.to_pylist()) == in_order(tables[name].to_pylist())


@settings(max_examples=30)
@given(seeds)
def test_who_has_a_list_or_a_consent_but_registered_nothing_is_told_apart(seed: int) -> None:
    made = small.registry(Random(seed))
    registered = {row["number"] for row in made.of("subscribers")}
    others = {row["subscriber"] for name in ("lists", "consents") for row in made.of(name)}
    assert set(small.snapshot_of(small.tables_of(made)).unwritten.tolist()) == others - registered


def test_the_other_tables_are_kept_as_they_are() -> None:
    tables = small.tables_of(small.registry(Random(3)))
    snapshot = small.snapshot_of(tables)
    for name in ("senders", "headers", "templates", "trunks", "orders", "consents", "holidays"):
        assert snapshot.table(name).equals(tables[name].combine_chunks())


def test_what_a_wish_look_up_needs_is_counted_whole() -> None:
    snapshot = small.snapshot_of(small.tables_of(small.registry(Random(8))))
    names = ("segment_page", "lines", "profile_narrow", "profile_wide", "profiles", "scattered")
    assert snapshot.wish_bytes == sum(np.asarray(snapshot.arrays[name]).nbytes for name in names)
