"""The groups of words in `words.toml`: read, checked, made a trie, and found in a text's units.

A text's units (`units`) go in; how many different words of each group it has comes out. Each place of a text is the
start of a walk down the trie, and a filter of first pairs spares nearly every place its walk; a word has at most
`LONGEST` units, so time is linear in the text. Called by `features`; the groups' sentences by explain.
"""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from wurao.compiled import Bundle, View, apart
from wurao.content.folding_plain import plain_text
from wurao.content.letters import kinds
from wurao.content.units import is_latin, spell
from wurao.errors import Refused
from wurao.snapshot.hashing import find, make_filter, make_table, may_hold

PATH = Path(__file__).with_name("words.toml")
ROLES = ("claim", "request", "mark")
RULE = "rule"
"""The role of a group that a rule has of one word."""
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
        "rule_of": "i4",  # word → the group that a rule has of this word alone, or -1
        "latin": "i1",  # word → whether it begins, 1, or ends, 2, with a Latin letter
    }

    starts: View
    children: View
    word_of: View
    group_of: View
    rule_of: View
    latin: View


def read_groups(path: Path = PATH) -> tuple[Group, ...]:
    """The groups of a file of words; Refused with the line where it cannot be read."""
    return tuple(_group(where, name, given) for where, name, given in read_sections(path, "groups"))


def read_sections(path: Path, kind: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Where each section `[kind.name]` of a file begins, its name, and what it says; Refused, with the line, else."""
    right = f"TOML, as the shipped {kind if kind == 'rules' else 'words'}.toml"
    try:
        text = path.read_text("utf-8")
        whole = tomllib.loads(text)
    except OSError as error:
        raise Refused(f"cannot be read: {error.strerror}", where=str(path), right=right) from None
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise Refused("is not UTF-8", where=f"{path}:{line}", right="save the file as UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        named = re.search(r"line (\d+)", str(error))
        line = int(named[1]) if named else text.count("\n") + 1
        raise Refused(f"cannot be read: {error}", where=f"{path}:{line}", right=right) from None
    begun = re.compile(r"""\s*\[\s*['"]?([\w-]+)['"]?\s*(?:\.\s*['"]?([^\]'"]+?)['"]?\s*)?\]""")
    lines: dict[tuple[str, str], int] = {}
    for number, each in enumerate(text.splitlines(), start=1):
        if section := begun.match(each):
            lines.setdefault((section[1], section[2] or ""), number)
    for name, given in whole.items():
        if name != kind or not isinstance(given, dict):
            line = next((line for (first, _), line in lines.items() if first == name), 1)
            raise Refused(f"{name} means nothing here", where=f"{path}:{line}", right=f"sections [{kind}.NAME]")
    for name, given in whole.get(kind, {}).items():
        where = f"{path}:{lines.get((kind, name), 1)}"
        if not isinstance(given, dict):
            raise Refused(f"{name} is no section", where=where, right=f"sections [{kind}.NAME]")
        yield where, name, given


def _group(where: str, name: str, given: dict[str, Any]) -> Group:
    whole = set(given) == {"role", "zh", "en", "words"} and all(isinstance(each, str) for each in given.values())
    if not whole or given["role"] not in ROLES:
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
    """The trie of the groups' words.

    A word that several groups have counts for the first of them, and for that of a rule (`rules.own_groups`) beside it.
    """
    children: dict[int, int] = {}
    word_of = [-1]
    group_of: list[int] = []
    rule_of: list[int] = []
    latin: list[int] = []
    starts: list[int] = []
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
                if group.role == RULE:
                    rule_of[word_of[node]] = place
                continue
            word_of[node] = len(group_of)
            group_of.append(place)
            rule_of.append(-1)
            latin.append(int(is_latin(units[0])) | 2 * int(is_latin(units[-1])))
            starts.append(units[0] if len(units) == 1 else units[0] | units[1] << _UNIT_BITS)
    keys, values = np.array(list(children), np.int64), np.array(list(children.values()), np.int64)
    return WordTable(
        starts=make_filter(np.unique(np.array(starts, np.int64))),
        children=make_table(keys, values),
        word_of=np.array(word_of, np.int32),
        group_of=np.array(group_of, np.int32),
        rule_of=np.array(rule_of, np.int32),
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
            if table.rule_of[word] >= 0:
                counts[base + table.rule_of[word]] += 1
