"""Numbers of other countries: which calling codes there are, and how long a number behind each may be.

In go digits after + or 00 that do not begin with 86; out comes a Number of kind foreign or `IMPOSSIBLE`. Calling codes
and possible lengths are those of the `phonenumbers` package (libphonenumber's metadata), kept in `calling_codes.csv` so
that nothing has to import it to read a number; `python -m wurao.numbering.foreign` writes that file anew, and a test
compares the two. `country_of` asks the package itself. Called by `parse` and by the command `number`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from wurao.compiled import apart
from wurao.numbering.data_files import rows_of
from wurao.numbering.national import value_in
from wurao.numbering.number import IMPOSSIBLE, POWERS_OF_TEN, Kind, pack, value_of
from wurao.numbering.symbols import Digits

FOREIGN = Kind.FOREIGN.value
LONGEST_FOREIGN = 17
"""E.164 allows 15 digits; a few plans in the package's data go beyond."""

_FILE = "calling_codes.csv"

LENGTHS = np.zeros(1000, dtype=np.int64)
"""For each calling code, at its own integer, a bit for each possible length of what follows it."""
for _row in rows_of(_FILE):
    LENGTHS[int(_row["calling_code"])] = sum(1 << int(_length) for _length in _row["lengths"].split())


@apart
def foreign(digits: Digits, at: int, end: int) -> int:
    """The Number of E.164 digits of another country: its calling code is known, its length possible there."""
    if end - at > LONGEST_FOREIGN:
        return IMPOSSIBLE
    for length in range(1, 4):
        if at + length >= end:
            return IMPOSSIBLE
        lengths = int(LENGTHS[value_in(digits, at, at + length)]) if int(digits[at]) != 0 else 0
        if lengths != 0:
            is_possible = (lengths >> (end - at - length)) & 1
            return pack(FOREIGN, value_in(digits, at, end)) if is_possible else IMPOSSIBLE
    return IMPOSSIBLE


def calling_code_length(value: int, length: int) -> int:
    """How many of `length` E.164 digits, given as their value, are the country calling code.

    All of them where they are not yet a whole one; three where they begin with none that is assigned.
    """
    for count in range(1, min(length, 3) + 1):
        code = value // int(POWERS_OF_TEN[length - count])
        if code == 86 or LENGTHS[code] != 0:
            return count
    return min(length, 3)


def country_of(number: int) -> str | None:
    """The country (ISO 3166-1 alpha-2) of a foreign number; null for numbers of no one country, such as +800."""
    import phonenumbers

    parsed = phonenumbers.parse(f"+{value_of(number)}")
    region: str | None = phonenumbers.region_code_for_number(parsed)
    if region is None and parsed.country_code is not None:
        region = phonenumbers.region_code_for_country_code(parsed.country_code)
    return region if region is not None and len(region) == 2 and region.isalpha() and region != "ZZ" else None


def possible_lengths() -> dict[int, list[int]]:
    """From the package: each calling code but 86, and the possible lengths of a national number behind it."""
    import phonenumbers

    found = {}
    for code in sorted(phonenumbers.COUNTRY_CODE_TO_REGION_CODE):
        region = phonenumbers.region_code_for_country_code(code)
        metadata: Any = phonenumbers.PhoneMetadata.metadata_for_region_or_calling_code(code, region)
        lengths = [n for n in metadata.general_desc.possible_length if n > 0 and len(str(code)) + n <= LONGEST_FOREIGN]
        if code != 86 and lengths:
            found[code] = lengths
    return found


def write_table(file: Path) -> None:
    """Write the table of calling codes anew from the installed package."""
    from phonenumbers import __version__

    head = f"# Written by `python -m wurao.numbering.foreign` from phonenumbers {__version__} (libphonenumber).\n"
    rows = [f"{code},{' '.join(map(str, lengths))}\n" for code, lengths in possible_lengths().items()]
    file.write_text(head + "calling_code,lengths\n" + "".join(rows), encoding="utf-8")


if __name__ == "__main__":
    write_table(Path(__file__).parent / _FILE)
