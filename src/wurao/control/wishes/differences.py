"""What one saved wish changed against the one before, in words: for the message, the history and the page."""

from __future__ import annotations

from collections.abc import Iterator

from wurao.control.wishes.registration import Registered
from wurao.control.wishes.words import GUARD_WORDS, NOTICE_WORDS, SWITCH_WORDS, Words
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
        yield _switched(("防轰炸", "flood shield"), after.shield_until is not None)


def _switched(words: Words, on: bool) -> Words:
    zh, en = _ON if on else _OFF
    return f"{words[0]}：{zh}", f"{words[1]}: {en}"
