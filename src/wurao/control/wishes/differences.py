"""What one saved wish changed against the one before, in words: for the message, the history and the page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone

from wurao.control.wishes.registered import Registered
from wurao.control.wishes.words import ACTION_WORDS, GUARD_WORDS, NOTICE_WORDS, SWITCH_WORDS, Words
from wurao.wishes import GUARDS, NOTICES

NOTHING: Words = ("没有变化", "nothing")
_ON, _OFF = ("开", "on"), ("关", "off")


def difference(before: Registered, after: Registered) -> Words:
    """All that differs, in one line for each language."""
    found = list(_differences(before, after))
    if not found:
        return NOTHING
    return "，".join(zh for zh, _ in found), ", ".join(en for _, en in found)


def _differences(before: Registered, after: Registered) -> Iterator[Words]:
    old, new = before.wish, after.wish
    if old.marketing != new.marketing:
        allowed = new.marketing.bit_count()
        yield f"营销类别放行 {allowed}/27", f"marketing: {allowed} of 27 let through"
    if old.hours != new.hours:
        allowed = new.hours.bit_count()
        yield f"接收时段 {allowed}/27", f"hours: {allowed} of 27 let through"
    for name, (zh, en) in SWITCH_WORDS.items():
        if getattr(old, name) != getattr(new, name):
            yield _switched((zh, en), getattr(new, name))
    if old.only_my_list != new.only_my_list:
        yield _switched(("只接名单上的号码", "only my list"), new.only_my_list)
    if old.content_protection != new.content_protection:
        yield _switched(("短信内容防护", "content protection"), new.content_protection)
    if old.guard != new.guard:
        zh, en = GUARD_WORDS[GUARDS[new.guard]]
        yield f"判断力度：{zh}", f"strictness: {en.lower()}"
    if before.notice != after.notice:
        zh, en = NOTICE_WORDS[NOTICES[after.notice]]
        yield f"拦截告知：{zh}", f"being told: {en.lower()}"
    if before.shield_until != after.shield_until:
        yield _timed(("防轰炸", "flood shield"), after.shield_until)
    if before.only_my_list_until != after.only_my_list_until:
        yield _timed(("限时只接名单", "only my list for a time"), after.only_my_list_until)
    if before.guardian != after.guardian:
        yield _switched(("监护人", "guardian"), after.guardian is not None)


def _switched(words: Words, on: bool) -> Words:
    zh, en = _ON if on else _OFF
    return f"{words[0]}：{zh}", f"{words[1]}: {en}"


def _timed(words: Words, until: datetime | None) -> Words:
    if until is None:
        return _switched(words, False)
    shown = timezone.localtime(until).strftime("%m-%d %H:%M")
    return f"{words[0]}：至 {shown}", f"{words[1]}: until {shown}"


def list_difference(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> Words:
    """What one entry of a list changed, in words; both as the history writes them."""
    row = after or before or {}
    shown = f"{row.get('entry', '')}{'*' if row.get('match') == 'prefix' else ''}"
    if after is None:
        return f"名单移出 {shown}", f"{shown} off the list"
    zh, en = ACTION_WORDS[after["action"]]
    return f"名单 {shown}：{zh}", f"{shown}: {en}"
