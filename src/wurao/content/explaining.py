"""Why a text got its score: which claims, requests and words moved it, what was found in it, which rule spoke.

A text goes in, an `ExplainedText` comes out: the same judgement as everywhere, run uncompiled, and what each sign and
each n-gram added to the risk's margin, the strongest first. Called by `wurao explain`, the demo, and the pages.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from wurao.compiled import View
from wurao.content.classes import CLASSES, KINDS
from wurao.content.extract import Find
from wurao.content.features import FOUND, LAST, N_LATIN, key_of, write_keys
from wurao.content.finds import FindKind, Finds, Flag, find_all, find_tables
from wurao.content.folding_plain import plain_text
from wurao.content.judging import Classifier, Judged, JudgingRoom, all_groups, classifier_of, judge, judging_room
from wurao.content.model import Model, model_in_use
from wurao.content.rules import TextRule, loudest, rules
from wurao.content.units import DIGITS
from wurao.content.words import Group, units_of
from wurao.snapshot.hashing import find

MOST_WORDS = 6
"""So many n-grams are told of each direction."""
_FINDS = {
    "link": ("链接", "a link"),
    "phone": ("电话号码", "a telephone number"),
    "qq": ("QQ 号", "a QQ id"),
    "wechat": ("微信号", "a WeChat id"),
    "amount": ("金额", "an amount"),
    "code": ("验证码", "a one-time code"),
    "unsubscribe": ("退订方法", "how to unsubscribe"),
    "signature": ("签名", "a signature"),
}


@dataclass(frozen=True, slots=True)
class Moved:
    """One thing that moved the score."""

    what: str
    """claim, request, mark, found, words, or rule."""
    zh: str
    en: str
    words: tuple[str, ...]
    """As they stand in the plain text."""
    weight: float
    """What it added to the margin; above 0 towards fraud."""


@dataclass(frozen=True, slots=True)
class ExplainedText:
    """A text's judgement and what moved it."""

    plain: str
    score: float
    class_: str
    kind: str | None
    finds: list[Find]
    moved: list[Moved] = field(default_factory=list)
    """The strongest first."""


def explain_text(
    text: str, known: bool = False, model: Model | None = None, given: tuple[TextRule, ...] | None = None
) -> ExplainedText:
    """What one text is judged to be and why; `known` when its sender is."""
    chosen = model_in_use() if model is None else model
    chosen_rules = (rules() if model is None else ()) if given is None else given
    classifier = classifier_of(chosen, chosen_rules)
    plain = plain_text(text)
    points = View(np.array([ord(each) for each in plain] or [0], np.int32))
    finds, judged = Finds.empty(), Judged.empty(1)
    room = judging_room(classifier, len(plain) + 1)
    with np.errstate(over="ignore"):
        find_all(find_tables(), points, len(plain), finds)
        judge(classifier, room, points, len(plain), finds, judged, 0)
        moved = [*_rule(classifier, room, chosen_rules, known), *_signs(classifier, room, chosen, plain, chosen_rules)]
        moved += _ngrams(classifier, plain)
    score = judged.score_known[0] if known else judged.score[0]
    place = judged.class_known[0] if known else judged.class_of[0]
    kind = judged.kind_known[0] if known else judged.kind[0]
    return ExplainedText(
        plain,
        float(score),
        CLASSES[place] if place >= 0 else chosen.labels[judged.label[0]],
        KINDS[kind] if kind >= 0 else None,
        [_find(finds, plain, row) for row in range(finds.kept[0])],
        sorted(moved, key=lambda each: -abs(each.weight)),
    )


def _find(finds: Finds, plain: str, row: int) -> Find:
    first, last = finds.first[row], finds.last[row]
    host = finds.array("octets")[finds.host_from[row] : finds.host_to[row]].tobytes().decode()
    return Find(FindKind(finds.kind[row]), first, last, plain[first:last], host, Flag(finds.flags[row]))


def _rule(classifier: Classifier, room: JudgingRoom, given: tuple[TextRule, ...], known: bool) -> Iterator[Moved]:
    spoken = loudest(classifier.rules, room.room.signs, known)
    if spoken >= 0:
        rule = given[spoken]
        yield Moved("rule", rule.zh, rule.en, (rule.name,), math.log(rule.score / max(1 - rule.score, 1e-6)))


def _signs(
    classifier: Classifier, room: JudgingRoom, model: Model, plain: str, given: tuple[TextRule, ...]
) -> Iterator[Moved]:
    """What each sign adds, its pairs with other signs shared between both."""
    groups, counts = all_groups(given), room.room.array("signs")
    known = len(model.sign_names) - len(FOUND)
    present = [
        sign
        for sign in range(len(model.sign_names))
        if counts[sign if sign < known else sign - known + len(groups)] > 0
    ]
    left, right = np.triu_indices(len(model.sign_names), 1)
    pairs = {pair: row for row, pair in enumerate(zip(left.tolist(), right.tolist(), strict=True))}
    for sign in present:
        count = counts[sign if sign < known else sign - known + len(groups)]
        weight = math.log1p(count) * float(model.signs[sign, 0])
        for other in present:
            if other != sign:
                weight += float(model.pairs[pairs[min(sign, other), max(sign, other)], 0]) / 2
        yield _moved_by_sign(groups, sign, known, plain, weight)


def _moved_by_sign(groups: tuple[Group, ...], sign: int, known: int, plain: str, weight: float) -> Moved:
    if sign >= known:
        zh, en = _FINDS[FOUND[sign - known]]
        return Moved("found", zh, en, (), weight)
    group = groups[sign]
    units = units_of(plain)
    words = tuple(word for word in group.words if _stands_in(units_of(word), units))
    return Moved(group.role, group.zh, group.en, words, weight)


def _stands_in(word: list[int], units: list[int]) -> bool:
    return any(units[at : at + len(word)] == word for at in range(len(units) - len(word) + 1))


def _ngrams(classifier: Classifier, plain: str) -> Iterator[Moved]:
    """The n-grams that moved the margin most in each direction; one inside another that moved it more is left out."""
    units = units_of(plain)
    keys, places = np.zeros(N_LATIN * len(units) + 1, np.int64), View(np.zeros(LAST, np.int64))
    count = write_keys(View(np.array(units, np.int32)), len(units), View(keys), 0, places, 1)
    weights = classifier.weights
    scale = weights.scales[0] / math.sqrt(max(count, 1))
    found: dict[str, float] = {}
    for begin in range(len(units)):
        for size in range(1, N_LATIN + 1):
            piece = units[begin : begin + size]
            entry = find(weights.rows, 2, key_of(piece)) if len(piece) == size else -1
            if entry >= 0:
                found["".join(map(_letter, piece))] = scale * int(classifier.ngrams[weights.rows[entry + 1], 0])
    for sign in (1, -1):
        told: list[str] = []
        for words, weight in sorted(found.items(), key=lambda each: -sign * each[1]):
            if weight * sign <= 0 or len(told) == MOST_WORDS:
                break
            if not any(words in other or other in words for other in told):
                told.append(words)
                yield Moved("words", "用语", "wording", (words,), weight)


def _letter(unit: int) -> str:
    return "#" * (unit - DIGITS) if unit > DIGITS else chr(unit)
