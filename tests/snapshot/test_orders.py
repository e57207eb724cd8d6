"""Orders in force: at any time of a chain or a heap of them the one speaks that the rows say."""

from __future__ import annotations

from datetime import timedelta
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.snapshot import reference, small
from wurao.numbering import parse_text
from wurao.snapshot import Snapshot, untouched
from wurao.snapshot.callers import look_at_caller
from wurao.snapshot.orders import in_force, slice_word
from wurao.tables import VERBS

CALLER = parse_text(small.MOBILES[0])
LATER = small.START.replace(year=2029)


def order(name: str, verb: str, **values: object) -> small.Row:
    plain = small.MADE["orders"][0](Random(1))
    aim = {"target_kind": 0, "target": small.MOBILES[0], "cause": 0, "supersedes": None, "rate_per_hour": 1}
    return plain | {"order_id": name, "verb": VERBS.index(verb), "start": small.START, "end": LATER} | aim | values


def speaks(snapshot: Snapshot, caller: int, cause: int, at: object) -> str | None:
    """The order that speaks of a number or its prefixes."""
    moment = round(at.timestamp() * 1e6)  # type: ignore[attr-defined]
    base, above = snapshot.registry, untouched(snapshot).registry
    with np.errstate(over="ignore"):
        found = look_at_caller(base, above, caller, moment)
    place = found.harassment if cause else found.fraud
    if place < 0:
        return None
    return str(snapshot.names.orders[slice_word(base, above, place, 2) & 0xFFFFFFFF].as_py())


def of(*orders: small.Row) -> Snapshot:
    made = small.Registry()
    for row in orders:
        made.put("orders", row)
    return small.snapshot_of(small.tables_of(made))


@settings(max_examples=60)
@given(st.integers(0, 2**32), st.integers(0, 8))
def test_at_every_hour_the_orders_of_a_target_speak_as_their_rows_say(seed: int, orders: int) -> None:
    random = Random(seed)
    made = small.Registry()
    for place in range(orders):
        row = small.MADE["orders"][0](random)
        name = f"order{place}"
        above = f"order{random.randrange(place)}" if place and random.random() < 0.6 else None
        aim = {"target_kind": 0, "target": random.choice(small.MOBILES[:2])} if random.random() < 0.8 else {}
        made.put("orders", row | aim | {"order_id": name, "supersedes": above})
    snapshot = small.snapshot_of(small.tables_of(made))
    for hours in range(-1, small.HOURS + 6):
        at = small.START + timedelta(hours=hours)
        for cause in (0, 1):
            for text in small.MOBILES[:2]:
                caller = parse_text(text)
                may = reference.speaking(made, cause, caller, None, False, None, at)
                found = speaks(snapshot, caller, cause, at)
                assert found in [row["order_id"] for row in may] or (found is None and not may)


@pytest.mark.parametrize(
    ("verbs", "speaking"),
    [
        (("block", "limit"), "limit"),
        (("block", "release"), "release"),
        (("limit", "release", "block"), "release"),
    ],
)
def test_of_equal_targets_release_beats_limit_beats_block(verbs: tuple[str, ...], speaking: str) -> None:
    assert speaks(of(*(order(verb, verb) for verb in verbs)), CALLER, 0, small.START) == speaking


@pytest.mark.parametrize("circle", ["a", "ba", "cab"])
def test_orders_that_supersede_one_another_in_a_circle_are_all_in_force(circle: str) -> None:
    orders = [order(name, "block", supersedes=of) for name, of in zip("abc", circle, strict=False)]
    for row, number in zip(orders, small.MOBILES[1:], strict=False):
        elsewhere = [row | {"target": number}, *(each for each in orders if each is not row)]
        assert speaks(of(*elsewhere), parse_text(number), 0, small.START) == row["order_id"]


def test_an_order_that_leads_into_a_circle_still_replaces_the_one_that_it_names() -> None:
    circle = order("a", "block", supersedes="b"), order("b", "limit", supersedes="a")
    assert speaks(of(*circle), CALLER, 0, small.START) == "b"
    assert speaks(of(*circle, order("c", "block", supersedes="b")), CALLER, 0, small.START) in ("a", "c")


def test_a_release_silences_its_own_cause_only() -> None:
    snapshot = of(order("a", "release"), order("b", "block"), order("c", "block", cause=1))
    assert speaks(snapshot, CALLER, 0, small.START) == "a"
    assert speaks(snapshot, CALLER, 1, small.START) == "c"


def test_a_number_is_more_specific_than_its_longest_prefix_and_that_than_a_shorter_one() -> None:
    short = order("short", "block", target_kind=1, target="+86138")
    long = order("long", "block", target_kind=1, target="+861380000")
    assert speaks(of(short, long, order("number", "block")), CALLER, 0, small.START) == "number"
    assert speaks(of(short, long), CALLER, 0, small.START) == "long"
    assert speaks(of(short), CALLER, 0, small.START) == "short"
    assert (
        speaks(of(order("whole", "block", target_kind=1, target=small.MOBILES[0]), short), CALLER, 0, small.START)
        == "whole"
    )


def test_an_order_holds_from_its_start_to_before_its_end() -> None:
    snapshot = of(order("a", "block", end=small.START + timedelta(hours=1)))
    instant = timedelta(microseconds=1)
    assert speaks(snapshot, CALLER, 0, small.START - instant) is None
    assert speaks(snapshot, CALLER, 0, small.START) == "a"
    assert speaks(snapshot, CALLER, 0, small.START + timedelta(hours=1) - instant) == "a"
    assert speaks(snapshot, CALLER, 0, small.START + timedelta(hours=1)) is None


def test_a_superseded_order_comes_back_when_the_one_above_it_ends() -> None:
    above = order("above", "release", start=small.START + timedelta(hours=1), end=small.START + timedelta(hours=2))
    snapshot = of(order("below", "block"), above | {"supersedes": "below"})
    found = [speaks(snapshot, CALLER, 0, small.START + timedelta(hours=hours)) for hours in range(3)]
    assert found == ["below", "above", "below"]


@pytest.mark.parametrize("kind", [3, 5])
def test_an_order_on_something_else_supersedes_too(kind: int) -> None:
    above = order("above", "release", target_kind=kind, target="nobody.example", supersedes="below")
    assert speaks(of(order("below", "block"), above), CALLER, 0, small.START) is None


def test_nothing_is_in_force_without_a_reference() -> None:
    registry = of().registry
    assert in_force(registry, registry, 0, 0, 0) == -1
