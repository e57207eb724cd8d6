"""Indexes of kept tables: what is found is what a look at every row finds."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wurao.snapshot.index import make_index, rows_in

texts = st.lists(st.none() | st.sampled_from(["a", "b", "中", "", "example.com", "Example.com."]) | st.text(max_size=3))


@given(texts, texts, st.integers(0, 5))
def test_an_index_finds_every_row_of_a_text_and_no_other(held: list[str | None], wanted: list[str | None], cut: int):
    column = pa.chunked_array([held[:cut], held[cut:]], pa.string())
    found = rows_in(make_index("t", "c", column), "t", "c", pa.table({"c": column}), pa.array(wanted, pa.string()))
    assert found.tolist() == [row for row, text in enumerate(held) if text is not None and text in wanted]


@given(st.lists(st.integers(0, 40)), st.lists(st.integers(0, 40)))
def test_an_index_finds_every_row_of_a_number_and_no_other(held: list[int], wanted: list[int]):
    column = pa.chunked_array([held], pa.int64())
    found = rows_in(make_index("t", "c", column), "t", "c", pa.table({"c": column}), pa.array(wanted, pa.int64()))
    assert found.tolist() == [row for row, number in enumerate(held) if number in wanted]


def test_names_that_mean_the_same_are_found_by_each_other():
    column = pa.chunked_array([["Example.com.", "other.cn", "example.COM"]])
    index = make_index("domains", "name", column)
    found = rows_in(index, "domains", "name", pa.table({"name": column}), pa.array(["example.com"]))
    assert found.tolist() == [0, 2]


@pytest.mark.parametrize("place", range(4))
def test_a_damaged_index_is_an_error_and_never_another_row(place: int):
    column = pa.chunked_array([["a", "b", "c"]])
    index = make_index("t", "c", column)
    index[place] = np.uint32(0xFFFFFFF0)
    with pytest.raises(IndexError):
        rows_in(index, "t", "c", pa.table({"c": column}), pa.array(["a", "b", "c"]))
