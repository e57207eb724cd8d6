"""Wish pages: every subscriber has a rank of its own, and what a province costs is what was promised."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.snapshot import small
from wurao.numbering import parse_text
from wurao.numbering.number import Kind, pack
from wurao.snapshot.opened import WISH_COLUMNS
from wurao.snapshot.pages import (
    FEWEST,
    FIRST_SEGMENT,
    GONE,
    PLACES,
    SEGMENTS,
    build_ranks,
    find_rank,
    number_profiles,
    numbers_by_rank,
    ranks_of,
)
from wurao.snapshot.profiles import profiles_of
from wurao.snapshot.registry import Registry, empty_arrays

MOBILE = Kind.MOBILE << 59
OTHERS = [parse_text(text) for text in small.CALLERS]
MOST = 2.95
"""Bytes of a subscriber at the province's density; 3 are allowed."""


def registry_of(numbers: np.ndarray, profiles: np.ndarray | None = None, **how: object) -> Registry:
    """A registry of nothing but wishes: profiles by number."""
    arrays, total = build_ranks([numbers], **how)  # type: ignore[arg-type]
    ranks = ranks_of(Registry(**empty_arrays() | arrays), numbers)
    by_rank = np.zeros(total, dtype=np.int64)
    by_rank[ranks] = np.arange(len(numbers)) % 100 if profiles is None else profiles
    return Registry(**empty_arrays() | arrays | number_profiles(by_rank))


def segment(number: int, filled: int, random: np.random.Generator) -> np.ndarray:
    """So many numbers of a mobile segment."""
    places = random.choice(PLACES, filled, replace=False)
    return MOBILE | ((FIRST_SEGMENT + number) * PLACES + places)


@settings(max_examples=30)
@given(st.integers(0, 2**32))
def test_every_number_has_a_rank_of_its_own_and_nobody_else_has_one(seed: int) -> None:
    random = np.random.default_rng(seed)
    chosen = random.choice([0, 1, 2, 350, SEGMENTS - 2, SEGMENTS - 1], random.integers(0, 4), replace=False)
    sizes = random.choice([1, FEWEST - 1, FEWEST, 500, PLACES], len(chosen), p=[0.3, 0.2, 0.2, 0.2, 0.1])
    parts = [segment(each, filled, random) for each, filled in zip(chosen, sizes, strict=True)]
    others = random.choice(OTHERS, random.integers(0, len(OTHERS)), replace=False)
    numbers = np.concatenate([*parts, others]).astype(np.int64)
    numbers = random.permutation(np.unique(numbers))
    registry = registry_of(numbers)
    ranks = ranks_of(registry, numbers)
    assert sorted(ranks.tolist()) == list(range(len(numbers)))
    assert np.array_equal(numbers_by_rank(registry)[ranks], numbers)
    strangers = np.setdiff1d(np.concatenate([numbers[:200] ^ 1, numbers[:200] + PLACES, OTHERS]), numbers)
    assert (ranks_of(registry, strangers) == -1).all()
    with np.errstate(over="ignore"):
        assert [find_rank(registry, number) for number in numbers[:50].tolist()] == ranks[:50].tolist()


def test_an_empty_registry_knows_nobody() -> None:
    registry = registry_of(np.empty(0, dtype=np.int64))
    assert ranks_of(registry, np.array(OTHERS)).tolist() == [-1] * len(OTHERS)
    assert len(numbers_by_rank(registry)) == 0


def test_a_number_that_comes_again_and_again_is_one_subscriber() -> None:
    numbers = segment(7, 300, np.random.default_rng(1))
    arrays, total = build_ranks([numbers, numbers[:100], np.array(OTHERS), np.array(OTHERS)])
    assert total == 300 + len(OTHERS)
    registry = Registry(**empty_arrays() | arrays)
    assert len(set(ranks_of(registry, np.append(numbers, OTHERS)).tolist())) == total


def test_who_is_gone_is_told_from_who_never_was() -> None:
    gone = np.array(OTHERS[:2])
    arrays, total = build_ranks([np.array(OTHERS[2:4])], 1 << 62, gone)
    registry = Registry(**empty_arrays() | arrays)
    assert total == 2
    assert ranks_of(registry, np.array(OTHERS[:5])).tolist() == [
        GONE,
        GONE,
        *ranks_of(registry, np.array(OTHERS[2:4])),
        -1,
    ]


@pytest.mark.parametrize(("distinct", "column"), [(1 << 16, "profile_narrow"), ((1 << 16) + 1, "profile_wide")])
def test_profile_numbers_widen_past_65536_of_them(distinct: int, column: str) -> None:
    arrays = number_profiles(np.arange(distinct) << 7)
    assert len(arrays[column]) == distinct
    assert sum(len(arrays[name]) > 0 for name in ("profile_narrow", "profile_wide")) == 1


def test_a_million_profiles_of_which_no_two_are_alike_are_all_found_again() -> None:
    random = np.random.default_rng(3)
    numbers = np.unique(np.concatenate([segment(each, 5_100, random) for each in range(200)]))[:1_000_000]
    profiles = random.permutation(1 << 20)[: len(numbers)] | random.integers(0, 1 << 41, len(numbers)) << 20
    registry = registry_of(numbers, profiles)
    assert len(numbers) == 1_000_000
    assert len(registry.profile_wide) == len(registry.profiles) == 1_000_000
    assert np.array_equal(profiles_of(registry, numbers), profiles)


def test_a_province_costs_less_than_three_bytes_a_subscriber() -> None:
    """11,221 segments, 19.51 million subscribers, a hundredth of them.

    The table of all segments is 2.8 MB whatever the province; a subscriber of the whole one pays 0.14 bytes for it, so
    that is added as it is there.
    """
    random = np.random.default_rng(11)
    filled = 19_510_000 // 11_221
    numbers = np.concatenate([segment(each, filled, random) for each in range(0, 11_221, 100)])
    profiles = random.integers(0, 400, len(numbers))
    registry = registry_of(numbers, profiles)
    used = sum(registry.array(name).nbytes for name in WISH_COLUMNS if name != "segment_page")
    assert registry.array("segment_page").nbytes == 4 * SEGMENTS
    assert used / len(numbers) + 4 * SEGMENTS / 19_510_000 < MOST


def test_a_subscriber_whose_segment_the_plan_lacks_is_screened_all_the_same() -> None:
    random = Random(2)
    unknown = pack(Kind.MOBILE, 8619912345678)
    made = small.Registry()
    made.put("subscribers", small.MADE["subscribers"][0](random) | {"number": unknown, "only_my_list": True})
    snapshot = small.snapshot_of(small.tables_of(made))
    assert snapshot.subscribers == 1
    assert ranks_of(snapshot.registry, np.array([unknown])).tolist() == [0]
