"""Life: family and friends, couriers, calls to firms and for help, family abroad, ordinary look-ups.

All of it is wanted, save what the callee's own lists refuse: a former contact on a deny list, and whoever is not on
an only-my-list. Nobody but the family reaches a person who is flooded today, so that what a flood shield holds back
of strangers is never a wanted call.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from wurao.province.block import (
    CALL,
    E164,
    FAILED,
    MESSAGE,
    NAME,
    NONE,
    NOT_SIGNED,
    ROAMING,
    UNKNOWN,
    A,
    B,
    Block,
    Ints,
    calls_with_outcome,
    events,
    kept,
)
from wurao.province.firms import BANKS
from wurao.province.people import CONTACTS, DENIES_FORMER, FAMILY, FLOODED, FORMER
from wurao.province.plan import fixed
from wurao.province.scenes import STOP, Scene
from wurao.province.world import AT_WORK, BY_DAY, World, foreign, moments

CALLS, MESSAGES, COURIERS, TO_FIRMS, ABROAD, LOOK_UPS = 2.7, 0.8, 0.25, 0.15, 0.03, 0.05
"""How many a day for each subscriber."""
PEOPLE_A_COURIER = 400
"""One in so many people is a courier or a driver."""
ORDINARY_NAMES, FRAUD_NAMES = 400, 60
"""How many different names are looked up; the writer makes the names of them."""
HOTLINES = np.array([10_086, 10_010, 10_000, 12_345, 12_306, *(int(bank) for bank in BANKS)])
_SIGNED = np.array([A, A, A, A, B, NOT_SIGNED, FAILED, NONE, NONE, NONE], dtype=np.int8)


def life(world: World, rng: np.random.Generator, start_s: float, end_s: float) -> list[Block]:
    """The flow of all that is here."""
    flows = (_friends, _couriers, _to_firms, _abroad, _look_ups)
    return [flow(world, rng, start_s, end_s) for flow in flows]


def signed(rng: np.random.Generator, n: int) -> NDArray[np.int8]:
    """Attestations as they come on domestic trunks: mostly full, some lost on the way."""
    return np.asarray(rng.choice(_SIGNED, n))


def _friends(world: World, rng: np.random.Generator, start_s: float, end_s: float) -> Block:
    at = moments(rng, world.subscribers * (CALLS + MESSAGES), BY_DAY, start_s, end_s)
    people, n = world.people, len(at)
    caller = _sociable(rng, len(people), n)
    which = np.minimum(rng.geometric(0.25, n) - 1, CONTACTS - 1)
    callee = people.contact(caller, which)
    channel = np.where(rng.random(n) < MESSAGES / (CALLS + MESSAGES), MESSAGE, CALL)
    withheld = (rng.random(n) < 0.002) & ~people.only_my_list(callee)
    forwarded = np.where((rng.random(n) < 0.004) & (channel == CALL), people.number[people.contact(callee, 1)], NONE)
    block = events(
        at,
        channel=channel,
        caller=np.where(withheld, NONE, people.number[caller]),
        callee=people.number[callee],
        text=np.where(channel == MESSAGE, world.texts.draw(rng, "talk", n), NONE),
        trunk=np.where(rng.random(n) < 0.03, NONE, world.trunk_of(caller)),
        attestation=signed(rng, n),
        diversion=forwarded,
        **_as_the_callee_lists(world, callee, which),
    )
    block = calls_with_outcome(rng, block, 0.74, 60)
    unlisted = people.has(callee, FLOODED) & ((which >= FAMILY) | withheld)
    return kept(block, (caller != callee) & ~unlisted)


def _sociable(rng: np.random.Generator, people: int, n: int) -> Ints:
    """Callers: anyone, but one in eight makes half of all calls."""
    anyone = rng.integers(0, people, n)
    return np.where(rng.random(n) < 0.45, anyone // 8 * 8, anyone)


def _as_the_callee_lists(world: World, callee: Ints, which: Ints) -> dict[str, Any]:
    """What the callee's own lists say of a contact of this rank: scene, should, wanted."""
    people = world.people
    denied = people.has(callee, DENIES_FORMER) & (which == FORMER)
    unlisted = people.only_my_list(callee) & (which >= FAMILY)
    scene = np.select([denied, unlisted], [Scene.DENIED_NUMBER, Scene.NOT_ON_MY_LIST], Scene.FRIENDS)
    stop = denied | unlisted
    return {"scene": scene, "should": np.where(stop, STOP, 0), "wanted": ~stop}


def _open(world: World, person: Ints) -> NDArray[np.bool_]:
    """Who of these may be rung by a stranger and wants it."""
    return np.asarray(~world.people.only_my_list(person) & ~world.people.has(person, FLOODED))


def _couriers(world: World, rng: np.random.Generator, start_s: float, end_s: float) -> Block:
    """A courier's round is the neighbourhood: some eight calls an hour, answered in three cases of four."""
    at = moments(rng, world.subscribers * COURIERS, AT_WORK, start_s, end_s)
    people, n = world.people, len(at)
    courier = rng.integers(0, max(1, len(people) // PEOPLE_A_COURIER), n) * PEOPLE_A_COURIER
    callee = np.minimum(courier + rng.integers(1, 4_000, n), len(people) - 1)
    block = events(
        at,
        caller=people.number[courier],
        callee=people.number[callee],
        trunk=world.trunk_of(courier),
        attestation=signed(rng, n),
        scene=Scene.COURIER,
        wanted=True,
    )
    block = calls_with_outcome(rng, block, 0.76, 20)
    return kept(block, _open(world, callee) & (courier != callee) & ~people.denies(callee, courier))


def _to_firms(world: World, rng: np.random.Generator, start_s: float, end_s: float) -> Block:
    """Calls by people to hotlines, firms' lines and shops."""
    at = moments(rng, world.subscribers * TO_FIRMS, BY_DAY, start_s, end_s)
    people, n = world.people, len(at)
    caller = rng.integers(0, len(people), n)
    shop = fixed(351 + rng.integers(0, 9, n), 4_000_000 + rng.integers(0, 30_000, n))
    line = world.firms.line[rng.integers(0, len(world.firms), n)]
    sort = rng.choice(3, n, p=[0.3, 0.2, 0.5])
    block = events(
        at,
        caller=people.number[caller],
        callee=np.select([sort == 0, sort == 1], [rng.choice(HOTLINES, n), line], shop),
        trunk=world.trunk_of(caller),
        attestation=signed(rng, n),
        scene=Scene.TO_BUSINESS,
        wanted=True,
    )
    return calls_with_outcome(rng, block, 0.8, 90)


def _abroad(world: World, rng: np.random.Generator, start_s: float, end_s: float) -> Block:
    """Family abroad with a foreign number, or roaming with one's own, to those who let overseas calls through."""
    at = moments(rng, world.subscribers * ABROAD, BY_DAY, start_s, end_s)
    people, n = world.people, len(at)
    callee = rng.integers(0, len(people) // 40, n) * 40
    roams = rng.random(n) < 0.5
    relative = people.contact(callee, rng.integers(FAMILY, FORMER, n))
    block = events(
        at,
        caller=np.where(roams, people.number[relative], foreign(callee)),
        callee=people.number[callee],
        trunk=world.trunks.abroad(rng, n),
        attestation=np.where(rng.random(n) < 0.5, NONE, NOT_SIGNED),
        roaming=np.where(roams, np.where(rng.random(n) < 0.8, ROAMING, UNKNOWN), NONE),
        scene=np.where(roams, Scene.FAMILY_ROAMING, Scene.FAMILY_ABROAD),
        wanted=True,
    )
    block = calls_with_outcome(rng, block, 0.7, 200)
    lets = people.wishes.overseas_calls[people.wish[callee]]
    return kept(block, lets & _open(world, callee) & (relative != callee))


def _look_ups(world: World, rng: np.random.Generator, start_s: float, end_s: float) -> Block:
    """Names looked up: ordinary ones, and some that are on the list of fraud domains."""
    at = moments(rng, world.subscribers * LOOK_UPS, BY_DAY, start_s, end_s)
    n = len(at)
    bad = rng.random(n) < 0.1
    return events(
        at,
        channel=NAME,
        name=np.where(bad, -1 - rng.integers(1, FRAUD_NAMES + 1, n), rng.integers(0, ORDINARY_NAMES, n)),
        client=E164 + rng.integers(0, 1 << 24, n),
        scene=np.where(bad, Scene.BLOCKED_DOMAIN, Scene.LOOK_UP),
        should=np.where(bad, STOP, 0),
        wanted=~bad,
    )
