"""Linear machines learned from examples: support vectors with squared hinge loss, by dual coordinate descent.

Examples are sparse rows (places and values), with a label of +1 or -1 and a cost each; out comes a weight a place. The
method is that of Hsieh et al., "A Dual Coordinate Descent Method for Large-scale Linear SVM" (ICML 2008); rows are
taken in an order that the seed fixes, so that the same examples always give the same weights. Called by `training`.
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import numpy.typing as npt

from wurao.compiled import Bundle, View, compiled

Floats = npt.NDArray[np.float64]


class Examples(Bundle):
    """Sparse rows, and room for what is learned from them."""

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
    """+1 or -1."""
    costs: View
    """What a mistake on the row costs (C)."""
    alphas: View
    squares: View
    weights: View


def learn(
    offsets: npt.NDArray[np.int64],
    places: npt.NDArray[np.int32],
    values: npt.NDArray[np.float32],
    labels: npt.NDArray[np.int8],
    costs: Floats,
    width: int,
    epochs: int = 30,
    seed: int = 1,
) -> Floats:
    """The weight of each of `width` places."""
    rows = len(labels)
    weights = np.zeros(width)
    squares = np.add.reduceat(np.append(values.astype(np.float64) ** 2, 0.0), offsets[:-1]) if rows else np.empty(0)
    squares[offsets[1:] == offsets[:-1]] = 0.0
    order = np.random.default_rng(seed).permutation(rows).astype(np.int32)
    _descend(
        Examples(
            offsets=offsets,
            places=places,
            values=values,
            order=order,
            labels=labels,
            costs=costs,
            alphas=np.zeros(rows),
            squares=squares,
            weights=weights,
        ),
        epochs,
        seed,
    )
    return weights


def _descend_plain(given: Examples, epochs: int, seed: int) -> None:
    rows = len(given.labels)
    state = np.uint64(seed * 2 + 1)
    for _ in range(epochs):
        moved = 0.0
        for step in range(rows):
            state ^= state << np.uint64(13)
            state ^= state >> np.uint64(7)
            state ^= state << np.uint64(17)
            other = step + np.int64(state >> np.uint64(33)) % (rows - step)
            row = given.order[other]
            given.order[other] = given.order[step]
            given.order[step] = row
            moved = max(moved, abs(_step(given, row)))
        if moved < 1e-3:
            return


def _step(given: Examples, row: int) -> float:
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
