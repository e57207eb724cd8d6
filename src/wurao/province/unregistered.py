"""Planted: senders that are not registered as they should be, overseas where refused, and fraud by the text alone.

Each kind is a function that says what comes and what the callee's wish and guard level let Wurao do about it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wurao.province.block import AUTOCALL, CALL, FAILED, MESSAGE, NONE, NOT_SIGNED, Block, Ints, kept
from wurao.province.business import advertisement, channels
from wurao.province.firms import ADVERTISER, LAPSED, SUSPENDED
from wurao.province.people import DENIES_400
from wurao.province.planted import KEY, Kind, planted, unsigned, what_registration_lets
from wurao.province.scenes import NOTHING, OFF_LABEL_STANDARD_STRICT, STOP, Scene
from wurao.province.wishes import CATEGORIES
from wurao.province.world import World, foreign

_OTHER = CATEGORIES.index("other")
_REGISTRATION = OFF_LABEL_STANDARD_STRICT["registration"]
_VELOCITY = OFF_LABEL_STANDARD_STRICT["velocity"]


def _overseas_refused(world: World, rng: np.random.Generator, at: NDArray[np.float64], person: Ints) -> Block:
    """Strangers abroad to those who switched overseas calls or messages off; each caller tries once."""
    people = world.people
    wishes = people.wishes
    refusing = people.draw(rng, len(at), lambda some: ~wishes.overseas_calls[people.wish[some]])
    at, person = at[: len(refusing)], refusing
    n, wish = len(refusing), people.wish[refusing]
    by_message = rng.random(n) < 0.3
    refuses = np.where(by_message, ~wishes.overseas_messages[wish], ~wishes.overseas_calls[wish])
    block = planted(
        world,
        rng,
        at,
        person,
        Scene.OVERSEAS_REFUSED,
        channel=np.where(by_message, MESSAGE, CALL),
        caller=foreign(KEY + rng.integers(0, 1 << 30, n)),
        text=np.where(by_message, world.texts.draw(rng, "talk", n), NONE),
        trunk=world.trunks.abroad(rng, n),
    )
    return kept(block, refuses)


def _unregistered(world: World, rng: np.random.Generator, at: NDArray[np.float64], person: Ints) -> Block:
    """Port numbers, 400 numbers and machines that no sender registered; about anything, so of category other."""
    n, people = len(at), world.people
    channel = rng.choice([MESSAGE, CALL, AUTOCALL], n, p=[0.6, 0.2, 0.2])
    tail = rng.integers(0, 999_999, n)
    port, freephone = 1_065_500_000_000 + tail, 4_007_000_000 + tail
    wish = people.wish[person]
    refuses = ~people.wishes.allows_category(wish, _OTHER, channel) | ~people.wishes.allows_hour(wish, at)
    refuses &= ~people.wishes.content_protection[wish]
    denies = people.has(person, DENIES_400) & (channel == CALL)
    return planted(
        world,
        rng,
        at,
        person,
        Scene.UNREGISTERED,
        channel=channel,
        caller=np.select([channel == MESSAGE, channel == CALL], [port, freephone], world.mobile_elsewhere(KEY + tail)),
        text=np.where(channel == MESSAGE, world.texts.draw(rng, "advertisement", n), NONE),
        trunk=world.trunks.elsewhere(rng, n),
        attestation=unsigned(rng, n),
        should=np.where(refuses | denies, STOP, what_registration_lets(world, person)),
    )


def _suspended(world: World, rng: np.random.Generator, at: NDArray[np.float64], person: Ints) -> Block:
    return _out_of_order(world, rng, at, person, SUSPENDED, Scene.SUSPENDED_SENDER)


def _lapsed(world: World, rng: np.random.Generator, at: NDArray[np.float64], person: Ints) -> Block:
    return _out_of_order(world, rng, at, person, LAPSED, Scene.LAPSED_HEADER)


def _out_of_order(
    world: World, rng: np.random.Generator, at: NDArray[np.float64], person: Ints, sort: int, scene: Scene
) -> Block:
    """Advertisements by firms that may not send: refused for sure where neither their category nor other may come."""
    firm, channel, people = world.firms.draw(rng, len(at), sort), channels(rng, len(at)), world.people
    block, wish = advertisement(world, rng, at, firm, person, channel), people.wish[person]
    allows = people.wishes.allows_category
    either = allows(wish, world.firms.category[firm], channel) | allows(wish, _OTHER, channel)
    refuses = ~either | ~people.wishes.allows_hour(wish, at)
    block["scene"][:] = scene
    block["should"] = np.where(refuses, STOP, what_registration_lets(world, person)).astype(np.int8)
    return block


def _no_template(world: World, rng: np.random.Generator, at: NDArray[np.float64], person: Ints) -> Block:
    """Messages by known senders that name no template, or another firm's."""
    firm, people = world.firms.draw(rng, len(at), ADVERTISER), world.people
    block = advertisement(world, rng, at, firm, person, np.full(len(at), MESSAGE))
    block["template"][:] = NONE
    block["category"][:] = NONE
    block["text"] = world.texts.draw(rng, "advertisement", len(at)).astype(np.int32)
    wish, category = people.wish[person], world.firms.category[firm]
    refuses = ~people.wishes.allows_category(wish, category, MESSAGE) | ~people.wishes.allows_hour(wish, at)
    refuses |= people.only_my_list(person)
    block["scene"][:] = Scene.NO_TEMPLATE
    block["should"] = np.where(refuses, STOP, _REGISTRATION[people.guard(person)]).astype(np.int8)
    return kept(block, ~world.consents.between(person, firm))


def _attestation_missing(world: World, rng: np.random.Generator, at: NDArray[np.float64], person: Ints) -> Block:
    """Ordinary numbers on resellers' trunks, where a signature is required and missing or failed."""
    n, trunks = len(at), world.trunks.wholesale
    listed = world.people.only_my_list(person)
    return planted(
        world,
        rng,
        at,
        person,
        Scene.ATTESTATION_MISSING,
        caller=world.mobile_elsewhere(KEY + rng.integers(0, 1 << 30, n)),
        trunk=rng.integers(trunks.start, trunks.stop, n),
        attestation=rng.choice([NONE, NOT_SIGNED, FAILED], n),
        should=np.where(listed, STOP, _REGISTRATION[world.people.guard(person)]),
    )


def _fraud_text(world: World, rng: np.random.Generator, at: NDArray[np.float64], person: Ints) -> Block:
    """Fraud in messages from ordinary numbers that send no more than this; read only where the subscriber lets it."""
    people = world.people
    protected = people.draw(rng, len(at) // 2, lambda some: people.wishes.content_protection[people.wish[some]])
    person = np.concatenate([protected, person[len(protected) :]])
    n = len(person)
    read = people.wishes.content_protection[people.wish[person]]
    sort = rng.random(n) < 0.8
    text = np.where(sort, world.texts.draw(rng, "fraud", n), world.texts.draw(rng, "illegal", n))
    listed = people.only_my_list(person)
    return planted(
        world,
        rng,
        at,
        person,
        np.select([listed, read], [Scene.NOT_ON_MY_LIST, Scene.FRAUD_TEXT], Scene.LET_THROUGH),
        channel=MESSAGE,
        caller=world.mobile_elsewhere(KEY + rng.integers(0, 1 << 30, n)),
        text=text,
        trunk=world.trunks.elsewhere(rng, n),
        attestation=unsigned(rng, n),
        should=np.select([listed, read], [STOP, _VELOCITY[people.guard(person)]], NOTHING),
    )


UNREGISTERED: tuple[Kind, ...] = (
    _overseas_refused,
    _unregistered,
    _suspended,
    _lapsed,
    _no_template,
    _attestation_missing,
    _fraud_text,
)
