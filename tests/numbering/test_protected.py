"""Protected numbers: the data, and what is asked of them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wurao.numbering import Tier, canonical, holds_protected, parse_prefix, parse_text, tier_of
from wurao.numbering.data_files import rows_of
from wurao.numbering.number import Kind, kind_of, length_of, pack, prefix_of, starts_with
from wurao.numbering.protected import LONGEST_PREFIX, SHORTEST_PREFIX, entry_of, protected_arrays, protected_numbers

NEVER = [
    "110",
    "119",
    "120",
    "122",
    "999",
    "112",
    "12110",
    "12119",
    "12122",
    "12395",
    "95119",
    "12379",
    "12381",
    "96110",
]
PROTECTED = (
    "12345 12321 12355 12356 12338 12351 12348 12333 12315 12300 10000 10010 10086 10099 95588 95533 95599 95566 95559"
)


def test_each_entry_is_a_number_written_canonically_with_names_and_a_source() -> None:
    for row, entry in zip(rows_of("protected.csv"), protected_numbers(), strict=True):
        assert canonical(entry.number) == row["number"]
        assert kind_of(entry.number) in (Kind.SHORT, Kind.FREEPHONE)
        assert row["match"] in ("exact", "prefix")
        assert entry.name_zh
        assert entry.name_en.isascii()
        assert entry.source
        assert None not in row.values()


def test_no_number_is_named_twice() -> None:
    numbers = [entry.number for entry in protected_numbers()]
    assert len(set(numbers)) == len(numbers)


def test_no_entry_lies_within_the_extensions_of_another() -> None:
    numbers = [entry.number for entry in protected_numbers()]
    for entry in protected_numbers():
        whole = prefix_of(entry.number, length_of(entry.number))
        assert not entry.with_extensions or [n for n in numbers if starts_with(n, whole)] == [entry.number]


def test_entries_with_extensions_have_lengths_that_are_asked_for() -> None:
    lengths = {length_of(entry.number) for entry in protected_numbers() if entry.with_extensions}
    assert lengths <= set(range(SHORTEST_PREFIX, LONGEST_PREFIX + 1))


@pytest.mark.parametrize("text", NEVER)
def test_what_no_order_can_block(text: str) -> None:
    assert tier_of(parse_text(text)) == Tier.NEVER


@pytest.mark.parametrize("text", PROTECTED.split())
def test_what_needs_a_second_person(text: str) -> None:
    assert tier_of(parse_text(text)) == Tier.PROTECTED


@pytest.mark.parametrize("text", ["0351-110", "+86351110", "+86110", "tel:110;phone-context=+86351"])
def test_the_police_of_a_city_are_the_police(text: str) -> None:
    assert tier_of(parse_text(text)) == Tier.NEVER


@pytest.mark.parametrize(
    ("text", "tier"),
    [("12110351", Tier.NEVER), ("1008611", Tier.PROTECTED), ("955881234", Tier.PROTECTED), ("123456789", Tier.NONE)],
)
def test_extensions_are_their_holders(text: str, tier: Tier) -> None:
    assert tier_of(parse_text(text)) == tier


@given(st.integers(8613000000000, 8619999999999))
def test_no_mobile_number_is_protected(value: int) -> None:
    assert tier_of(pack(Kind.MOBILE, value)) == Tier.NONE


@given(st.sampled_from(protected_numbers()), st.data())
def test_every_beginning_of_a_protected_number_holds_it(entry, data: st.DataObject) -> None:
    length = data.draw(st.integers(1, length_of(entry.number)))
    assert holds_protected(prefix_of(entry.number, length)) >= entry.tier


@pytest.mark.parametrize(
    ("text", "tier"),
    [
        ("11", Tier.NEVER),
        ("95", Tier.NEVER),
        ("955", Tier.PROTECTED),
        ("121103", Tier.NEVER),
        ("100861", Tier.PROTECTED),
        ("1101", Tier.NONE),
        ("138", Tier.NONE),
        ("1", Tier.NONE),
        ("1069", Tier.NONE),
        ("+8695", Tier.NONE),
        ("400", Tier.NONE),
    ],
)
def test_a_prefix_holds_the_highest_tier_that_begins_with_it(text: str, tier: Tier) -> None:
    prefix = parse_prefix(text)
    assert prefix is not None
    assert holds_protected(prefix) == tier


def test_the_arrays_are_in_order() -> None:
    keys, tiers = protected_arrays()
    assert (keys[1:] > keys[:-1]).all()
    assert set(tiers.tolist()) == {Tier.PROTECTED, Tier.NEVER}


def test_an_entry_tells_who_it_is() -> None:
    entry = entry_of(parse_text("12110351"))
    assert entry is not None
    assert entry.name_en == "police by short message"
    assert entry_of(parse_text("13803510001")) is None


def test_the_numbers_that_remain_to_be_checked_are_listed_for_the_operator() -> None:
    page = (Path(__file__).parents[2] / "docs/how-to/tune.md").read_text("utf-8")
    section = page.partition("## Protected numbers")[2].partition("## ")[0]
    remain = [row["number"] for row in rows_of("protected.csv") if "(check)" in row["source"]]
    assert re.findall(r"\b(\d{5,})\b", section) == remain
