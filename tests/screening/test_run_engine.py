"""The engine behind `run`, velocity on: no block size, number of workers, split or interruption changes a verdict."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from wurao.events.read import find_inputs
from wurao.screening.checkpoint import read_manifest
from wurao.screening.engine import Engine
from wurao.screening.run import How, run
from wurao.snapshot import build

SUBSCRIBERS = [f"138035100{n:02}" for n in range(12)]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("engine")
    tables = place / "tables"
    tables.mkdir()
    levels = ("off", "label", "standard", "strict")
    rows = [f"{number},{levels[n % 4]}" for n, number in enumerate(SUBSCRIBERS)]
    (tables / "subscribers.csv").write_text("number,guard\n" + "\n".join(rows) + "\n")
    build(tables, place / "store", own_sender="wurao")
    return place / "store"


attempts = st.tuples(
    st.integers(0, 900),
    st.sampled_from(["call", "call", "call", "message"]),
    st.sampled_from(["13903510002", "13903510002", "02152350001", "anonymous", SUBSCRIBERS[0]]),
    st.sampled_from([*SUBSCRIBERS, "110"]),
    st.sampled_from(["true", "false", ""]),
    st.sampled_from(["1", "30", ""]),
    st.integers(0, 40),
)


def written(path: Path, rows: list[tuple]) -> Path:
    lines = ["at,channel,from_number,to_number,answered,ring_s,event_id"]
    for second, channel, caller, callee, answered, ring, name in rows:
        at = f"2026-03-02T09:{second // 60:02}:{second % 60:02}+08:00"
        lines.append(f"{at},{channel},{caller},{callee},{answered},{ring},{f'e{name}' if name else ''}")
    path.write_text("\n".join(lines) + "\n")
    return path


def verdicts(out: Path) -> pa.Table:
    table = pa.concat_tables(parquet.read_table(path) for path in sorted(out.glob("part-*.parquet")))
    return table.drop_columns(["event_id"])


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(attempts, min_size=1, max_size=150),
    batch_rows=st.integers(1, 40),
    part_rows=st.integers(1, 60),
    workers=st.integers(1, 2),
    cut=st.integers(0, 150),
)
def test_sizes_workers_and_splits_change_no_verdict(
    store: Path, tmp_path_factory: pytest.TempPathFactory, rows, batch_rows, part_rows, workers, cut
) -> None:
    place = tmp_path_factory.mktemp("run")
    rows = [(*row[:6], row[6] or 41 + n) for n, row in enumerate(sorted(rows, key=lambda row: row[0]))]
    whole = find_inputs([str(written(place / "a.csv", rows))])
    one = run(Engine.open(store), whole, place / "whole", How(workers=1))
    halves = [str(written(place / f"{n}.csv", half)) for n, half in enumerate((rows[:cut], rows[cut:]))]
    how = How(batch_rows=batch_rows, part_rows=part_rows, workers=workers)
    two = run(Engine.open(store), find_inputs(halves), place / "split", how)
    assert verdicts(place / "split").equals(verdicts(place / "whole"))
    assert (two.tally.actions, two.tally.reasons, two.tally.late) == (
        one.tally.actions,
        one.tally.reasons,
        one.tally.late,
    )


class Broken(Exception):
    """The machine goes down."""


@pytest.mark.parametrize("save_seconds", [0.0, 1e9])
def test_a_run_broken_off_goes_on_with_velocity_as_it_was(store: Path, tmp_path: Path, save_seconds: float) -> None:
    calls = [(n * 2, "call", "13903510002", SUBSCRIBERS[n % 12], "false", "30", n + 1) for n in range(400)]
    inputs = find_inputs([str(written(tmp_path / "a.csv", calls))])
    run(Engine.open(store), inputs, tmp_path / "whole")
    whole = verdicts(tmp_path / "whole")
    assert "VELOCITY_CALLER" in whole.column("reason").to_pylist()

    def down(rows: int) -> None:
        done.append(rows)
        if len(done) == 25:
            raise Broken

    done: list[int] = []
    how = How(batch_rows=10, part_rows=50, save_seconds=save_seconds, advance=down)
    with pytest.raises(Broken):
        run(Engine.open(store), inputs, tmp_path / "out", how)
    manifest = read_manifest(tmp_path / "out")
    assert 0 < len(manifest.parts) < 8
    assert (manifest.saved is not None) == (save_seconds == 0.0)
    run(Engine.open(store), inputs, tmp_path / "out", How(batch_rows=7, part_rows=50))
    assert verdicts(tmp_path / "out").equals(whole)
