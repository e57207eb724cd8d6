"""Which characters are folded to what they look like: one character to one, after NFKC.

What comes in is UTS #39's table of confusables (package confusable-homoglyphs), the names and values that unicodedata
knows, and two lists below for what neither has; what goes out is one dictionary. Folded are letters of scripts whose
letters pass for Latin ones, to a lower-case ASCII letter or a digit; digits of every script, to their value, whatever
they look like; what NFKC leaves of enclosed forms; radicals and strokes, to the Chinese character; katakana that pass
for a Chinese character; the hyphen that is not ASCII's, which no eye tells apart in a name. Never folded are ASCII and
Chinese characters themselves (`l` is no `1`, 〇 is no `o`), and scripts that are read from the right or whose letters
only happen to be round: a disguise has to read in place.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator
from importlib.resources import files
from itertools import chain
from string import ascii_letters, digits

SCRIPTS = re.compile(
    "APL|ARMENIAN|CANADIAN|CARIAN|CHEROKEE|COPTIC|CYRILLIC|DESERET|ELBASAN|ESTIMATED|GREEK|LATIN"
    "|LISU|LYCIAN|MIAO|MULTIPLICATION|OLD|OSAGE|RUNIC|TIFINAGH|VECTOR|WARANG"
)
"""First words of the names of what may pass for a Latin letter or a digit."""

KATAKANA = "ニハカトロタエ"
"""Those that UTS #39 pairs with a common Chinese character; ー is none of them, since it is used as a dash."""

SHAPES = dict(
    re.findall(
        r"(\S)(\S)",
        "⺁厂 ⺂乛 ⺃乚 ⺄乙 ⺅亻 ⺆冂 ⺇几 ⺈刀 ⺉刂 ⺊卜 ⺋㔾 ⺌小 ⺍小 ⺎兀 ⺏尣 ⺐尢 ⺑尢 ⺒巳 ⺓幺 ⺔彑 "
        "⺕彐 ⺖忄 ⺗㣺 ⺘扌 ⺙攵 ⺛旡 ⺜日 ⺝月 ⺞歺 ⺠民 ⺡氵 ⺢氺 ⺣灬 ⺤爫 ⺥爫 ⺦丬 ⺧牛 ⺨犭 ⺩王 ⺪疋 "
        "⺫罒 ⺬示 ⺭礻 ⺮竹 ⺯糹 ⺰纟 ⺱罓 ⺲罒 ⺳罒 ⺴罒 ⺵罒 ⺶羊 ⺷羊 ⺸羊 ⺹耂 ⺺肀 ⺻聿 ⺼月 ⺽臼 ⺾艹 "
        "⺿艹 ⻀艹 ⻁虎 ⻂衤 ⻃覀 ⻄西 ⻅见 ⻆角 ⻇角 ⻈讠 ⻉贝 ⻊足 ⻋车 ⻌辶 ⻍辶 ⻎辶 ⻏阝 ⻐钅 ⻑長 ⻒镸 "
        "⻓长 ⻔门 ⻕阝 ⻖阝 ⻗雨 ⻘青 ⻙韦 ⻚页 ⻛风 ⻜飞 ⻝食 ⻞食 ⻟飠 ⻠饣 ⻡首 ⻢马 ⻣骨 ⻤鬼 ⻥鱼 ⻦鸟 "
        "⻧卤 ⻨麦 ⻩黄 ⻪黾 ⻫斉 ⻬齐 ⻭歯 ⻮齿 ⻯竜 ⻰龙 ⻱龟 ⻲亀 ㇏乀 ㇐一 ㇑丨 ㇒丿 ㇓丿 ㇔丶 ㇖乛 ㇚亅 "
        "㇟乚 ㇠乙",
    )
)
"""CJK radicals (supplement) and strokes, each with the unified character of that shape behind it."""

HYPHENS = {"\u2010": "-"}
"""U+2011 is this one after NFKC. Dashes are longer, and stand between figures and words."""

_BASE = re.compile(r"LATIN (?:SMALL|CAPITAL) LETTER (?:DOTLESS )?([A-Z])(?: WITH .+)?")
_SMALL_CAPITAL = re.compile(r"LATIN LETTER SMALL CAPITAL ([A-Z])")
_ENCLOSED = re.compile(
    r"(?:NEGATIVE CIRCLED LATIN CAPITAL|NEGATIVE SQUARED LATIN CAPITAL|CROSSED NEGATIVE SQUARED LATIN CAPITAL) LETTER"
    r" ([A-Z])|REGIONAL INDICATOR SYMBOL LETTER ([A-Z])"
)
_SUZHOU = "〡〢〣〤〥〦〧〨〩"


def look_alikes() -> dict[str, str]:
    """Every character that is folded, with what it is folded to: a small letter, digit, hyphen, Chinese character."""
    confusables = _confusables()
    found = (
        SHAPES | HYPHENS | {kana: chinese for kana in KATAKANA for chinese in confusables[kana] if _is_chinese(chinese)}
    )
    for character in _to_ask():
        letter = _letter(character, confusables)
        if letter is not None:
            found[character] = letter
    return found


def _to_ask() -> Iterator[str]:
    """Assigned characters outside ASCII that NFKC leaves as they are and that are not Chinese."""
    for character in map(chr, chain(range(0x80, 0xD800), range(0xE000, 0x20000))):
        if unicodedata.category(character)[0] in "LNS" and not _is_chinese(character) and is_stable(character):
            yield character


def is_stable(character: str) -> bool:
    """Whether NFKC leaves a character as it is."""
    return unicodedata.normalize("NFKC", character) == character


def _letter(character: str, confusables: dict[str, set[str]]) -> str | None:
    """The letter or digit of a character; None where it is to stay. A mark above or below counts for nothing."""
    found = _value(character) or _alike(character, confusables)
    base = unicodedata.normalize("NFD", character)[0]
    if found is None and base != character:
        found = base if base in ascii_letters else _alike(base, confusables)
    return found.lower() if found else None


def _value(character: str) -> str | None:
    """By what unicodedata says: a digit's value, an enclosed letter, a Latin letter under strokes and hooks."""
    if character in _SUZHOU:
        return str(_SUZHOU.index(character) + 1)
    value = unicodedata.digit(character, None)
    if value is not None:
        return str(value)
    enclosed = _ENCLOSED.fullmatch(unicodedata.name(character, ""))
    return enclosed[1] or enclosed[2] if enclosed else None


def _alike(character: str, confusables: dict[str, set[str]]) -> str | None:
    """By shape. A capital that looks like `l` looks like `I` as well, and is meant as that."""
    name = unicodedata.name(character, "")
    if not SCRIPTS.fullmatch(name.partition(" ")[0]) or unicodedata.bidirectional(character) in ("R", "AL"):
        return None
    like = confusables.get(character, set())
    named = _BASE.fullmatch(name) or _SMALL_CAPITAL.fullmatch(name)
    letters = sorted(each for each in like if each in ascii_letters + digits)
    if letters:
        is_capital = letters[0] == "l" and unicodedata.category(character) == "Lu"
        return "i" if is_capital else letters[0]
    if named:
        return named[1]
    small = [found[1] for each in like if (found := _SMALL_CAPITAL.fullmatch(unicodedata.name(each, "")))]
    return small[0] if small else None


def _is_chinese(character: str) -> bool:
    return character == "〇" or unicodedata.name(character, "").startswith("CJK UNIFIED IDEOGRAPH")


def _confusables() -> dict[str, set[str]]:
    """Each character with the single characters that UTS #39 calls confusable with it."""
    table = json.loads(files("confusable_homoglyphs").joinpath("confusables.json").read_text("utf-8"))
    found: dict[str, set[str]] = {}
    for character, others in table.items():
        alone = {other["c"].strip("\u200e") for other in others}
        found.setdefault(character.strip("\u200e"), set()).update(each for each in alone if len(each) == 1)
    return found
