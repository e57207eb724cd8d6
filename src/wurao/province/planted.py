"""What all planted single attempts share: when they come, to whom, and how such a call goes.

`fakes` and `unregistered` list their kinds; `attempts` makes one flow of them.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from wurao.province.block import FAILED, NONE, NOT_SIGNED, B, Block, C, Ints, calls_with_outcome, events
from wurao.province.scenes import OFF_LABEL_STANDARD_STRICT, STOP, Scene
from wurao.province.world import ALL_HOURS, Flow, World, moments

A_DAY = 0.02
"""How many of each kind a day for each subscriber."""
LEAST = 400
"""And at least so many, that a share of them means something."""
KEY = 9 << 40
"""Above it are the keys of the numbers from which single attempts come."""

Kind = Callable[[World, np.random.Generator, NDArray[np.float64], Ints], Block]
"""Makes the attempts of one kind at these times, at these people or, where they do not fit, at others."""


def attempts(kinds: tuple[Kind, ...]) -> Flow:
    """The flow of all these kinds, spread over the day."""

    def flow(world: World, rng: np.random.Generator, start_s: float, end_s: float) -> list[Block]:
        a_day = max(LEAST, world.subscribers * A_DAY)
        blocks = []
        for kind in kinds:
            at = moments(rng, a_day, ALL_HOURS, start_s, end_s)
            blocks.append(kind(world, rng, at, rng.integers(0, len(world.people), len(at))))
        return blocks

    return flow


def planted(
    world: World,
    rng: np.random.Generator,
    at: NDArray[np.float64],
    person: Ints,
    scene: Scene | NDArray[np.int64],
    **columns: object,
) -> Block:
    """Events of one scene at these people; they must be stopped where nothing else is said."""
    block = events(at, callee=world.people.number[person], **{"scene": scene, "should": STOP, **columns})
    return calls_with_outcome(rng, block, 0.25, 30)


def unsigned(rng: np.random.Generator, n: int) -> NDArray[np.int8]:
    """Attestations of those who have nothing to sign with."""
    return np.asarray(rng.choice(np.array([NONE, B, C, NOT_SIGNED, FAILED], dtype=np.int8), n))


def what_registration_lets(world: World, person: Ints) -> NDArray[np.int8]:
    """What the wish lets Wurao do about a commercial caller that is not known."""
    people = world.people
    off = ~people.wishes.unregistered[people.wish[person]] | people.only_my_list(person)
    return np.asarray(np.where(off, STOP, OFF_LABEL_STANDARD_STRICT["registration"][people.guard(person)]))
