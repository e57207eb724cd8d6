"""What the classifier sees of a text: every n-gram once, every sign; the same of a text in whatever disguise."""

from __future__ import annotations

import random

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.content.toys import FRAUD, NORMAL, TEXTS, column
from wurao.compiled import as_it_stands
from wurao.content.disguises import DISGUISES
from wurao.content.extract import FindKind, extract
from wurao.content.features import FOUND, N_LATIN, Features, N, features_of, key_of
from wurao.content.folding_plain import plain_text
from wurao.content.units import BOUNDARY, is_latin
from wurao.content.words import groups, units_of, word_table

TABLE, MANY = word_table(groups()), len(groups())
READABLE = st.lists(st.sampled_from([*FRAUD, *NORMAL, "我的微信是abc123", "Call now to win"]), min_size=1, max_size=3)


def read(*texts: str | None) -> Features:
    return features_of(column(*texts), TABLE, MANY)


def keys_of(found: Features, row: int) -> list[int]:
    return found.keys[found.offsets[row] : found.offsets[row + 1]].tolist()


def by_looking(text: str) -> set[int]:
    """The keys of all n-grams of a text: of up to three units, of Latin ones up to five."""
    units = units_of(text)
    found = set()
    for begin in range(len(units)):
        for size in range(1, N_LATIN + 1):
            piece = units[begin : begin + size]
            latin = all(is_latin(unit) or unit == BOUNDARY for unit in piece)
            if len(piece) == size and (size <= N or latin):
                found.add(key_of(piece))
    return found


@settings(max_examples=150)
@given(st.lists(TEXTS, min_size=1, max_size=6))
def test_the_keys_are_those_of_all_n_grams_each_once(texts: list[str]):
    found = read(*texts)
    for row, text in enumerate(texts):
        keys = keys_of(found, row)
        assert set(keys) == by_looking(text)
        assert len(keys) <= 1.1 * len(set(keys)) + 3, "a place that two share forgets the one before"


@settings(max_examples=60)
@given(st.lists(TEXTS, min_size=1, max_size=5))
def test_compiled_code_sees_what_the_plain_code_sees(texts: list[str]):
    found = read(*texts)
    with as_it_stands():
        plain = read(*texts)
    assert found.keys.tolist() == plain.keys.tolist()
    assert found.offsets.tolist() == plain.offsets.tolist()
    assert found.signs.tolist() == plain.signs.tolist()


@given(st.lists(TEXTS, min_size=2, max_size=6))
def test_a_text_among_others_has_the_features_that_it_has_alone(texts: list[str]):
    found = read(*texts)
    for row, text in enumerate(texts):
        alone = read(text)
        assert set(keys_of(found, row)) == set(keys_of(alone, 0))
        assert found.signs[row].tolist() == alone.signs[0].tolist()


@given(TEXTS)
def test_the_signs_behind_the_groups_are_how_often_each_kind_is_found(text: str):
    kinds = [find.kind for find in extract(plain_text(text))]
    counted = dict(zip(FOUND, read(text).signs[0, MANY:].tolist(), strict=True))
    for kind in FindKind:
        assert min(counted[kind.name.lower()], 16) == kinds.count(kind)


@settings(max_examples=60)
@given(READABLE, st.integers(0, 2**32), st.sampled_from(["zero_width", "full_width", "look_alikes", "separators"]))
def test_a_disguised_text_has_the_same_n_grams_and_words(parts: list[str], seed: int, disguise: str):
    text = "，".join(parts)
    worn = DISGUISES[disguise](text, random.Random(seed))
    found = read(text, worn)
    assert set(keys_of(found, 1)) == set(keys_of(found, 0))
    assert found.signs[1, :MANY].tolist() == found.signs[0, :MANY].tolist()


@settings(max_examples=60)
@given(READABLE, st.integers(0, 2**32))
def test_traditional_characters_are_read_as_the_simplified_ones(parts: list[str], seed: int):
    text = "，".join(parts)
    found = read(text, DISGUISES["traditional"](text, random.Random(seed)))
    assert set(keys_of(found, 1)) == set(keys_of(found, 0))
    assert found.signs[1].tolist() == found.signs[0].tolist()


@settings(max_examples=60)
@given(st.sampled_from(["http://abc.com/x1", "www.abc12.top", "abc.cn"]), st.integers(0, 2**32))
def test_a_broken_link_is_found_all_the_same(link: str, seed: int):
    text = f"请点击 {link} 查看"
    found = read(text, DISGUISES["broken_links"](text, random.Random(seed)))
    place = MANY + FOUND.index("link")
    assert found.signs[:, place].tolist() == [1, 1]


def test_texts_that_unfold_to_more_than_their_octets_get_the_room_they_need():
    texts = ["\ufdfa" * 2_000, "转账", "\ufdfa" * 20_000]
    found = read(*texts)
    assert [set(keys_of(found, row)) for row in range(3)] == [by_looking(text) for text in texts]


@pytest.mark.parametrize("texts", [[], [None], ["", None, ""]])
def test_nothing_to_read_has_no_features(texts: list[str | None]):
    found = features_of(pa.array(texts, pa.string()), TABLE, MANY)
    assert found.offsets.tolist() == [0] * (len(texts) + 1)
    assert found.signs.shape == (len(texts), MANY + len(FOUND))
    assert not found.signs.any()


def test_a_column_may_be_large_chunked_or_sliced():
    whole = pa.array(["x", "请转账", None, "点击 abc.com"])
    expected = read("请转账", None, "点击 abc.com")
    for each in (whole[1:], whole.cast(pa.large_string())[1:], pa.chunked_array([whole[1:2], whole[2:]])):
        found = features_of(each, TABLE, MANY)
        assert found.keys.tolist() == expected.keys.tolist()
        assert found.signs.tolist() == expected.signs.tolist()
