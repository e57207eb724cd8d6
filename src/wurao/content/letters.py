"""What each character of a plain text is to a reader of templates and to the sketch: a letter, a digit, or a sign.

Comes in: points of plain text (`folding`). Goes out: a kind for each, a small integer, of which letters are the upper
ones; signs (spaces, punctuation, symbols, marks) are left out where texts are compared, and only looked at where they
stand inside a variable. Called by `templates`, `template_index` and `digest`.
"""

from __future__ import annotations

import functools
import unicodedata

import numpy as np
import numpy.typing as npt

from wurao.compiled import View

SIGN, MARK, SPACE, LINE, COMMA, POINT, HYPHEN, SLASH, COLON, STAR, DIALLED = range(11)
"""Kinds of signs. A mark is a combining or format character, a sign that is part of whatever stands before it."""
FIRST_LETTER = 16
DIGIT, LATIN, AM_PM, DATE_WORD, TIME_WORD, MONEY_WORD, LETTER = range(FIRST_LETTER, FIRST_LETTER + 7)
"""Kinds of letters; `LETTER` is any that has no kind of its own."""
ALL_SIGNS = (1 << FIRST_LETTER) - 1
ALL_LETTERS = ~ALL_SIGNS & ((1 << (LETTER + 1)) - 1)
KNOWN = 0x32400
"""Above these points stand no letters but those for private use: all are signs."""

_OWN_KIND = {
    LINE: "\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029",
    SPACE: " \t\u00a0\u3000",
    COMMA: ",，、",
    POINT: ".。·",
    HYPHEN: "-‐‑‒–—―−~",
    SLASH: "/",
    COLON: ":：",
    STAR: "*＊×",
    DIALLED: "+()（）#",
    DIGIT: "0123456789",
    LATIN: "bcdefghijklnoqrstuvwxyz",
    AM_PM: "amp",
    DATE_WORD: "年月日号",
    TIME_WORD: "时分秒点上下午早晚",
    MONEY_WORD: "万亿元",
}


@functools.cache
def kinds() -> npt.NDArray[np.uint8]:
    """The kind of each point below `KNOWN`, by the general categories of Python's Unicode."""
    found = np.array([_of_category(unicodedata.category(chr(point))) for point in range(KNOWN)], dtype=np.uint8)
    for kind, characters in _OWN_KIND.items():
        found[[ord(each) for each in characters]] = kind
    found.flags.writeable = False
    return found


def _of_category(category: str) -> int:
    if category[0] in "LN":
        return LETTER
    if category[0] == "M" or category == "Cf":
        return MARK
    return SPACE if category == "Zs" else SIGN


def kind_of(kinds: View, point: int) -> int:
    """The kind of a point."""
    return kinds[point] if point < len(kinds) else SIGN


def is_letter(kind: int) -> bool:
    """Whether a kind is one of letters or digits."""
    return kind >= FIRST_LETTER
