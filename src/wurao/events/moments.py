"""Times as written, read compiled: RFC 3339 with an offset.

Comes in: an Arrow column of strings. Goes out: microseconds since 1970 in UTC, with `NO_MOMENT` where the text is
none. `checked` calls it for every `at` of a text file.
"""

from __future__ import annotations

from typing import Any, cast

import numpy as np
import numpy.typing as npt

from wurao.compiled import Bundle, View, compiled

NO_MOMENT = -(2**63)
LATEST_US = 4_133_980_800_000_000
"""The end of the year 2100; the earliest time taken is 0, the start of 1970."""


class WrittenTimes(Bundle):
    """The bytes of a column of strings, where each row starts (one more than rows), and the moments to be filled in."""

    columns = {"data": "u1", "starts": "i4", "moments": "i8"}  # noqa: RUF012 - declared ClassVar by Bundle


def moments(array: Any) -> npt.NDArray[np.int64]:
    """Microseconds since 1970, UTC, of a column of RFC 3339 texts; `NO_MOMENT` for others and outside 1970 to 2100."""
    out = np.full(len(array), NO_MOMENT, np.int64)
    _, offsets, data = array.buffers()
    if len(array) and data is not None:
        starts = np.frombuffer(offsets, np.int32)[array.offset : array.offset + len(array) + 1]
        read_moments(WrittenTimes(data=np.frombuffer(data, np.uint8), starts=starts, moments=out))
    return out


def moment_of(text: str) -> int:
    """The same of one text, uncompiled: octets are read as a column's are."""
    octets = text.encode(errors="surrogatepass")
    return moment_at(cast(View, octets), 0, len(octets))


def _read_moments(written: WrittenTimes) -> None:
    for row in range(len(written.moments)):
        written.moments[row] = moment_at(written.data, written.starts[row], written.starts[row + 1])


read_moments = compiled(_read_moments)


def digits_at(data: View, at: int, count: int) -> int:
    """The value of `count` decimal digits, or -1."""
    value = 0
    for place in range(at, at + count):
        digit = data[place] - 48
        if digit < 0 or digit > 9:
            return -1
        value = value * 10 + digit
    return value


def date_at(data: View, at: int) -> int:
    """Days since 1970 of ten characters YYYY-MM-DD, or `NO_MOMENT`."""
    year = digits_at(data, at, 4)
    month = digits_at(data, at + 5, 2)
    day = digits_at(data, at + 8, 2)
    if year < 0 or month < 1 or month > 12 or day < 1 or data[at + 4] != 45 or data[at + 7] != 45:
        return NO_MOMENT
    longest = 31
    if month == 2:
        leap = (year % 4 == 0 and year % 100 != 0) or year % 400 == 0
        longest = 29 if leap else 28
    elif month == 4 or month == 6 or month == 9 or month == 11:
        longest = 30
    if day > longest:
        return NO_MOMENT
    return days_since_1970(year, month, day)


def days_since_1970(year: int, month: int, day: int) -> int:
    """Days of the Gregorian calendar, counted from March so that the leap day comes last."""
    if month <= 2:
        year -= 1
    era = year // 400
    of_era = year - era * 400
    of_year = (153 * ((month + 9) % 12) + 2) // 5 + day - 1
    return era * 146097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719468


def moment_at(data: View, at: int, end: int) -> int:
    """Microseconds since 1970 of one RFC 3339 text, or `NO_MOMENT`; a leap second is the second after it."""
    if end - at < 20:
        return NO_MOMENT
    days = date_at(data, at)
    between = data[at + 10]
    hour = digits_at(data, at + 11, 2)
    minute = digits_at(data, at + 14, 2)
    second = digits_at(data, at + 17, 2)
    if days == NO_MOMENT or (between != 84 and between != 116 and between != 32):
        return NO_MOMENT
    if data[at + 13] != 58 or data[at + 16] != 58 or hour < 0 or hour > 23 or minute < 0 or minute > 59:
        return NO_MOMENT
    if second < 0 or second > 60:
        return NO_MOMENT
    place = at + 19
    fraction = 0
    if data[place] == 46:
        place += 1
        first = place
        unit = 100_000
        while place < end and data[place] >= 48 and data[place] <= 57:
            fraction += (data[place] - 48) * unit
            unit //= 10
            place += 1
        if place == first:
            return NO_MOMENT
    east = offset_at(data, place, end)
    if east == NO_MOMENT:
        return NO_MOMENT
    moment = days * 86_400_000_000 + ((hour * 60 + minute - east) * 60 + second) * 1_000_000 + fraction
    if moment < 0 or moment >= LATEST_US:
        return NO_MOMENT
    return moment


def offset_at(data: View, at: int, end: int) -> int:
    """Minutes east of UTC of what ends an RFC 3339 text (Z, or ±HH:MM), or `NO_MOMENT`."""
    if end - at == 1 and (data[at] == 90 or data[at] == 122):
        return 0
    if end - at != 6 or (data[at] != 43 and data[at] != 45) or data[at + 3] != 58:
        return NO_MOMENT
    hours = digits_at(data, at + 1, 2)
    minutes = digits_at(data, at + 4, 2)
    if hours < 0 or hours > 23 or minutes < 0 or minutes > 59:
        return NO_MOMENT
    east = hours * 60 + minutes
    return east if data[at] == 43 else -east
