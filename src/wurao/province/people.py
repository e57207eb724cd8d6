"""The people of the province: numbers in use, who of them has registered which wish, and who knows whom.

`people(rng, subscribers)` fills Shanxi's segments as they are filled: 17% of the numbers of a segment registered, 36%
in use. People stand in the order of city and segment, so that neighbours in the arrays are neighbours; a person has
sixteen contacts among two thousand neighbours, and whom one knows also knows one. 40 million people take 0.6 GB.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wurao.errors import Refused
from wurao.province.block import Ints
from wurao.province.plan import MOBILE, Segments, shanxi
from wurao.province.wishes import OFF, Wishes

REGISTERED_A_SEGMENT = 19_510_000 / 11_221
IN_USE_FOR_ONE_REGISTERED = 40.01 / 19.51
FEWEST = 1_000
CONTACTS, FAMILY = 16, 6
"""How many contacts a person has, and how many of them are family, which is what allow lists hold."""
FORMER = CONTACTS - 1
"""The contact whom those with the trait `DENIES_FORMER` have on their deny list."""
NEIGHBOURS = 2_048

LISTS_FAMILY, DENIES_FORMER, DENIES_400, FLOODED, ELDER = 1, 2, 4, 8, 16
"""Traits: the family is on the allow list; a former contact, or every 400 number, on the deny list; flooded today;
over 65, with a guardian in the family."""


@dataclass
class People:
    """Everyone with a number in use, as columns; a person is a place in them."""

    number: Ints
    wish: NDArray[np.uint16]
    registered: NDArray[np.bool_]
    traits: NDArray[np.uint8]
    city: NDArray[np.int8]
    operator: NDArray[np.int8]
    wishes: Wishes
    pairing: Ints

    def __len__(self) -> int:
        return len(self.number)

    def contact(self, person: Ints, which: Ints | int) -> Ints:
        """A person's contact of this rank (0 to 15); the relation holds both ways. Some are paired with themselves."""
        block = np.minimum(person // NEIGHBOURS, max(len(self) // NEIGHBOURS - 1, 0))
        start = block * NEIGHBOURS
        size = np.where(start + 2 * NEIGHBOURS > len(self), len(self) - start, NEIGHBOURS)
        return np.asarray(start + (self.pairing[which] - (person - start)) % size)

    def has(self, person: Ints, trait: int) -> NDArray[np.bool_]:
        """Who of these has a trait."""
        return np.asarray(self.traits[person] & trait != 0)

    def denies(self, person: Ints, caller: Ints) -> NDArray[np.bool_]:
        """Who of these has the other person on the deny list."""
        return np.asarray(self.has(person, DENIES_FORMER) & (self.contact(person, FORMER) == caller))

    def only_my_list(self, person: Ints) -> NDArray[np.bool_]:
        """Who of these hears only from the own list."""
        return np.asarray(self.wishes.only_my_list[self.wish[person]])

    def guard(self, person: Ints) -> NDArray[np.int8]:
        """The guard level of each."""
        return np.asarray(self.wishes.guard[self.wish[person]])

    def draw(
        self,
        rng: np.random.Generator,
        n: int,
        fits: Callable[[Ints], NDArray[np.bool_]] | None = None,
        span: tuple[int, int] | None = None,
    ) -> Ints:
        """Draw n people at random who fit, in a span of places or anywhere; fewer where next to nobody fits."""
        low, high = span or (0, len(self))
        found = rng.integers(low, high, n)
        if fits is None:
            return found
        found = found[fits(found)]
        for _ in range(60):
            if len(found) >= n:
                break
            more = rng.integers(low, high, min(max(2 * n, 1_000), 4_000_000))
            found = np.concatenate([found, more[fits(more)]])
        return found[:n]

    def city_span(self, city: int) -> tuple[int, int]:
        """The places of the people of one city."""
        low, high = np.searchsorted(self.city, [city, city + 1])
        return int(low), int(high)


def people(rng: np.random.Generator, subscribers: int, wishes: Wishes) -> People:
    """Fill the province; `Refused` where there are too few subscribers for life, or too many for the plan."""
    segments = _segments_in_use(rng, subscribers)
    number, registered, city, operator = _numbers(rng, segments, subscribers)
    wish = np.zeros(len(number), dtype=np.uint16)
    wish[registered] = rng.choice(len(wishes.share), subscribers, p=wishes.share)
    pairing = rng.choice(min(len(number), NEIGHBOURS), CONTACTS, replace=False).astype(np.int64)
    traits = _traits(rng, registered, wishes, wish)
    return People(number, wish, registered, traits, city, operator, wishes, pairing)


def _segments_in_use(rng: np.random.Generator, subscribers: int) -> Segments:
    plan = shanxi()
    if subscribers < FEWEST or subscribers > len(plan.first) * 2_500:
        right = f"write a number from {FEWEST:,} to {len(plan.first) * 2_500:,}"
        raise Refused(f"{subscribers:,} subscribers do not make a province", where="--subscribers", right=right)
    used = min(len(plan.first), max(len(set(plan.city)), round(subscribers / REGISTERED_A_SEGMENT)))
    chosen = rng.permutation(len(plan.first))[:used]
    chosen = chosen[np.lexsort((rng.random(used), plan.city[chosen]))]
    return Segments(plan.first[chosen], plan.city[chosen], plan.operator[chosen])


def _numbers(
    rng: np.random.Generator, segments: Segments, subscribers: int
) -> tuple[Ints, NDArray[np.bool_], NDArray[np.int8], NDArray[np.int8]]:
    """The numbers in use of each segment and which of them registered; segments are filled unevenly."""
    weight = rng.uniform(0.5, 1.5, len(segments.first))
    registered = np.floor(subscribers * weight / weight.sum()).astype(np.int64)
    registered[: subscribers - registered.sum()] += 1
    in_use = np.minimum(np.round(registered * IN_USE_FOR_ONE_REGISTERED).astype(np.int64), 10_000)
    number = np.empty(in_use.sum(), dtype=np.int64)
    is_registered = np.zeros(len(number), dtype=bool)
    ends = np.cumsum(in_use)
    for n, (first, end) in enumerate(zip(segments.first, ends, strict=True)):
        start = end - in_use[n]
        number[start:end] = MOBILE + first * 10_000 + np.sort(rng.permutation(10_000)[: in_use[n]])
        is_registered[start + rng.permutation(in_use[n])[: registered[n]]] = True
    return number, is_registered, np.repeat(segments.city, in_use), np.repeat(segments.operator, in_use)


def _traits(
    rng: np.random.Generator, registered: NDArray[np.bool_], wishes: Wishes, wish: NDArray[np.uint16]
) -> NDArray[np.uint8]:
    """Who lists the family, denies whom, and is old; who hears only from a list has one."""
    chance = rng.random((len(wish)), dtype=np.float32)
    traits = np.zeros(len(wish), dtype=np.uint8)
    old = registered & (chance < 0.04) & (wishes.guard[wish] != OFF)
    traits[old] |= ELDER | LISTS_FAMILY
    traits[registered & (chance > 0.04) & (chance < 0.08)] |= LISTS_FAMILY
    traits[registered & wishes.only_my_list[wish]] |= LISTS_FAMILY
    traits[registered & (chance > 0.70) & (chance < 0.76)] |= DENIES_FORMER
    traits[registered & (chance > 0.75) & (chance < 0.78)] |= DENIES_400
    return traits
