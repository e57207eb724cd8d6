"""A model learned from labelled texts: `wurao content train`, and the shipped one.

Texts and labels go in, a `Model` comes out. Of every n-gram that two texts have at least, and of every sign and pair of
signs, a weight is learned for the risk and for each label (`learning`); the n-grams that matter most are kept and
their weights learned anew; the risk is calibrated on texts left out (Platt 1999). Everything is in a fixed order, so
the same table gives the same file.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from wurao.content.features import Features, features_of
from wurao.content.learning import Examples, Scales, examples, learn
from wurao.content.model import MOST_LABELS, Model, sign_names
from wurao.content.words import groups, word_table
from wurao.errors import Refused

BENIGN = ("normal", "ham", "service", "otp", "marketing", "ad:", "other", "legit", "benign", "0", "false")
"""A label that begins so is no risk; every other is."""
KEPT = 90_000
"""So many n-grams a model has weights for."""
FEWEST_TEXTS = 2
"""An n-gram is looked at when so many texts have it."""
FOLDS = 5
BIAS = 0.5
"""What the bias weighs beside all n-grams of a text together, which weigh 1."""
SIGN, PAIR = 0.3, 0.1
"""What a sign and a pair weigh for the risk, which has to hold where other words are used."""
OF_ONE_SOURCE = 0.5
"""What an n-gram that one source alone has weighs for the risk; others weigh 1."""
LABEL_SIGN, LABEL_PAIR = 0.1, 0.02
"""What they weigh for the labels, which are told apart by words."""
RISK_COST, LABEL_COST = 0.1, 6.0
"""What a mistake costs: little for the risk, so that no n-gram of what was seen says much alone."""
ROUNDS = 10

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Table:
    """Labelled texts."""

    texts: Any
    """An Arrow column of strings."""
    labels: Sequence[str]
    costs: Floats
    """What a mistake on a text costs beside others."""
    sources: Sequence[str]
    """Where each text is from."""
    folds: Sequence[str]

    @property
    def parts(self) -> list[Sequence[str]]:
        """Ways of parting the texts; those of one part are left out together when the risk is calibrated."""
        return [self.sources, self.folds] if len(set(self.sources)) > 1 else [self.folds]


def is_risk(label: str) -> bool:
    """Whether a label says fraud or something illegal, going by how it begins."""
    return not label.lower().startswith(BENIGN)


def plain_table(texts: Any, labels: Sequence[str]) -> Table:
    """A table of one source, whose texts all cost the same."""
    return Table(texts, labels, np.ones(len(labels)), [""] * len(labels), folds_of(texts))


def folds_of(texts: Any) -> list[str]:
    """A fold for each text; equal texts are in one."""
    return [
        str(hashlib.sha256((text or "").encode("utf-8", "replace")).digest()[0] % FOLDS) for text in texts.to_pylist()
    ]


def train(
    table: Table, trained_on: dict[str, int], kept: int = KEPT, tell: Callable[[str], None] = lambda said: None
) -> Model:
    """The model of a table; Refused where there is nothing to tell apart."""
    labels = tuple(sorted(set(table.labels)))
    if len(labels) < 2:
        told = f"has {len(table.labels)} text{'' if len(table.labels) == 1 else 's'} and one label"
        raise Refused(told if labels else "has no texts", right="texts of two labels at least")
    if len(labels) > MOST_LABELS:
        raise Refused(f"has {len(labels)} labels", right=f"{MOST_LABELS} at most")
    tell("reading texts")
    given = groups()
    read = features_of(table.texts, word_table(given), len(given))
    risks, ones = risks_of(table.labels), [(label, _one(table, label)) for label in labels]
    keys = frequent(read)
    weights = _learn(table, read, keys, risks, ones, tell)
    if len(keys) > kept:
        tell(f"keeping {kept:,} of {len(keys):,} n-grams")
        keys = keys[np.sort(np.argsort(-_matter(weights[: len(keys)]), kind="stable")[:kept])]
        weights = _learn(table, read, keys, risks, ones, tell)
    tell("calibrating")
    seen = examples(read, keys, risk_scales(read, keys, table.sources))
    margins = np.concatenate([_left_out(seen, risks, table.costs, parts) for parts in table.parts])
    slope, offset = calibrate(margins, np.tile(risks, len(table.parts)))
    return _model(labels, sign_names(), keys, weights, slope, offset, trained_on)


def frequent(read: Features) -> Ints:
    """The n-grams that at least `FEWEST_TEXTS` texts have, in rising order."""
    keys, counts = np.unique(read.keys, return_counts=True)
    return keys[counts >= FEWEST_TEXTS]


def risks_of(labels: Sequence[str]) -> npt.NDArray[np.int8]:
    """+1 for a label of a risk, -1 for another."""
    return np.where([is_risk(label) for label in labels], 1, -1).astype(np.int8)


def _one(table: Table, label: str) -> npt.NDArray[np.int8]:
    return np.where([each == label for each in table.labels], 1, -1).astype(np.int8)


def risk_scales(read: Features, keys: Ints, sources: Sequence[str]) -> Scales:
    """The scales for the risk: what is written in one source alone may tell the source, not the risk."""
    ngrams = np.ones(len(keys))
    if len(set(sources)) > 1:
        ngrams[sources_of(read, keys, sources) < 2] = OF_ONE_SOURCE
    return Scales(ngrams, SIGN, PAIR, BIAS)


def sources_of(read: Features, keys: Ints, sources: Sequence[str]) -> Ints:
    """How many sources have each of the n-grams, which are in rising order."""
    of_text = np.unique(np.array(sources), return_inverse=True)[1]
    of_key = np.repeat(of_text, np.diff(read.offsets))
    many = np.zeros(len(keys), np.int64)
    for source in range(int(of_text.max(initial=-1)) + 1):
        many += np.isin(keys, read.keys[of_key == source])
    return many


def label_scales(keys: Ints) -> Scales:
    """The scales for the labels."""
    return Scales(np.ones(len(keys)), LABEL_SIGN, LABEL_PAIR, BIAS)


def _learn(
    table: Table,
    read: Features,
    keys: Ints,
    risks: npt.NDArray[np.int8],
    ones: list[tuple[str, npt.NDArray[np.int8]]],
    tell: Callable[[str], None],
) -> Floats:
    """The weights of the risk and of each label, a column each, as they work on plain counts of signs and pairs."""
    signs = read.signs.shape[1]
    tell("learning the risk")
    scales = risk_scales(read, keys, table.sources)
    risk = learn(examples(read, keys, scales), risks, table.costs * RISK_COST, ROUNDS)
    columns = [risk * scales.of_places(signs)]
    scales = label_scales(keys)
    seen = examples(read, keys, scales)
    for label, each in ones:
        tell(f"learning {label}")
        columns.append(learn(seen, each, table.costs * LABEL_COST, ROUNDS) * scales.of_places(signs))
    return np.stack(columns, axis=1)


def _matter(weights: Floats) -> Floats:
    """How much each n-gram matters to the head that it matters to most."""
    spread = np.sqrt((weights**2).mean(axis=0))
    return np.max(np.abs(weights) / np.where(spread > 0, spread, 1.0), axis=1)


def _left_out(seen: Examples, signs: npt.NDArray[np.int8], costs: Floats, given: Sequence[str]) -> Floats:
    """The risk's margin of each text, learned without the part that the text belongs to."""
    parts = np.array(given)
    margins = np.zeros(len(signs))
    for part in sorted(set(given)):
        out = parts == part
        weights = learn(seen, signs, np.where(out, 0.0, costs * RISK_COST), ROUNDS)
        margins[out] = seen.margins(weights)[out]
    return margins


def calibrate(margins: Floats, signs: npt.NDArray[np.int8], rounds: int = 100) -> tuple[float, float]:
    """Slope and offset of the probability of a risk by its margin, by Newton's method on Platt's smoothed targets."""
    many, few = int((signs > 0).sum()), int((signs < 0).sum())
    wanted = np.where(signs > 0, (many + 1) / (many + 2), 1 / (few + 2))
    slope, offset = 1.0, 0.0
    for _ in range(rounds):
        told = 1 / (1 + np.exp(-np.clip(slope * margins + offset, -30, 30)))
        off, steep = wanted - told, np.maximum(told * (1 - told), 1e-9)
        gradient = np.array([(off * margins).sum() - 1e-3 * slope, off.sum()])
        hessian = np.array(
            [
                [(steep * margins**2).sum() + 1e-3, (steep * margins).sum()],
                [(steep * margins).sum(), steep.sum() + 1e-9],
            ]
        )
        step = np.linalg.solve(hessian, gradient)
        slope, offset = slope + float(np.clip(step[0], -1, 1)), offset + float(np.clip(step[1], -1, 1))
        if np.abs(step).max() < 1e-6:
            break
    return max(slope, 0.1), offset


def _model(
    labels: tuple[str, ...],
    signs: tuple[str, ...],
    keys: Ints,
    weights: Floats,
    slope: float,
    offset: float,
    trained_on: dict[str, int],
) -> Model:
    ngrams, width = weights[: len(keys)], len(keys) + len(signs)
    scales = np.maximum(np.abs(ngrams).max(axis=0, initial=0.0), 1e-9) / 127
    return Model(
        labels=labels,
        sign_names=signs,
        keys=keys,
        weights=np.rint(ngrams / scales).astype(np.int8),
        scales=scales.astype(np.float32),
        signs=weights[len(keys) : width].astype(np.float32),
        pairs=weights[width:-1].astype(np.float32),
        bias=weights[-1].astype(np.float32),
        slope=slope,
        offset=offset,
        trained_on=trained_on,
    )
