"""The groups of words: each of their words is found, however often and disguised; a mistake is named with its line."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.content.toys import TEXTS, column
from wurao.content.features import features_of
from wurao.content.units import is_latin
from wurao.content.words import LONGEST, ROLES, Group, groups, read_groups, units_of, word_table
from wurao.errors import Refused

GROUP = '[groups.{name}]\nrole = "claim"\nzh = "称"\nen = "says"\nwords = """\n{words}\n"""\n'
SMALL = (
    Group("one", "claim", "一", "one", ("转账", "转", "win", "win cash", "验证码", "13800138000")),
    Group("two", "request", "二", "two", ("账", "转账号", "cash", "证", "转账")),
    Group("none", "mark", "无", "none", ()),
)
PIECES = st.sampled_from(["转", "账", "号", "转账", "验证码", "win", "cash", "s", " ", "-", "13800138000", "1", "码"])
WORDS = st.lists(PIECES, max_size=16).map("".join)


def counts(given: tuple[Group, ...], *texts: str) -> list[list[int]]:
    """How many different words of each group stand in texts."""
    return features_of(column(*texts), word_table(given), len(given)).signs[:, : len(given)].tolist()


def by_looking(given: tuple[Group, ...], text: str) -> list[int]:
    """The same by trying every word at every place; a word of several groups counts for the first."""
    units, taken = units_of(text), set()
    found = []
    for group in given:
        words = {tuple(units_of(word)) for word in group.words} - taken
        taken |= words
        found.append(sum(_stands(list(word), units) for word in words))
    return found


def _stands(word: list[int], units: list[int]) -> bool:
    for at in range(len(units) - len(word) + 1):
        end = at + len(word)
        begins = is_latin(word[0]) and at > 0 and is_latin(units[at - 1])
        goes_on = is_latin(word[-1]) and end < len(units) and is_latin(units[end])
        if units[at:end] == word and not begins and not goes_on:
            return True
    return False


@given(st.lists(st.one_of(WORDS, TEXTS), min_size=1, max_size=6))
def test_words_are_counted_as_trying_each_at_every_place_counts_them(texts: list[str]):
    assert counts(SMALL, *texts) == [by_looking(SMALL, text) for text in texts]


def test_every_shipped_word_is_found_in_its_group_and_for_no_other_that_has_it_too():
    given = groups()
    first_of: dict[tuple[int, ...], int] = {}
    for place, group in enumerate(given):
        for word in group.words:
            first_of.setdefault(tuple(units_of(word)), place)
    words = [(word, first_of[tuple(units_of(word))]) for group in given for word in group.words]
    found = counts(given, *(word for word, _ in words))
    told = counts(given, *(f"喂，{word}。啊" for word, _ in words))
    for (word, place), alone, amid in zip(words, found, told, strict=True):
        assert alone[place] > 0, word
        assert amid[place] > 0, word


def test_no_shipped_group_is_without_words_or_sentences_and_their_names_are_different():
    given = groups()
    assert len({group.name for group in given}) == len(given)
    for group in given:
        assert group.words, group.name
        assert group.zh, group.name
        assert group.en, group.name
        assert group.role in ROLES


@given(st.sampled_from([word for group in groups() for word in group.words]), st.integers(1, 4))
def test_a_word_counts_once_however_often_it_stands_there(word: str, times: int):
    assert counts(groups(), "龘".join([word] * times)) == counts(groups(), word)


def test_a_latin_word_is_none_inside_a_longer_one():
    given = (Group("one", "claim", "一", "one", ("win",)),)
    assert counts(given, "win", "winner", "twin", "win win", "我win了", "w-i-n") == [[1], [0], [0], [1], [1], [0]]


def read(tmp_path: Path, text: str | bytes) -> tuple[Group, ...]:
    file = tmp_path / "words.toml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_groups(file)


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        ('# 注\n[groups.one\nrole = "claim"\n', 2, "cannot be read"),
        ('[group.one]\nrole = "claim"\n', 1, "group means nothing here; sections [groups.NAME]"),
        ("\n\nwords = 1\n", 1, "words means nothing here"),
        ("[groups]\none = 1\n", 1, "one is no section"),
        (
            GROUP.format(name="a", words="转账") + '\n[groups.b]\nrole = "claim"\nzh = "称"\nen = "x"\n',
            9,
            "is not whole",
        ),
        (
            GROUP.format(name="a", words="转账").replace("claim", "claims"),
            1,
            "role (claim, request, mark), zh, en, words",
        ),
        (GROUP.format(name="a", words="转账").replace('"称"', "1"), 1, "group a is not whole"),
        (GROUP.format(name="a", words="转账 ！！ 号码"), 1, "'！！' has no letter, or is too long"),
        (GROUP.format(name="a", words="转" * (LONGEST + 1)), 1, f"1 to {LONGEST} letters"),
        (GROUP.format(name="a", words="转账").encode() + b"\n# \xff\n", 9, "is not UTF-8"),
    ],
)
def test_a_mistake_is_named_with_its_line_and_what_would_be_right(tmp_path, text, line, told):
    with pytest.raises(Refused) as refused:
        read(tmp_path, text)
    assert refused.value.where == f"{tmp_path / 'words.toml'}:{line}"
    assert told in str(refused.value)
    assert refused.value.right


def test_a_word_may_be_as_long_as_a_walk_is(tmp_path):
    (group,) = read(tmp_path, GROUP.format(name="a", words="转" * LONGEST))
    assert counts((group,), "转" * LONGEST, "转" * (LONGEST - 1)) == [[1], [0]]
