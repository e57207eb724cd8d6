"""A text that a form or a link gave: without NUL, which PostgreSQL holds in no text, and no longer than asked for."""

from __future__ import annotations

from django.http import HttpRequest

LONGEST = 200


def posted(request: HttpRequest, name: str, most: int = LONGEST) -> str:
    """A field of a form."""
    return plain(request.POST.get(name, ""), most)


def asked(request: HttpRequest, name: str, most: int = LONGEST) -> str:
    """A parameter of a link."""
    return plain(request.GET.get(name, ""), most)


def plain(text: str, most: int = LONGEST) -> str:
    """The text that may be looked for and kept."""
    return text.replace("\0", "")[:most]
