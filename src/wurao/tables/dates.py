"""Dates as written, YYYY-MM-DD, read compiled; times are read by `events.moments`.

Comes in: an Arrow column of strings. Goes out: days since 1970. Called by `forms` for every DATE of a text file and of
a live change.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from wurao.compiled import Bundle, compiled
from wurao.events.moments import LATEST_US, NO_MOMENT, date_at

LATEST_DAY = LATEST_US // 86_400_000_000
"""The first day after the year 2100."""


class WrittenDates(Bundle):
    """The bytes of a column of strings, where each row starts (one more than rows), and the days to be filled in."""

    columns = {"data": "u1", "starts": "i4", "days": "i8"}  # noqa: RUF012 - declared ClassVar by Bundle


def dates(array: pa.StringArray) -> npt.NDArray[np.int64]:
    """Days since 1970 of texts YYYY-MM-DD; `NO_MOMENT` where the text is none or outside 1970 to 2100."""
    out = np.full(len(array), NO_MOMENT, np.int64)
    _, offsets, data = array.buffers()
    if len(array) and data is not None:
        starts = np.frombuffer(offsets, np.int32)[array.offset : array.offset + len(array) + 1]
        read_dates(WrittenDates(data=np.frombuffer(data, np.uint8), starts=starts, days=out))
    return out


def _read_dates(written: WrittenDates) -> None:
    for row in range(len(written.days)):
        start = written.starts[row]
        if written.starts[row + 1] - start == 10:
            days = date_at(written.data, start)
            if days >= 0 and days < LATEST_DAY:
                written.days[row] = days


read_dates = compiled(_read_dates)


def warm() -> None:
    """Compile what reads dates."""
    dates(pa.array(["2026-03-01"]))
