"""What firms send: marketing wanted and unwanted, service messages, one-time codes, schools, hospitals, collectors.

Whether a callee wants it follows from the wish and the consents that were registered, and from nothing else.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wurao.province.block import AUTOCALL, CALL, MESSAGE, NONE, A, Block, Ints, calls_with_outcome, events, kept
from wurao.province.firms import (
    ADVERTISER,
    BANK,
    EXPIRED,
    HOSPITAL,
    IN_FORCE,
    LENDER,
    OTHER_CATEGORY,
    REVOKED,
    SCHOOL,
)
from wurao.province.people import DENIES_400
from wurao.province.scenes import NOTHING, STOP, Scene
from wurao.province.wishes import DEBT, SERVICE, TRANSACTION
from wurao.province.world import ALL_HOURS, AT_WORK, BY_DAY, World, moments, spread

MARKETING_A_DAY, BY_CONSENT, MESSAGES, DEBTS, HOSPITALS = 0.4, 0.12, 0.4, 0.04, 0.02
"""How many a day for each subscriber."""
PARENTS = 5_000
"""As many as the largest school has; a school has no more than one in ten of its city's people."""


def business(world: World, rng: np.random.Generator, start_s: float, end_s: float) -> list[Block]:
    """The flow of all that is here."""
    flows = (_marketing, _by_consent, _messages, _schools, _hospitals, _collectors)
    return [flow(world, rng, start_s, end_s) for flow in flows]


def advertisement(
    world: World, rng: np.random.Generator, at: NDArray[np.float64], firm: Ints, person: Ints, channel: Ints
) -> Block:
    """Marketing by a firm from its own header and trunk, a message by its own template; no scene is set."""
    by_message = channel == MESSAGE
    template = np.where(by_message, world.firms.marketing[firm], NONE)
    category = world.firms.category[firm]
    declared = rng.choice([NONE, -2, SERVICE, TRANSACTION], len(at), p=[0.5, 0.42, 0.06, 0.02])
    block = events(
        at,
        channel=channel,
        caller=np.where(by_message, world.firms.port_of(rng, firm), world.firms.line[firm]),
        callee=world.people.number[person],
        text=np.where(by_message, world.firms.text(rng, world.firms.marketing[firm]), NONE),
        category=np.where(declared == -2, category, declared),
        template=template,
        trunk=world.lines_of(firm),
        attestation=np.where(rng.random(len(at)) < 0.7, A, NONE),
        display=np.where(by_message, NONE, firm),
    )
    return calls_with_outcome(rng, block, 0.35, 20)


def channels(rng: np.random.Generator, n: int) -> Ints:
    """By what marketing comes: mostly messages."""
    return rng.choice([CALL, MESSAGE, AUTOCALL], n, p=[0.22, 0.68, 0.10])


def tell_marketing(world: World, block: Block, firm: Ints, person: Ints) -> Block:
    """Set what the callees' wishes say of marketing without a consent: scene, should, wanted."""
    people, channel = world.people, block["channel"].astype(np.int64)
    wish = people.wish[person]
    category = people.wishes.allows_category(wish, world.firms.category[firm], channel)
    hour = people.wishes.allows_hour(wish, block["at"] / 1e6)
    listed = people.only_my_list(person)
    denied = people.has(person, DENIES_400) & _is_400(block["caller"])
    cases = [denied, listed, ~category, ~hour]
    scenes = [Scene.DENIED_NUMBER, Scene.NOT_ON_MY_LIST, Scene.MARKETING_REFUSED, Scene.MARKETING_HOURS]
    stop = denied | listed | ~category | ~hour
    block["scene"] = np.select(cases, scenes, Scene.MARKETING_ALLOWED).astype(np.int8)
    block["should"] = np.where(stop, STOP, NOTHING).astype(np.int8)
    block["wanted"] = ~stop
    return block


def _declared_truly(block: Block) -> Block:
    """Whoever has a right to reach the callee declares nothing false."""
    false = block["wanted"] & np.isin(block["category"], (SERVICE, TRANSACTION))
    block["category"] = np.where(false, NONE, block["category"]).astype(np.int8)
    return block


def _is_400(caller: Ints) -> NDArray[np.bool_]:
    return np.asarray((caller >= 4_000_000_000) & (caller < 4_010_000_000))


def _marketing(world: World, rng: np.random.Generator, start_s: float, end_s: float) -> Block:
    at = moments(rng, world.subscribers * MARKETING_A_DAY, ALL_HOURS, start_s, end_s)
    person = rng.integers(0, len(world.people), len(at))
    firm = world.firms.draw(rng, len(at), ADVERTISER)
    block = tell_marketing(world, advertisement(world, rng, at, firm, person, channels(rng, len(at))), firm, person)
    return kept(_declared_truly(block), ~world.consents.between(person, firm))


def _by_consent(world: World, rng: np.random.Generator, start_s: float, end_s: float) -> Block:
    """Marketing to those who once consented: in force, revoked, expired, or given for something else."""
    at = moments(rng, world.subscribers * BY_CONSENT, ALL_HOURS, start_s, end_s)
    given, channel = rng.integers(0, len(world.consents.person), len(at)), channels(rng, len(at))
    consents = world.consents
    person, firm, state = consents.person[given], consents.firm[given], consents.state[given]
    block = tell_marketing(world, advertisement(world, rng, at, firm, person, channel), firm, person)
    covered = (state == IN_FORCE) & (consents.channels[given] >> channel & 1 == 1)
    refused = block["should"] == STOP
    gone = refused & np.isin(state, (REVOKED, EXPIRED))
    other = refused & (state == OTHER_CATEGORY)
    scenes = [Scene.MARKETING_CONSENTED, Scene.CONSENT_REVOKED, Scene.CONSENT_OTHER_CATEGORY]
    block["scene"] = np.select([covered, gone, other], scenes, block["scene"]).astype(np.int8)
    block["should"] = np.where(covered, NOTHING, block["should"]).astype(np.int8)
    block["wanted"] = covered | block["wanted"]
    return kept(_declared_truly(block), world.firms.category[firm] != DEBT)


def _messages(world: World, rng: np.random.Generator, start_s: float, end_s: float) -> Block:
    """Service messages and codes of advertisers and banks, to whoever has no list in the way."""
    at = moments(rng, world.subscribers * MESSAGES, BY_DAY, start_s, end_s)
    n = len(at)
    person = rng.integers(0, len(world.people), n)
    bank = rng.random(n) < 0.3
    firm = np.where(bank, world.firms.draw(rng, n, BANK), world.firms.draw(rng, n, ADVERTISER))
    code = rng.random(n) < 0.6
    template = np.where(code, world.firms.code[firm], world.firms.service[firm])
    block = events(
        at,
        channel=MESSAGE,
        caller=world.firms.code_port[firm],
        callee=world.people.number[person],
        text=world.firms.text(rng, template),
        category=np.where(rng.random(n) < 0.5, np.where(code, TRANSACTION, SERVICE), NONE),
        template=template,
        trunk=world.lines_of(firm),
        attestation=np.where(rng.random(n) < 0.5, A, NONE),
        scene=np.where(code, Scene.ONE_TIME_CODE, Scene.SERVICE_MESSAGE),
        wanted=True,
    )
    return kept(block, ~world.people.only_my_list(person))


def _schools(world: World, rng: np.random.Generator, start_s: float, end_s: float) -> Block:
    """Each school rings its parents, neighbours of one another, in one hour; flooded ones and strict ones too."""
    schools = world.firms.of(SCHOOL)
    low, high = np.array([world.people.city_span(city) for city in world.firms.city[schools]]).T
    parents = np.minimum((high - low) // 10, PARENTS)
    first = low + (schools * 7_919) % np.maximum(high - low - parents, 1)
    hour = (8 + schools % 11) * 3_600.0
    which, at = spread(rng, hour, np.full(len(schools), 3_600.0), parents, start_s, end_s)
    person = first[which] + (rng.random(len(at)) * parents[which]).astype(np.int64)
    return _service_call(world, rng, at, schools[which], person, Scene.SCHOOL)


def _hospitals(world: World, rng: np.random.Generator, start_s: float, end_s: float) -> Block:
    at = moments(rng, world.subscribers * HOSPITALS, AT_WORK, start_s, end_s)
    flooded = world.floods.person[rng.integers(0, len(world.floods.person), len(at))]
    person = np.where(rng.random(len(at)) < 0.02, flooded, rng.integers(0, len(world.people), len(at)))
    return _service_call(world, rng, at, world.firms.draw(rng, len(at), HOSPITAL), person, Scene.HOSPITAL)


def _service_call(
    world: World, rng: np.random.Generator, at: NDArray[np.float64], firm: Ints, person: Ints, scene: Scene
) -> Block:
    """A call from a header registered as service; the callee has no list in the way."""
    block = events(
        at,
        caller=world.firms.line[firm],
        callee=world.people.number[person],
        trunk=world.lines_of(firm),
        attestation=np.where(rng.random(len(at)) < 0.8, A, NONE),
        display=firm,
        scene=scene,
        wanted=True,
    )
    return kept(calls_with_outcome(rng, block, 0.7, 45), ~world.people.only_my_list(person))


def _collectors(world: World, rng: np.random.Generator, start_s: float, end_s: float) -> Block:
    """Debt collection: by one's own lender with a consent, and by others."""
    at = moments(rng, world.subscribers * DEBTS, AT_WORK, start_s, end_s)
    n = len(at)
    person = rng.integers(0, len(world.people), n)
    firm = world.firms.draw(rng, n, LENDER)
    lending = np.flatnonzero((world.firms.category[world.consents.firm] == DEBT) & (world.consents.state == IN_FORCE))
    if len(lending):
        given = lending[rng.integers(0, len(lending), n)]
        own = rng.random(n) < 0.25
        person = np.where(own, world.consents.person[given], person)
        firm = np.where(own, world.consents.firm[given], firm)
    else:
        own = np.zeros(n, dtype=bool)
    block = events(
        at,
        channel=np.where(rng.random(n) < 0.3, AUTOCALL, CALL),
        caller=world.firms.line[firm],
        callee=world.people.number[person],
        category=np.where(rng.random(n) < 0.5, DEBT, NONE),
        trunk=world.lines_of(firm),
        attestation=A,
    )
    block = _tell_debt(world, block, own, person)
    return kept(calls_with_outcome(rng, block, 0.4, 60), own | ~world.consents.between(person, firm))


def _tell_debt(world: World, block: Block, own: NDArray[np.bool_], person: Ints) -> Block:
    people = world.people
    listed = people.only_my_list(person)
    denied = people.has(person, DENIES_400) & _is_400(block["caller"])
    refused = ~people.wishes.debt_collection[people.wish[person]]
    stop = ~own & (listed | denied | refused)
    scenes = [Scene.OWN_LENDER, Scene.NOT_ON_MY_LIST, Scene.DENIED_NUMBER, Scene.DEBT_REFUSED]
    block["scene"] = np.select([own, listed, denied, refused], scenes, Scene.LET_THROUGH).astype(np.int8)
    block["should"] = np.where(stop, STOP, NOTHING).astype(np.int8)
    block["wanted"] = own
    return block
