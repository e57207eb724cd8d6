"""Day types: working day, weekend or public holiday, for each day from 1970 to 2100 (China Standard Time).

`chinesecalendar` knows the announced holidays, the days off around them and the make-up working days of its years; the
registry's `holidays` table wins for the dates it has; any other day is a weekend by its weekday.
"""

from __future__ import annotations

import datetime

import numpy as np
import numpy.typing as npt

from wurao.wishes import DayType

FIRST = datetime.date(1970, 1, 1)
DAYS = (datetime.date(2101, 1, 1) - FIRST).days


def day_types(dates: npt.NDArray[np.int64], types: npt.NDArray[np.int64]) -> npt.NDArray[np.int8]:
    """The `DayType` of each day since 1970; `dates` (days since 1970) of the table win with their `types`."""
    import chinese_calendar
    from chinese_calendar import constants

    days = np.zeros(DAYS, dtype=np.int8)
    days[(np.arange(DAYS) + 3) % 7 >= 5] = DayType.WEEKEND
    for date in constants.workdays:
        days[(date - FIRST).days] = DayType.WEEKDAY
    for date in (*constants.holidays, *constants.in_lieu_days):
        if chinese_calendar.is_holiday(date):
            days[(date - FIRST).days] = DayType.PUBLIC_HOLIDAY
    inside = (dates >= 0) & (dates < DAYS)
    days[dates[inside]] = types[inside]
    return days
