"""The plain text of a message in plain Python: what `folding` does compiled, by unicodedata and character by character.

For people, and for the tests that hold the compiled pass against it. In goes a str, out comes a str. `written_text` is
what it is when nothing is taken for what it looks like.
"""

from __future__ import annotations

import functools
import unicodedata
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from wurao.content.folding_layout import BLOCK_MASK, BLOCK_SHIFT, SIMPLIFIED_SHIFT
from wurao.content.folding_tables import folding_tables

FILLERS = frozenset(map(chr, (0x115F, 0x1160, 0x2065, *range(0xFFF0, 0xFFF9), *range(0xE0000, 0xE1000))))
"""Default-ignorable characters (DerivedCoreProperties.txt) that are neither marks nor format characters."""
BRAILLE_BLANK = "\u2800"
SELECTORS = frozenset(
    map(chr, (0x034F, *range(0x180B, 0x180E), 0x180F, *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)))
)
"""Marks that no name keeps: variation selectors and the grapheme joiner (RFC 3454, table B.1)."""


def plain_text(text: str, simplify: Callable[[str], str] | None = None) -> str:
    """The plain text; `simplify` stands in for the shipped tables of OpenCC's t2s (`opencc.OpenCC("t2s").convert`).

    Half a surrogate is what its three octets are under `errors="replace"`: three times U+FFFD.
    """
    return (simplify or simplified)("".join(map(_kept, _normal(text))))


def written_text(text: str) -> str:
    """The text as a machine reads it that asks for a name in it: look-alikes, traditional characters and marks stay."""
    return "".join(map(_as_written, _normal(text)))


def _normal(text: str) -> str:
    return unicodedata.normalize("NFKC", text.encode("utf-8", "surrogatepass").decode("utf-8", "replace"))


def simplified(text: str) -> str:
    """Traditional to simplified as t2s has it: at each place the longest phrase, else the character."""
    phrases, singles = _phrases(), characters()
    found, at = [], 0
    while at < len(text):
        old = next((old for old in phrases.get(text[at], ()) if text.startswith(old, at)), text[at])
        found.append(phrases[text[at]][old] if len(old) > 1 else singles.get(old, old))
        at += len(old)
    return "".join(found)


def _kept(character: str) -> str:
    """What one character of the NFKC form gives: nothing, a space, what it looks like, or its small letter."""
    category = unicodedata.category(character)
    if category in ("Cf", "Mn", "Me") or character in FILLERS:
        return ""
    if category in ("Cc", "Zs", "Zl", "Zp") or character == BRAILLE_BLANK:
        return " "
    looks = _look_alikes()
    return looks.get(character) or looks.get(character.lower()) or _small(character)


def _as_written(character: str) -> str:
    if unicodedata.category(character) in ("Mn", "Me") and character not in SELECTORS and character not in FILLERS:
        return character
    kept = _kept(character)
    return kept if kept in ("", " ") else _small(character)


def _small(character: str) -> str:
    small = character.lower()
    return small if len(small) == 1 else character


@functools.cache
def _look_alikes() -> dict[str, str]:
    tables = folding_tables()
    return dict(zip(_text(tables.array("look_alikes")), _text(tables.array("looked_like")), strict=True))


@functools.cache
def characters() -> dict[str, str]:
    """Every traditional character that stands for another, and the simplified one."""
    tables = folding_tables()
    points = np.arange(0x110000)
    places = tables.array("simplified_blocks")[points >> BLOCK_SHIFT].astype(int) << BLOCK_SHIFT | points & BLOCK_MASK
    changes = tables.array("simplified")[places] >> SIMPLIFIED_SHIFT
    changed = np.flatnonzero(changes)
    return dict(zip(_text(changed), _text(changed + changes[changed]), strict=True))


@functools.cache
def _phrases() -> dict[str, dict[str, str]]:
    """By their first character, the longest first."""
    tables = folding_tables()
    laid = tables.array("phrases")
    found: dict[str, dict[str, str]] = {}
    for begin, end in pairwise([*tables.array("phrase_at").tolist(), len(laid)]):
        at = begin
        while at < end - 1:
            length = int(laid[at])
            old, new = _text(laid[at + 1 : at + 1 + length]), _text(laid[at + 1 + length : at + 1 + 2 * length])
            found.setdefault(old[0], {})[old] = new
            at += 1 + 2 * length
    return found


def _text(points: npt.NDArray[np.integer[Any]]) -> str:
    return "".join(map(chr, points.tolist()))
