"""Keys given twice: found whatever their columns hold and however the rows lie in memory."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from wurao.tables import TABLES, schema
from wurao.tables.links import KeyTexts, mix_texts, repeated_keys

FEW_TEXTS = st.text("ab价", max_size=3)


def in_chunks(columns: dict[str, Sequence[object]], name: str, cut: int) -> pa.Table:
    """The key columns of a table in two chunks, the second a slice that does not begin at its buffers' start."""
    kinds = schema(name)
    whole = pa.table({each: pa.array(values, kinds.field(each).type) for each, values in columns.items()})
    return pa.concat_tables([whole.slice(0, cut), whole.slice(cut)])


def repeated(rows: Sequence[object]) -> list[bool]:
    return [row in rows[:place] for place, row in enumerate(rows)]


@given(st.lists(FEW_TEXTS), st.integers(0, 8))
def test_a_text_that_an_earlier_row_has_is_found(texts: list[str], cut: int) -> None:
    rows = in_chunks({"consent_id": texts}, "consents", cut)
    assert repeated_keys(TABLES["consents"], rows).tolist() == repeated(texts)


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2), st.integers(0, 1))), st.integers(0, 8))
def test_a_key_of_several_columns_is_the_same_only_if_all_are(keys: list[tuple[int, int, int]], cut: int) -> None:
    subscriber, entry, match = ([key[place] for key in keys] for place in range(3))
    rows = in_chunks({"subscriber": subscriber, "entry": entry, "match": match}, "lists", cut)
    assert repeated_keys(TABLES["lists"], rows).tolist() == repeated(keys)


@given(st.lists(FEW_TEXTS, min_size=1))
def test_texts_are_mixed_the_same_uncompiled(texts: list[str]) -> None:
    _, offsets, data = pa.array([*texts, "a"]).buffers()
    octets, starts = np.frombuffer(data, np.uint8), np.frombuffer(offsets, np.int32)[: len(texts) + 1]
    compiled, plain = np.zeros(len(texts), np.uint64), np.zeros(len(texts), np.uint64)
    mix_texts(KeyTexts(words=compiled, data=octets, starts=starts))
    with np.errstate(over="ignore"):
        mix_texts.plain(KeyTexts(words=plain, data=octets, starts=starts))
    assert compiled.tolist() == plain.tolist()
    assert len(set(plain.tolist())) == len(set(texts))
