"""What finding needs to know of each point, word and name: one bundle, made once from the data files beside this one.

Out goes `FindTables`, which compiled code reads with `class_of` (what kind of sign a point is), `word_at` (the cue
word that begins at a place) and `known` (a top-level domain's marks, or that a host is a short-link service's). The
other modules of this package call these.
"""

from __future__ import annotations

import csv
import functools
import unicodedata
from collections.abc import Iterable
from enum import IntEnum
from pathlib import Path
from typing import ClassVar

import idna
import numpy as np
import numpy.typing as npt

from wurao.compiled import Bundle, View, apart
from wurao.snapshot.hashing import find, make_table

_HERE = Path(__file__).parent
PLANE = 65_536

DIGIT, LATIN, HYPHEN, GLUED, LETTER, BLANK = 1, 2, 4, 8, 16, 32
DOT, JOINER, BEGINS, NUMERAL, SIGN = 64, 128, 256, 512, 1024
"""What a point may be, as bits. GLUED: of a script written without blanks (Han, Kana, Hangul). LETTER: of any other
script but ASCII. DOT: read as a link's dot by some. JOINER: a sign that is put between letters to hide a word.
BEGINS: a cue word may begin here. NUMERAL: of a Chinese figure. SIGN: of a currency."""
ALNUM = DIGIT | LATIN
LABEL = DIGIT | LATIN | HYPHEN

KNOWN, CORE, WORD = 1, 2, 4
"""Marks of a top-level domain, see its file."""


class Group(IntEnum):
    """What a cue word says; see the words' file."""

    CALL = 1
    CODE = 2
    QQ = 3
    WECHAT = 4
    WEAK = 5
    REPLY = 6
    LEAVE = 7
    UNIT = 8
    MONEY = 9
    VISIT = 10


GROUPS = 16
_DOTS = ".。·•‧∙⋅・点點,"
_JOINERS = "*|~^·•‧∙⋅・丨‐‑‒–—―−"
_NUMERALS = "零〇一二两三四五六七八九十百千万亿壹贰叁肆伍陆柒捌玖拾佰仟"
_SIGNS = "¥$£€"
_HASH_MASK = (1 << 40) - 1


class FindTables(Bundle):
    """Classes of points, cue words by their first letter, top-level domains and short-link hosts by their hash."""

    columns: ClassVar[dict[str, str]] = {
        "classes": "u2",
        "words_of": "u1",
        "words_from": "i4",
        "word_letters_from": "i4",
        "word_group": "i4",
        "letters": "i4",
        "top_level": "i8",
        "short_links": "i8",
    }


def class_of(tables: FindTables, point: int) -> int:
    """What a point is, as bits; beyond the first plane only Han is told apart."""
    if point < PLANE:
        return tables.classes[point]
    return GLUED if 0x20000 <= point < 0x40000 else 0


def hashed(so_far: int, point: int) -> int:
    """The hash of a name with one point more; 40 bits, begun with 0."""
    return (so_far * 1_000_003 ^ (point + 1)) & _HASH_MASK


def known(table: View, name: int) -> int:
    """The marks that stand in a table for a name's hash; 0 for none."""
    entry = find(table, 2, name)
    return table[entry + 1] if entry >= 0 else 0


@apart
def word_at(tables: FindTables, points: View, at: int, n: int) -> int:
    """The longest cue word that begins at a place: where it ends times `GROUPS` plus its group; -1 for none.

    Between letters of a Chinese word up to two blanks or joiners are passed over, of another up to one; a word of
    letters neither begins nor ends inside a longer one.
    """
    point = points[at]
    if at > 0 and class_of(tables, point) & LATIN and class_of(tables, points[at - 1]) & LATIN:
        return -1
    place = tables.words_of[point]
    for word in range(tables.words_from[place], tables.words_from[place + 1]):
        end = _spelled(tables, points, at, n, tables.word_letters_from[word], tables.word_letters_from[word + 1])
        if end > 0:
            return end * GROUPS + tables.word_group[word]
    return -1


def _spelled(tables: FindTables, points: View, at: int, n: int, letter: int, letters_end: int) -> int:
    """Where the word ends whose letters stand from a place on, or -1."""
    place = at + 1
    letter += 1
    while letter < letters_end:
        wanted = tables.letters[letter]
        passed = 0
        most = 1 if class_of(tables, wanted) & LATIN else 2
        while place < n and passed < most and points[place] != wanted:
            if class_of(tables, points[place]) & (BLANK | JOINER) == 0:
                return -1
            place += 1
            passed += 1
        if place >= n or points[place] != wanted:
            return -1
        place += 1
        letter += 1
    whole = class_of(tables, points[place - 1]) & LATIN == 0 or place >= n
    return place if whole or class_of(tables, points[place]) & LATIN == 0 else -1


@functools.cache
def find_tables() -> FindTables:
    """The tables, made from the files beside this one."""
    words = _words()
    classes = _classes({word[0] for word, _ in words})
    firsts = sorted({word[0] for word, _ in words})
    by_first = [sorted((w for w in words if w[0][0] == first), key=lambda w: -len(w[0])) for first in firsts]
    words_of = np.zeros(PLANE, "u1")
    for place, first in enumerate(firsts):
        words_of[ord(first)] = place
    flat = [word for group in by_first for word in group]
    return FindTables(
        classes=classes,
        words_of=words_of,
        words_from=_offsets(len(group) for group in by_first),
        word_letters_from=_offsets(len(word) for word, _ in flat),
        word_group=np.array([group for _, group in flat], "i4"),
        letters=np.array([ord(letter) for word, _ in flat for letter in word], "i4"),
        top_level=_table(_top_level()),
        short_links=_table(dict.fromkeys(_lines("short_links.txt"), KNOWN)),
    )


def name_hash(name: str) -> int:
    """The hash that `known` looks for."""
    value = 0
    for letter in name:
        value = hashed(value, ord(letter))
    return value


def _table(marks: dict[str, int]) -> npt.NDArray[np.int64]:
    by_hash = {name_hash(name): mark for name, mark in marks.items()}
    if len(by_hash) != len(marks):
        raise ValueError("two names share a hash; widen it")
    return make_table(np.array(list(by_hash), "i8"), np.array(list(by_hash.values()), "i8"))


def _offsets(sizes: Iterable[int]) -> npt.NDArray[np.int32]:
    return np.cumsum([0, *sizes]).astype(np.int32)


def _classes(firsts: set[str]) -> npt.NDArray[np.uint16]:
    classes = np.zeros(PLANE, "u2")
    for point in range(PLANE):
        classes[point] = _class(chr(point))
    for letters, mark in ((_DOTS, DOT), (_JOINERS, JOINER), (_NUMERALS, NUMERAL), (_SIGNS, SIGN), (firsts, BEGINS)):
        for letter in letters:
            classes[ord(letter)] |= mark
    return classes


def _class(letter: str) -> int:
    if letter.isascii():
        if letter.isdigit():
            return DIGIT
        if letter.isalpha():
            return LATIN if letter.islower() else 0
        return HYPHEN if letter in "-_" else BLANK if letter.isspace() else 0
    if letter.isspace():
        return BLANK
    if _is_glued(ord(letter)):
        return GLUED
    return LETTER if unicodedata.category(letter)[0] in "LM" else 0


def _is_glued(point: int) -> bool:
    """Han, Kana, Bopomofo, Hangul (Unicode blocks); the iteration mark and the Han zero with them."""
    return (
        0x3400 <= point <= 0x9FFF
        or 0x3041 <= point <= 0x30FA
        or 0x30FC <= point <= 0x318F
        or 0x31A0 <= point <= 0x31BF
        or 0xAC00 <= point <= 0xD7A3
        or 0x1100 <= point <= 0x11FF
        or 0xF900 <= point <= 0xFAFF
        or point in (0x3005, 0x3007)
    )


def _words() -> list[tuple[str, int]]:
    rows = csv.DictReader(_lines("cue_words.csv"))
    words = [(word, Group[row["group"].upper()].value) for row in rows for word in row["words"].split()]
    if len({word for word, _ in words}) != len(words):
        raise ValueError("cue_words.csv: a word stands in two groups")
    return words


def _top_level() -> dict[str, int]:
    """Marks by name, in letters and, for international names, in ASCII as well."""
    marks = {"core": CORE, "word": WORD}
    known_names: dict[str, int] = {}
    for row in csv.DictReader(_lines("top_level_domains.csv")):
        value = KNOWN + sum(marks[mark] for mark in row["marks"].split())
        known_names[row["name"]] = value
        if not row["name"].isascii():
            known_names[idna.alabel(row["name"]).decode()] = value
    return known_names


def _lines(name: str) -> list[str]:
    lines = (_HERE / name).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]
