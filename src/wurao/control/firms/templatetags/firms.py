"""Words of firms on a page: states, steps, categories, and what an application holds, line by line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import template
from django.utils.safestring import SafeString

from wurao.control.console.templatetags.words import say
from wurao.control.firms.kinds import KINDS
from wurao.control.firms.models import Application
from wurao.control.firms.words import (
    ALL_CATEGORY_WORDS,
    CHANNEL_WORDS,
    CONTENT_WORDS,
    PURPOSE_WORDS,
    STATE_WORDS,
    STEP_WORDS,
    Words,
)
from wurao.numbering import masked, parse_text

register = template.Library()


@register.filter
def state_words(state: str) -> SafeString:
    """What a page calls a state."""
    return say(*STATE_WORDS.get(state, (state, state)))


@register.filter
def step_words(step: str) -> SafeString:
    """What a page calls a step."""
    return say(*STEP_WORDS.get(step, (step, step)))


@register.filter
def category_words(code: str) -> SafeString:
    """What a page calls a category."""
    return say(*ALL_CATEGORY_WORDS.get(code, (code, code)))


@register.filter
def channel_words(code: str) -> SafeString:
    """What a page calls a channel."""
    return say(*CHANNEL_WORDS.get(code, (code, code)))


@register.filter
def purpose_words(code: str) -> SafeString:
    """What a page calls a template's purpose."""
    return say(*PURPOSE_WORDS.get(code, (code, code)))


@register.filter
def title_of(application: Application) -> str:
    """An application's line in a list."""
    return KINDS[application.kind].title(application.content)


@register.filter
def content_lines(content: dict[str, Any]) -> Iterator[tuple[str, Words, str]]:
    """What an application holds, in words, the contact's number masked."""
    for name, value in content.items():
        if value:
            yield name, CONTENT_WORDS.get(name, (name, name)), _shown(name, value)


def _shown(name: str, value: Any) -> str:
    if name == "contact_number":
        return masked(parse_text(value))
    if name in ("categories", "category"):
        codes = value if isinstance(value, list) else [value]
        return "、".join(" ".join(ALL_CATEGORY_WORDS.get(code, (code,))) for code in codes)
    return " ".join(PURPOSE_WORDS.get(value, (value,))) if name == "purpose" else str(value)
