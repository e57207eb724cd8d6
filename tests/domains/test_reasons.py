"""Every reason of the guard says in both languages what is wrong and what would be right."""

from __future__ import annotations

from pathlib import Path

import pytest

from wurao.domains import DomainReason
from wurao.domains.reasons import WAITING, Decision, code_of, page, sayings, sentence_of

CHINESE = range(0x4E00, 0xA000)


@pytest.mark.parametrize("reason", [each for each in DomainReason if each], ids=lambda each: each.name)
def test_a_reason_says_it_in_both_languages(reason: DomainReason) -> None:
    said = sayings()[reason]
    for text in (said.sentence_zh, said.right_zh):
        assert any(ord(letter) in CHINESE for letter in text)
        assert text.endswith("。")
    for text in (said.sentence_en, said.right_en):
        assert text.isascii()
        assert text.endswith(".")
    assert sentence_of(reason) == f"{said.sentence_zh} {said.sentence_en}"
    assert code_of(reason) == reason.name


def test_no_reason_has_no_code_and_no_sentence() -> None:
    assert (code_of(DomainReason.NONE), sentence_of(DomainReason.NONE)) == (None, "")


def test_the_integers_stay() -> None:
    assert [(each.name, each.value) for each in Decision] == [
        ("LIST", 0), ("LIST_EXACT", 1), ("SECOND_PERSON", 2), ("REFUSE", 3),
    ]  # fmt: skip
    assert {each.code for each in Decision} == {"list", "list-exact", "second-person", "refuse"}
    assert DomainReason.RESERVED == 42
    assert DomainReason.BAD_LINE == 18
    assert len(WAITING) == 6


def test_the_reference_of_reasons_is_what_the_file_says() -> None:
    written = Path(__file__).parents[2] / "docs/reference/domain-reasons.md"
    assert written.read_text("utf-8") == page(), "run: make docs"
