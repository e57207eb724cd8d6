"""Near-duplicates: a changed copy is in its text's group, and a phrase in common ties nobody together."""

from __future__ import annotations

import random

import numpy as np

from tests.content.toys import column
from wurao.content.features import features_of
from wurao.content.near_duplicates import near_duplicates
from wurao.content.words import groups, word_table

LETTERS = [chr(0x4E00 + place) for place in range(3000)]


def groups_of(texts: list[str]) -> list[int]:
    given = groups()
    return near_duplicates(features_of(column(*texts), word_table(given), len(given))).tolist()


def letters(chance: random.Random, many: int) -> str:
    return "".join(chance.choice(LETTERS) for _ in range(many))


def test_texts_with_a_phrase_in_common_are_not_tied_into_one_group():
    chance = random.Random(1)
    phrase = letters(chance, 26)
    texts = [phrase + letters(chance, 30) for _ in range(120)]
    assert len(set(groups_of(texts))) > 110


def test_copies_with_a_few_other_letters_are_in_the_group_of_the_first():
    chance = random.Random(2)
    texts = [letters(chance, 60) for _ in range(20)]
    copies = [text[:20] + letters(chance, 3) + text[23:] for text in texts]
    found = groups_of([*texts, *copies])
    assert np.mean([found[place] == found[20 + place] == place for place in range(20)]) >= 0.95


def test_texts_without_letters_are_alike_and_no_text_is_no_group():
    assert groups_of(["", "。", "!!"]) == [0, 0, 0]
    assert groups_of([]) == []
