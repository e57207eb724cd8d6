"""Prefixes: where each lives, and that a number begins with what a person means by it."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wurao.numbering import (
    NO_PREFIX,
    digits_after_country_code,
    parse_prefix,
    parse_prefix_column,
    parse_text,
    prefix_text,
    prefix_text_column,
)
from wurao.numbering.number import is_prefix, length_of, prefix_length, prefix_of, starts_with

_LIKELY = st.tuples(
    st.sampled_from(["", "+", "0", "00", "86", "+86", "0086", "+00", "106", "1064", "10", "400", "86400", "95", "1"]),
    st.text("0123456789", max_size=20),
).map("".join)


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("138", "+86138"),
        ("+86138", "+86138"),
        ("+86 138", "+86138"),
        ("8613800", "+8613800"),
        ("0138", "+86138"),
        ("1", "+861"),
        ("１３８", "+86138"),
        ("0351", "+86351"),
        ("351", "+86351"),
        ("0351-23", "+8635123"),
        ("010", "+8610"),
        ("95", "95"),
        ("950", "950"),
        ("9", "9"),
        ("400", "400"),
        ("4", "4"),
        ("+86400", "400"),
        ("411", "+86411"),
        ("10", "10"),
        ("106", "106"),
        ("106900", "106900"),
        ("1064", "+861064"),
        ("110", "110"),
        ("12", "12"),
        ("999", "999"),
        ("+1", "+1"),
        ("00852", "+852"),
        ("+86", "+86"),
        ("86", "+86"),
    ],
)
def test_a_prefix_lives_where_its_digits_say(text: str, canonical: str) -> None:
    prefix = parse_prefix(text)
    assert prefix is not None
    assert is_prefix(prefix)
    assert prefix_text(prefix) == canonical


@pytest.mark.parametrize("text", [None, "", "abc", "+", "0", "00", "000", "+0351", "13x", "1" * 18, "106" + "1" * 18])
def test_what_is_no_prefix_is_null(text: str | None) -> None:
    assert parse_prefix(text) is None


@given(st.text("+0123456789 -", max_size=24))
def test_a_prefix_reads_back_from_its_text(text: str) -> None:
    prefix = parse_prefix(text)
    if prefix is not None:
        assert parse_prefix(prefix_text(prefix)) == prefix


@pytest.mark.parametrize(
    ("number", "prefix"),
    [
        ("13803510001", "138"),
        ("13803510001", "1"),
        ("13803510001", "+8613803510001"),
        ("0351-2345678", "0351"),
        ("010-62345678", "010"),
        ("95588", "95"),
        ("4008100000", "400"),
        ("10690001234567", "106900"),
        ("10690001234567", "106"),
        ("10690001234567", "10"),
        ("110", "11"),
        ("1064912345678", "10649"),
        ("+852 2345 6789", "00852"),
    ],
)
def test_a_number_begins_with_what_a_person_means(number: str, prefix: str) -> None:
    assert starts_with(parse_text(number), parse_prefix(prefix))


@pytest.mark.parametrize(
    ("number", "prefix"),
    [("110", "1"), ("95588", "0955"), ("13803510001", "139"), ("110", "1103"), ("010-69001234", "106")],
)
def test_a_number_of_another_space_does_not_begin_with_a_prefix(number: str, prefix: str) -> None:
    assert not starts_with(parse_text(number), parse_prefix(prefix))


@given(
    st.sampled_from(["+8613803510001", "+863512345678", "95588", "4008100000", "10690001234567", "+12125551234"]),
    st.data(),
)
def test_every_beginning_of_a_number_is_a_prefix_of_it(text: str, data: st.DataObject) -> None:
    number = parse_text(text)
    length = data.draw(st.integers(1, length_of(number)))
    prefix = prefix_of(number, length)
    assert starts_with(number, prefix)
    assert prefix_length(prefix) == length


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("+86138", 3),
        ("138", 3),
        ("0351234", 6),
        ("950", 3),
        ("+1212", 3),
        ("+852", 0),
        ("106900", 6),
        ("+35", 0),
        ("+7912", 3),
        ("+210123", 3),
    ],
)
def test_digits_are_counted_without_the_country_code(text: str, digits: int) -> None:
    prefix = parse_prefix(text)
    assert prefix is not None
    assert digits_after_country_code(prefix) == digits


def test_columns_of_prefixes_read_and_write() -> None:
    column = pa.chunked_array([["138", None], ["x", "138", "95"]])
    prefixes = parse_prefix_column(column)
    assert prefixes.tolist() == [parse_prefix("138"), NO_PREFIX, NO_PREFIX, parse_prefix("138"), parse_prefix("95")]
    assert prefix_text_column(prefixes).to_pylist() == ["+86138", None, None, "+86138", "95"]
    assert parse_prefix_column(column.combine_chunks().dictionary_encode()).tolist() == prefixes.tolist()
    assert parse_prefix_column(pa.array([], pa.string())).tolist() == []


@given(st.lists(st.none() | st.text("+0123456789 -x１２", max_size=24) | _LIKELY, max_size=6))
def test_a_column_of_prefixes_reads_as_its_texts_one_by_one(texts: list[str | None]) -> None:
    one_by_one = [parse_prefix(text) for text in texts]
    expected = [NO_PREFIX if prefix is None else prefix for prefix in one_by_one]
    assert parse_prefix_column(pa.array(texts, pa.string())).tolist() == expected
