"""Lays the folding tables out as `folding_layout` says and writes them.

What comes in are unicodedata, the look-alikes and OpenCC's dictionaries; what goes out is one file of compressed arrays
and the path it was written to. What cannot be laid out so (a phrase that changes its length, a character that gives too
many points) stops the build rather than go in half.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from scripts.folding import LAYOUT, ROOM
from scripts.folding.look_alikes import is_stable, look_alikes
from scripts.folding.simplified import characters, phrases

ALL = range(0x110000)
SURROGATES = range(0xD800, 0xE000)
IGNORED = frozenset(
    [0x115F, 0x1160, 0x2065, *range(0xFFF0, 0xFFF9), *range(0xE0000, 0xE1000)],
)
"""Default-ignorable (DerivedCoreProperties.txt), and neither marks nor format characters: fillers, unassigned ones."""
SELECTORS = frozenset([0x034F, *range(0x180B, 0x180E), 0x180F, *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)])
"""Marks that no name keeps: variation selectors and the grapheme joiner (RFC 3454, table B.1)."""
BLANK = 0x2800
"""The Braille pattern without dots."""
HANGUL_BACK = (*range(0x1161, 0x1176), *range(0x11A8, 0x11C3))
"""Vowels and final consonants, which join the syllable before them by arithmetic (Unicode 3.12)."""


def write(path: Path = ROOM / LAYOUT.FILE) -> Path:
    """Make all tables and write them, with the versions they were made from."""
    tables = all_tables()
    columns = LAYOUT.COLUMNS | LAYOUT.WRITTEN
    if set(tables) != set(columns):
        raise ValueError("the tables are not those of the layout")
    arrays = {name: _exactly(tables[name], columns[name]) for name in columns}
    made_from = f"Unicode {unicodedata.unidata_version}, OpenCC {version('opencc')}"
    np.savez_compressed(path, made_from=np.array(made_from), **arrays)
    return path


def all_tables() -> dict[str, Any]:
    """Every table by its name, not yet in its width."""
    looks, single, words = look_alikes(), characters(), phrases()
    pairs = _pairs()
    backs = {second for _, second in pairs} | set(HANGUL_BACK)
    marks = _phrase_marks(words, single)
    finals = {point: _final(chr(point), looks) for point in ALL if point not in SURROGATES}
    written = {point: _written(chr(point)) for point in finals}
    entries, expansions = _entries(finals, backs, {*map(ord, single), *marks})
    simplified_ones = {*map(ord, single), *_changed_in_phrases(words)}
    for point, entry in entries.items():
        if finals[point] != written[point] or simplified_ones & set(finals[point]):
            entries[point] = entry | LAYOUT.OTHERWISE
    blocks, shared = _in_blocks(entries.get, LAYOUT.KEPT)
    written_entries, written_expansions = _entries(written, backs, set())
    written_blocks, written_shared = _in_blocks(written_entries.get, LAYOUT.KEPT)
    changed = dict.fromkeys({ord(word[0]) for word in words}, LAYOUT.BEGINS_PHRASE)
    for old, new in single.items():
        changed[ord(old)] = changed.get(ord(old), 0) | (ord(new) - ord(old)) << LAYOUT.SIMPLIFIED_SHIFT
    simplified_blocks, simplified = _in_blocks(changed.get, 0)
    keys = sorted(pairs)
    return {
        "blocks": blocks,
        "entries": shared,
        "expansions": expansions,
        "written_blocks": written_blocks,
        "written_entries": written_shared,
        "written_expansions": written_expansions,
        **_decompositions(),
        "pairs": [first << LAYOUT.CLASS_SHIFT | second for first, second in keys],
        "composed": [pairs[key] for key in keys],
        "simplified_blocks": simplified_blocks,
        "simplified": simplified,
        **_phrases(words),
        "look_alikes": [ord(each) for each in sorted(looks)],
        "looked_like": [ord(looks[each]) for each in sorted(looks)],
    }


def _exactly(values: Iterable[int], dtype: str) -> Any:
    wide = np.array(list(values), dtype=np.int64)
    narrow = wide.astype(dtype)
    if not np.array_equal(wide, narrow):
        raise ValueError(f"a value does not fit {dtype}")
    return narrow


def _pairs() -> dict[tuple[int, int], int]:
    """The two characters that NFC joins, and what they become; Hangul syllables apart."""
    found = {}
    for point in ALL:
        parts = unicodedata.decomposition(chr(point)).split()
        if len(parts) == 2 and not parts[0].startswith("<"):
            first, second = (int(part, 16) for part in parts)
            if unicodedata.normalize("NFC", chr(first) + chr(second)) == chr(point):
                found[first, second] = point
    return found


def _final(character: str, looks: dict[str, str]) -> list[int]:
    """What a character by itself gives: NFKC, then of each what `plain_text` says, without simplification."""
    return [ord(kept) for each in unicodedata.normalize("NFKC", character) for kept in _kept(each, looks)]


def _written(character: str) -> list[int]:
    """What a character gives where a name is asked for as it is written, as `written_text` says."""
    normal = unicodedata.normalize("NFKC", character)
    return [ord(kept) for each in normal for kept in (each if _is_mark_of_a_name(each) else _kept(each, {}))]


def _is_mark_of_a_name(character: str) -> bool:
    is_mark = unicodedata.category(character) in ("Mn", "Me")
    return is_mark and ord(character) not in IGNORED and ord(character) not in SELECTORS


def _kept(character: str, looks: dict[str, str]) -> str:
    category = unicodedata.category(character)
    if category in ("Cf", "Mn", "Me") or ord(character) in IGNORED:
        return ""
    if category in ("Cc", "Zs", "Zl", "Zp") or ord(character) == BLANK:
        return " "
    lower = character.lower()
    found = looks.get(character) or looks.get(lower) or (lower if len(lower) == 1 else character)
    if not is_stable(found):
        raise ValueError(f"U+{ord(character):04X} folds to what NFKC would change")
    return found


def _entries(finals: dict[int, list[int]], backs: set[int], traditional: set[int]) -> tuple[dict[int, int], list[int]]:
    entries, expansions = {}, [0]
    for point, final in finals.items():
        if len(final) > LAYOUT.POINTS_PER_OCTET * len(chr(point).encode()):
            raise ValueError(f"U+{point:04X} gives {len(final)} points")
        entry = LAYOUT.TRADITIONAL if traditional & set(final) else 0
        first = unicodedata.normalize("NFKD", chr(point))[0]
        joins = unicodedata.combining(first) or ord(first) in backs
        if joins:
            entry |= LAYOUT.JOINS
        if len(final) == 1:
            entry |= LAYOUT.KEPT | (final[0] - point) << LAYOUT.DELTA_SHIFT
        elif final and not joins:
            entry |= LAYOUT.EXPANDS | len(expansions) << LAYOUT.DELTA_SHIFT
            expansions += [len(final), *final]
        entries[point] = entry
    return entries, expansions


def _in_blocks(entry_of: Callable[[int, int], int], otherwise: int) -> tuple[list[int], list[int]]:
    """Two levels: the number of each block, and the blocks one after the other, each of them once."""
    numbers: list[int] = []
    kept: dict[tuple[int, ...], int] = {}
    size = 1 << LAYOUT.BLOCK_SHIFT
    for start in range(0, len(ALL), size):
        block = tuple(entry_of(point, otherwise) for point in range(start, start + size))
        numbers.append(kept.setdefault(block, len(kept)))
    return numbers, [entry for block in kept for entry in block]


def _decompositions() -> dict[str, list[int]]:
    """NFKD of every character that has one or is a mark, each point packed with its class; Hangul syllables apart."""
    points, places, packed = [], [0], []
    for point in ALL:
        if point in SURROGATES or 0xAC00 <= point < 0xD7A4:
            continue
        whole = unicodedata.normalize("NFKD", chr(point))
        if whole != chr(point) or unicodedata.combining(chr(point)):
            points.append(point)
            packed += [unicodedata.combining(each) << LAYOUT.CLASS_SHIFT | ord(each) for each in whole]
            places.append(len(packed))
    return {"decomposing": points, "decomposed_at": places, "decomposed": packed}


def _phrase_marks(words: dict[str, str], single: dict[str, str]) -> set[int]:
    """Points of which every phrase holds one, so that a text without any is left as it is."""
    marks: set[int] = set()
    for word in words:
        if not any(each in single or ord(each) in marks for each in word):
            marks.add(ord(max(word, key=_rarity)))
    return marks


def _changed_in_phrases(words: dict[str, str]) -> set[int]:
    """Points that some phrase changes."""
    return {ord(old) for word, new in words.items() for old, other in zip(word, new, strict=True) if old != other}


def _rarity(character: str) -> int:
    """How rare a character is in simplified text, by its row in GB 2312; what has none is the rarest."""
    try:
        return character.encode("gb2312")[0]
    except UnicodeEncodeError:
        return 256


def _phrases(words: dict[str, str]) -> dict[str, list[int]]:
    """Per first point, the place in `phrases` where those that begin with it stand, the longest first, then 0.

    A phrase is its length, its points, and as many points that it becomes.
    """
    points, places, laid = [], [], []
    for first in sorted({word[0] for word in words}):
        points.append(ord(first))
        places.append(len(laid))
        for word in sorted((word for word in words if word[0] == first), key=lambda word: (-len(word), word)):
            if len(words[word]) != len(word):
                raise ValueError(f"the phrase {word} changes its length")
            laid += [len(word), *map(ord, word), *map(ord, words[word])]
        laid.append(0)
    return {"phrase_points": points, "phrase_at": places, "phrases": laid}
