"""Which texts are near-duplicates, so that none of a group is learned from while another is measured on.

The features of a column go in, a group for each text comes out. Two texts are near-duplicates when they share at least
half of their n-grams, as `HASHES` MinHashes of each tell it (Broder 1997; the estimate is off by 0.06, one standard
deviation); whoever is one of a text's is in its group. To be found, two must agree in all rows of one band; that alone
is too little: a chain of texts with a few phrases in common would tie ham and spam into one group. Called by
`evaluation`.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from wurao.content.features import Features

HASHES, ROWS = 64, 4
"""So many MinHashes a text, and so many of them a band."""
ALIKE = 32
"""So many of the hashes of near-duplicates agree."""

Ints = npt.NDArray[np.int64]
Hashes = npt.NDArray[np.uint64]


def near_duplicates(features: Features) -> Ints:
    """The first text of each text's group."""
    hashes = _min_hashes(features)
    one, other = _candidates(hashes)
    alike = (hashes[:, one] == hashes[:, other]).sum(axis=0) >= ALIKE
    one, other = one[alike], other[alike]
    group = np.arange(hashes.shape[1])
    while True:
        before = group.copy()
        least = np.minimum(group[one], group[other])
        np.minimum.at(group, one, least)
        np.minimum.at(group, other, least)
        group = group[group]
        if (group == before).all():
            return group


def _min_hashes(features: Features) -> Hashes:
    """Hashes × texts; of a text without n-grams all are 0."""
    chance = np.random.default_rng(1)
    keys = features.keys.astype(np.uint64)
    there = np.diff(features.offsets) > 0
    hashes = np.zeros((HASHES, len(there)), np.uint64)
    for row in range(HASHES):
        mixed = (keys ^ chance.integers(1 << 62, dtype=np.uint64)) * np.uint64(0x9E3779B97F4A7C15)
        mixed ^= mixed >> np.uint64(29)
        if len(keys):
            hashes[row, there] = np.minimum.reduceat(mixed, features.offsets[:-1][there])
    return hashes


def _candidates(hashes: Hashes) -> tuple[Ints, Ints]:
    """Pairs that agree in a band: each text with the first and with the next one of those that do."""
    pairs = [np.empty((2, 0), np.int64)]
    for first in range(0, HASHES, ROWS):
        band = np.zeros(hashes.shape[1], np.uint64)
        for row in range(first, first + ROWS):
            band = (band ^ hashes[row]) * np.uint64(0xD6E8FEB86659FD93)
        order = np.argsort(band, kind="stable")
        there = band[order]
        next_ones = np.flatnonzero(there[1:] == there[:-1]) + 1
        firsts = np.searchsorted(there, there[next_ones])
        pairs += [np.stack([order[next_ones - 1], order[next_ones]]), np.stack([order[firsts], order[next_ones]])]
    one, other = np.unique(np.concatenate(pairs, axis=1), axis=1)
    return one, other
