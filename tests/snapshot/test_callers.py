"""What is known of a caller: headers, silence and allocations, of numbers and prefixes of every kind."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.snapshot import reference, small
from wurao.numbering import IMPOSSIBLE, WITHHELD, parse_prefix, parse_text
from wurao.numbering.number import Kind, pack
from wurao.snapshot import untouched
from wurao.snapshot.callers import CallerLook, header_word, look_at_caller
from wurao.snapshot.registry import Registry


def look(registry: Registry, above: Registry, caller: int, at: Any) -> CallerLook:
    with np.errstate(over="ignore"):
        return look_at_caller(registry, above, caller, round(at.timestamp() * 1e6))


@settings(max_examples=50)
@given(st.integers(0, 2**32))
def test_the_longest_header_in_its_time_and_all_that_silences_a_caller_are_found(seed: int) -> None:
    random = Random(seed)
    made = small.Registry()
    for name, most in (("senders", 4), ("headers", 12), ("do_not_originate", 4), ("allocations", 6)):
        for _ in range(random.randrange(most + 1)):
            made.put(name, small.MADE[name][0](random))
    snapshot = small.snapshot_of(small.tables_of(made))
    base, above = snapshot.registry, untouched(snapshot).registry
    for caller in [parse_text(text) for text in small.CALLERS] + [WITHHELD, IMPOSSIBLE]:
        at = small.START + timedelta(hours=random.randrange(-1, small.HOURS + 4))
        found = look(base, above, caller, at)
        header = reference.header_of(made, caller, at)
        on_it = reference.headers_on(made, caller)
        states = [row for row in made.of("allocations") if reference.matches(row["prefix"], caller)]
        longest = max(states, key=lambda row: reference.length(row["prefix"], caller), default=None)
        sender = header_word(base, above, found.header, 0) if found.header >= 0 else None
        assert (None if sender is None else snapshot.names.senders[sender].as_py()) == (header and header["sender_id"])
        assert (found.header >= 0 or found.over >= 0) == bool(on_it)
        assert found.unallocated == (longest is not None and longest["state"] == 1)
        silent = any(reference.matches(row["number"], caller) for row in made.of("do_not_originate"))
        assert found.do_not_originate == silent


@pytest.mark.parametrize("text", ["1", "10", "106", "1069", "10690", "10690001"])
def test_a_message_port_is_found_by_prefixes_shorter_and_longer_than_its_106(text: str) -> None:
    prefix = parse_prefix(text) if text != "1" else pack(12, 11)
    made = small.Registry()
    made.put("do_not_originate", {"number": prefix, "match": 1})
    snapshot = small.snapshot_of(small.tables_of(made))
    above = untouched(snapshot).registry
    assert look(snapshot.registry, above, parse_text("10690001"), small.START).do_not_originate
    assert not look(snapshot.registry, above, parse_text("95588"), small.START).do_not_originate


def test_a_segment_that_is_merely_missing_is_not_unallocated() -> None:
    made = small.Registry()
    made.put("allocations", {"prefix": parse_prefix("+861380000"), "state": 1, "as_of": small.START.date()})
    made.put("allocations", {"prefix": parse_prefix("+8613800001"), "state": 0, "as_of": small.START.date()})
    snapshot = small.snapshot_of(small.tables_of(made))
    above = untouched(snapshot).registry
    found = [
        look(snapshot.registry, above, pack(Kind.MOBILE, number), small.START).unallocated
        for number in (8613800000000, 8613800001000, 8613900000000)
    ]
    assert found == [True, False, False]
