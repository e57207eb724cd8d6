"""A column of numbers and prefixes: each row read as what it is said to be."""

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from wurao.numbering import parse_column, parse_prefix_column
from wurao.numbering.entries import _read_all, parse_entry_column
from wurao.numbering.number import WITHHELD
from wurao.numbering.written import ROOM

TEXTS = st.one_of(
    st.sampled_from(["+8613803510001", "138", "10690001", "0351", "95588", "", "no number", "+8613803510001 "]),
    st.from_regex(r"\A(\+|00|0|\+86)?[0-9]{1,14}\Z"),
)
ROWS = st.lists(st.tuples(TEXTS, st.booleans()), max_size=20)


@given(ROWS)
def test_each_row_is_read_as_a_column_of_its_kind_is(rows: list[tuple[str, bool]]) -> None:
    texts, as_prefix = pa.array([text for text, _ in rows], pa.string()), np.array([kind for _, kind in rows], bool)
    expected = np.where(as_prefix, parse_prefix_column(texts), parse_column(texts))
    assert parse_entry_column(texts, as_prefix).tolist() == expected.tolist()


@given(ROWS)
def test_the_same_lines_run_uncompiled(rows: list[tuple[str, bool]]) -> None:
    texts, as_prefix = [text.encode() for text, _ in rows], np.array([kind for _, kind in rows], np.uint8)
    octets = np.frombuffer(b"".join(texts), dtype=np.uint8)
    offsets = np.cumsum([0, *map(len, texts)]).astype(np.int64)
    plain = np.zeros(len(rows), dtype=np.int64)
    _read_all.plain(octets, offsets, plain, np.zeros(ROOM, dtype=np.uint8), as_prefix)
    assert plain.tolist() == parse_entry_column(pa.array(texts, pa.binary()), as_prefix).tolist()


def test_nothing_written_is_withheld() -> None:
    assert parse_entry_column(pa.array([None, "138"]), np.array([True, True])).tolist()[0] == WITHHELD
