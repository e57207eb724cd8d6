"""Changes over a snapshot: the same verdicts as from a snapshot built of the changed tables, however they come."""

from __future__ import annotations

import sys
from dataclasses import replace
from random import Random
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.screening.engines import engine_of, sight_of
from tests.screening.events import batch, events
from tests.snapshot import small
from wurao.screening.sight import Sight
from wurao.snapshot import Changed, Snapshot, overlay, put_over, untouched
from wurao.snapshot import index as index_module
from wurao.snapshot import opened as opened_module
from wurao.snapshot.registry import Registry
from wurao.tables.shapes import schema

overlay_module = sys.modules[overlay.__module__]
seeds = st.integers(0, 2**32)


def verdicts(sight: Sight, seed: int, rows: int = 60) -> list[dict[str, Any]]:
    """Verdicts on random events, velocity and names of what they rest on included."""
    made = engine_of(sight).screen(batch(events(Random(seed), rows)))
    return made.drop_columns(["snapshot"]).to_pylist()


@settings(max_examples=40)
@given(seeds)
def test_changes_over_a_snapshot_decide_as_one_built_anew(seed: int) -> None:
    random = Random(seed)
    made = small.registry(random)
    changes = small.steps(random, made, most=20)
    assert verdicts(sight_of(made, changes), seed) == verdicts(sight_of(small.applied(made, changes)), seed)


@settings(max_examples=20)
@given(seeds)
def test_changes_in_several_pieces_decide_as_at_once(seed: int) -> None:
    random = Random(seed)
    made = small.registry(random)
    changes = small.steps(random, made, most=20)
    snapshot = small.snapshot_of(small.tables_of(made))
    changed: dict[str, Any] = {}
    first = 0
    while first < len(changes):
        last = first + random.randrange(1, 6)
        changed = put_over(changed, small.changed(changes[first:last]))
        first = last
    assert verdicts(Sight(snapshot, overlay(snapshot, changed), 0, changed), seed) == verdicts(
        sight_of(made, changes), seed
    )


def in_pieces(random: Random, made: small.Registry, changes: list[small.Step]) -> Sight:
    """The sight to which changes come a few at a time, as a worker takes them up."""
    snapshot = small.snapshot_of(small.tables_of(made))
    sight = Sight(snapshot, untouched(snapshot), 0, {})
    first = 0
    while first < len(changes):
        last = min(len(changes), first + random.randrange(1, 6))
        sight = sight.with_changes(small.changed(changes[first:last]), last)
        first = last
    return sight


@settings(max_examples=60)
@given(seeds)
def test_changes_laid_over_one_another_decide_as_at_once(seed: int) -> None:
    random = Random(seed)
    made = small.registry(random)
    changes = small.steps(random, made, most=30)
    sight = in_pieces(random, made, changes)
    assert verdicts(sight, seed) == verdicts(sight_of(small.applied(made, changes)), seed)


@settings(max_examples=10)
@given(seeds)
def test_what_is_left_behind_is_cleared_and_nothing_decided_otherwise(seed: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(overlay_module, "ROOM", 0)
        random = Random(seed)
        made = small.registry(random)
        changes = small.steps(random, made, most=30)
        sight = in_pieces(random, made, changes)
    assert verdicts(sight, seed) == verdicts(sight_of(small.applied(made, changes)), seed)


def test_a_change_again_and_again_does_not_fill_the_memory() -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(overlay_module, "ROOM", 100)
        snapshot = small.snapshot_of(small.tables_of(of(SENDER, HEADER)))
        sight = Sight(snapshot, untouched(snapshot), 0, {})
        sizes = []
        for seq in range(1, 60):
            row = one("subscribers", number=CALLEE, marketing=seq)
            sight = sight.with_changes(small.changed([row, one("lists", subscriber=CALLEE), CHAIN[0]]), seq)
            sizes.append(sum(len(sight.overlaid.registry.array(name)) for name in Registry.columns))
    assert max(sizes) < 2 * (sizes[0] + 100)


@settings(max_examples=20)
@given(seeds)
def test_places_of_the_base_stay_the_same(seed: int) -> None:
    random = Random(seed)
    made = small.registry(random)
    changes = small.steps(random, made, most=20)
    snapshot = small.snapshot_of(small.tables_of(made))
    above = overlay(snapshot, small.changed(changes)).names
    for name in ("senders", "trunks", "templates"):
        before = getattr(snapshot.names, name)
        assert getattr(above, name)[: len(before)].equals(before)


@settings(max_examples=10)
@given(seeds)
def test_an_overlay_changes_nothing_of_its_snapshot(seed: int) -> None:
    random = Random(seed)
    made = small.registry(random)
    snapshot = small.snapshot_of(small.tables_of(made))
    before = {name: snapshot.registry.array(name).tobytes() for name in Registry.columns}
    overlay(snapshot, small.changed(small.steps(random, made, most=20)))
    assert {name: snapshot.registry.array(name).tobytes() for name in Registry.columns} == before


def one(name: str, **values: Any) -> small.Step:
    """A change that puts one row of a table, everything else as it usually is."""
    row = small.MADE[name][0](Random(7)) | values
    return name, small.key_of(name, row), row


CALLER, CALLEE = small.parse_text("10690001"), small.parse_text(small.MOBILES[0])
YEARS_LATER = small.START.replace(year=2029)
HEADER = one("headers", header=CALLER, match=0, sender_id="firm1", category=None, start=small.START, end=None)
SENDER = one("senders", sender_id="firm1", state=0, ceiling_per_hour=None)
CHAIN = [
    one(
        "orders",
        order_id=f"order{place}",
        verb=2,
        target_kind=0,
        target=target,
        cause=0,
        rate_per_hour=None,
        start=small.START,
        end=YEARS_LATER,
        supersedes=f"order{place - 1}" if place else None,
    )
    for place, target in enumerate(small.MOBILES[:3])
]


def asked(caller: int, callee: int, channel: int = 0) -> Any:
    made = events(Random(3), 1)
    plain = {"trunk": None, "template": None, "declared": None, "attestation": -1, "roaming": -1}
    return batch([made[0] | plain | {"caller": caller, "callee": callee, "channel": channel, "at": small.START}])


def reason(made: small.Registry, changes: list[small.Step], caller: int, callee: int = CALLEE) -> str:
    found = engine_of(sight_of(made, changes)).screen(asked(caller, callee))
    return str(found.column("reason")[0].as_py())


def of(*steps: small.Step) -> small.Registry:
    return small.applied(small.Registry(), list(steps))


def test_a_deleted_senders_headers_are_nobodys_and_its_return_brings_them_back() -> None:
    made = of(SENDER, HEADER)
    gone = ("senders", ("firm1",), None)
    assert reason(made, [], CALLER) == "NOTHING_SPOKE"
    assert reason(made, [gone], CALLER) == "UNREGISTERED_SENDER"
    assert reason(made, [gone, SENDER], CALLER) == "NOTHING_SPOKE"
    assert reason(of(HEADER), [], CALLER) == "UNREGISTERED_SENDER"
    assert reason(of(HEADER), [SENDER], CALLER) == "NOTHING_SPOKE"


@pytest.mark.parametrize("above", range(4))
def test_of_a_chain_of_orders_every_second_one_from_the_last_is_in_force(above: int) -> None:
    speaks = [above - 1 - place for place in range(0, above, 2)]
    for place, number in enumerate(small.MOBILES[:3]):
        caller = small.parse_text(number)
        expected = "ORDER_FRAUD" if place in speaks else "NOTHING_SPOKE"
        assert reason(of(*CHAIN[:above]), [], caller, small.parse_text(small.MOBILES[3])) == expected
        over = [("orders", key, None) for _, key, _ in CHAIN[above:]]
        assert reason(of(*CHAIN), over, caller, small.parse_text(small.MOBILES[3])) == expected
        assert reason(of(), CHAIN[:above], caller, small.parse_text(small.MOBILES[3])) == expected


@pytest.mark.parametrize("before", range(4))
def test_a_change_that_closes_a_circle_of_orders_leaves_each_in_force(before: int) -> None:
    closing = one("orders", **{**(CHAIN[0][2] or {}), "supersedes": "order2"})
    for number in small.MOBILES[:3]:
        caller, callee = small.parse_text(number), small.parse_text(small.MOBILES[3])
        assert reason(of(*CHAIN[:before]), [*CHAIN[before:], closing], caller, callee) == "ORDER_FRAUD"


def test_the_wish_of_whoever_is_deleted_no_longer_holds() -> None:
    subscriber = one("subscribers", number=CALLEE, only_my_list=True, guard=0)
    caller = small.parse_text(small.MOBILES[1])
    gone = ("subscribers", (CALLEE,), None)
    assert reason(of(subscriber), [], caller) == "NOT_ON_MY_LIST"
    assert reason(of(subscriber), [gone], caller) == "NOTHING_SPOKE"
    assert reason(of(subscriber), [gone, subscriber], caller) == "NOT_ON_MY_LIST"


def test_a_list_outlives_the_row_of_its_subscriber() -> None:
    subscriber = one("subscribers", number=CALLEE, only_my_list=True)
    caller = small.parse_text(small.MOBILES[1])
    deny = one("lists", subscriber=CALLEE, entry=caller, match=0, action=1, until=None)
    gone = ("subscribers", (CALLEE,), None)
    assert reason(of(subscriber, deny), [gone], caller) == "MY_DENY_LIST"
    assert reason(of(subscriber), [deny, gone], caller) == "MY_DENY_LIST"


def test_an_order_on_the_digits_of_a_header_holds_for_the_header_as_a_prefix_too() -> None:
    header = one(*HEADER[:1], **(HEADER[2] or {}) | {"header": small.parse_prefix("10690001"), "match": 1})
    aimed = {"target_kind": 2, "target": "10690001", "supersedes": None}
    order = one("orders", verb=2, cause=0, start=small.START, end=YEARS_LATER, **aimed)
    caller = small.parse_text("106900011")
    assert reason(of(SENDER, header), [], caller) == "NOTHING_SPOKE"
    assert reason(of(SENDER, header, order), [], caller) == "ORDER_FRAUD"
    assert reason(of(SENDER, header), [order], caller) == "ORDER_FRAUD"


def test_orders_and_headers_of_different_runs_keep_what_they_are() -> None:
    made = of(SENDER)
    snapshot = small.snapshot_of(small.tables_of(made))
    sight = Sight(snapshot, untouched(snapshot), 0, {})
    for place, order in enumerate(CHAIN):
        alone = one("orders", **(order[2] or {}) | {"supersedes": None, "cause": place % 2, "verb": 2})
        header = one("headers", header=CALLER + place, match=0, sender_id="firm1", category=None)
        sight = sight.with_changes(small.changed([alone, header]), place + 1)
    found = [engine_of(sight).screen(asked(small.parse_text(number), CALLEE + 9)) for number in small.MOBILES[:3]]
    assert [each.column("order_id")[0].as_py() for each in found] == ["order0", "order1", "order2"]


OF_SUBSCRIBERS = {"scattered", "personal", "list_entries", "consents", "timed", "profiles", "changed"}
OF_CALLERS = {"callers", "prefixes", "prefix_lengths", "segment_prefixes", "headers", "header_orders", "changed"}
OF_ORDERS = {"order_targets", "order_slices", "order_count"}
MAY_CHANGE = {
    "subscribers": OF_SUBSCRIBERS | {"profile_narrow", "profile_wide"},
    "lists": OF_SUBSCRIBERS | {"profile_narrow", "profile_wide"},
    "consents": OF_SUBSCRIBERS | {"profile_narrow", "profile_wide"},
    "headers": OF_CALLERS | OF_ORDERS,
    "do_not_originate": OF_CALLERS | OF_ORDERS,
    "allocations": OF_CALLERS | OF_ORDERS,
    "orders": OF_CALLERS | OF_ORDERS | {"senders", "sender_trunks", "trunks", "trunk_numbers"},
    "templates": {"templates"},
    "sender_trunks": {"senders", "sender_trunks"},
    "holidays": {"day_types"},
    "ported": set(),
}
"""The columns that a change to a table may be seen in; every other one is the very same array."""


@pytest.mark.parametrize("name", MAY_CHANGE)
def test_columns_of_which_a_change_says_nothing_are_the_very_same(name: str) -> None:
    random = Random(11)
    made = small.registry(random)
    stood = sight_of(made, small.steps(random, made, most=40))
    row = small.changed([one(name)]) if name in small.MADE else {name: small_ported()}
    above = stood.with_changes(row, 99).overlaid
    for column in set(Registry.columns) - MAY_CHANGE[name]:
        assert above.registry.array(column) is stood.overlaid.registry.array(column), column
    if name != "templates":
        assert above.names.templates is stood.overlaid.names.templates
    assert above.names.senders is stood.overlaid.names.senders


def small_ported() -> Changed:
    rows = pa.Table.from_pylist([{"number": CALLEE, "operator": "移动", "since": None}], schema=schema("ported"))
    return Changed(rows, rows.slice(0, 0).select(["number"]))


@settings(max_examples=5)
@given(seeds)
def test_a_snapshot_of_an_earlier_program_is_indexed_when_asked(seed: int) -> None:
    random = Random(seed)
    made = small.registry(random)
    changes = small.steps(random, made, most=20)
    snapshot = small.snapshot_of(small.tables_of(made))
    earlier = {name: array for name, array in snapshot.arrays.items() if not name.startswith("index_")}
    assert len(earlier) == len(snapshot.arrays) - len(index_module.INDEXED)
    stood = replace(snapshot, arrays=earlier, _tables={}, _indexes={})
    changed = small.changed(changes)
    sight = Sight(stood, overlay(stood, changed), len(changes), changed)
    assert verdicts(sight, seed) == verdicts(sight_of(made, changes), seed)


def test_one_change_reads_what_it_touches_and_not_the_whole_base(monkeypatch: pytest.MonkeyPatch) -> None:
    made = of(*(one("subscribers", number=small.parse_text(f"+8613800{n:06}")) for n in range(3_000)))
    for n in range(3_000):
        owner = {"subscriber": small.parse_text(f"+8613800{n:06}"), "sender_id": "firm1"}
        made.put("consents", one("consents", consent_id=f"c{n}", **owner)[2])
        aim = {"target_kind": 0, "target": f"+8613800{n:06}", "supersedes": None}
        made.put("orders", one("orders", order_id=f"o{n}", **aim)[2])
    snapshot = small.snapshot_of(small.tables_of(made))
    taken: list[int] = []

    def counted(table: pa.Table, rows: Any) -> pa.Table:
        taken.append(len(rows))
        return table.take(pa.array(rows)).combine_chunks()

    monkeypatch.setattr(index_module, "rows_at", counted)
    monkeypatch.setattr(opened_module, "rows_at", counted)
    sight = Sight(snapshot, untouched(snapshot), 0, {})
    number = small.parse_text("+8613800000007")
    for step in (
        one("subscribers", number=number),
        one("lists", subscriber=number),
        one("consents", consent_id="c7", subscriber=number, sender_id="firm1"),
        one("orders", order_id="o7", target_kind=0, target="+8613800000007", supersedes=None),
        one("headers", header=number, match=0, sender_id="firm1"),
    ):
        sight = sight.with_changes(small.changed([step]), 1)
    assert max(taken) < 20


def test_nothing_is_compiled_of_tables_that_no_change_touches() -> None:
    snapshot: Snapshot = small.snapshot_of(small.tables_of(small.registry(Random(5))))
    above = overlay(snapshot, small.changed([one("lists")]))
    plain = untouched(snapshot)
    for name in ("senders", "trunks", "templates", "callers", "prefixes", "order_slices", "day_types"):
        assert np.array_equal(above.registry.array(name), plain.registry.array(name))
