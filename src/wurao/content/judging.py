"""What a text is judged to be: the score, the class and the kind that the classifier and the rules give it together.

In goes a text's plain text (points) and what was found in it; out comes a place of `Judged`. A `Classifier` is a model
(`model`), the words and the rules in the form that compiled code takes. The score is the higher of the calibrated
probability and of the rule that speaks loudest; a text is a risk's class when its score reaches `RISKY`, else the best
of the others. A text of figures and signs alone says nothing, and is normal unless a rule speaks. Called by `reading`,
a text at a time.
"""

from __future__ import annotations

import functools
import math
from typing import ClassVar, NamedTuple

import numpy as np
import numpy.typing as npt

from wurao.compiled import Bundle, View, apart, prefetch
from wurao.content.classes import CLASSES, KINDS, belongs
from wurao.content.features import FOUND, LAST, N_LATIN, count_signs, write_keys
from wurao.content.finds import Finds
from wurao.content.letters import kinds
from wurao.content.model import HEADS, Model, model_in_use
from wurao.content.rules import RuleTable, TextRule, loudest, own_groups, rule_table, rules
from wurao.content.training import is_risk
from wurao.content.units import BOUNDARY, DIGITS, spell
from wurao.content.words import Group, WordTable, groups, word_table
from wurao.snapshot.hashing import find, home, make_table

RISKY = 0.5
"""From this score on a text's class is one of fraud or what is illegal."""
LEAST_LETTERS = 2
"""A text with fewer letters is a number, an amount or a date, which friends send as well as anybody."""
AHEAD = 12
"""So many keys before it is looked up a key's place is fetched."""
_HEADS = HEADS


class Judged(Bundle):
    """What texts were judged to be, a place each."""

    columns: ClassVar[dict[str, str]] = {
        "score": "f4",
        "score_known": "f4",
        "class_of": "i1",
        "class_known": "i1",
        "kind": "i1",
        "kind_known": "i1",
        "label": "i1",
    }

    score: View
    """The calibrated probability of fraud or something illegal, from a sender that is not known."""
    score_known: View
    """The same from a known sender, of which some rules do not speak."""
    class_of: View
    """A place in `classes.CLASSES`; -1 with labels that are none. As `score`, from a sender that is not known."""
    class_known: View
    """The same from a known sender, as `score_known`."""
    kind: View
    """A place in `classes.KINDS`; -1 where the class has none."""
    kind_known: View
    label: View
    """The place of the model's best label, from a sender that is not known."""

    @classmethod
    def empty(cls, rows: int) -> Judged:
        """Room for so many texts."""
        return cls(**{name: np.zeros(rows, kind) for name, kind in cls.columns.items()})


class Weights(Bundle):
    """A model's weights; n-grams are found by their keys."""

    columns: ClassVar[dict[str, str]] = {
        "rows": "i8",
        "ngrams": "i1",
        "kinds": "u1",
        "scales": "f4",
        "calibration": "f8",
        "risky": "i1",
        "class_of": "i1",
        "kind_of": "i1",
        "sizes": "i4",
    }

    rows: View
    """Key → row."""
    ngrams: View
    """Row × head, as it is fetched ahead."""
    kinds: View
    """Of letters."""
    scales: View
    calibration: View
    """Slope and offset."""
    risky: View
    """Label → whether it is a risk's."""
    class_of: View
    kind_of: View
    sizes: View
    """How many labels, how many groups the model knows, how many groups there are with those of the rules; and where a
    label of class normal stands, -1 for nowhere."""


class Classifier(NamedTuple):
    """A trained classifier as compiled code takes it; what has a column a head as arrays, which are added whole."""

    words: WordTable
    rules: RuleTable
    weights: Weights
    ngrams: npt.NDArray[np.int8]
    heads: npt.NDArray[np.float32]
    """The bias and the scales."""
    signs: npt.NDArray[np.float32]
    pairs: npt.NDArray[np.float32]


class _Room(Bundle):
    """Room for one text at a time."""

    columns: ClassVar[dict[str, str]] = {
        "units": "i4",
        "keys": "i8",
        "last": "i8",
        "seen": "i4",
        "signs": "i4",
        "serial": "i4",
        "there": "i4",
    }


class JudgingRoom(NamedTuple):
    """Room for one text at a time; one a thread."""

    room: _Room
    sums: npt.NDArray[np.int32]
    margins: npt.NDArray[np.float64]


def judging_room(classifier: Classifier, points: int) -> JudgingRoom:
    """Room for texts of up to so many points."""
    signs = int(classifier.weights.sizes[2]) + len(FOUND)
    return JudgingRoom(
        _Room(
            units=np.empty(2 * points + 1, np.int32),
            keys=np.empty(N_LATIN * (2 * points + 1), np.int64),
            last=np.zeros(LAST, np.int64),
            seen=np.zeros(len(classifier.words.group_of), np.int32),
            signs=np.zeros(signs, np.int32),
            serial=np.zeros(1, np.int32),
            there=np.zeros(signs, np.int32),
        ),
        np.zeros(HEADS, np.int32),
        np.zeros(HEADS),
    )


def all_groups(given: tuple[TextRule, ...]) -> tuple[Group, ...]:
    """The groups of words, and behind them those that only rules have."""
    return (*groups(), *own_groups(given))


def classifier_of(model: Model, given: tuple[TextRule, ...] = ()) -> Classifier:
    """A model and rules as compiled code takes them."""
    everybody = all_groups(given)
    rows, heads = len(model.keys), 1 + len(model.labels)
    ngrams = np.zeros((rows + 1, HEADS), np.int8)
    ngrams[:rows, :heads] = model.weights
    classes, places = zip(*map(_class_and_kind, model.labels), strict=True)
    weights = Weights(
        rows=make_table(model.keys, np.arange(rows)),
        ngrams=ngrams.ravel(),
        kinds=kinds(),
        scales=_wide(model.scales[None])[0],
        calibration=np.array([model.slope, model.offset]),
        risky=np.array([is_risk(label) for label in model.labels], np.int8),
        class_of=np.array(classes, np.int8),
        kind_of=np.array(places, np.int8),
        sizes=np.array([len(model.labels), len(groups()), len(everybody), _normal(classes)], np.int32),
    )
    of_heads = _wide(np.stack([model.bias, model.scales])), _wide(model.signs), _wide(model.pairs)
    return Classifier(word_table(everybody), rule_table(given, everybody), weights, ngrams, *of_heads)


def _wide(of_heads: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    wide = np.zeros((len(of_heads), HEADS), np.float32)
    wide[:, : of_heads.shape[1]] = of_heads
    return wide


def _normal(classes: tuple[int, ...]) -> int:
    normal = CLASSES.index("normal")
    return classes.index(normal) if normal in classes else -1


def _class_and_kind(label: str) -> tuple[int, int]:
    class_, _, kind = label.partition(":")
    if not belongs(class_, kind):
        return -1, -1
    return CLASSES.index(class_), KINDS.index(kind) if kind else -1


def classifier_in_use() -> Classifier:
    """The model and the rules in use: the shipped ones, or those that the operator's settings name."""
    return _made_once(model_in_use(), rules())


@functools.lru_cache(maxsize=4)
def _made_once(model: Model, given: tuple[TextRule, ...]) -> Classifier:
    return classifier_of(model, given)


@apart
def judge(
    classifier: Classifier, room: JudgingRoom, points: View, n: int, finds: Finds, judged: Judged, place: int
) -> None:
    """Judge the text of the first `n` points, of which `finds` holds what was found, into `place` of `judged`."""
    weights, own = classifier.weights, room.room
    labels, groups, with_rules = weights.sizes[0], weights.sizes[1], weights.sizes[2]
    for sign in range(len(own.signs)):
        own.signs[sign] = 0
    own.serial[0] += 1
    count = spell(weights.kinds, points, n, own.units)
    count_signs(classifier.words, own.units, count, finds, own.seen, own.serial[0], own.signs, 0, with_rules)
    _margins(classifier, room, _keys(own, count), groups, with_rules)
    margin = room.margins[0]
    told = weights.calibration[0] * margin + weights.calibration[1]
    is_told = _says_something(own.units, count)
    score = 1.0 / (1.0 + math.exp(-min(max(told, -30.0), 30.0))) if is_told else 0.0
    spoken = loudest(classifier.rules, own.signs, False)
    spoken_known = loudest(classifier.rules, own.signs, True)
    one = _settled(classifier, room.margins, labels, score, spoken, is_told)
    judged.score[place], judged.label[place], judged.class_of[place], judged.kind[place] = one
    if spoken_known != spoken:
        one = _settled(classifier, room.margins, labels, score, spoken_known, is_told)
    judged.score_known[place], judged.class_known[place], judged.kind_known[place] = one[0], one[2], one[3]


def _settled(
    classifier: Classifier,
    margins: npt.NDArray[np.float64],
    labels: int,
    score: float,
    spoken: int,
    is_told: bool,
) -> tuple[float, int, int, int]:
    """Score, label, class and kind by the model's score and the rule that spoke (-1: none did); whether the model had
    anything to go by.
    """
    weights, rules = classifier.weights, classifier.rules
    by_rule = float(rules.score[spoken]) if spoken >= 0 else 0.0
    best = weights.sizes[3]
    if is_told or best < 0 or by_rule >= RISKY:
        best = _best(weights, margins, labels, max(score, by_rule) >= RISKY)
    if by_rule > score and weights.class_of[best] >= 0:
        return by_rule, best, int(rules.class_of[spoken]), int(rules.kind[spoken])
    return max(score, by_rule), best, int(weights.class_of[best]), int(weights.kind_of[best])


def _says_something(units: View, count: int) -> bool:
    letters = 0
    for at in range(count):
        letters += 1 if units[at] < DIGITS and units[at] != BOUNDARY else 0
    return letters >= LEAST_LETTERS


def _keys(own: _Room, count: int) -> int:
    return write_keys(own.units, count, own.keys, 0, own.last, own.serial[0])


def _margins(classifier: Classifier, room: JudgingRoom, keys: int, groups: int, with_rules: int) -> None:
    """What each head says: of n-grams, then of signs, then of pairs of signs."""
    own, margins = room.room, room.margins
    _add_rows(classifier.ngrams, own.keys, _rows_first(classifier.weights, own.keys, keys), room.sums)
    norm = 1.0 / math.sqrt(max(keys, 1))
    for head in range(_HEADS):
        bias, scale = float(classifier.heads[0, head]), float(classifier.heads[1, head])
        margins[head] = bias + norm * scale * float(room.sums[head])
    total = groups + len(own.signs) - with_rules
    there = 0
    for sign in range(total):
        stands = own.signs[sign if sign < groups else sign - groups + with_rules]
        if stands > 0:
            _add_weights(classifier.signs, sign, math.log1p(float(stands)), margins)
            own.there[there] = sign
            there += 1
    for one in range(there):
        first = own.there[one]
        before = first * total - first * (first + 1) // 2 - first - 1
        for other in range(one + 1, there):
            _add_weights(classifier.pairs, before + own.there[other], 1.0, margins)


def _rows_first(weights: Weights, keys: View, count: int) -> int:
    """Put in the place of the keys the rows of those that have one, and have them fetched; how many they are."""
    for at in range(min(AHEAD, count)):
        prefetch(weights.rows, home(weights.rows, 2, keys[at]))
    rows = 0
    for at in range(count):
        if at + AHEAD < count:
            prefetch(weights.rows, home(weights.rows, 2, keys[at + AHEAD]))
        entry = find(weights.rows, 2, keys[at])
        if entry >= 0:
            row = weights.rows[entry + 1]
            prefetch(weights.ngrams, row * _HEADS)
            keys[rows] = row
            rows += 1
    return rows


def _add_rows(ngrams: npt.NDArray[np.int8], rows: View, count: int, sums: npt.NDArray[np.int32]) -> None:
    for head in range(_HEADS):
        sums[head] = 0
    for at in range(count):
        row = rows[at]
        if row < 0 or row >= ngrams.shape[0]:
            raise IndexError("an n-gram has a row outside its model")
        for head in range(_HEADS):
            sums[head] += ngrams[row, head]


def _add_weights(of: npt.NDArray[np.float32], row: int, value: float, margins: npt.NDArray[np.float64]) -> None:
    if row < 0 or row >= of.shape[0]:
        raise IndexError("a sign has a row outside its model")
    for head in range(_HEADS):
        margins[head] += value * float(of[row, head])


def _best(weights: Weights, margins: npt.NDArray[np.float64], labels: int, risky: bool) -> int:
    """The label with the highest margin, among those of a risk or the others as the score says; any if none is."""
    best = -1
    for label in range(labels):
        fits = (weights.risky[label] == 1) == risky
        if fits and (best < 0 or margins[label + 1] > margins[best + 1]):
            best = label
    if best < 0:
        best = 0
        for label in range(labels):
            if margins[label + 1] > margins[best + 1]:
                best = label
    return best
