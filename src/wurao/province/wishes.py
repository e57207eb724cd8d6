"""The wishes of a believable province: a few hundred distinct profiles, and how often each is registered.

`wishes(rng)` makes them; `people` gives one to each subscriber, `registry` writes its columns, and flows ask here
what a subscriber wants before they plant anything. Place 0 is the wish of whoever has registered nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wurao.province.block import Ints
from wurao.tables import HOURS_COLUMNS, MARKETING_COLUMNS, TABLES

EVERYTHING = (1 << 27) - 1
BAND_STARTS = tuple(int(name[-2:]) for name in HOURS_COLUMNS if name.startswith("hours_weekday_"))
CATEGORIES = TABLES["consents"].column("categories").codes
SERVICE, TRANSACTION, DEBT = (CATEGORIES.index(code) for code in ("service", "transaction", "debt_collection"))
MARKETING = len(MARKETING_COLUMNS) // 3
OFF, LABEL, STANDARD, STRICT = range(4)
GUARDS = TABLES["subscribers"].column("guard").codes

_CALLS_AND_AUTOCALLS = sum(0b101 << 3 * category for category in range(MARKETING))
_CALLS_OFF = EVERYTHING & ~_CALLS_AND_AUTOCALLS
_DAYTIME = sum(1 << day * 9 + band for day in range(3) for band in range(2, 8))
_EVENINGS_AND_DAYS_OFF = sum(1 << band for band in (7, 8)) | ((1 << 18) - 1) << 9


@dataclass(frozen=True)
class Wishes:
    """Distinct wishes as columns, a row each, and the share of subscribers that registered each."""

    marketing: Ints
    hours: Ints
    overseas_calls: NDArray[np.bool_]
    overseas_messages: NDArray[np.bool_]
    unregistered: NDArray[np.bool_]
    debt_collection: NDArray[np.bool_]
    only_my_list: NDArray[np.bool_]
    content_protection: NDArray[np.bool_]
    guard: NDArray[np.int8]
    share: NDArray[np.float64]

    def allows_category(self, wish: Ints, category: Ints | int, channel: Ints | int) -> NDArray[np.bool_]:
        """Whether each wish lets marketing of this category come by this channel."""
        return np.asarray(self.marketing[wish] >> (np.asarray(category) * 3 + channel) & 1 == 1)

    def allows_hour(self, wish: Ints, at_s: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Whether each wish lets marketing come at these seconds of a weekday."""
        band = np.searchsorted(BAND_STARTS, at_s / 3600, side="right") - 1
        return np.asarray(self.hours[wish] >> band & 1 == 1)


def wishes(rng: np.random.Generator, drawn: int = 700) -> Wishes:
    """Draw the distinct wishes: choices as people combine them, then shares as the province is described."""
    columns = {
        "marketing": _marketing(rng, drawn),
        "hours": rng.choice([EVERYTHING, _DAYTIME, _EVENINGS_AND_DAYS_OFF, 0], drawn, p=[0.45, 0.35, 0.12, 0.08]),
        "overseas_calls": rng.random(drawn) > 0.22,
        "overseas_messages": rng.random(drawn) > 0.15,
        "unregistered": rng.random(drawn) > 0.30,
        "debt_collection": rng.random(drawn) > 0.25,
        "only_my_list": rng.random(drawn) < 0.05,
        "content_protection": rng.random(drawn) < 0.20,
        "guard": rng.choice(4, drawn, p=[0.08, 0.42, 0.33, 0.17]),
    }
    nothing_registered = (EVERYTHING, EVERYTHING, 1, 1, 1, 1, 0, 0, LABEL)
    rows = np.column_stack([np.asarray(values, dtype=np.int64) for values in columns.values()])
    rows = np.vstack([np.array(nothing_registered, dtype=np.int64), rows])
    _, first = np.unique(rows, axis=0, return_index=True)
    rows = rows[np.sort(first)]
    flags = {name: rows[:, n].astype(bool) for n, name in enumerate(columns) if 2 <= n <= 7}
    guard = rows[:, 8].astype(np.int8)
    share = _shares(len(rows), flags["only_my_list"], flags["content_protection"], guard)
    return Wishes(marketing=rows[:, 0], hours=rows[:, 1], **flags, guard=guard, share=share)


def _marketing(rng: np.random.Generator, n: int) -> Ints:
    """All allowed, none, no calls, or a few categories only."""
    few = np.zeros(n, dtype=np.int64)
    for category in range(MARKETING):
        few |= np.where(rng.random(n) < 0.3, rng.choice([0b111, 0b010], n), 0).astype(np.int64) << 3 * category
    choice = rng.choice(4, n, p=[0.34, 0.30, 0.12, 0.24])
    return np.select([choice == 0, choice == 1, choice == 2], [EVERYTHING, 0, _CALLS_OFF], few).astype(np.int64)


def _shares(
    n: int, only_my_list: NDArray[np.bool_], content: NDArray[np.bool_], guard: NDArray[np.int8]
) -> NDArray[np.float64]:
    """Few wishes are common, most are rare; scaled in turn until the known shares hold."""
    share = 1.0 / (np.arange(n) + 3.0)
    share[0] = share[1:].sum() * 0.25
    groups = [
        (only_my_list, 0.005),
        (content, 0.10),
        (guard == OFF, 0.06),
        (guard == LABEL, 0.50),
        (guard == STANDARD, 0.30),
        (guard == STRICT, 0.14),
    ]
    for _ in range(8):
        for mask, wanted in groups:
            share = np.where(mask, wanted * share / share[mask].sum(), (1 - wanted) * share / share[~mask].sum())
    return np.asarray(share / share.sum())
