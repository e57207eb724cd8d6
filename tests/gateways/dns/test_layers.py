"""Two zones say together what the list says, whatever was listed and released in between."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from wurao.gateways.dns.layers import Entry, Layers

LABELS = st.sampled_from(["a", "b", "c"])
NAMES = st.lists(LABELS, min_size=1, max_size=4).map(lambda labels: ".".join([*labels, "test"]))
ENTRIES = st.sets(st.tuples(NAMES, st.booleans()), max_size=12)


def in_list(entries: set[Entry], name: str) -> bool:
    """Whether the name, or one above it with all below, is listed."""
    above = name.split(".")
    return (name, False) in entries or any((".".join(above[n:]), True) in entries for n in range(len(above)))


def in_zone(records: dict[str, bool], name: str) -> bool | None:
    """What a zone says of a name, as RFC 4592 has wildcards; null where nothing."""
    if name in records:
        return records[name]
    owners = {owner.removeprefix("*.") for owner in records} | set(records)
    there = {".".join(owner.split(".")[n:]) for owner in owners for n in range(len(owner.split(".")))}
    labels = name.split(".")
    if name in there:
        return None
    for n in range(1, len(labels)):
        closest = ".".join(labels[n:])
        if closest in there:
            return records.get(f"*.{closest}")
    return None


def large_zone(entries: set[Entry]) -> dict[str, bool]:
    """The large zone without what a name above it covers."""
    records = {}
    for name, below in entries:
        if any(in_list({(above, True)} & entries, name) for above in _above(name)):
            continue
        records[name] = True
        if below:
            records[f"*.{name}"] = True
    return records


def _above(name: str) -> list[str]:
    labels = name.split(".")
    return [".".join(labels[n:]) for n in range(1, len(labels))]


@given(ENTRIES, ENTRIES, NAMES)
def test_recent_over_large_blocks_exactly_what_the_list_blocks(before: set[Entry], after: set[Entry], asked: str):
    layers = Layers(before)
    layers.put(after - before)
    layers.take(before - after)
    said = in_zone(dict(layers.records()), asked)
    large = large_zone(before)
    assert bool(in_zone(large, asked) if said is None else said) == in_list(after, asked)
    assert layers.is_blocked(asked) == in_list(after, asked)
    assert set(layers.entries()) == after


@given(ENTRIES, ENTRIES)
def test_nothing_is_passed_that_the_large_zone_does_not_block(before: set[Entry], after: set[Entry]):
    layers = Layers(before)
    layers.put(after - before)
    layers.take(before - after)
    for owner, blocked in layers.records():
        assert blocked or in_list(before, owner.replace("*", "x"))


@given(ENTRIES, ENTRIES, ENTRIES, NAMES)
def test_while_a_list_is_folded_the_recent_zone_is_right_over_the_old_and_the_new(
    old: set[Entry], folded: set[Entry], now: set[Entry], asked: str
):
    layers = Layers(old)
    layers.put(folded - old)
    layers.take(old - folded)
    layers.replace(layers.entries())
    layers.put(now - folded)
    layers.take(folded - now)
    records = dict(layers.records())
    for large in (large_zone(old), large_zone(folded)):
        said = in_zone(records, asked)
        assert bool(in_zone(large, asked) if said is None else said) == in_list(now, asked)
    layers.replaced()
    assert layers.is_blocked(asked) == in_list(now, asked)


@given(ENTRIES, ENTRIES, ENTRIES, NAMES)
def test_while_a_list_is_replaced_what_was_recent_or_changes_stays_right_over_the_old_one(
    old: set[Entry], recent: set[Entry], new: set[Entry], asked: str
):
    layers = Layers(old)
    layers.put(recent - old)
    layers.take(old - recent)
    layers.replace(new)
    said = in_zone(dict(layers.records()), asked)
    assert bool(in_zone(large_zone(new), asked) if said is None else said) == in_list(new, asked)
    for name, _ in recent ^ old:
        said = in_zone(dict(layers.records()), name)
        assert bool(in_zone(large_zone(old), name) if said is None else said) == in_list(new, name)
