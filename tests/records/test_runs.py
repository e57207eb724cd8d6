"""Runs by callee: whatever was written is found by its callee, in order, also after merging; damage is told."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wurao.errors import MachineFailed
from wurao.records.runs import Run, merge, write_run

FEW = pa.dictionary(pa.int32(), pa.string())
SCHEMA = pa.schema([("callee", pa.int64()), ("at", pa.timestamp("us", tz="UTC")), ("reason", FEW)])
ROWS = st.lists(
    st.tuples(st.integers(0, 6), st.integers(0, 50), st.sampled_from(["a", "b", "c", None])), min_size=1, max_size=30
)
Rows = list[tuple[int, int, str | None]]


def table(rows: Rows) -> pa.Table:
    callees, times, reasons = zip(*rows, strict=True)
    at = pa.array(times, pa.int64()).cast(SCHEMA.field("at").type)
    return pa.table(
        [pa.array(callees, pa.int64()), at, pa.array(reasons, pa.string()).dictionary_encode().cast(FEW)], schema=SCHEMA
    )


def found(run: Run, callee: int) -> list[tuple[int, str | None]]:
    rows = run.of(callee)
    times = rows.column("at").cast(pa.int64()).to_pylist()
    return list(zip(times, rows.column("reason").to_pylist(), strict=True))


def those_of(rows: Rows, callee: int) -> list[tuple[int, str]]:
    return sorted((at, str(reason)) for who, at, reason in rows if who == callee)


@given(st.lists(ROWS, min_size=1, max_size=4))
def test_the_rows_of_a_callee_are_found_in_order_and_after_merging_too(
    tmp_path_factory: pytest.TempPathFactory, groups: list[Rows]
) -> None:
    place = tmp_path_factory.mktemp("runs")
    runs = []
    for n, rows in enumerate(groups):
        write_run(table(rows), place / str(n))
        runs.append(Run(place / str(n)))
    count, size = merge(runs, place / "merged", lambda all_rows: pa.compute.not_equal(all_rows.column("callee"), 6))
    merged = Run(place / "merged")
    every = [row for rows in groups for row in rows]
    assert (count, size) == (sum(row[0] != 6 for row in every), (place / "merged").stat().st_size)
    for callee in range(7):
        for run, rows in zip(runs, groups, strict=True):
            got = found(run, callee)
            assert [at for at, _ in got] == sorted(at for at, _ in got)
            assert sorted((at, str(reason)) for at, reason in got) == those_of(rows, callee)
        kept = [] if callee == 6 else those_of(every, callee)
        assert sorted((at, str(reason)) for at, reason in found(merged, callee)) == kept


def test_a_run_is_its_owners_alone_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    write_run(table([(1, 2, "a")]), tmp_path / "run")
    assert [each.name for each in tmp_path.iterdir()] == ["run"]
    assert (tmp_path / "run").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("octets", [b"", b"ARROW1\0\0", b"x" * 400])
def test_what_is_no_run_is_told(tmp_path: Path, octets: bytes) -> None:
    (tmp_path / "run").write_bytes(octets)
    with pytest.raises(MachineFailed, match="cannot be read"):
        Run(tmp_path / "run")
    with pytest.raises(FileNotFoundError):
        Run(tmp_path / "gone")
