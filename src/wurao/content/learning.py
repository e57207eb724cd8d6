"""Linear machines learned from examples: support vectors with squared hinge loss, by dual coordinate descent.

`examples` makes sparse rows of features; `learn` takes them with a label of +1 or -1 and a cost each and gives a weight
a place. The method is that of Hsieh et al., "A Dual Coordinate Descent Method for Large-scale Linear SVM" (ICML 2008);
rows are taken in an order that the seed fixes, so that the same examples always give the same weights. Called by
`training`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from wurao.compiled import Bundle, View, compiled
from wurao.content.features import Features

Floats = npt.NDArray[np.float64]
Signs = npt.NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class Examples:
    """Sparse rows: n-grams first, then signs, then pairs of signs, then the bias."""

    offsets: npt.NDArray[np.int64]
    places: npt.NDArray[np.int32]
    values: npt.NDArray[np.float32]
    width: int

    def margins(self, weights: Floats) -> Floats:
        """What the weights say of each row."""
        return np.add.reduceat(weights[self.places] * self.values, self.offsets[:-1])


@dataclass(frozen=True, slots=True)
class Scales:
    """What a feature of each sort weighs beside the others, before anything is learned."""

    ngrams: Floats
    """One for each n-gram; those of a text together weigh 1 where these are 1."""
    sign: float
    pair: float
    bias: float

    def of_places(self, signs: int) -> Floats:
        """The scale of every place of a row, where there are so many signs."""
        pairs = signs * (signs - 1) // 2
        return np.concatenate([self.ngrams, np.full(signs, self.sign), np.full(pairs, self.pair), [self.bias]])


def examples(read: Features, keys: npt.NDArray[np.int64], scales: Scales) -> Examples:
    """The rows of a column's features; of n-grams only those of `keys`, which is in rising order."""
    rows, signs = read.signs.shape
    sizes = np.diff(read.offsets)
    at = np.searchsorted(keys, read.keys)
    at[at == len(keys)] = 0
    known = keys[at] == read.keys if len(keys) else np.zeros(len(at), bool)
    of_row = np.repeat(np.arange(rows), sizes)[known]
    there = read.signs > 0
    left, right = np.triu_indices(signs, 1)
    row_signs = np.nonzero(there)
    row_pairs = np.nonzero(there[:, left] & there[:, right])
    row = np.concatenate([of_row, row_signs[0], row_pairs[0], np.arange(rows)])
    width = len(keys) + signs + len(left) + 1
    place = np.concatenate(
        [at[known], len(keys) + row_signs[1], len(keys) + signs + row_pairs[1], np.full(rows, width - 1)]
    )
    value = np.concatenate(
        [
            (1 / np.sqrt(np.maximum(sizes, 1)))[of_row],
            np.log1p(read.signs[row_signs]),
            np.ones(len(row_pairs[0]) + rows),
        ]
    )
    value *= scales.of_places(signs)[place]
    order = np.argsort(row, kind="stable")
    offsets = np.zeros(rows + 1, np.int64)
    np.cumsum(np.bincount(row, minlength=rows), out=offsets[1:])
    return Examples(offsets, place[order].astype(np.int32), value[order].astype(np.float32), width)


class _Descent(Bundle):
    """Examples on their way to weights."""

    columns: ClassVar[dict[str, str]] = {
        "offsets": "i8",
        "places": "i4",
        "values": "f4",
        "order": "i4",
        "labels": "i1",
        "costs": "f8",
        "alphas": "f8",
        "squares": "f8",
        "weights": "f8",
    }

    offsets: View
    places: View
    values: View
    order: View
    labels: View
    costs: View
    alphas: View
    squares: View
    weights: View


def learn(seen: Examples, labels: Signs, costs: Floats, rounds: int, seed: int = 1) -> Floats:
    """The weight of each place, from labels of +1 and -1; a row whose cost is 0 is left out.

    `costs` are what a mistake on each row costs (C).
    """
    used = np.flatnonzero(costs > 0).astype(np.int32)
    weights = np.zeros(seen.width)
    squares = np.add.reduceat(seen.values.astype(np.float64) ** 2, seen.offsets[:-1])
    _descend(
        _Descent(
            offsets=seen.offsets,
            places=seen.places,
            values=seen.values,
            order=np.random.default_rng(seed).permutation(used),
            labels=labels,
            costs=costs,
            alphas=np.zeros(len(labels)),
            squares=squares,
            weights=weights,
        ),
        rounds,
        seed,
    )
    return weights


def _descend_plain(given: _Descent, rounds: int, seed: int) -> None:
    rows = len(given.order)
    state = np.uint64(seed * 2 + 1)
    for _ in range(rounds):
        moved = 0.0
        for step in range(rows):
            state ^= state << np.uint64(13)
            state ^= state >> np.uint64(7)
            state ^= state << np.uint64(17)
            other = step + int(np.int64(state >> np.uint64(33))) % (rows - step)
            row = given.order[other]
            given.order[other] = given.order[step]
            given.order[step] = row
            moved = max(moved, abs(_step(given, row)))
        if moved < 1e-3:
            return


def _step(given: _Descent, row: int) -> float:
    """Improve one row's alpha; how far its gradient was off."""
    label = float(given.labels[row])
    softness = 0.5 / given.costs[row]
    margin = 0.0
    for at in range(given.offsets[row], given.offsets[row + 1]):
        margin += given.weights[given.places[at]] * given.values[at]
    alpha = given.alphas[row]
    gradient = label * margin - 1.0 + softness * alpha
    if alpha == 0.0 and gradient > 0.0:
        return 0.0
    better = max(alpha - gradient / (given.squares[row] + softness), 0.0)
    change = (better - alpha) * label
    given.alphas[row] = better
    if change != 0.0:
        for at in range(given.offsets[row], given.offsets[row + 1]):
            given.weights[given.places[at]] += change * given.values[at]
    return gradient


_descend = compiled(_descend_plain)


def warm() -> None:
    """Compile what learns."""
    one = Examples(np.array([0, 1]), np.zeros(1, np.int32), np.ones(1, np.float32), 1)
    learn(one, np.ones(1, np.int8), np.ones(1), 1)
