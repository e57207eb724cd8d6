"""A batch of look-ups finds what one look-up at a time finds."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from wurao.numbering.number import pack
from wurao.snapshot.pages import build_ranks, number_profiles, ranks_of
from wurao.snapshot.profiles import _look_up_all, profiles_of
from wurao.snapshot.registry import Registry, empty_arrays
from wurao.wishes import DEFAULT_PROFILE

dense = st.integers(8_613_000_000_000, 8_613_000_019_999).map(lambda digits: pack(2, digits))
anywhere = st.tuples(st.sampled_from([0, 2, 3, 4, 10]), st.integers(0, 10**13)).map(lambda each: pack(*each))
MANY = st.lists(st.one_of(dense, anywhere), min_size=1, max_size=300, unique=True)


@given(MANY, st.lists(st.one_of(dense, anywhere), max_size=100), st.sampled_from([1, 64, 1 << 40]))
def test_a_batch_finds_the_profile_of_everyone_and_the_default_of_nobody(registered, others, fewest):
    numbers = np.array(registered, dtype=np.int64)
    arrays, total = build_ranks([numbers], fewest)
    registry = Registry(**empty_arrays() | arrays)
    profiles = np.arange(total, dtype=np.int64) + 7
    registry = Registry(**empty_arrays() | arrays | number_profiles(profiles))
    asked = np.concatenate([numbers, np.array(others, dtype=np.int64)])
    ranks = ranks_of(registry, asked)
    wanted = np.where(ranks >= 0, ranks + 7, DEFAULT_PROFILE)
    assert np.array_equal(profiles_of(registry, asked), wanted)
    plain = np.empty(len(asked), dtype=np.int64)
    with np.errstate(over="ignore"):
        _look_up_all(registry, asked, plain)
    assert np.array_equal(plain, wanted)
