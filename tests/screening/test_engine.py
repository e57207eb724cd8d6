"""The engine: one source, compiled and plain, for one event and for many, in blocks of any size."""

from __future__ import annotations

import itertools
from datetime import timedelta
from random import Random

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.screening.engines import Plain, decided, engine_of, memory, sight_of
from tests.screening.events import Event, batch, events
from tests.snapshot import small
from wurao.events.columns import ATTESTATIONS, ROAMINGS, reaches_nobody
from wurao.numbering import IMPOSSIBLE, WITHHELD, canonical, parse_text
from wurao.screening import engine as engine_module
from wurao.verdicts import VERDICT_SCHEMA
from wurao.wishes import CHANNELS

seeds = st.integers(0, 2**32)


@settings(max_examples=40)
@given(seeds, st.booleans())
def test_compiled_and_plain_give_the_same_verdicts_and_remember_the_same(seed: int, with_changes: bool) -> None:
    random = Random(seed)
    made = small.registry(random)
    sight = sight_of(made, small.steps(random, made) if with_changes else None)
    fast, plain = engine_of(sight), engine_of(sight, Plain())
    for _ in range(2):
        asked = batch(events(random, 60))
        assert decided(fast, asked) == decided(plain, asked)
    assert memory(fast) == memory(plain)
    assert not fast.faults
    assert not plain.faults


@settings(max_examples=40)
@given(seeds, st.integers(1, 70), st.lists(st.integers(0, 80), max_size=4))
def test_no_size_of_block_or_batch_changes_a_verdict(seed: int, block: int, cuts: list[int]) -> None:
    random = Random(seed)
    sight = sight_of(small.registry(random))
    asked = batch(events(random, 80))
    whole, pieces = engine_of(sight), engine_of(sight)
    expected = whole.screen(asked)
    edges = [0, *sorted(cuts), 80]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine_module, "BLOCK", block)
        found = [pieces.screen(asked.slice(a, b - a)) for a, b in itertools.pairwise(edges)]
    assert pa.Table.from_batches(found).equals(pa.Table.from_batches([expected]))
    assert pieces.velocity.records() == whole.velocity.records()


@settings(max_examples=15)
@given(seeds)
def test_events_one_by_one_get_what_they_get_in_a_batch(seed: int) -> None:
    random = Random(seed)
    sight = sight_of(small.registry(random))
    asked = batch(events(random, 40))
    whole, single = engine_of(sight), engine_of(sight)
    expected = whole.screen(asked).to_pylist()
    assert [single.screen(asked.slice(row, 1)).to_pylist()[0] for row in range(40)] == expected


@settings(max_examples=20)
@given(seeds)
def test_a_repeated_event_gets_its_earlier_verdict_with_sender_and_order(seed: int) -> None:
    random = Random(seed)
    sight = sight_of(small.registry(random))
    engine = engine_of(sight)
    asked = batch(events(random, 30))
    first = engine.screen(asked).to_pylist()
    before = engine.velocity.records()
    again = engine.screen(asked).to_pylist()
    ids = [row["event_id"] for row in first]
    earlier = dict(reversed(list(zip(ids, first, strict=True))))
    told = ("action", "reason", "label", "overseas_mark", "category", "sender_id", "order_id")
    assert [[row[name] for name in told] for row in again] == [[earlier[each][name] for name in told] for each in ids]
    assert engine.velocity.records() == before


@settings(max_examples=20)
@given(seeds)
def test_explain_says_what_the_first_event_of_all_gets(seed: int) -> None:
    random = Random(seed)
    sight = sight_of(small.registry(random))
    for each in events(random, 10):
        if reaches_nobody(each["callee"]):
            continue
        engine = engine_of(sight)
        verdict = engine.screen(batch([each])).to_pylist()[0]
        said = engine.explain(written(each)).as_dict()
        assert {name: said[name] for name in ("action", "reason", "label", "overseas_mark")} == {
            name: verdict[name] for name in ("action", "reason", "label", "overseas_mark")
        }


def written(each: Event) -> dict[str, str | None]:
    """An event as a person writes it."""
    caller = {WITHHELD: None, IMPOSSIBLE: "13"}.get(each["caller"]) or canonical(each["caller"])
    return {
        "at": each["at"].isoformat(),
        "channel": CHANNELS[each["channel"]],
        "from_number": None if caller == "withheld" else caller,
        "to_number": canonical(each["callee"]),
        "trunk": each["trunk"],
        "template_id": each["template"],
        "category": each["declared"],
        "attestation": ATTESTATIONS[each["attestation"]] if each["attestation"] >= 0 else None,
        "roaming": ROAMINGS[each["roaming"]] if each["roaming"] >= 0 else None,
        "text": each["text"],
    }


def test_an_empty_batch_gives_an_empty_batch() -> None:
    engine = engine_of(sight_of(small.Registry()))
    found = engine.screen(batch([]))
    assert found.schema == VERDICT_SCHEMA
    assert len(found) == 0


def test_without_any_registration_nobody_is_stopped_for_a_wish() -> None:
    random = Random(1)
    engine = engine_of(sight_of(small.Registry()))
    found = engine.screen(batch(events(random, 200))).to_pylist()
    assert {row["reason"] for row in found}.isdisjoint(
        {"WISH_CATEGORY", "WISH_HOURS", "OVERSEAS", "MY_DENY_LIST", "FAULT"}
    )


def test_who_is_called_back_is_remembered_of_registered_subscribers_only() -> None:
    registered, unregistered, busy, *others = (parse_text(text) for text in small.MOBILES)
    made = small.Registry()
    wishes = {"number": registered, "only_my_list": False, "only_my_list_until": None, "shield_until": None, "guard": 1}
    made.put("subscribers", small.MADE["subscribers"][0](Random(0)) | wishes)
    pairs = [(registered, busy), (unregistered, busy), *((busy, other) for other in others * 4)]
    pairs += [(busy, registered), (busy, unregistered)]
    engine = engine_of(sight_of(made))
    found = engine.screen(batch([call(*pair, after) for after, pair in enumerate(pairs)])).to_pylist()
    assert [row["label"] for row in found[-2:]] == [None, "VELOCITY_CALLER"]


def call(caller: int, callee: int, after: int) -> Event:
    """A call, so many seconds after the beginning."""
    nothing = dict.fromkeys(("trunk", "template", "declared", "ring_s", "duration_s"))
    codes = {"channel": 0, "attestation": -1, "roaming": -1, "answered": -1}
    at = small.START + timedelta(seconds=after)
    return {"event_id": f"c{after}", "at": at, "caller": caller, "callee": callee, **nothing, **codes}


def test_a_call_from_before_the_call_for_help_is_no_rescuer_ringing_back_though_it_is_read_later() -> None:
    subscriber, pest, doctor = (parse_text(text) for text in small.MOBILES[:3])
    made = small.Registry()
    wishes = {"number": subscriber, "only_my_list": True, "only_my_list_until": None, "shield_until": None, "guard": 1}
    made.put("subscribers", small.MADE["subscribers"][0](Random(0)) | wishes)
    pairs = [(subscriber, parse_text("120"), 300), (pest, subscriber, 299), (doctor, subscriber, 301)]
    engine = engine_of(sight_of(made))
    found = engine.screen(batch([call(*pair) for pair in pairs])).to_pylist()
    assert [row["reason"] for row in found[1:]] == ["NOT_ON_MY_LIST", "RESCUE_CALLBACK"]


def test_everybody_who_calls_counts_among_many_callers_but_only_strangers_are_held_up_by_it() -> None:
    called, *friends = (parse_text(text) for text in small.MOBILES)
    pest, firm = parse_text("+8619900000009"), parse_text("10690001")
    made = small.Registry()
    wishes = {"number": called, "only_my_list": False, "only_my_list_until": None, "shield_until": None, "guard": 1}
    made.put("subscribers", small.MADE["subscribers"][0](Random(0)) | wishes)
    for friend in friends:
        listing = {"subscriber": called, "match": 0, "entry": friend, "action": 0, "until": None}
        made.put("lists", small.MADE["lists"][0](Random(0)) | listing)
    engine = engine_of(sight_of(made))
    pairs = [(caller, called) for caller in (*friends, friends[0], firm, pest)]
    found = engine.screen(batch([call(*pair, after) for after, pair in enumerate(pairs)])).to_pylist()
    assert [row["reason"] for row in found[:5]] == ["MY_ALLOW_LIST"] * 5
    assert found[-1]["label"] == "VELOCITY_CALLEE"
