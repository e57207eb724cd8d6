"""Day types: announced holidays, make-up working days, weekends, and the registry's word above all."""

from __future__ import annotations

import datetime

import numpy as np
import pytest

from wurao.snapshot.calendar import DAYS, FIRST, day_types
from wurao.wishes import DayType

NOTHING = np.empty(0, dtype=np.int64)


def types_of(text: str, dates: dict[str, DayType] | None = None) -> DayType:
    given = {(datetime.date.fromisoformat(each) - FIRST).days: kind for each, kind in (dates or {}).items()}
    found = day_types(np.array(list(given), dtype=np.int64), np.array(list(given.values()), dtype=np.int64))
    return DayType(int(found[(datetime.date.fromisoformat(text) - FIRST).days]))


@pytest.mark.parametrize(
    ("date", "kind"),
    [
        ("2025-10-01", DayType.PUBLIC_HOLIDAY),
        ("2025-10-07", DayType.PUBLIC_HOLIDAY),
        ("2025-09-28", DayType.WEEKDAY),  # a Sunday that is worked for the holiday
        ("2025-10-11", DayType.WEEKDAY),
        ("2025-10-12", DayType.WEEKEND),
        ("2025-10-13", DayType.WEEKDAY),
        ("1999-01-02", DayType.WEEKEND),
        ("2099-12-31", DayType.WEEKDAY),
        ("2100-12-31", DayType.WEEKDAY),
    ],
)
def test_a_day_is_what_was_announced_else_what_its_weekday_says(date: str, kind: DayType) -> None:
    assert types_of(date) == kind


def test_the_registry_wins_for_the_dates_it_has() -> None:
    said = {"2025-10-01": DayType.WEEKDAY, "2025-10-13": DayType.PUBLIC_HOLIDAY}
    assert types_of("2025-10-01", said) == DayType.WEEKDAY
    assert types_of("2025-10-13", said) == DayType.PUBLIC_HOLIDAY
    assert types_of("2025-10-02", said) == DayType.PUBLIC_HOLIDAY


def test_dates_outside_the_years_that_are_kept_change_nothing() -> None:
    outside = np.array([-1, DAYS, DAYS + 400], dtype=np.int64)
    assert np.array_equal(day_types(outside, np.full(3, 2)), day_types(NOTHING, NOTHING))
