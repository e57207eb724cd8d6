"""The unified social credit code: those that firms publish pass, a wrong character anywhere does not."""

import pytest

pytest.importorskip("django")

from hypothesis import given
from hypothesis import strategies as st

from wurao.control.firms.credit_code import SYMBOLS, check_character, fault, read

PUBLISHED = ("9144030071526726XG", "914403001922038216", "91330100799655058B", "91110108551385082Q")


@pytest.mark.parametrize("code", PUBLISHED)
def test_codes_that_firms_publish_are_right(code: str) -> None:
    assert fault(code) is None


@given(st.sampled_from(PUBLISHED), st.integers(0, 17), st.sampled_from(SYMBOLS))
def test_one_wrong_character_is_always_found(code: str, place: int, symbol: str) -> None:
    wrong = code[:place] + symbol + code[place + 1 :]
    assert (fault(wrong) is None) == (wrong == code)


@given(st.text(SYMBOLS, min_size=17, max_size=17))
def test_the_check_character_is_one_of_the_symbols(first: str) -> None:
    assert check_character(first) in SYMBOLS


def test_a_code_is_read_as_people_write_it() -> None:
    assert read(" 9144 0300 7152 6726 xg ") == "9144030071526726XG"
    assert read("９１４４０３００７１５２６７２６ＸＧ") == "9144030071526726XG"


@pytest.mark.parametrize(
    ("code", "told"),
    [("", "18 characters"), ("9144030071526726X", "this 17"), ("9144030071526726XO", "O is in no code")],
)
def test_what_is_wrong_is_told(code: str, told: str) -> None:
    wrong = fault(code)
    assert wrong is not None
    assert told in wrong[1]
