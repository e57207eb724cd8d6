"""How well texts are judged: within a source, across sources, disguised; each figure with its 95% interval.

Sources (`corpus`) go in, figures come out, one at a time as they are ready. *Across*: a classifier that never saw the
source, the shipped one or one learned from all the others. *Within*: five folds, near-duplicates always in one; beside
it, as published figures have it, only equal texts in one, and rows at random. The threshold of a catch rate is that
which stops one in a thousand of the source's normal texts, or the shipped one. Called by `wurao content evaluate`.
"""

from __future__ import annotations

import functools
import hashlib
import math
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from wurao.content.corpus import COSTS, SHIPPED_FROM, Source, table_of
from wurao.content.disguises import DISGUISES
from wurao.content.features import Features, features_of
from wurao.content.judging import Classifier, classifier_of
from wurao.content.learning import examples, learn
from wurao.content.model import Model
from wurao.content.near_duplicates import near_duplicates
from wurao.content.rules import TextRule
from wurao.content.scoring import judge_texts
from wurao.content.training import (
    FOLDS,
    LABEL_COST,
    RISK_COST,
    ROUNDS,
    frequent,
    is_risk,
    label_scales,
    risk_scales,
    risks_of,
)
from wurao.content.words import groups, word_table

ONE_IN = 1_000
RESAMPLED = 400
"""So many times a source is drawn anew for the interval of a figure that is no plain share."""

Floats = npt.NDArray[np.float64]
Truths = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table: CONTRACTS, `content evaluate`."""

    set: str
    trained_on: str
    figure: str
    value: float
    low: float
    high: float
    n: int

    def as_dict(self) -> dict[str, str | float | int]:
        """What `--json` prints."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class _Read:
    """A source with its features."""

    source: Source
    features: Features
    risks: Truths


def evaluate(
    sources: Sequence[Source],
    scripts: Source,
    model: Model,
    given: tuple[TextRule, ...],
    threshold: float,
    tell: Callable[[str], None] = lambda said: None,
) -> Iterator[Figure]:
    """Every figure that the sources allow, by a model and rules; `threshold` is that for blocking."""
    shipped = classifier_of(model, given)
    tell("reading texts")
    read = {source.name: _read(source) for source in (*sources, scripts)}
    for name, each in read.items():
        if name != scripts.name:
            tell(f"{name}: across, by the shipped classifier")
            yield from _by_shipped(each, shipped, threshold, tell)
    for name, each in read.items():
        others = [other for key, other in read.items() if key != name]
        if name != scripts.name and _has_both(each) and len(others) > 1:
            tell(f"{name}: across, by one learned from the others")
            yield from _across(each, others)
    for name, each in read.items():
        if name != scripts.name and len(set(each.source.own)) > 1:
            tell(f"{name}: within")
            yield from _within(each)
    for name, each in read.items():
        if name != scripts.name and not each.risks.any():
            tell(f"{name}: what must never be stopped, out of fold")
            level = (math.log(threshold / (1 - threshold)) - model.offset) / model.slope
            yield from _never(each, [other for key, other in read.items() if key != name], level)


def _read(source: Source) -> _Read:
    given = groups()
    read = features_of(pa.array(source.texts), word_table(given), len(given))
    return _Read(source, read, np.array([is_risk(label) for label in source.labels]))


def _has_both(read: _Read) -> bool:
    return bool(read.risks.any()) and not read.risks.all()


def _by_shipped(read: _Read, shipped: Classifier, threshold: float, tell: Callable[[str], None]) -> Iterator[Figure]:
    name, seen = read.source.name, "shipped"
    scores = _scores(read.source.texts, shipped)
    if not read.risks.all():
        yield share(name, seen, f"normal stopped at {threshold}", scores[~read.risks] >= threshold)
    if not _has_both(read):
        return
    yield share(name, seen, f"caught at {threshold}", scores[read.risks] >= threshold)
    level = _level(scores, read.risks)
    yield share(name, seen, f"caught at 1 in {ONE_IN:,}", scores[read.risks] > level)
    yield _auc_figure(name, seen, scores, read.risks)
    for disguise, put_on in DISGUISES.items():
        tell(f"{name}: disguised, {disguise}")
        chance = random.Random(1)
        worn = [put_on(text, chance) for text, risk in zip(read.source.texts, read.risks, strict=True) if risk]
        caught = _scores(worn, shipped) > level
        yield share(name, seen, f"caught at 1 in {ONE_IN:,}, {disguise}", caught)


def _scores(texts: list[str], classifier: Classifier) -> Floats:
    return judge_texts(pa.array(texts, pa.string()), classifier).array("score").astype(np.float64)


def _across(read: _Read, others: list[_Read]) -> Iterator[Figure]:
    seen = "+".join(other.source.name for other in others)
    scores = learned_scores(others, read)
    level = _level(scores, read.risks)
    yield share(read.source.name, seen, f"caught at 1 in {ONE_IN:,}", scores[read.risks] > level)
    yield _auc_figure(read.source.name, seen, scores, read.risks)


def learned_scores(others: list[_Read], read: _Read) -> Floats:
    """The margins of a source's texts by a machine learned from other sources as the shipped one is."""
    table = table_of(other.source for other in others)
    given = groups()
    learned = features_of(table.texts, word_table(given), len(given))
    keys = frequent(learned)
    scales = risk_scales(learned, keys, table.sources)
    weights = learn(examples(learned, keys, scales), risks_of(table.labels), table.costs * RISK_COST, ROUNDS)
    return examples(read.features, keys, scales).margins(weights)


def _joined(reads: list[_Read]) -> Features:
    sizes = [np.diff(read.features.offsets) for read in reads]
    offsets = np.concatenate([[0], np.cumsum(np.concatenate(sizes))])
    return Features(
        np.concatenate([read.features.keys for read in reads]),
        offsets,
        np.concatenate([read.features.signs for read in reads]),
    )


def _within(read: _Read) -> Iterator[Figure]:
    name, seen = read.source.name, f"{FOLDS - 1} of {FOLDS} folds"
    own = np.array(read.source.own)
    labels = sorted(set(read.source.own))
    for apart, folds in (
        ("near-duplicates apart", near_duplicate_folds(read)),
        ("equal texts apart", equal_text_folds(read.source.given)),
        ("rows at random", np.random.default_rng(1).integers(0, FOLDS, len(own))),
    ):
        margins = _out_of_fold(read, folds, labels)
        best = np.array(labels)[margins.argmax(axis=1)]
        if len(labels) > 2:
            for place, how in enumerate(("macro", "weighted")):
                of = functools.partial(_f1_of, own, best, place)
                yield _resampled(name, seen, f"{how} F1, {apart}", of, len(own))
        elif _has_both(read):
            risky = margins[:, [is_risk(label) for label in labels].index(True)]
            level = _level(risky, read.risks)
            yield share(name, seen, f"caught at 1 in {ONE_IN:,}, {apart}", risky[read.risks] > level)
            yield share(name, seen, f"normal stopped there, {apart}", risky[~read.risks] > level)


def _f1_of(own: npt.NDArray[Any], best: npt.NDArray[Any], place: int, rows: npt.NDArray[np.int64]) -> float:
    return 100 * _f1(own[rows], best[rows])[place]


def _out_of_fold(read: _Read, folds: npt.NDArray[np.int64], labels: list[str]) -> Floats:
    """The margin of every text for every label, learned without the text's fold."""
    keys = frequent(read.features)
    rows = examples(read.features, keys, label_scales(keys))
    own = np.array(read.source.own)
    margins = np.zeros((len(own), len(labels)))
    for fold in range(FOLDS):
        out = folds == fold
        costs = np.where(out, 0.0, LABEL_COST)
        for place, label in enumerate(labels):
            weights = learn(rows, np.where(own == label, 1, -1).astype(np.int8), costs, ROUNDS)
            margins[out, place] = rows.margins(weights)[out]
    return margins


def _never(read: _Read, others: list[_Read], shipped_level: float) -> Iterator[Figure]:
    """How many texts of a source without any risk each machine above stops, itself learned out of fold."""
    yield _stopped_out_of_fold(read, [other for other in others if other.source.name in SHIPPED_FROM], shipped_level)
    for left_out in others:
        known = [other for other in others if other is not left_out]
        if _has_both(left_out) and left_out.source.name not in ("scripts", *SHIPPED_FROM[:1]):
            scores = learned_scores([*known, read], left_out)
            yield _stopped_out_of_fold(read, known, _level(scores, left_out.risks))


def _stopped_out_of_fold(read: _Read, others: list[_Read], level: float) -> Figure:
    reads = [*others, read]
    joined = _joined(reads)
    keys, sources = frequent(joined), [read.source.name for read in reads for _ in read.risks]
    rows = examples(joined, keys, risk_scales(joined, keys, sources))
    labels, costs = _labels(reads), _costs(reads)
    mine = np.arange(len(labels)) >= len(labels) - len(read.risks)
    folds = np.full(len(labels), -1)
    folds[mine] = equal_text_folds(read.source.given)
    scores = np.zeros(len(labels))
    for fold in range(FOLDS):
        weights = learn(rows, labels, np.where(folds == fold, 0.0, costs), ROUNDS)
        scores[folds == fold] = rows.margins(weights)[folds == fold]
    seen = "+".join(other.source.name for other in reads)
    return share(read.source.name, seen, "stopped, out of fold", scores[mine] > level)


def _labels(reads: list[_Read]) -> npt.NDArray[np.int8]:
    return np.concatenate([np.where(read.risks, 1, -1) for read in reads]).astype(np.int8)


def _costs(reads: list[_Read]) -> Floats:
    return np.concatenate([np.full(len(read.risks), RISK_COST * COSTS.get(read.source.name, 1.0)) for read in reads])


def share(name: str, seen: str, figure: str, hits: Truths) -> Figure:
    """A share with Wilson's interval."""
    n, value = len(hits), float(hits.mean()) if len(hits) else 0.0
    low, high = wilson(int(hits.sum()), n)
    return Figure(name, seen, figure, value, low, high, n)


def wilson(hits: int, n: int) -> tuple[float, float]:
    """The 95% interval of a share (Wilson 1927)."""
    if n == 0:
        return 0.0, 1.0
    z, p = 1.959964, hits / n
    middle, half = p + z * z / (2 * n), z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    low, high = (middle - half) / (1 + z * z / n), (middle + half) / (1 + z * z / n)
    return max(0.0, min(low, p)), min(1.0, max(high, p))


def _level(scores: Floats, risks: Truths) -> float:
    """The score that one in a thousand of the normal texts is above."""
    normal = np.sort(scores[~risks])[::-1]
    return float(normal[len(normal) // ONE_IN])


def auc(scores: Floats, risks: Truths) -> float:
    """How often a risk scores higher than a normal text; ties count half. No number where there is but one sort."""
    if risks.all() or not risks.any():
        return math.nan
    _, inverse, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    many = int(risks.sum())
    return float((ranks[risks].sum() - many * (many + 1) / 2) / (many * (len(risks) - many)))


def _auc_figure(name: str, seen: str, scores: Floats, risks: Truths) -> Figure:
    return _resampled(name, seen, "AUC", lambda rows: auc(scores[rows], risks[rows]), len(scores))


def _resampled(name: str, seen: str, figure: str, of: Callable[[Any], float], n: int) -> Figure:
    """A figure with the interval that drawing the source anew gives (Efron 1979), which holds the figure itself.

    Of few texts some draws have none of a sort that the figure needs, and tell nothing.
    """
    chance = np.random.default_rng(1)
    value = of(np.arange(n))
    drawn = [of(chance.integers(0, n, n)) for _ in range(RESAMPLED)]
    low, high = np.percentile([each for each in drawn if math.isfinite(each)] or [value], (2.5, 97.5))
    return Figure(name, seen, figure, value, min(float(low), value), max(float(high), value), n)


def _f1(own: npt.NDArray[Any], best: npt.NDArray[Any]) -> tuple[float, float]:
    """F1 of every label that is there, all alike and by how often it is there."""
    labels, counts = np.unique(own, return_counts=True)
    each = []
    for label in labels:
        right = int(((own == label) & (best == label)).sum())
        wrong = int((own == label).sum() + (best == label).sum())
        each.append(2 * right / wrong)
    return float(np.mean(each)), float(np.average(each, weights=counts))


def equal_text_folds(texts: list[str]) -> npt.NDArray[np.int64]:
    """Folds that keep texts with the same letters together."""
    letters = ("".join(each for each in text if each.isalpha()).lower() for text in texts)
    return np.array([hashlib.sha256(each.encode("utf-8", "replace")).digest()[0] % FOLDS for each in letters])


def near_duplicate_folds(read: _Read) -> npt.NDArray[np.int64]:
    """Folds that keep near-duplicates together, going by the texts as the set has them, without made values."""
    given = groups()
    group = near_duplicates(features_of(pa.array(read.source.given, pa.string()), word_table(given), len(given)))
    return (group * 2_654_435_761 >> 7) % FOLDS
