"""Dates of holidays and allocations: those of the calendar and no others."""

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import given
from hypothesis import strategies as st

from wurao.tables import check_rows, read_tables
from wurao.tables.dates import WrittenDates, dates, read_dates

EPOCH = date(1970, 1, 1)


@given(st.lists(st.dates(date(1970, 1, 1), date(2100, 12, 31)) | st.text(st.sampled_from("0123456789-"), max_size=11)))
def test_a_date_is_read_as_the_calendar_has_it_and_the_same_uncompiled(written: list[date | str]) -> None:
    texts = pa.array([str(each) for each in written], pa.string())
    found = dates(texts)
    for text, days in zip(texts.to_pylist(), found.tolist(), strict=True):
        try:
            expected = (date.fromisoformat(text) - EPOCH).days if len(text) == 10 else None
        except ValueError:
            expected = None
        in_range = expected is not None and 0 <= expected < (date(2101, 1, 1) - EPOCH).days
        assert (days if days >= 0 else None) == (expected if in_range else None)
    if len(texts):
        starts = np.frombuffer(texts.buffers()[1], np.int32)[: len(texts) + 1]
        plain = np.full(len(texts), -(2**63))
        data = np.frombuffer(texts.buffers()[2] or b"", np.uint8)
        read_dates.plain(WrittenDates(data=data, starts=starts, days=plain))
        assert plain.tolist() == found.tolist()


def test_dates_of_parquet_and_of_text_are_the_same(tmp_path: Path) -> None:
    day = EPOCH + timedelta(days=20_500)
    pq.write_table(
        pa.table({"date": [day, date(1969, 12, 31)], "day_type": ["public_holiday", "weekend"]}),
        tmp_path / "holidays.parquet",
    )
    table = read_tables(tmp_path)["holidays"]
    checked, bad = check_rows("holidays", [{"date": str(day), "day_type": "public_holiday"}])
    assert bad.count == 0
    assert table.table.equals(checked)
    assert [(row.line, row.column) for row in table.bad.kept] == [(2, "date")]


def test_the_prefixes_of_allocations_need_no_match(tmp_path: Path) -> None:
    rows = [{"prefix": "1700999", "state": state, "as_of": as_of} for state, as_of in (("unallocated", "2026-01-01"),)]
    checked, bad = check_rows("allocations", [*rows, {**rows[0], "as_of": "2026-1-1"}, {**rows[0], "prefix": "x"}])
    assert checked.num_rows == 1
    assert [(row.line, row.column) for row in bad.kept] == [(2, "as_of"), (3, "prefix")]
