"""Names asked for against the list: exactly, with all below, in their time; over a snapshot and over changes."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wurao.snapshot.domains import canonical_names, compile_domains, listed_names
from wurao.snapshot.registry import Registry, empty_arrays
from wurao.snapshot.times import NEVER
from wurao.tables import schema

LABELS = ["a", "b", "evil", "example", "中国", "xn--fiqs8s", "com", "cn"]
NAMES = st.lists(st.sampled_from(LABELS), min_size=2, max_size=4).map(".".join)
Row = tuple[str, int, int, int]
ROWS = st.lists(
    st.tuples(NAMES, st.integers(0, 1), st.integers(0, 5), st.integers(1, 9)),
    max_size=8,
    unique_by=lambda row: (_ascii(row[0]), row[1]),
)


def _ascii(name: str) -> str:
    return name.encode("idna").decode()


def _table(rows: list[Row]) -> pa.Table:
    made = [
        {
            "name": name,
            "match": match,
            "cause": "fraud",
            "source": "police",
            "start": start,
            "end": end if end < 9 else None,
        }
        for name, match, start, end in rows
    ]
    return pa.Table.from_pylist(made, schema=schema("domains"))


def _registry(rows: list[Row], touched: list[str] | None = None) -> Registry:
    names = pa.array(touched, pa.string()) if touched is not None else None
    return Registry(**empty_arrays() | compile_domains(_table(rows), names))


def _is_listed(rows: list[Row], name: str, at: int) -> bool:
    asked = _ascii(name.lower().rstrip("."))
    return any(
        (asked == _ascii(listed) if match == 0 else f".{asked}".endswith(f".{_ascii(listed)}"))
        and start <= at < (end if end < 9 else NEVER)
        for listed, match, start, end in rows
    )


def _asked(base: Registry, overlay: Registry, asked: list[tuple[str, int]]) -> list[bool]:
    listed = np.zeros(len(asked), dtype=np.int8)
    at = np.array([at for _, at in asked], dtype=np.int64)
    listed_names(base, overlay, pa.array([name for name, _ in asked], pa.string()), at, listed)
    return [bool(each) for each in listed]


@given(ROWS, st.lists(st.tuples(NAMES | NAMES.map(str.upper) | NAMES.map(lambda n: n + "."), st.integers(0, 9))))
def test_a_name_is_listed_where_a_row_says_so(rows: list[Row], asked: list[tuple[str, int]]) -> None:
    found = _asked(_registry(rows), _registry([]), asked)
    assert found == [_is_listed(rows, name, at) for name, at in asked]


@given(ROWS, ROWS, st.lists(st.tuples(NAMES, st.integers(0, 9))))
def test_what_the_overlay_says_of_a_name_stands_for_the_base(
    rows: list[Row], changed: list[Row], asked: list[tuple[str, int]]
) -> None:
    touched = {_ascii(name) for name, *_ in changed}
    now = [row for row in rows if _ascii(row[0]) not in touched] + changed
    found = _asked(_registry(rows), _registry(changed, sorted(touched)), asked)
    assert found == [_is_listed(now, name, at) for name, at in asked]


@pytest.mark.parametrize("name", ["", ".", "a" * 300 + ".evil.com", "..", "evil..com"])
def test_what_is_no_name_is_not_listed(name: str) -> None:
    assert _asked(_registry([("evil.com", 0, 0, 9)]), _registry([]), [(name, 1)]) == [False]


def test_names_are_compared_in_lower_case_and_ascii() -> None:
    names = pa.array(["WWW.Evil.COM.", "中国.CN", None])
    assert canonical_names(names).to_pylist() == ["www.evil.com", "xn--fiqs8s.cn", ""]
