"""The words of short messages: which mean what, and how a text is read before it is held against them.

Which words those are is the operator's to say (`[control] words_…`). Called by whoever reads a subscriber's message,
and by whoever tells a subscriber what to reply.
"""

from __future__ import annotations

import unicodedata

from django.conf import settings


def plain(text: str) -> str:
    """A text without what a person does not mean by it: blanks, the width of letters and their case."""
    return "".join(unicodedata.normalize("NFKC", text).upper().split())


def words_of(command: str) -> list[str]:
    """The words that mean a command, as `plain` leaves them; the first is the one that people are told."""
    written: str = getattr(settings.CONTROL, f"words_{command}")
    return [word for each in written.split(",") if (word := plain(each))]


def first_word(command: str) -> str:
    """The word for a command that people are told."""
    return words_of(command)[0]
