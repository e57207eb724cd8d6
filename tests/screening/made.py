"""Facts made for tests: quiet ones against which no rule speaks, the same with changes, and any at all.

A change is written by its dotted name, as `READS` has it: `but(**{"wish.guard": Guard.STRICT})`.
"""

from __future__ import annotations

import functools
from random import Random
from typing import Any, get_type_hints

from hypothesis import strategies as st

from wurao.events.columns import Attestation, Roaming
from wurao.numbering.number import Kind
from wurao.screening.facts import NONE, Facts
from wurao.settings import load
from wurao.settings.thresholds import Thresholds, thresholds
from wurao.verdicts import Action, Reason
from wurao.wishes import EVERYTHING, Category, Channel, DayType, Guard

NOON = 1_779_000_000_000_000
DEFAULTS = thresholds(load())


def nothing(kind: Any) -> Any:
    """Every number 0, every truth false."""
    hints = get_type_hints(kind)
    return kind(*(nothing(hint) if hasattr(hint, "_fields") else hint(0) for hint in hints.values()))


def changed(facts: Any, changes: dict[str, Any]) -> Any:
    """The facts with some values in the place of others, each plain as the engine makes them."""
    for name, value in changes.items():
        first, _, rest = name.partition(".")
        inner = changed(getattr(facts, first), {rest: value}) if rest else type(getattr(facts, first))(value)
        facts = facts._replace(**{first: inner})
    return facts


QUIET: Facts = changed(
    nothing(Facts)._replace(thresholds=DEFAULTS),
    {
        "at": NOON,
        "channel": Channel.CALL,
        "attestation": NONE,
        "roaming": NONE,
        "category": NONE,
        "declared": NONE,
        "listed": NONE,
        "caller.kind": Kind.MOBILE,
        "sender.ceiling": 100,
        "wish.marketing": EVERYTHING,
        "wish.hours": EVERYTHING,
        "wish.overseas_calls": True,
        "wish.overseas_messages": True,
        "wish.unregistered": True,
        "wish.debt_collection": True,
        "wish.guard": Guard.LABEL,
        "fraud.verb": NONE,
        "harassment.verb": NONE,
    },
)
"""A call at noon from one mobile number to another, of which nobody has registered anything; no stranger."""


def but(**changes: Any) -> Facts:
    """Quiet facts with changes."""
    found: Facts = changed(QUIET, changes)
    return found


def codes(said: tuple[int, int]) -> tuple[Action, Reason]:
    """What a rule said, readable in a failing test."""
    return Action(said[0]), Reason(said[1])


_RANGES = {
    "at": (0, 2),
    "channel": (0, Channel.AUTOCALL),
    "day_type": (0, DayType.PUBLIC_HOLIDAY),
    "band": (0, 8),
    "callee_tier": (0, 2),
    "attestation": (NONE, Attestation.OTHER),
    "roaming": (NONE, Roaming.UNKNOWN),
    "category": (NONE, Category.DEBT_COLLECTION),
    "declared": (NONE, Category.DEBT_COLLECTION),
    "listed": (NONE, 1),
    "kind": (0, Kind.FOREIGN),
    "tier": (0, 2),
    "marketing": (0, EVERYTHING),
    "hours": (0, EVERYTHING),
    "guard": (0, Guard.STRICT),
    "verb": (NONE, 2),
    "only_my_list_until": (0, 2),
    "shield_until": (0, 2),
    "rescue_since": (0, 2),
    "rescue_until": (0, 2),
    "ended_hour": (0, 20),
    "ended_day": (0, 20),
} | dict.fromkeys(Thresholds._fields, (5, 12))


def _value(name: str, hint: Any, random: Random) -> Any:
    if hasattr(hint, "_fields"):
        return random_facts(random, hint)
    if hint is bool:
        return random.random() < 0.5
    if hint is float:
        return random.choice((0.0, 0.25, 0.5, 0.9, 1.0))
    low, high = _RANGES.get(name, (0, 8))
    return random.randint(int(low), int(high))


def random_facts(random: Random, kind: Any = Facts) -> Any:
    """Any facts at all: small numbers and thresholds, so that comparisons go either way, and some stay below all."""
    return kind(*(_value(name, hint, random) for name, hint in _hints(kind).items()))


_hints = functools.cache(get_type_hints)

any_facts: st.SearchStrategy[Facts] = st.integers(0, 2**32).map(lambda seed: random_facts(Random(seed)))
"""The same for properties; one draw each, since a draw for each of 130 values takes long."""
