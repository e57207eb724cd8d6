"""The six disguises that fraud wears, put on a text: for copies to learn from, and to measure what they cost.

A text and a chance go in, a text that a person reads alike comes out. Called by `corpus` and `evaluation`.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable

_ZERO_WIDTH = "\u200b\u200c\u200d\u2060\ufeff\u00ad"
_SEPARATORS = "·*.-_ /|~"
_LOOK_ALIKES = str.maketrans("aceopxyijsABCEHKMOPTXY", "асеорхуіјѕАВСЕНКМОРТХУ")
_ROUND = str.maketrans("0123456789", "⓪①②③④⑤⑥⑦⑧⑨")
_LINK = re.compile(r"(?:https?://)?[a-zA-Z0-9-]+(?:\.[a-zA-Z0-9-]+)+")
_HAN = re.compile(r"[\u4e00-\u9fff]")


def zero_width(text: str, chance: random.Random) -> str:
    """Characters that nobody sees, put between letters."""
    return "".join(each + (chance.choice(_ZERO_WIDTH) if chance.random() < 0.4 else "") for each in text)


def separated(text: str, chance: random.Random) -> str:
    """Signs put between Chinese letters."""
    mark = chance.choice(_SEPARATORS)
    return re.sub(r"(?<=[\u4e00-\u9fff])(?=[\u4e00-\u9fff])", lambda _: mark if chance.random() < 0.4 else "", text)


def full_width(text: str, chance: random.Random) -> str:
    """ASCII in its full-width forms."""
    return "".join(chr(ord(each) + 0xFEE0) if "!" <= each <= "~" else each for each in text)


def look_alike(text: str, chance: random.Random) -> str:
    """Cyrillic letters for Latin ones, figures in circles."""
    return "".join(each.translate(_LOOK_ALIKES).translate(_ROUND) if chance.random() < 0.7 else each for each in text)


def traditional(text: str, chance: random.Random) -> str:
    """Traditional characters for those simplified ones of which each has one."""
    return text.translate(_traditional())


def broken_links(text: str, chance: random.Random) -> str:
    """Links that no machine was meant to see."""
    return _LINK.sub(lambda found: _broken(found[0], chance), text)


def _broken(link: str, chance: random.Random) -> str:
    ways: tuple[Callable[[str], str], ...] = (
        lambda given: given.replace("http", "hxxp").replace(".", "[.]"),
        lambda given: given.replace(".", "。"),
        lambda given: given.replace(".", " . "),
        lambda given: given.replace(".", "点"),
    )
    return chance.choice(ways)(link)


def _traditional() -> dict[int, str]:
    if not _BACK:
        from wurao.content.folding_plain import characters

        for traditional_one, simple in characters().items():
            if len(simple) == 1 and _HAN.match(simple) and simple != traditional_one:
                _BACK.setdefault(ord(simple), traditional_one)
    return _BACK


_BACK: dict[int, str] = {}

DISGUISES: dict[str, Callable[[str, random.Random], str]] = {
    "zero_width": zero_width,
    "separators": separated,
    "full_width": full_width,
    "look_alikes": look_alike,
    "traditional": traditional,
    "broken_links": broken_links,
}
"""All six, by the names that reports use."""
