"""The groups of words in `words.toml`: read, checked, made a trie, and found in a text's units.

A text's units (`units`) go in; how many different words of each group it has comes out. Each place of a text is the
start of a walk down the trie, and a filter of first pairs spares nearly every place its walk; a word has at most
`LONGEST` units, so time is linear in the text. Called by `features`; the groups' sentences by explain.
"""

from __future__ import annotations

import functools
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from wurao.compiled import Bundle, View, apart
from wurao.content.folding_plain import plain_text
from wurao.content.letters import kinds
from wurao.content.units import is_latin, spell
from wurao.errors import Refused
from wurao.snapshot.hashing import find, make_filter, make_table, may_hold

PATH = Path(__file__).with_name("words.toml")
ROLES = ("claim", "request", "mark")
LONGEST = 24
_UNIT_BITS = 21


@dataclass(frozen=True, slots=True)
class Group:
    """Words that claim, ask or tell the same."""

    name: str
    role: str
    zh: str
    en: str
    words: tuple[str, ...]


class WordTable(Bundle):
    """The words of all groups as compiled code finds them."""

    columns: ClassVar[dict[str, str]] = {
        "starts": "u8",  # a filter of the first two units of each word
        "children": "i8",  # node and unit → node
        "word_of": "i4",  # node → word, or -1
        "group_of": "i4",  # word → group
        "latin": "i1",  # word → whether it begins, 1, or ends, 2, with a Latin letter
    }

    starts: View
    children: View
    word_of: View
    group_of: View
    latin: View


def read_groups(path: Path = PATH) -> tuple[Group, ...]:
    """The groups of a file of words; Refused with the line where it cannot be read."""
    text = path.read_text("utf-8")
    try:
        found = tomllib.loads(text)["groups"]
    except tomllib.TOMLDecodeError as error:
        raise Refused(f"cannot be read: {error}", where=str(path), right="TOML, as the shipped words.toml") from None
    return tuple(_group(path, text, name, given) for name, given in found.items())


def _group(path: Path, text: str, name: str, given: dict[str, Any]) -> Group:
    line = text[: text.index(f"[groups.{name}]")].count("\n") + 1
    where = f"{path}:{line}"
    if set(given) != {"role", "zh", "en", "words"} or given["role"] not in ROLES:
        raise Refused(f"group {name} is not whole", where=where, right=f"role ({', '.join(ROLES)}), zh, en, words")
    words = tuple(dict.fromkeys(given["words"].split()))
    for word in words:
        if not 1 <= len(units_of(word)) <= LONGEST:
            raise Refused(f"{word!r} has no letter, or is too long", where=where, right=f"1 to {LONGEST} letters")
    return Group(name, given["role"], given["zh"], given["en"], words)


@functools.cache
def groups() -> tuple[Group, ...]:
    """The shipped groups."""
    return read_groups()


def units_of(text: str) -> list[int]:
    """The units of one short text, uncompiled."""
    points = np.array([ord(each) for each in plain_text(text)], dtype=np.int32)
    units = np.empty(len(points), np.int32)
    return units[: spell(View(kinds()), View(points), len(points), View(units))].tolist()


def word_table(given: tuple[Group, ...]) -> WordTable:
    """The trie of the groups' words."""
    children: dict[int, int] = {}
    word_of, group_of, latin, starts = [-1], [], [], []
    for place, group in enumerate(given):
        for word in group.words:
            units = units_of(word)
            node = 0
            for unit in units:
                key = node << _UNIT_BITS | unit
                if key not in children:
                    children[key] = len(word_of)
                    word_of.append(-1)
                node = children[key]
            if word_of[node] >= 0:
                continue
            word_of[node] = len(group_of)
            group_of.append(place)
            latin.append(int(is_latin(units[0])) | 2 * int(is_latin(units[-1])))
            starts.append(units[0] if len(units) == 1 else units[0] | units[1] << _UNIT_BITS)
    keys, values = np.array(list(children), np.int64), np.array(list(children.values()), np.int64)
    return WordTable(
        starts=make_filter(np.unique(np.array(starts, np.int64))),
        children=make_table(keys, values),
        word_of=np.array(word_of, np.int32),
        group_of=np.array(group_of, np.int32),
        latin=np.array(latin, np.int8),
    )


@apart
def count_words(table: WordTable, units: View, n: int, seen: View, serial: int, counts: View, base: int) -> None:
    """Add to `counts`, a place a group from `base` on, how many different words of it stand in the first `n` units.

    `seen` has a place a word; `serial` is another for each text.
    """
    for at in range(n):
        first = units[at]
        pair = first | units[at + 1] << _UNIT_BITS if at + 1 < n else first
        if may_hold(table.starts, pair) or may_hold(table.starts, first):
            _walk(table, units, at, n, seen, serial, counts, base)


def _walk(table: WordTable, units: View, at: int, n: int, seen: View, serial: int, counts: View, base: int) -> None:
    node = 0
    for place in range(at, min(n, at + LONGEST)):
        entry = find(table.children, 2, node << _UNIT_BITS | units[place])
        if entry < 0:
            return
        node = table.children[entry + 1]
        word = table.word_of[node]
        if word < 0 or seen[word] == serial:
            continue
        inside = table.latin[word] & 1 and at > 0 and is_latin(units[at - 1])
        goes_on = table.latin[word] & 2 and place + 1 < n and is_latin(units[place + 1])
        if not inside and not goes_on:
            seen[word] = serial
            counts[base + table.group_of[word]] += 1
