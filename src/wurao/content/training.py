"""A model learned from labelled texts: `wurao content train`, and the shipped one.

Texts and labels go in, a `Model` comes out. Of every n-gram that two texts have at least, and of every sign and pair of
signs, a weight is learned for the risk and for each label (`learning`); the n-grams that matter most are kept and
their weights learned anew; the risk is calibrated on texts left out (Platt 1999). Everything is in a fixed order, so the
same table gives the same file.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from wurao.content.features import FOUND, Features, features_of
from wurao.content.learning import Examples, examples, learn
from wurao.content.model import MOST_LABELS, Model
from wurao.content.words import groups, word_table
from wurao.errors import Refused

BENIGN = ("normal", "ham", "service", "otp", "marketing", "ad:", "other", "legit", "benign", "0", "false")
"""A label that begins so is no risk; every other is."""
KEPT = 90_000
"""So many n-grams a model has weights for."""
FEWEST_TEXTS = 2
"""An n-gram is looked at when so many texts have it."""
FOLDS = 5
SIGN, PAIR, BIAS = 0.3, 0.1, 0.5
"""What a sign, a pair and the bias weigh beside all n-grams of a text together, which weigh 1."""
RISK_COST, LABEL_COST = 0.5, 6.0
ROUNDS = 20

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
    parts: Sequence[Sequence[str]]
    """Ways of parting the texts; those of one part are left out together when the risk is calibrated."""


def is_risk(label: str) -> bool:
    """Whether a label says fraud or something illegal, going by how it begins."""
    return not label.lower().startswith(BENIGN)


def plain_table(texts: Any, labels: Sequence[str]) -> Table:
    """A table whose texts all cost the same, left out by folds."""
    return Table(texts, labels, np.ones(len(labels)), [folds_of(texts)])


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
    signs = (*(group.name for group in given), *FOUND)
    heads = [
        ("risk", risks_of(table.labels), RISK_COST),
        *((label, _one(table, label), LABEL_COST) for label in labels),
    ]
    keys = frequent(read)
    seen = examples(read, keys, SIGN, PAIR, BIAS)
    weights = _learn_heads(seen, heads, table.costs, tell)
    if len(keys) > kept:
        tell(f"keeping {kept:,} of {len(keys):,} n-grams")
        keys = keys[np.sort(np.argsort(-_matter(weights[: len(keys)]), kind="stable")[:kept])]
        seen = examples(read, keys, SIGN, PAIR, BIAS)
        weights = _learn_heads(seen, heads, table.costs, tell)
    tell("calibrating")
    risks = heads[0][1]
    margins = np.concatenate([_left_out(seen, risks, table.costs, parts) for parts in table.parts])
    slope, offset = calibrate(margins, np.tile(risks, len(table.parts)))
    return _model(labels, signs, keys, weights, slope, offset, trained_on)


def frequent(read: Features) -> Ints:
    """The n-grams that at least `FEWEST_TEXTS` texts have, in rising order."""
    keys, counts = np.unique(read.keys, return_counts=True)
    return keys[counts >= FEWEST_TEXTS]


def risks_of(labels: Sequence[str]) -> npt.NDArray[np.int8]:
    """+1 for a label of a risk, -1 for another."""
    return np.where([is_risk(label) for label in labels], 1, -1).astype(np.int8)


def _one(table: Table, label: str) -> npt.NDArray[np.int8]:
    return np.where([each == label for each in table.labels], 1, -1).astype(np.int8)


def _learn_heads(
    seen: Examples, heads: list[tuple[str, npt.NDArray[np.int8], float]], costs: Floats, tell: Callable[[str], None]
) -> Floats:
    weights = np.empty((seen.width, len(heads)))
    for place, (name, signs, cost) in enumerate(heads):
        tell(f"learning {name}")
        weights[:, place] = learn(seen, signs, costs * cost, ROUNDS)
    return weights


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
        signs=(SIGN * weights[len(keys) : width]).astype(np.float32),
        pairs=(PAIR * weights[width:-1]).astype(np.float32),
        bias=(BIAS * weights[-1]).astype(np.float32),
        slope=slope,
        offset=offset,
        trained_on=trained_on,
    )
