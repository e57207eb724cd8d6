"""Units: what a classifier reads of a text is the same whatever signs stand in it and whatever its figures are."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.content.toys import TEXTS
from wurao.content.folding_plain import plain_text
from wurao.content.letters import is_letter, kind_of, kinds
from wurao.content.units import BOUNDARY, DIGITS, LONGEST_RUN, is_latin
from wurao.content.words import units_of

SIGNS = st.text(st.sampled_from("·*.-_ /|~，。！【】\u200b\n"), max_size=3)
HAN = st.text(st.sampled_from("转账号码点击链接安全我是"), max_size=12)


@given(TEXTS)
def test_a_unit_is_a_letter_a_run_of_digits_or_a_boundary_and_there_are_no_more_than_points(text: str):
    units, plain = units_of(text), plain_text(text)
    assert len(units) <= len(plain)
    for unit in units:
        is_run = DIGITS < unit <= DIGITS + LONGEST_RUN
        assert is_run or unit == BOUNDARY or (chr(unit) in plain and is_letter(kind_of(kinds(), unit)))


@given(TEXTS)
def test_a_boundary_stands_between_two_latin_letters_alone(text: str):
    units = units_of(text)
    for at, unit in enumerate(units):
        if unit == BOUNDARY:
            assert is_latin(units[at - 1])
            assert is_latin(units[at + 1])


@given(HAN, st.data())
def test_signs_between_chinese_letters_change_nothing(text: str, data: st.DataObject):
    assert units_of("".join(data.draw(SIGNS) + each for each in text)) == units_of(text)


@given(st.text("0123456789", min_size=1, max_size=30), st.data())
def test_a_run_of_digits_tells_its_length_whatever_they_are_and_whatever_stands_between(run: str, data: st.DataObject):
    written = run[0] + "".join(data.draw(SIGNS) + each for each in run[1:])
    assert units_of(f"共{written}元") == [ord("共"), DIGITS + min(len(run), LONGEST_RUN), ord("元")]


def test_latin_words_are_kept_apart_and_their_letters_together():
    assert units_of("Win, CASH!") == [*map(ord, "win"), BOUNDARY, *map(ord, "cash")]
    assert units_of("win现金cash") == [*map(ord, "win现金cash")]
    assert units_of("win!") == units_of("!win") == [*map(ord, "win")]


def test_an_empty_text_and_one_of_signs_have_none():
    assert units_of("") == units_of("，。！…【】\u200b\u0301") == []
