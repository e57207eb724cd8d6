"""Planted campaigns, which take many attempts to be seen: diallers, one-ring calls, floods, limits and ceilings.

`campaigns(world, rng)` chooses callers, victims and times once and returns the flow. Each campaign is large enough
that the attempts made before anyone could know stay below one in twenty.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wurao.province.block import (
    CALL,
    E164,
    MESSAGE,
    NONE,
    NOT_SIGNED,
    A,
    B,
    Block,
    C,
    Ints,
    events,
    joined,
    within,
)
from wurao.province.business import advertisement, tell_marketing
from wurao.province.firms import ADVERTISER, BANK, NARROW
from wurao.province.scenes import LABEL, NOTHING, OFF_LABEL_STANDARD_STRICT, STOP, Scene
from wurao.province.wishes import TRANSACTION
from wurao.province.world import Flow, World, foreign, spread

VELOCITY = OFF_LABEL_STANDARD_STRICT["velocity"]
REGISTRATION = OFF_LABEL_STANDARD_STRICT["registration"]
SUBSCRIBERS_A_CAMPAIGN = 20_000
NARROW_CEILING = 100
CODES_LET_THROUGH = 3
LIMITED = E164 + 8_617_000_350_001
"""The number that an order limits to `LIMIT` calls an hour."""
LIMIT = 10
_ABROAD_KEY, _HOME_KEY, _RING_KEY, _FLOOD_KEY = (n << 40 for n in range(1, 5))


@dataclass(frozen=True)
class _Campaigns:
    """Callers with when they start, for how long, and how many attempts they make."""

    caller: Ints
    start: NDArray[np.float64]
    length: NDArray[np.float64]
    size: Ints


def campaigns(world: World, rng: np.random.Generator) -> Flow:
    """The flow of all that is here."""
    home = _planned(rng, diallers(world), 2_500, (1.5, 3.0))
    key = np.arange(len(home.caller))
    abroad = _planned(rng, foreign(_ABROAD_KEY + key), 2_500, (1.5, 3.0))
    rings = np.where(key % 2 == 0, foreign(_RING_KEY + key), world.mobile_elsewhere(_RING_KEY + key))
    ringers = _planned(rng, rings, 2_500, (0.5, 1.5))
    limited = _planned(rng, np.array([LIMITED]), 2_000, (1.0, 1.5))
    codes = _codes(world, rng)

    def flow(world: World, rng: np.random.Generator, start_s: float, end_s: float) -> list[Block]:
        return [
            _dial(world, rng, home, Scene.DIALLER, start_s, end_s),
            _dial(world, rng, abroad, Scene.DIALLER_OVERSEAS, start_s, end_s),
            _dial(world, rng, ringers, Scene.ONE_RING, start_s, end_s),
            _dial(world, rng, limited, Scene.OVER_LIMIT, start_s, end_s),
            _flood(world, rng, CALL, start_s, end_s),
            _flood(world, rng, MESSAGE, start_s, end_s),
            _narrow(world, rng, start_s, end_s),
            within(codes, start_s, end_s),
        ]

    return flow


def diallers(world: World) -> Ints:
    """The numbers of the diallers at home, who are under no order yet."""
    return world.mobile_elsewhere(_HOME_KEY + np.arange(max(1, world.subscribers // SUBSCRIBERS_A_CAMPAIGN)))


def _planned(rng: np.random.Generator, caller: Ints, size: int, hours: tuple[float, float]) -> _Campaigns:
    start = rng.uniform(8.5, 19.5, len(caller)) * 3600
    return _Campaigns(caller, start, rng.uniform(*hours, len(caller)) * 3600, np.full(len(caller), size))


def _dial(
    world: World, rng: np.random.Generator, planned: _Campaigns, scene: Scene, start_s: float, end_s: float
) -> Block:
    """One caller to very many, picked at random; few answer, and nobody whose phone rang once."""
    which, at = spread(rng, planned.start, planned.length, planned.size, start_s, end_s)
    n, people = len(at), world.people
    person = rng.integers(0, len(people), n)
    caller = planned.caller[which]
    overseas = (caller - E164) // 10**11 != 86
    refused = people.only_my_list(person) | (overseas & ~people.wishes.overseas_calls[people.wish[person]])
    if scene == Scene.OVER_LIMIT:
        refused = np.ones(n, dtype=bool)
    answered = (rng.random(n) < 0.12) & (scene != Scene.ONE_RING)
    ring = np.where(answered, rng.uniform(3, 20, n), rng.uniform(10, 30, n))
    return events(
        at,
        caller=caller,
        callee=people.number[person],
        trunk=np.where(overseas, world.trunks.abroad(rng, n), world.trunks.elsewhere(rng, n)),
        attestation=rng.choice([NONE, B, C, NOT_SIGNED], n),
        answered=answered,
        ring=np.round(rng.uniform(0.4, 2.6, n) if scene == Scene.ONE_RING else ring, 1),
        duration=np.where(answered, np.round(rng.gamma(1.5, 25, n), 1), 0),
        scene=scene,
        should=np.where(refused, STOP, VELOCITY[people.guard(person)]),
    )


def _flood(world: World, rng: np.random.Generator, channel: int, start_s: float, end_s: float) -> Block:
    """Thirty a minute at one person, from some three hundred numbers in turn; messages an hour after the calls."""
    floods, people = world.floods, world.people
    start = floods.start + (3600 if channel == MESSAGE else 0)
    length = np.full(len(start), 1_200.0)
    which, at = spread(rng, start, length, np.full(len(start), 600), start_s, end_s)
    n, person = len(at), floods.person[which]
    key = _FLOOD_KEY + person * 1_000 + rng.integers(0, 300, n)
    guarded = VELOCITY[people.guard(person)]
    calls = channel == CALL
    return events(
        at,
        channel=channel,
        caller=world.mobile_elsewhere(key),
        callee=people.number[person],
        text=NONE if calls else world.texts.draw(rng, "advertisement", n),
        trunk=world.trunks.elsewhere(rng, n),
        attestation=rng.choice([NONE, C, NOT_SIGNED], n),
        answered=rng.random(n) < 0.02 if calls else NONE,
        ring=np.round(rng.uniform(1, 15, n), 1) if calls else np.nan,
        duration=0 if calls else np.nan,
        scene=Scene.FLOOD_CALLS if calls else Scene.FLOOD_MESSAGES,
        should=np.where(floods.asks_help[which], LABEL, np.where(at < floods.shield_until[which], STOP, guarded)),
    )


def _narrow(world: World, rng: np.random.Generator, start_s: float, end_s: float) -> Block:
    """Senders with a low ceiling that send forty times as much in an hour, also to those whom it may reach."""
    firms = world.firms.of(NARROW)
    hours = np.array([11.3, 16.2])[np.arange(len(firms)) % 2] * 3600
    sizes = np.full(len(firms), 40 * NARROW_CEILING)
    which, at = spread(rng, hours, np.full(len(firms), 3_500.0), sizes, start_s, end_s)
    person, firm = rng.integers(0, len(world.people), len(at)), firms[which]
    messages = np.full(len(at), MESSAGE)
    block = tell_marketing(world, advertisement(world, rng, at, firm, person, messages), firm, person)
    allowed = block["wanted"]
    level = REGISTRATION[world.people.guard(person)]
    block["scene"] = np.where(allowed, Scene.OVER_CEILING, block["scene"]).astype(np.int8)
    block["should"] = np.where(allowed, level, block["should"]).astype(np.int8)
    block["wanted"] = np.zeros(len(at), dtype=bool)
    return block


def _codes(world: World, rng: np.random.Generator) -> Block:
    """One-time codes at the flooded: sixty by one sender within ten minutes where a shield is up, and a bank's own."""
    floods = world.floods
    shielded = np.flatnonzero(floods.shield_until > 0)
    times = np.sort(rng.uniform(0, 580, (len(shielded), 60)), axis=1) + floods.start[shielded, None] + 2 * 3600
    bombs = _code(world, rng, times.ravel(), np.repeat(floods.person[shielded], 60), ADVERTISER, 60)
    later = np.tile(np.arange(60) >= CODES_LET_THROUGH, len(shielded))
    bombs["scene"] = np.where(later, Scene.CODE_BOMB, Scene.LET_THROUGH).astype(np.int8)
    stop = np.where(np.repeat(floods.asks_help[shielded], 60), LABEL, STOP)
    bombs["should"] = np.where(later, stop, NOTHING).astype(np.int8)
    own_times = (floods.start[:, None] + np.array([200.0, 700.0])).ravel()
    own = _code(world, rng, own_times, np.repeat(floods.person, 2), BANK, 1)
    own["scene"][:] = Scene.CODE_AMID_FLOOD
    own["wanted"][:] = True
    return joined([bombs, own])


def _code(world: World, rng: np.random.Generator, at: NDArray[np.float64], person: Ints, sort: int, each: int) -> Block:
    """Codes to these people by a sender of this sort, the same sender for each run of so many."""
    firm = np.repeat(world.firms.draw(rng, len(at) // each, sort), each)
    template = world.firms.code[firm]
    return events(
        at,
        channel=MESSAGE,
        caller=world.firms.code_port[firm],
        callee=world.people.number[person],
        text=world.firms.text(rng, template),
        category=TRANSACTION,
        template=template,
        trunk=world.lines_of(firm),
        attestation=A,
    )
