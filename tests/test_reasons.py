"""Every reason is told to people, in both languages, in the file and on the reference page."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from wurao.reasons import Wording, page, wordings
from wurao.verdicts import Reason

PAGE = Path(__file__).parents[1] / "docs" / "reference" / "reasons.md"
CHINESE = re.compile("[\u4e00-\u9fff]")


@pytest.mark.parametrize("reason", Reason)
def test_a_reason_has_all_six_texts_each_in_its_language(reason):
    wording = wordings()[reason]
    for each in fields(Wording):
        text = getattr(wording, each.name)
        assert text.endswith(("。", ".")), each.name
        assert bool(CHINESE.search(text)) == each.name.endswith("_zh"), each.name


def test_no_two_reasons_say_the_same():
    for each in fields(Wording):
        if each.name.startswith("sentence"):
            said = [getattr(wording, each.name) for wording in wordings().values()]
            assert len(set(said)) == len(said)


def test_a_wording_without_one_of_its_texts_is_refused():
    texts = {each.name: "text" for each in fields(Wording)}
    for name in texts:
        with pytest.raises(ValueError, match=name):
            Wording(**(texts | {name: " "}))
        with pytest.raises(TypeError):
            Wording(**{other: text for other, text in texts.items() if other != name})


def test_the_reference_page_is_what_the_file_says():
    assert PAGE.read_text("utf-8") == page()
