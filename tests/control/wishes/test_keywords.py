"""A short message opens, closes, asks, shields and undoes; anything else is answered with help."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("django")

NOW = datetime.now(UTC)


@pytest.fixture
def said(registry: Path) -> Any:
    """Send a message as the subscriber; the reply."""
    from tests.control.people import NUMBER
    from wurao.control.registry.record import Author
    from wurao.control.wishes.keywords import carry_out
    from wurao.numbering import parse_text

    return lambda text: carry_out(parse_text(NUMBER), text, Author("subscriber", "message"), NOW)


def now_registered() -> Any:
    from tests.control.people import NUMBER
    from wurao.control.wishes.registration import registered
    from wurao.numbering import parse_text

    return registered(parse_text(NUMBER))


@pytest.mark.parametrize("text", ["KTFR", "ktfr", " 开通 ", "ＫＴＦＲ"])
def test_one_word_stops_all_marketing_however_it_is_written(said: Any, text: str) -> None:
    reply = said(text)
    assert reply.change.way == "message"
    assert now_registered().wish.marketing == 0
    assert "0/27" in reply.text


def test_close_undo_and_status(said: Any) -> None:
    said("KTFR")
    said("GBFR")
    assert "关闭防护" in said("CX").text
    assert said("CXSZ").change is not None
    assert now_registered().wish.marketing == 0
    assert "停止一切营销" in said("查询").text
    assert said("CX").change is None


@pytest.mark.parametrize(("text", "hours"), [("FHZ", 1), ("FHZ 6", 6), ("防轰炸24", 24)])
def test_the_shield_goes_up_for_the_hours_that_are_written(said: Any, text: str, hours: int) -> None:
    said(text)
    assert now_registered().shield_until == NOW + timedelta(hours=hours)
    said("FHZ0")
    assert now_registered().shield_until is None


@pytest.mark.parametrize("text", ["", "你好", "FHZ 7", "KTFR 请", "x" * 1000, "'; DROP TABLE"])
def test_anything_else_changes_nothing_and_is_answered_with_help(said: Any, text: str) -> None:
    reply = said(text)
    assert reply.change is None
    assert "KTFR" in reply.text
    assert now_registered().seen == 0


def test_every_change_is_confirmed_to_the_subscriber(said: Any) -> None:
    from wurao.control.accounts.models import ShownMessage

    said("KTFR")
    said("CXSZ")
    texts = list(ShownMessage.objects.order_by("pk").values_list("text", flat=True))
    assert "CXSZ" in texts[0]
    assert "撤销" in texts[1]


def test_there_is_nothing_to_undo_for_who_never_changed_anything(said: Any) -> None:
    assert "没有可以撤销" in said("CXSZ").text


def test_people_are_told_the_words_that_the_operator_chose(said: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    from django.conf import settings

    monkeypatch.setattr(settings, "CONTROL", replace(settings.CONTROL, words_undo="回退,CXSZ", words_revoke="ＱＸ"))
    assert "回退" in said("KTFR").text
    assert said("回退").change is not None
    assert "QX 撤回全部同意" in said("帮助").text
