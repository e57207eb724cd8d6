"""What must get through whatever else happens: warnings, public safety ringing, the ambulance from any phone.

`rescue(world, rng)` stages the few pairs of a call to 120 and the ring back; the returned flow adds the rest.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wurao.province.block import CALL, MESSAGE, A, Block, Ints, calls_with_outcome, events, joined, within
from wurao.province.life import signed
from wurao.province.people import FLOODED
from wurao.province.scenes import Scene
from wurao.province.wishes import STRICT
from wurao.province.world import BY_DAY, Flow, World, moments, spread

ALERT_SENDER = 12_379
EMERGENCY = np.array([110, 119, 120, 122])
RINGING = np.array([110, 120, 122, 96_110, 12_110])
WARNED, RUNG, RESCUED = 0.05, 0.01, 1 / 2_000
"""For each subscriber: warned once, rung by public safety, calling 120 and rung back."""
WARNING = "【山西省气象局】暴雨橙色预警:未来3小时多地降雨将达50毫米以上,请远离河道和山谷,避免外出"


def rescue(world: World, rng: np.random.Generator) -> Flow:
    """The flow of all that is here."""
    staged = _ambulances(world, rng)
    warning = len(world.texts.pool)
    world.texts.add("warning", [WARNING])

    def flow(world: World, rng: np.random.Generator, start_s: float, end_s: float) -> list[Block]:
        return [
            within(staged, start_s, end_s),
            _warnings(world, rng, warning, start_s, end_s),
            _public_safety(world, rng, start_s, end_s),
        ]

    return flow


def _ambulances(world: World, rng: np.random.Generator) -> Block:
    """Someone calls for help; within two hours rescuers ring back from ordinary phones, also whoever lets in nobody."""
    people, n = world.people, max(12, int(world.subscribers * RESCUED))

    def shut(some: Ints) -> NDArray[np.bool_]:
        closed = people.only_my_list(some) | (people.guard(some) == STRICT)
        return np.asarray(closed & ~people.has(some, FLOODED))

    flooded = world.floods.person[world.floods.asks_help]
    amid = world.floods.start[world.floods.asks_help] + 60
    person = np.concatenate(
        [people.draw(rng, n // 2, shut), people.draw(rng, n - n // 2, lambda some: ~people.has(some, FLOODED)), flooded]
    )
    asked = np.concatenate([rng.uniform(0.5, 21.0, len(person) - len(flooded)) * 3600, amid])
    calls = events(
        asked,
        caller=people.number[person],
        callee=rng.choice(EMERGENCY, len(person)),
        trunk=world.trunk_of(person),
        attestation=signed(rng, len(person)),
        scene=Scene.EMERGENCY_CALL,
        wanted=True,
    )
    rescuer = people.number[rng.integers(0, len(people), len(person))]
    back = events(
        asked + rng.uniform(180, 7_000, len(person)),
        caller=rescuer,
        callee=people.number[person],
        trunk=world.trunks.elsewhere(rng, len(person)),
        attestation=signed(rng, len(person)),
        scene=Scene.AMBULANCE,
        wanted=True,
    )
    return joined([calls_with_outcome(rng, calls, 0.98, 60), calls_with_outcome(rng, back, 0.9, 60)])


def _warnings(world: World, rng: np.random.Generator, warning: int, start_s: float, end_s: float) -> Block:
    """One warning of heavy rain in the afternoon, to one in twenty, on the trunk for alerts."""
    size = np.array([int(world.subscribers * WARNED)])
    _, at = spread(rng, np.array([15.2 * 3600]), np.array([600.0]), size, start_s, end_s)
    callee = world.people.number[rng.integers(0, len(world.people), len(at))]
    trunk, reached = world.trunks.alerts, {"scene": Scene.ALERT, "wanted": True}
    return events(at, channel=MESSAGE, caller=ALERT_SENDER, callee=callee, text=warning, trunk=trunk, **reached)


def _public_safety(world: World, rng: np.random.Generator, start_s: float, end_s: float) -> Block:
    """110, 120, 96110 themselves: by their own trunks, or by any domestic one with full attestation."""
    at = moments(rng, world.subscribers * RUNG, BY_DAY, start_s, end_s)
    person = rng.integers(0, len(world.people), len(at))
    own = rng.random(len(at)) < 0.8
    psap = world.trunks.public_safety.start + world.people.city[person].astype(np.int64)
    block = events(
        at,
        channel=CALL,
        caller=rng.choice(RINGING, len(at)),
        callee=world.people.number[person],
        trunk=np.where(own, psap, world.trunks.elsewhere(rng, len(at))),
        attestation=np.where(own, -1, A),
        scene=Scene.PUBLIC_SAFETY,
        wanted=True,
    )
    return calls_with_outcome(rng, block, 0.8, 60)
