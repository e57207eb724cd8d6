"""Two zones say together what the list says, whatever was listed and released in between."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from wurao.domains import Entries, difference
from wurao.gateways.dns.layers import Layers

List = dict[str, bool]
LABELS = st.sampled_from(["a", "b", "c"])
NAMES = st.lists(LABELS, min_size=1, max_size=4).map(lambda labels: ".".join([*labels, "test"]))


def entries_of(listed: List) -> Entries:
    return Entries(pa.array(list(listed), pa.string()), np.array(list(listed.values()), bool))


def list_of(entries: Entries) -> List:
    return dict(zip(entries.names.to_pylist(), entries.below.tolist(), strict=True))


def above(name: str) -> list[str]:
    labels = name.split(".")
    return [".".join(labels[n:]) for n in range(1, len(labels))]


def in_list(listed: List, name: str) -> bool:
    """Whether the name, or one above it with all below, is listed."""
    return name in listed or any(listed.get(each) for each in above(name))


def as_listed(listed: List) -> List:
    """Without what a name above covers, as `domains.Listed` gives a list."""
    return {name: below for name, below in listed.items() if not any(listed.get(each) for each in above(name))}


LISTS = st.dictionaries(NAMES, st.booleans(), max_size=12).map(as_listed)


def in_zone(records: dict[str, bool], name: str) -> bool | None:
    """What a zone says of a name, as RFC 4592 has wildcards; null where nothing."""
    if name in records:
        return records[name]
    there = {each for owner in records for each in (owner, *above(owner))}
    if name in there:
        return None
    closest = next((each for each in above(name) if each in there), None)
    return None if closest is None else records.get(f"*.{closest}")


def large_zone(listed: List) -> dict[str, bool]:
    return {owner: True for name, below in listed.items() for owner in ([name, f"*.{name}"] if below else [name])}


def recent_zone(layers: Layers) -> dict[str, bool]:
    return {f"*.{said.name}" if said.wildcard else said.name: said.blocked for said in layers.records()}


def in_both(recent: dict[str, bool], large: dict[str, bool], name: str) -> bool:
    said = in_zone(recent, name)
    return bool(in_zone(large, name) if said is None else said)


def change(layers: Layers, before: List, after: List) -> None:
    changed = difference(entries_of(before), entries_of(after))
    layers.take(changed.removed)
    layers.put(changed.added)


@given(LISTS, LISTS, NAMES)
def test_recent_over_large_blocks_exactly_what_the_list_blocks(before: List, after: List, asked: str):
    layers = Layers(entries_of(before))
    change(layers, before, after)
    assert in_both(recent_zone(layers), large_zone(before), asked) == in_list(after, asked)
    assert layers.is_blocked(asked) == in_list(after, asked)
    assert list_of(layers.entries()) == after


@given(LISTS, LISTS)
def test_nothing_is_passed_that_the_large_zone_does_not_block(before: List, after: List):
    layers = Layers(entries_of(before))
    change(layers, before, after)
    for owner, blocked in recent_zone(layers).items():
        assert blocked or in_list(before, owner.replace("*", "x"))


@given(LISTS, LISTS, LISTS, NAMES)
def test_while_a_list_is_folded_the_recent_zone_is_right_over_the_old_and_the_new(
    old: List, folded: List, now: List, asked: str
):
    layers = Layers(entries_of(old))
    change(layers, old, folded)
    layers.replace(layers.entries())
    change(layers, folded, now)
    for large in (old, folded):
        assert in_both(recent_zone(layers), large_zone(large), asked) == in_list(now, asked)
    layers.replaced()
    assert in_both(recent_zone(layers), large_zone(folded), asked) == in_list(now, asked)


@given(LISTS, LISTS, LISTS, LISTS, NAMES)
def test_while_a_list_is_replaced_what_was_recent_or_changes_stays_right_over_the_old_one(
    old: List, recent: List, new: List, now: List, asked: str
):
    layers = Layers(entries_of(old))
    change(layers, old, recent)
    layers.replace(entries_of(new))
    change(layers, new, now)
    said = recent_zone(layers)
    assert in_both(said, large_zone(new), asked) == in_list(now, asked)
    for name in recent.keys() ^ old.keys():
        assert in_both(said, large_zone(old), name) == in_list(now, name)


@given(LISTS, LISTS, LISTS, NAMES)
def test_a_recent_zone_begun_anew_after_a_kill_is_right_over_the_old_large_one_and_the_new(
    old: List, folded: List, now: List, asked: str
):
    killed = Layers(entries_of(old))
    change(killed, old, folded)
    killed.replace(killed.entries())
    anew = Layers(entries_of(folded), list(killed.records()))
    change(anew, folded, now)
    for large in (old, folded):
        assert in_both(recent_zone(anew), large_zone(large), asked) == in_list(now, asked)
    anew.replaced()
    assert in_both(recent_zone(anew), large_zone(folded), asked) == in_list(now, asked)
