"""Writing numbers again: canonical, E.164, masked."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wurao.numbering import IMPOSSIBLE, WITHHELD, Kind, canonical, canonical_column, e164, masked, parse_text
from wurao.numbering.number import pack

NAMES = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.&", min_size=1, max_size=11).filter(
    lambda name: any("A" <= letter <= "Z" for letter in name)
)
NUMBERS = st.one_of(
    st.just(WITHHELD),
    st.just(IMPOSSIBLE),
    st.integers(8613000000000, 8619999999999).map(lambda value: parse_text(f"+{value}")),
    st.integers(0, 10**17 - 1).map(lambda value: pack(Kind.MESSAGE_PORT, 10**17 + value)),
    st.integers(0, 99).map(lambda value: pack(Kind.MESSAGE_PORT, 100 + value)),
    st.integers(0, 10**7 - 1).map(lambda value: pack(Kind.FREEPHONE, 14000000000 + value)),
    st.integers(95000, 96999).map(lambda value: pack(Kind.SHORT, 100000 + value)),
    NAMES.map(parse_text),
)


@given(st.lists(NUMBERS, max_size=30))
def test_a_column_is_written_as_its_numbers_one_by_one(numbers: list[int]) -> None:
    written = canonical_column(np.array(numbers, dtype=np.int64))
    assert written.to_pylist() == [canonical(number) for number in numbers]
    written.validate(full=True)


@given(NUMBERS)
def test_every_number_reads_back(number: int) -> None:
    assert parse_text(canonical(number)) == number


@given(NAMES)
def test_a_name_of_up_to_eleven_symbols_is_kept_whole(name: str) -> None:
    if parse_text(name) not in (WITHHELD, IMPOSSIBLE):
        assert canonical(parse_text(name)) == name


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("13803510001", "+8613803510001"),
        ("0351-2345678", "+863512345678"),
        ("+1 212 555 1234", "+12125551234"),
        ("1064912345678", "+861064912345678"),
        ("95588", None),
        ("10690001234567", None),
        ("400-810-0000", None),
        ("ICBC", None),
        ("", None),
        ("54321", None),
    ],
)
def test_only_what_can_be_dialled_from_abroad_has_e164(text: str, written: str | None) -> None:
    assert e164(parse_text(text)) == written


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("+8613803510001", "1380351****"),
        ("0351-2345678", "0351234****"),
        ("+852 2345 6789", "+8522345****"),
        ("10690001234567", "1069000123****"),
        ("4008100000", "400810****"),
        ("110", "110"),
        ("95588", "95588"),
        ("ICBC", "ICBC"),
        ("", "withheld"),
    ],
)
def test_a_mask_hides_the_last_four_digits_of_what_belongs_to_someone(text: str, shown: str) -> None:
    assert masked(parse_text(text)) == shown


def test_numbers_in_memory_that_may_not_be_written_are_written_out_too() -> None:
    numbers = np.array([parse_text("110"), WITHHELD], dtype=np.int64)
    numbers.flags.writeable = False
    assert canonical_column(numbers).to_pylist() == ["110", "withheld"]
    assert canonical_column(numbers[::-1]).to_pylist() == ["withheld", "110"]
    assert canonical_column(numbers[:0]).to_pylist() == []
