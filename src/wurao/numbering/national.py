"""What digits mean in China: the structure of the national numbering plan, and which kind of Number they make.

In go digits with the way in which they were written (with the country code, after the trunk prefix 0, as dialled at
home); out comes a Number, `IMPOSSIBLE` where the plan's structure forbids them. That a segment or a short code is
missing from someone's data is never a reason: only lengths, first digits and area codes count. Called by `parse`.

Source: 电信网编号计划 of the Ministry of Industry and Information Technology (2010, changed 2017), as far as published;
what each data file adds stands in its head. All functions are plain scalar code.
"""

from __future__ import annotations

import numpy as np

from wurao.compiled import apart
from wurao.numbering.data_files import rows_of
from wurao.numbering.number import IMPOSSIBLE, LONGEST, Kind, pack
from wurao.numbering.symbols import Digits

MOBILE = Kind.MOBILE.value
FIXED = Kind.FIXED.value
SHORT = Kind.SHORT.value
FREEPHONE = Kind.FREEPHONE.value
MESSAGE_PORT = Kind.MESSAGE_PORT.value
IOT = Kind.IOT.value
SATELLITE = Kind.SATELLITE.value

_AREAS = rows_of("area_codes.csv")
AREA_LENGTH = np.zeros(1000, dtype=np.int64)
"""How many digits an area code has (2 or 3), at its own integer; 0 where there is none."""
for _area in _AREAS:
    AREA_LENGTH[int(_area["area"])] = len(_area["area"])

_SHORTS = sorted(rows_of("short_codes.csv"), key=lambda row: row["prefix"])
SHORT_PREFIX = np.array([int(row["prefix"]) for row in _SHORTS], dtype=np.int64)
SHORT_PREFIX_LENGTH = np.array([len(row["prefix"]) for row in _SHORTS], dtype=np.int64)
SHORT_LEAST = np.array([int(row["least"]) for row in _SHORTS], dtype=np.int64)
SHORT_MOST = np.array([int(row["most"]) for row in _SHORTS], dtype=np.int64)

_CARRIERS = [row["prefix"] for row in rows_of("carrier_prefixes.csv")]
CARRIER_PREFIX = np.array([int(prefix) for prefix in _CARRIERS], dtype=np.int64)
CARRIER_PREFIX_LENGTH = np.array([len(prefix) for prefix in _CARRIERS], dtype=np.int64)

_LONGEST_SHORT = 16
_LONGEST_OF_AREA = 6
_LONGEST_BEHIND_ZERO = 8
_COUNTRY = 86
_EMERGENCIES = (110, 119, 120, 122)


@apart
def value_in(digits: Digits, at: int, end: int) -> int:
    """The decimal value of up to 18 digits."""
    value = 0
    for n in range(at, end):
        value = value * 10 + int(digits[n])
    return value


@apart
def with_country_code(digits: Digits, at: int, end: int) -> int:
    """The Number of the digits after +86, 0086 or 86; a trunk prefix 0 left in (+86 0351) is passed over."""
    if at < end and int(digits[at]) == 0:
        return _behind_zero(digits, at + 1, end)
    found = _subscriber(digits, at, end)
    if found == IMPOSSIBLE:
        found = _emergency_of_area(digits, at, end)
    if found == IMPOSSIBLE:
        found = _reached_everywhere(digits, at, end)
    if found == IMPOSSIBLE:
        found = _message_port(digits, at, end)
    return found if found != IMPOSSIBLE else _short_of_area(digits, at, end)


def after_trunk_zero(digits: Digits, at: int, end: int) -> int:
    """The Number of the digits after the trunk prefix: 0351-2345678, 0351-110, 01380351…, 095588."""
    found = _behind_zero(digits, at, end)
    if found == IMPOSSIBLE and _has_country_code(digits, at, end):
        found = with_country_code(digits, at + 2, end)
    return found


@apart
def at_home(digits: Digits, at: int, end: int) -> int:
    """The Number of digits as dialled at home or as signalled nationally, without +, 00 or a trunk prefix before them.

    An area code without its trunk prefix is taken (signalling omits the prefix); a local number without an area code
    is not: nothing says where it belongs.
    """
    found = _mobile_or_thing(digits, at, end)
    if found == IMPOSSIBLE:
        found = _message_port(digits, at, end)
    if found == IMPOSSIBLE:
        found = _reached_everywhere(digits, at, end)
    if found == IMPOSSIBLE and _has_country_code(digits, at, end):
        found = with_country_code(digits, at + 2, end)
    return found if found != IMPOSSIBLE else _fixed(digits, at, end)


@apart
def carrier_prefix_length(digits: Digits, at: int, end: int) -> int:
    """How many digits of a carrier's selection prefix (17951, 12593 …) stand before a number; 0 where none does."""
    for n in range(len(CARRIER_PREFIX)):
        length = int(CARRIER_PREFIX_LENGTH[n])
        if end - at - length >= 11 and value_in(digits, at, at + length) == int(CARRIER_PREFIX[n]):
            return length
    return 0


@apart
def _behind_zero(digits: Digits, at: int, end: int) -> int:
    found = _subscriber(digits, at, end)
    if found == IMPOSSIBLE:
        found = _short_of_area(digits, at, end)
    if found == IMPOSSIBLE:
        found = _freephone(digits, at, end)
    return _short(digits, at, end) if found == IMPOSSIBLE and end - at <= _LONGEST_BEHIND_ZERO else found


def _has_country_code(digits: Digits, at: int, end: int) -> bool:
    return end - at >= 5 and value_in(digits, at, at + 2) == _COUNTRY and int(digits[at + 2]) != 0


@apart
def _subscriber(digits: Digits, at: int, end: int) -> int:
    found = _mobile_or_thing(digits, at, end)
    return found if found != IMPOSSIBLE else _fixed(digits, at, end)


def _mobile_or_thing(digits: Digits, at: int, end: int) -> int:
    """1[3-9] and 9 digits; 13 digits from 14 or 1064 (things); 174 and 1349 (satellite)."""
    size = end - at
    if (size != 11 and size != 13) or int(digits[at]) != 1:
        return IMPOSSIBLE
    value = _COUNTRY * (10**11 if size == 11 else 10**13) + value_in(digits, at, end)
    if size == 13:
        is_thing = int(digits[at + 1]) == 4 or value_in(digits, at, at + 4) == 1064
        return pack(IOT, value) if is_thing else IMPOSSIBLE
    if int(digits[at + 1]) < 3:
        return IMPOSSIBLE
    is_satellite = value_in(digits, at, at + 3) == 174 or value_in(digits, at, at + 4) == 1349
    return pack(SATELLITE if is_satellite else MOBILE, value)


def _fixed(digits: Digits, at: int, end: int) -> int:
    """An area code, and 8 digits or, where the code has three digits, 7 or 8; the first is none of 0 and 1."""
    length = _area_length(digits, at, end)
    size = end - at - length
    if length == 0 or int(digits[at + length]) < 2 or not (size == 8 or (size == 7 and length == 3)):
        return IMPOSSIBLE
    return pack(FIXED, _COUNTRY * (10**10 if size + length == 10 else 10**11) + value_in(digits, at, end))


def _area_length(digits: Digits, at: int, end: int) -> int:
    """How many digits of a valid area code stand here, with at least three digits after them; 0 where none does."""
    if end - at < 5:
        return 0
    if AREA_LENGTH[value_in(digits, at, at + 2)] == 2:
        return 2
    return 3 if end - at >= 6 and AREA_LENGTH[value_in(digits, at, at + 3)] == 3 else 0


def _emergency_of_area(digits: Digits, at: int, end: int) -> int:
    """+86 351 110: what reaches 110 in Taiyuan is 110, before any longer short code of the same digits."""
    length = _area_length(digits, at, end)
    if length == 0 or end - at - length != 3 or value_in(digits, at + length, end) not in _EMERGENCIES:
        return IMPOSSIBLE
    return _short(digits, at + length, end)


def _short_of_area(digits: Digits, at: int, end: int) -> int:
    """A short code behind an area code is that short code, dialled so to reach another city's; extensions are not."""
    length = _area_length(digits, at, end)
    is_plain = end - at - length <= _LONGEST_OF_AREA
    return _short(digits, at + length, end) if length != 0 and is_plain else IMPOSSIBLE


def _reached_everywhere(digits: Digits, at: int, end: int) -> int:
    """400 and 800 with 7 digits, or a short code."""
    found = _freephone(digits, at, end)
    return found if found != IMPOSSIBLE else _short(digits, at, end)


def _freephone(digits: Digits, at: int, end: int) -> int:
    if end - at != 10 or value_in(digits, at, at + 3) not in (400, 800):
        return IMPOSSIBLE
    return pack(FREEPHONE, 10**10 + value_in(digits, at, end))


@apart
def _short(digits: Digits, at: int, end: int) -> int:
    size = end - at
    if size < 3 or size > _LONGEST_SHORT:
        return IMPOSSIBLE
    for n in range(len(SHORT_PREFIX)):
        length = int(SHORT_PREFIX_LENGTH[n])
        if (
            int(SHORT_LEAST[n]) <= size <= int(SHORT_MOST[n])
            and length <= size
            and value_in(digits, at, at + length) == int(SHORT_PREFIX[n])
        ):
            return pack(SHORT, 10**size + value_in(digits, at, end))
    return IMPOSSIBLE


def _message_port(digits: Digits, at: int, end: int) -> int:
    """106 and 2 to 17 digits."""
    size = end - at
    if size < 5 or size > LONGEST or value_in(digits, at, at + 3) != 106:
        return IMPOSSIBLE
    return pack(MESSAGE_PORT, 10 ** (size - 3) + value_in(digits, at + 3, end))
