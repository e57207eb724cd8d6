"""Facts as gathered: every look-up against plain rows, over a universe so small that everything collides."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Any

import chinese_calendar
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.screening.engines import sight_of
from tests.screening.events import batch, events
from tests.snapshot import reference, small
from wurao.screening.engine import event_columns
from wurao.screening.gather import facts_of, look
from wurao.screening.kernel import NOTHING_MEASURED
from wurao.screening.sight import Sight
from wurao.settings import load
from wurao.settings.thresholds import thresholds
from wurao.snapshot.orders import slice_word
from wurao.wishes import BANDS, EVERYTHING, Guard

DEFAULTS = thresholds(load())
seeds = st.integers(0, 2**32)


def told(sight: Sight, found: Any) -> dict[str, Any]:
    """What `look` found, in the words of the reference."""
    base, above = sight.snapshot.registry, sight.overlaid.registry
    names = sight.overlaid.names
    orders = sight.order_ids(np.array([found.fraud, found.harassment])).to_pylist()
    verbs = [
        slice_word(base, above, place, 2) >> 32 & 0xFF if place >= 0 else -1
        for place in (found.fraud, found.harassment)
    ]
    return {
        "caller_tier": found.caller_tier,
        "callee_tier": found.callee_tier,
        "commercial": found.commercial,
        "do_not_originate": found.do_not_originate,
        "unallocated": found.unallocated,
        "carries_caller": found.carries_caller,
        "known": found.known,
        "sender": names.senders[found.sender].as_py() if found.sender >= 0 else None,
        "header_over": found.header_over,
        "ceiling": found.ceiling if found.ceiling >= 0 else None,
        "matched": found.matched,
        "otp": found.otp,
        "category": found.category,
        "listed": found.listed,
        "consented": found.consented,
        "orders": list(zip(orders, verbs, strict=True)),
    }


def compare(seed: int, with_changes: bool) -> None:
    random = Random(seed)
    made = small.registry(random)
    changes = small.steps(random, made) if with_changes else []
    sight = sight_of(made, changes)
    now = small.applied(made, changes)
    for each in events(random, 12):
        columns = event_columns(batch([each]), sight)
        with np.errstate(over="ignore"):
            found = look(sight.snapshot.registry, sight.overlaid.registry, columns, 0)
            facts = facts_of(
                sight.snapshot.registry, sight.overlaid.registry, columns, 0, found, NOTHING_MEASURED, DEFAULTS
            )
        right = reference.looked(now, each)
        seen = told(sight, found)
        speaking = right.pop("orders")
        for (order, verb), may in zip(seen.pop("orders"), speaking, strict=True):
            assert verb == reference.verb_of(may)
            assert order in [row["order_id"] for row in may] or (order is None and not may)
        subscriber, overseas, suspended = (right.pop(name) for name in ("subscriber", "overseas", "suspended"))
        assert seen == right
        assert (facts.overseas, facts.sender.suspended) == (overseas, suspended)
        assert facts.stranger == (not seen["known"] and seen["listed"] != 0)
        assert (facts.day_type, facts.band) == when(now, each["at"])
        assert wish(facts.wish) == wish_of(subscriber)


@settings(max_examples=60)
@given(seeds)
def test_every_look_up_finds_what_the_rows_say(seed: int) -> None:
    compare(seed, with_changes=False)


@settings(max_examples=60)
@given(seeds)
def test_with_changes_over_it_every_look_up_finds_what_the_changed_rows_say(seed: int) -> None:
    compare(seed, with_changes=True)


def when(made: small.Registry, at: Any) -> tuple[int, int]:
    """Day type and hour band in China."""
    local = at + timedelta(hours=8)
    given_types = {row["date"]: row["day_type"] for row in made.of("holidays")}
    band = max(place for place, first in enumerate(BANDS) if int(first) <= local.hour)
    return given_types.get(local.date(), announced(local.date())), band


def announced(day: date) -> int:
    if chinese_calendar.is_workday(day):
        return 0
    on_holiday, name = chinese_calendar.get_holiday_detail(day)
    return 2 if on_holiday and name is not None else 1


def wish(found: Any) -> dict[str, Any]:
    return found._asdict()


def wish_of(row: small.Row | None) -> dict[str, Any]:
    if row is None:
        return {
            "marketing": EVERYTHING,
            "hours": EVERYTHING,
            **dict.fromkeys(("overseas_calls", "overseas_messages", "unregistered", "debt_collection"), True),
            "only_my_list": False,
            "only_my_list_until": 0,
            "content_protection": False,
            "guard": Guard.LABEL,
            "shield_until": 0,
        }
    times = ("only_my_list_until", "shield_until")
    names = ("marketing", "hours", "overseas_calls", "overseas_messages", "unregistered", "debt_collection")
    plain = {name: row[name] for name in (*names, "only_my_list", "content_protection", "guard")}
    return plain | {name: round(row[name].timestamp() * 1e6) if row[name] else 0 for name in times}
