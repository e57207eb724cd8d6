"""Planted: fakes of public services and banks, callers that are disproved, and callers under orders.

Each kind is a function that says what comes and what the callee's wish lets Wurao do about it; most are stopped
whatever the callee wishes.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wurao.province.block import CALL, E164, HOME, MESSAGE, NONE, OTHER, A, Block, Ints, odd
from wurao.province.columns import IMPOSSIBLE
from wurao.province.firms import BANKS, ORDERED
from wurao.province.plan import MOBILE, fixed
from wurao.province.planted import KEY, Kind, planted, unsigned, what_registration_lets
from wurao.province.scenes import Scene
from wurao.province.world import World

PUBLIC = np.array([110, 119, 120, 122, 96_110, 12_110, 12_379, 12_381])
PROTECTED = np.array([10_086, 10_010, 10_000, 12_345, 12_315, *(int(bank) for bank in BANKS)])
FRAUD_NUMBERS = E164 + 8_617_000_351_000 + np.arange(40)
FRAUD_PREFIXES = ("4474099", "85265123", "869146680")
"""Each with five digits after the country code or more; nobody else here calls from them."""
_FRAUD_TAILS = np.array([447_409_900_000, 85_265_123_000, 869_146_680_000])
HARASSMENT_NUMBERS = E164 + 8_617_000_352_000 + np.arange(40)
HARASSMENT_PREFIX = "869146681"
NOT_ORIGINATING = fixed(351, 8_200_000 + np.arange(20))
NOT_ORIGINATING_PREFIX = 4_008_888
UNALLOCATED = (1_610_351, 1_610_352, 1_630_351, 1_630_352, 1_640_351, 1_640_352)
"""Segments that no operator holds."""


def _public_service(world: World, rng: np.random.Generator, at: NDArray[np.float64], person: Ints) -> Block:
    """110 and the like, shown on overseas trunks and on domestic ones not their own."""
    n = len(at)
    trunk = np.where(rng.random(n) < 0.6, world.trunks.abroad(rng, n), world.trunks.elsewhere(rng, n))
    caller, scene = rng.choice(PUBLIC, n), Scene.FAKE_PUBLIC_SERVICE
    return planted(world, rng, at, person, scene, caller=caller, trunk=trunk, attestation=unsigned(rng, n))


def _bank_overseas(world: World, rng: np.random.Generator, at: NDArray[np.float64], person: Ints) -> Block:
    """Banks and service numbers, shown on overseas trunks."""
    caller, trunk = rng.choice(PROTECTED, len(at)), world.trunks.abroad(rng, len(at))
    return planted(world, rng, at, person, Scene.FAKE_BANK_OVERSEAS, caller=caller, trunk=trunk)


def _bank_domestic(world: World, rng: np.random.Generator, at: NDArray[np.float64], person: Ints) -> Block:
    """Banks' numbers on domestic trunks that are not the banks'."""
    caller = np.array([int(bank) for bank in BANKS])[rng.integers(0, len(BANKS), len(at))]
    trunk, should = world.trunks.elsewhere(rng, len(at)), what_registration_lets(world, person)
    scene, signed = Scene.FAKE_BANK_DOMESTIC, unsigned(rng, len(at))
    return planted(world, rng, at, person, scene, caller=caller, trunk=trunk, attestation=signed, should=should)


def _ordered_fraud(world: World, rng: np.random.Generator, at: NDArray[np.float64], person: Ints) -> Block:
    """Callers under an order for fraud: on the number, a prefix, a header, a sender, a trunk."""
    n = len(at)
    header, sender = world.firms.of(ORDERED)[:2]
    prefix = rng.choice(_FRAUD_TAILS, n)
    tail = E164 + prefix + rng.integers(0, 1_000, n)
    target = rng.integers(0, 5, n)
    firm = np.where(target == 2, header, sender)
    foreigner = prefix // 10**10 != 86
    cases = [target == 0, target == 1, target <= 3]
    at_home, ordered = world.trunks.elsewhere(rng, n), world.trunks.ordered
    by_prefix = np.where(foreigner, world.trunks.abroad(rng, n), at_home)
    caller = [rng.choice(FRAUD_NUMBERS, n), tail, world.firms.line[firm]]
    return planted(
        world,
        rng,
        at,
        person,
        Scene.ORDERED_FRAUD,
        caller=np.select(cases, caller, world.mobile_elsewhere(KEY + person)),
        trunk=np.select(cases, [at_home, by_prefix, world.lines_of(firm)], ordered),
        attestation=np.where(target >= 2, A, NONE),
    )


def _ordered_harassment(world: World, rng: np.random.Generator, at: NDArray[np.float64], person: Ints) -> Block:
    """Callers under an order for harassment: on the number, a prefix, a header, a sender."""
    n = len(at)
    header, sender = world.firms.of(ORDERED)[2:4]
    tail = E164 + int(HARASSMENT_PREFIX) * 1_000 + rng.integers(0, 1_000, n)
    target = rng.integers(0, 4, n)
    firm = np.where(target == 2, header, sender)
    trunk = np.where(target >= 2, world.lines_of(firm), world.trunks.elsewhere(rng, n))
    caller = np.select([target == 0, target == 1], [rng.choice(HARASSMENT_NUMBERS, n), tail], world.firms.line[firm])
    return planted(world, rng, at, person, Scene.ORDERED_HARASSMENT, caller=caller, trunk=trunk)


def _signed_for_another(world: World, rng: np.random.Generator, at: NDArray[np.float64], person: Ints) -> Block:
    caller = world.people.number[rng.integers(0, len(world.people), len(at))]
    trunk, scene = world.trunks.elsewhere(rng, len(at)), Scene.SIGNED_FOR_ANOTHER
    return planted(world, rng, at, person, scene, caller=caller, trunk=trunk, attestation=OTHER)


def _unallocated(world: World, rng: np.random.Generator, at: NDArray[np.float64], person: Ints) -> Block:
    caller = MOBILE + rng.choice(np.array(UNALLOCATED), len(at)) * 10_000 + rng.integers(0, 10_000, len(at))
    return planted(world, rng, at, person, Scene.UNALLOCATED, caller=caller, trunk=world.trunks.elsewhere(rng, len(at)))


def _impossible(world: World, rng: np.random.Generator, at: NDArray[np.float64], person: Ints) -> Block:
    caller = odd(rng.integers(0, len(IMPOSSIBLE), len(at)))
    return planted(world, rng, at, person, Scene.IMPOSSIBLE, caller=caller, trunk=world.trunks.elsewhere(rng, len(at)))


def _do_not_originate(world: World, rng: np.random.Generator, at: NDArray[np.float64], person: Ints) -> Block:
    by_prefix = NOT_ORIGINATING_PREFIX * 1_000 + rng.integers(0, 1_000, len(at))
    caller = np.where(rng.random(len(at)) < 0.5, rng.choice(NOT_ORIGINATING, len(at)), by_prefix)
    trunk, scene = world.trunks.elsewhere(rng, len(at)), Scene.DO_NOT_ORIGINATE
    return planted(world, rng, at, person, scene, caller=caller, trunk=trunk)


def _domestic_from_overseas(world: World, rng: np.random.Generator, at: NDArray[np.float64], person: Ints) -> Block:
    """Fixed, 400 and port numbers on overseas trunks, and mobile ones known to be at home."""
    n = len(at)
    sort = rng.integers(0, 4, n)
    line = fixed(351, 6_000_000 + rng.integers(0, 99_999, n))
    caller = np.select(
        [sort == 0, sort == 1, sort == 2],
        [line, 4_006_000_000 + rng.integers(0, 99_999, n), 1_065_900_000_000 + rng.integers(0, 99_999, n)],
        world.mobile_elsewhere(KEY + person),
    )
    roaming = np.where(sort == 3, HOME, NONE)
    channel = np.where(sort == 2, MESSAGE, CALL)
    text = np.where(sort == 2, world.texts.draw(rng, "fraud", n), NONE)
    trunk, scene = world.trunks.abroad(rng, n), Scene.DOMESTIC_FROM_OVERSEAS
    return planted(
        world, rng, at, person, scene, channel=channel, caller=caller, trunk=trunk, roaming=roaming, text=text
    )


FAKES: tuple[Kind, ...] = (
    _public_service,
    _bank_overseas,
    _bank_domestic,
    _ordered_fraud,
    _ordered_harassment,
    _signed_for_another,
    _unallocated,
    _impossible,
    _do_not_originate,
    _domestic_from_overseas,
)
