"""The rules of `rules.toml`: read, checked with the line of a mistake, made tables, and asked of a text's signs.

An operator may have others (the setting `content.rules`). Words that rules name themselves become groups of one word
behind the groups of `words.toml`, so that the same walk over a text finds both. In go counts of groups and finds; out
comes the score of the rule that speaks loudest. Called by `judging`; the rules' sentences by `explaining`.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from wurao.compiled import Bundle, View
from wurao.content.classes import CLASSES, KINDS, KINDS_OF, belongs
from wurao.content.features import FOUND
from wurao.content.words import LONGEST, RULE, Group, groups, read_sections, units_of
from wurao.errors import Refused
from wurao.settings import load

PATH = Path(__file__).with_name("rules.toml")
SHIPPED = "shipped"
"""What the setting `content.rules` says where an operator has none."""
SENDERS = ("any", "known", "not_known")
_SETS = ("all_of", "any_of", "none_of")
_KNOWN, _NOT_KNOWN = SENDERS.index("known"), SENDERS.index("not_known")


@dataclass(frozen=True, slots=True)
class TextRule:
    """One rule, as it is written."""

    name: str
    zh: str
    en: str
    all_of: tuple[str, ...]
    any_of: tuple[str, ...]
    none_of: tuple[str, ...]
    finds: tuple[str, ...]
    sender: str
    class_: str
    kind: str
    score: float


class RuleTable(Bundle):
    """The rules as compiled code asks them: `members` holds each rule's four sets of signs one after the other."""

    columns: ClassVar[dict[str, str]] = {
        "members": "i4",
        "ends": "i4",  # four a rule
        "sender": "i1",
        "class_of": "i1",
        "kind": "i1",
        "score": "f8",
    }

    members: View
    ends: View
    sender: View
    class_of: View
    kind: View
    score: View


def read_rules(path: Path, known_groups: tuple[Group, ...]) -> tuple[TextRule, ...]:
    """The rules of a file; Refused with the line where the section of the first mistake begins."""
    known = {group.name for group in known_groups}
    return tuple(_rule(where, name, given, known) for where, name, given in read_sections(path, "rules"))


def _rule(where: str, name: str, given: dict[str, Any], known: set[str]) -> TextRule:
    def refuse(told: str, right: str) -> Refused:
        return Refused(f"rule {name}: {told}", where=where, right=right)

    wanted = {"zh", "en", "all_of", "any_of", "none_of", "finds", "sender", "class", "kind", "score"}
    if not_wanted := set(given) - wanted:
        raise refuse(f"{', '.join(sorted(not_wanted))} means nothing here", ", ".join(sorted(wanted)))
    if not all(isinstance(given.get(name), str) and given[name] for name in ("zh", "en")):
        raise refuse("a sentence is missing", "zh and en")
    for each in (*_SETS, "finds"):
        if not isinstance(given.get(each, []), list):
            raise refuse(f"{each} is no list", f'{each} = ["…"]')
    sets = {name: tuple(given.get(name, ())) for name in (*_SETS, "finds")}
    for each in (member for name in _SETS for member in sets[name]):
        if not isinstance(each, str) or (each.startswith("@") and each[1:] not in known):
            raise refuse(f"{each!r} is no group", ", ".join(f"@{group}" for group in sorted(known)))
        if not each.startswith("@") and not 1 <= len(units_of(each)) <= LONGEST:
            raise refuse(f"{each!r} has no letter, or is too long", f"1 to {LONGEST} letters")
    for each in sets["finds"]:
        if each not in FOUND:
            raise refuse(f"{each!r} is nothing that is found", ", ".join(FOUND))
    if not (sets["all_of"] or sets["any_of"] or sets["finds"]):
        raise refuse("it would speak of every text", "all_of, any_of or finds")
    if given.get("sender", "any") not in SENDERS:
        raise refuse(f"sender {given['sender']!r} is none", ", ".join(SENDERS))
    if given.get("class") not in CLASSES or given.get("kind", KINDS[0]) not in KINDS:
        raise refuse("its class or kind is none", f"{', '.join(CLASSES)}; {', '.join(KINDS)}")
    class_, kind = given["class"], given.get("kind", "")
    if not belongs(class_, kind):
        right = ", ".join(KINDS_OF.get(class_, ())) or "no kind"
        raise refuse(f"{kind} is no kind of {class_}", right)
    score = given.get("score")
    if isinstance(score, bool) or not isinstance(score, int | float) or not 0 <= score <= 1:
        raise refuse(f"score {score!r} is no probability", "0 to 1")
    return TextRule(
        name,
        given["zh"],
        given["en"],
        **sets,
        sender=given.get("sender", "any"),
        class_=class_,
        kind=kind,
        score=float(score),
    )


def own_groups(given: tuple[TextRule, ...]) -> tuple[Group, ...]:
    """A group of one word for each word that rules name themselves."""
    words: dict[tuple[int, ...], str] = {}
    for word in (each for rule in given for name in _SETS for each in getattr(rule, name)):
        if not word.startswith("@"):
            words.setdefault(tuple(units_of(word)), word)
    return tuple(Group(word, RULE, word, word, (word,)) for word in words.values())


def rule_table(given: tuple[TextRule, ...], all_groups: tuple[Group, ...]) -> RuleTable:
    """The rules over the places of groups; finds stand behind them."""
    place = {
        tuple(units_of(group.name)) if group.role == RULE else f"@{group.name}": number
        for number, group in enumerate(all_groups)
    }
    members: list[int] = []
    ends: list[int] = []
    for rule in given:
        for name in _SETS:
            written = getattr(rule, name)
            members += [place[each if each.startswith("@") else tuple(units_of(each))] for each in written]
            ends.append(len(members))
        members += [len(all_groups) + FOUND.index(each) for each in rule.finds]
        ends.append(len(members))
    return RuleTable(
        members=np.array(members, np.int32),
        ends=np.array(ends, np.int32),
        sender=np.array([SENDERS.index(rule.sender) for rule in given], np.int8),
        class_of=np.array([CLASSES.index(rule.class_) for rule in given], np.int8),
        kind=np.array([KINDS.index(rule.kind) if rule.kind else -1 for rule in given], np.int8),
        score=np.array([rule.score for rule in given], np.float64),
    )


def loudest(table: RuleTable, signs: View, known: bool) -> int:
    """The rule with the highest score that speaks of a text with these signs, or -1."""
    found = -1
    for rule in range(len(table.score)):
        sender = table.sender[rule]
        if (sender == _KNOWN and not known) or (sender == _NOT_KNOWN and known):
            continue
        if (found < 0 or table.score[rule] > table.score[found]) and _speaks(table, rule, signs):
            found = rule
    return found


def _speaks(table: RuleTable, rule: int, signs: View) -> bool:
    at = table.ends[4 * rule - 1] if rule > 0 else 0
    while at < table.ends[4 * rule]:
        if signs[table.members[at]] == 0:
            return False
        at += 1
    any_of = at == table.ends[4 * rule + 1]
    while at < table.ends[4 * rule + 1]:
        any_of = any_of or signs[table.members[at]] > 0
        at += 1
    if not any_of:
        return False
    while at < table.ends[4 * rule + 2]:
        if signs[table.members[at]] > 0:
            return False
        at += 1
    while at < table.ends[4 * rule + 3]:
        if signs[table.members[at]] == 0:
            return False
        at += 1
    return True


def rules() -> tuple[TextRule, ...]:
    """The rules in use: the shipped ones, or those of the file that the operator's settings name."""
    named = load().content.rules
    return _read_once(PATH if named == SHIPPED else Path(named).expanduser())


@functools.cache
def _read_once(path: Path) -> tuple[TextRule, ...]:
    return read_rules(path, groups())
