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
from wurao.snapshot.callers import E164, CallerLook, build_callers, header_word, lengths_of, look_at_caller
from wurao.snapshot.registry import Registry, empty_arrays


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


@settings(max_examples=50)
@given(st.lists(st.text("0123456789", min_size=1, max_size=11), max_size=12), st.integers(0, 10**8 - 1))
def test_a_mobile_number_is_asked_for_its_prefixes_and_for_few_others(ends: list[str], subscriber: int) -> None:
    texts = [f"86{end}" for end in ends] + ["8613", "861380351", "86138035100", "8613803510001"][: len(ends)]
    keys = np.array(sorted({pack(11, int(f"1{text}")) for text in texts}), dtype=np.int64)
    nothing = np.zeros(len(keys), dtype=np.int64)
    registry = Registry(**empty_arrays() | build_callers(keys, nothing, nothing, nothing))
    for number in (f"861380351{subscriber % 10_000:04d}", f"861{subscriber:010d}"):
        lengths = lengths_of(registry, E164, parse_text(f"+{number}"))
        matching = {len(text) for text in texts if number.startswith(text)}
        within = {len(text) for text in texts if text[:9] == number[:9]}
        if parse_text(f"+{number}") >> 59 == Kind.MOBILE:
            assert {length for length in range(14) if lengths >> length & 1} == matching | within


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
