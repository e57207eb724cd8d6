"""Lists and consents: long lists say what short ones say, to whichever caller and at whichever time."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.snapshot import reference, small
from wurao.numbering import parse_prefix, parse_text
from wurao.numbering.number import length_of, prefix_length, prefix_of
from wurao.snapshot import personal
from wurao.snapshot.pages import find_rank
from wurao.snapshot.personal import consented, listed, only_my_list_until, shield_until

CALLEE = parse_text(small.MOBILES[0])
seeds = st.integers(0, 2**32)


def microseconds(at: Any) -> int:
    return round(at.timestamp() * 1e6)


def crowded(random: Random, entries: int) -> small.Registry:
    """One subscriber with a list of about so many entries on a few numbers and all that they begin with."""
    made = small.Registry()
    for _ in range(entries):
        row = small.MADE["lists"][0](random) | {"subscriber": CALLEE}
        if random.random() < 0.5:
            caller = small.number(random)
            digits = length_of(caller)
            if digits:
                row |= {"match": 1, "entry": prefix_of(caller, random.randrange(1, digits + 1))}
        made.put("lists", row)
    return made


@settings(max_examples=30)
@given(seeds, st.integers(0, 90))
def test_lists_of_any_length_speak_by_the_longest_match_then_allow(seed: int, entries: int) -> None:
    random = Random(seed)
    made = crowded(random, entries)
    registry = small.snapshot_of(small.tables_of(made)).registry
    callers = [parse_text(text) for text in small.CALLERS]
    with np.errstate(over="ignore"):
        rank = find_rank(registry, CALLEE)
        for caller in callers:
            at = small.moment(random)
            expected = reference.listed(made, CALLEE, caller, at)
            assert (listed(registry, rank, caller, microseconds(at)) if rank >= 0 else -1) == expected


@settings(max_examples=30)
@given(seeds)
def test_searching_a_list_and_reading_it_through_come_to_the_same(seed: int) -> None:
    random = Random(seed)
    registry = small.snapshot_of(small.tables_of(crowded(random, 12))).registry
    times = [microseconds(small.moment(random)) for _ in range(3)]
    asked = [(parse_text(text), at) for text in small.CALLERS for at in times]
    with np.errstate(over="ignore"), pytest.MonkeyPatch.context() as patch:
        rank = find_rank(registry, CALLEE)
        through = [listed(registry, rank, caller, at) for caller, at in asked]
        patch.setattr(personal, "SHORT_LIST", 0)
        assert [listed(registry, rank, caller, at) for caller, at in asked] == through


@pytest.mark.parametrize(
    ("entries", "said"),
    [
        ([("+8613800000001", "deny")], 1),
        ([("+8613800000001", "deny"), ("+8613800000001*", "allow")], 0),
        ([("+86138*", "deny"), ("+861380*", "allow")], 0),
        ([("+86138*", "allow"), ("+861380*", "deny")], 1),
        ([("+8613800000001", "allow"), ("+8613800000001*", "deny")], 0),
        ([("+8613800000002", "deny"), ("+86139*", "deny")], -1),
    ],
)
def test_the_longest_entry_speaks_and_of_equal_ones_the_one_that_allows(entries: list[Any], said: int) -> None:
    made = small.Registry()
    for text, action in entries:
        match = int(text.endswith("*"))
        entry = parse_prefix(text[:-1]) if match else parse_text(text)
        row = {"subscriber": CALLEE, "entry": entry, "match": match, "action": int(action == "deny"), "until": None}
        made.put("lists", row)
    registry = small.snapshot_of(small.tables_of(made)).registry
    with np.errstate(over="ignore"):
        assert listed(registry, find_rank(registry, CALLEE), parse_text("+8613800000001"), 0) == said


@settings(max_examples=30)
@given(seeds)
def test_consents_hold_from_given_to_before_the_earlier_of_expiry_and_revocation(seed: int) -> None:
    random = Random(seed)
    made = small.Registry()
    for sender in small.SENDERS:
        made.put("senders", small.MADE["senders"][0](random) | {"sender_id": sender})
    for place in range(random.randrange(8)):
        row = small.MADE["consents"][0](random) | {"consent_id": f"c{place}", "subscriber": CALLEE}
        made.put("consents", row)
    registry = small.snapshot_of(small.tables_of(made)).registry
    with np.errstate(over="ignore"):
        rank = find_rank(registry, CALLEE)
        for hours in range(-1, small.HOURS + 4):
            at = small.START + timedelta(hours=hours)
            for place, sender in enumerate(small.SENDERS):
                for channel in range(3):
                    expected = reference.consented(made, CALLEE, sender, channel, at)
                    found = consented(registry, rank, place, channel, microseconds(at)) if rank >= 0 else 0
                    assert found == expected


def test_times_of_a_wish_are_kept_for_whoever_has_them() -> None:
    random = Random(1)
    made = small.Registry()
    for place, text in enumerate(small.MOBILES[:3]):
        until = {"only_my_list_until": None, "shield_until": None}
        if place:
            until = {"only_my_list_until": small.START if place == 1 else None, "shield_until": small.START}
        made.put("subscribers", small.MADE["subscribers"][0](random) | {"number": parse_text(text)} | until)
    registry = small.snapshot_of(small.tables_of(made)).registry
    at = microseconds(small.START)
    with np.errstate(over="ignore"):
        ranks = [find_rank(registry, parse_text(text)) for text in small.MOBILES[:3]]
        assert [only_my_list_until(registry, rank) for rank in ranks] == [0, at, 0]
        assert [shield_until(registry, rank) for rank in ranks] == [0, at, at]


def test_entries_match_as_their_texts_do() -> None:
    for caller in map(parse_text, small.CALLERS):
        for text in small.PREFIXES:
            prefix = parse_prefix(text)
            assert prefix is not None
            digits = prefix_length(prefix)
            begins = digits <= length_of(caller) and prefix_of(caller, digits) == prefix
            assert begins == reference.matches(prefix, caller)


def test_a_long_list_alone_makes_no_page_of_its_owners_segment() -> None:
    made = small.Registry()
    for digits in range(200):
        entry = {"subscriber": CALLEE, "match": 0, "entry": CALLEE + digits}
        made.put("lists", small.MADE["lists"][0](Random(digits)) | entry)
    registry = small.snapshot_of(small.tables_of(made)).registry
    assert (len(registry.segment_page), len(registry.lines)) == (0, 0)
    with np.errstate(over="ignore"):
        assert find_rank(registry, CALLEE) == 0
