"""The six disguises: a person reads the text alike, folding takes them off, and the same chance puts on the same."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.content.toys import FRAUD, NORMAL
from wurao.content.disguises import DISGUISES
from wurao.content.extract import FindKind, Flag, extract
from wurao.content.folding_plain import plain_text
from wurao.content.words import units_of

SIX = ("zero_width", "separators", "full_width", "look_alikes", "traditional", "broken_links")
TEXTS = st.lists(
    st.sampled_from([*FRAUD, *NORMAL, "Call 0351 now", "abc.com/x", "加QQ123456"]), min_size=1, max_size=4
).map("，".join)
SEEDS = st.integers(0, 2**32)


def worn(disguise: str, text: str, seed: int) -> str:
    return DISGUISES[disguise](text, random.Random(seed))


def test_there_are_the_six_that_reports_name():
    assert tuple(DISGUISES) == SIX


@given(st.sampled_from(SIX), TEXTS, SEEDS)
def test_the_same_chance_puts_the_same_on(disguise: str, text: str, seed: int):
    assert worn(disguise, text, seed) == worn(disguise, text, seed)


@pytest.mark.parametrize("disguise", SIX)
def test_each_changes_a_text_that_has_what_it_is_for(disguise: str):
    text = "請点击 http://www.abc.com/x 领取1000元奖金，转账到安全账户"
    assert any(worn(disguise, text, seed) != text for seed in range(4))
    assert worn(disguise, "", 1) == ""


@given(st.sampled_from(["zero_width", "full_width", "look_alikes", "traditional"]), TEXTS, SEEDS)
def test_folding_takes_off_what_changes_letters(disguise: str, text: str, seed: int):
    assert plain_text(worn(disguise, text, seed)) == plain_text(text)


@given(TEXTS, SEEDS)
def test_separators_change_no_unit(text: str, seed: int):
    assert units_of(worn("separators", text, seed)) == units_of(text)


@given(SEEDS, st.sampled_from(["http://www.abc.com", "https://ab-c.cn/x", "abc123.top"]))
def test_a_broken_link_leads_to_the_same_host_and_is_told_as_disguised(seed: int, link: str):
    broken = worn("broken_links", f"请点击 {link} 查看", seed)
    (plain,) = (find for find in extract(link) if find.kind == FindKind.LINK)
    (find,) = (find for find in extract(broken) if find.kind == FindKind.LINK)
    assert find.host == plain.host
    assert Flag.DISGUISED in find.flags
