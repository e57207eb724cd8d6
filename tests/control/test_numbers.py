"""Files of numbers as people make them: any line's end, quotes, a header, bad lines named, whatever octets come."""

import pytest

pytest.importorskip("django")

from hypothesis import given
from hypothesis import strategies as st

from wurao.control.numbers import read_numbers
from wurao.errors import Refused
from wurao.numbering import parse_text

A, B = parse_text("13835110001"), parse_text("13835110002")


@pytest.mark.parametrize(
    "text",
    [
        "13835110001\n13835110002\n",
        "13835110001\r\n+86 138-3511-0002",
        "\ufeffnumber\n13835110001\n\n  13835110002\t\n",
        '号码,姓名\n13835110001,王芳\n"\'+8613835110002",李娜\n',
        "13835110001\r13835110002\r",
    ],
)
def test_the_same_numbers_however_they_are_written(text: str) -> None:
    found = read_numbers(text.encode())
    assert found.numbers.tolist() == [A, B]
    assert (found.count, found.bad_count) == (2, 0)


def test_lines_that_are_no_subscribers_number_are_named_and_the_others_stay() -> None:
    found = read_numbers(b"13835110001\n110\nhello\n\n13835110002\n95588\n")
    assert found.numbers.tolist() == [A, B]
    assert found.first_bad() == [(2, "110"), (3, "hello"), (6, "95588")]
    assert found.count == 5


def test_a_file_that_is_too_large_is_refused() -> None:
    with pytest.raises(Refused, match="64 MB"):
        read_numbers(b"1" * ((64 << 20) + 1))


@given(st.binary(max_size=200))
def test_no_octets_break_it(octets: bytes) -> None:
    found = read_numbers(octets)
    assert len(found.written) == len(found.numbers)
    assert found.count == len(found.numbers) + found.bad_count
    assert len(found.first_bad()) == min(found.bad_count, 20)
