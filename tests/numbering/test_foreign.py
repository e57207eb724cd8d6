"""Other countries' numbers: our table is the library's, and asking the library gives the country."""

from __future__ import annotations

from pathlib import Path

import pytest

from wurao.numbering import foreign, parse_text
from wurao.numbering.data_files import rows_of


def test_the_shipped_table_is_what_the_library_says() -> None:
    shipped = {
        int(row["calling_code"]): [int(n) for n in row["lengths"].split()] for row in rows_of("calling_codes.csv")
    }
    assert shipped == foreign.possible_lengths()


def test_the_table_is_written_as_it_is_shipped(tmp_path: Path) -> None:
    foreign.write_table(tmp_path / "calling_codes.csv")
    written = (tmp_path / "calling_codes.csv").read_text().splitlines()[1:]
    shipped = (Path(foreign.__file__).parent / "calling_codes.csv").read_text().splitlines()[1:]
    assert written == shipped


@pytest.mark.parametrize(
    ("text", "country"),
    [
        ("+852 2345 6789", "HK"),
        ("+853 2812 3456", "MO"),
        ("+886 2 2345 6789", "TW"),
        ("+1 212 555 1234", "US"),
        ("+1 416 555 1234", "CA"),
        ("+7 495 123 4567", "RU"),
        ("+7 701 123 4567", "KZ"),
        ("+870 773 111 632", None),
        ("+800 1234 5678", None),
    ],
)
def test_the_country_of_a_foreign_number(text: str, country: str | None) -> None:
    assert foreign.country_of(parse_text(text)) == country
