"""The world that all flows draw from: people, firms, consents, trunks, texts, and the day's pace.

`world(subscribers, seed, shared)` makes it; a flow is a function of the world, a random generator of its own and a
stretch of the day, and returns blocks of events. Nothing here or in a flow asks the rules.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wurao.province.block import E164, Block, Ints
from wurao.province.firms import Consents, Firms, consents, firms
from wurao.province.people import ELDER, FLOODED, LISTS_FAMILY, People, people
from wurao.province.plan import MOBILE, elsewhere
from wurao.province.texts import Texts, texts
from wurao.province.trunks import Trunks, trunks
from wurao.province.wishes import LABEL, STANDARD, wishes

Seconds = NDArray[Any]
Flow = Callable[["World", np.random.Generator, float, float], list[Block]]

BY_DAY = np.array([8, 4, 2, 2, 3, 8, 25, 55, 85, 100, 100, 95, 85, 75, 80, 85, 90, 100, 105, 95, 85, 65, 40, 18.0])
"""Life, hour by hour: quiet at night, two humps."""
AT_WORK = np.array([0, 0, 0, 0, 0, 0, 0, 2, 20, 60, 70, 60, 35, 40, 65, 70, 65, 50, 30, 20, 8, 2, 0, 0.0])
"""Firms and couriers."""
ALL_HOURS = np.array([2, 1, 1, 1, 1, 2, 5, 15, 40, 60, 60, 50, 40, 45, 60, 60, 60, 50, 45, 45, 35, 20, 8, 4.0])
"""Those who do not mind the hour."""
FOREIGN = (447_400_000_000, 12_125_550_000, 819_000_000_000, 85_261_000_000)


@dataclass(frozen=True)
class Floods:
    """Who is flooded today: the person, from when, until when a shield is up (0: none asked for), and who calls 120
    a minute into the flood, after which nothing may be stopped for four hours, only labelled.
    """

    person: Ints
    start: Seconds
    shield_until: Seconds
    asks_help: NDArray[np.bool_]


@dataclass(frozen=True)
class World:
    """Everything that does not change during the day."""

    subscribers: int
    people: People
    firms: Firms
    consents: Consents
    trunks: Trunks
    texts: Texts
    elsewhere: Ints
    floods: Floods

    def mobile_elsewhere(self, key: Ints) -> Ints:
        """A mobile number of another province for each key; the same key has the same number."""
        mixed = _mixed(key)
        segment = self.elsewhere[mixed % len(self.elsewhere)]
        return np.asarray(MOBILE + segment * 10_000 + (mixed >> 24) % 10_000)

    def trunk_of(self, person: Ints) -> Ints:
        """The trunk by which a person's own calls come."""
        return self.trunks.home(self.people.operator[person], self.people.city[person])

    def lines_of(self, firm: Ints) -> Ints:
        """The trunk by which a firm's traffic comes: its own, else one of its city's."""
        home = self.trunks.home(np.zeros(len(firm), dtype=np.int8), self.firms.city[firm].astype(np.int8))
        return np.where(self.firms.own_trunk[firm] >= 0, self.trunks.firms.start + self.firms.own_trunk[firm], home)


def world(rng: np.random.Generator, subscribers: int, shared: Path | None) -> World:
    """Make the province's people, firms and consents, and choose who will be flooded."""
    population = people(rng, subscribers, wishes(rng))
    pool = texts(shared)
    senders = firms(rng, subscribers, pool)
    return World(
        subscribers=subscribers,
        people=population,
        firms=senders,
        consents=consents(rng, population, senders, subscribers // 4),
        trunks=trunks(int((senders.own_trunk >= 0).sum())),
        texts=pool,
        elsewhere=elsewhere(),
        floods=_floods(rng, population, max(4, subscribers // 8_000)),
    )


def moments(rng: np.random.Generator, a_day: float, pace: Seconds, start_s: float, end_s: float) -> Seconds:
    """When things happen between two times within one hour, of so many a day at this pace."""
    expected = a_day * pace[int(start_s // 3600)] / pace.sum() * (end_s - start_s) / 3600
    return np.asarray(rng.uniform(start_s, end_s, rng.poisson(expected)))


def spread(
    rng: np.random.Generator,
    starts: Seconds,
    lengths: Seconds,
    sizes: Ints,
    t0: float,
    t1: float,
) -> tuple[Ints, Seconds]:
    """Of campaigns that run evenly over their time: which campaign makes an attempt between t0 and t1, and when."""
    low, high = np.maximum(starts, t0), np.minimum(starts + lengths, t1)
    counts = rng.poisson(sizes * np.maximum(high - low, 0) / lengths)
    which = np.repeat(np.arange(len(starts)), counts)
    return which, rng.uniform(low[which], np.maximum(high, low)[which])


def foreign(key: Ints) -> Ints:
    """A number abroad for each key; the same key has the same number."""
    mixed = _mixed(key)
    return np.asarray(np.array(FOREIGN)[mixed % len(FOREIGN)] + (mixed >> 20) % 10_000 + E164)


def _mixed(key: Ints) -> Ints:
    """Well mixed bits of a key (the finisher of SplitMix64), not negative."""
    with np.errstate(over="ignore"):
        bits = np.asarray(key).astype(np.uint64) + np.uint64(0x9E3779B97F4A7C15)
        bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray((bits ^ (bits >> np.uint64(31))) >> np.uint64(1)).astype(np.int64)


def _floods(rng: np.random.Generator, people: People, n: int) -> Floods:
    """Half of them have a shield up from the start; who is flooded has the family on the list."""

    def fits(some: Ints) -> NDArray[np.bool_]:
        guard = people.guard(some)
        plain = people.registered[some] & ~people.only_my_list(some) & ~people.has(some, ELDER)
        return np.asarray(plain & ((guard == LABEL) | (guard >= STANDARD)))

    person = np.unique(people.draw(rng, n, fits))
    people.traits[person] |= FLOODED | LISTS_FAMILY
    start = rng.uniform(8, 21, len(person)) * 3600
    shield = np.where(rng.random(len(person)) < 0.5, start + 3 * 3600, 0.0)
    return Floods(person, start, shield, np.arange(len(person)) % 20 == 3)
