"""Words on a page: Chinese first, English beside, each marked with its language; numbers masked."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from wurao.control.registry.models import Change
from wurao.control.rights import ROLE_WORDS, Role
from wurao.control.stops.words import ACTION_WORDS, CHANNEL_WORDS, caller_words
from wurao.control.wishes.differences import difference, list_difference
from wurao.control.wishes.registration import read_written
from wurao.numbering import masked

register = template.Library()


@register.simple_tag
def say(zh: str, en: str) -> SafeString:
    """Both languages, each marked as what it is."""
    return format_html('<span lang="zh-Hans">{}</span> <span lang="en">{}</span>', zh, en)


@register.filter
def both(words: tuple[str, str]) -> SafeString:
    """The same for a pair."""
    return say(words[0], words[1])


@register.filter
def is_in(name: str, names: Any) -> bool:
    """Whether a name is among names."""
    return name in names


@register.filter(name="masked")
def masked_number(number: int) -> str:
    """A number with its last digits starred."""
    return masked(number)


@register.filter
def role_words(role: str) -> SafeString:
    """What a page calls a role."""
    return say(*ROLE_WORDS[Role(role)])


@register.filter
def way(change: Change) -> SafeString:
    """By what way a change came."""
    return say(*WAYS.get(change.way, (change.way, change.way)))


@register.filter
def action_words(action: str) -> SafeString:
    """What a page calls what was done."""
    return say(*ACTION_WORDS[action])


@register.filter
def channel_words(channel: str) -> SafeString:
    """By what something came."""
    return say(*CHANNEL_WORDS[channel])


@register.filter(name="caller_words")
def who_called(number: int) -> SafeString:
    """A caller's number masked, or what a page calls it where there is none."""
    zh, en = caller_words(number)
    return say(zh, en) if en else format_html("{}", zh)


@register.filter
def grouped(count: int) -> str:
    """A count with its thousands parted."""
    return f"{count:,}"


@register.filter
def fact(value: Any) -> str:
    """A fact that a rule looked at."""
    if value is None:
        return "–"
    return ("no", "yes")[value] if isinstance(value, bool) else str(value)


@register.filter
def changed(change: Change) -> SafeString:
    """What a change on a subscriber's row or lists changed, in words."""
    if change.table == "lists":
        return say(*list_difference(change.before, change.row))
    before, after = (read_written(each) for each in (change.before, change.row))
    return say(*difference(before, after))


WAYS = {
    "web": ("网页", "web"),
    "api": ("接口", "API"),
    "message": ("短信", "message"),
    "agent": ("话务员", "agent"),
    "file": ("文件", "file"),
    "log": ("变更日志", "change log"),
    "undo": ("撤销", "undo"),
    "guardian": ("监护人同意", "guardian"),
}
