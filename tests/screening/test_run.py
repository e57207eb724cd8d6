"""Screening files: nothing lost, nothing doubled, whatever the sizes and however often it is broken off."""

from __future__ import annotations

import itertools
import json
import os
import random
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyarrow import csv, parquet

from tests.screening.counting import CountingEngine
from wurao.errors import Misused, Refused
from wurao.events.read import find_inputs
from wurao.screening.checkpoint import read_manifest
from wurao.screening.run import How, Summary, run

PROGRAM = Path(__file__).with_name("counting.py")


def events(path: Path, first: int, rows: int) -> Path:
    """A file of events; every seventh row has no time that is read."""
    lines = ["at,channel,event_id,from_number,to_number,trunk"]
    for n in range(first, first + rows):
        at = "soon" if n % 7 == 3 else f"2026-03-02T09:{n // 60 % 60:02}:{n % 60:02}Z"
        lines.append(f'{at},call,e{n},138035{n % 11:05},13900000000,"t,""1"')
    path.write_text("\n".join(lines) + "\n")
    return path


def screened(paths: list[Path], out: Path, **how: object) -> Summary:
    return run(CountingEngine(), find_inputs([str(path) for path in paths]), out, How(**how))


def verdicts(out: Path) -> pa.Table:
    return pa.concat_tables(parquet.read_table(path) for path in sorted(out.glob("part-*.parquet")))


def rejects(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def test_a_directory_holds_parts_rejects_and_a_manifest_for_its_owner_only(tmp_path: Path) -> None:
    summary = screened([events(tmp_path / "a.csv", 0, 1000)], tmp_path / "out", batch_rows=100, part_rows=300)
    out = tmp_path / "out"
    assert stat.S_IMODE(out.stat().st_mode) == 0o700
    names = sorted(path.name for path in out.iterdir())
    assert names == ["manifest.json", *(f"part-0000{n}.parquet" for n in range(3)), "rejects.jsonl"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in out.iterdir()} == {0o600}
    assert (summary.tally.events, summary.tally.rejected) == (857, 143)
    assert verdicts(out).num_rows == sum(summary.tally.actions.values()) == sum(summary.tally.reasons.values()) == 857
    assert [bad["line"] for bad in rejects(out / "rejects.jsonl")] == list(range(5, 1002, 7))
    assert set(rejects(out / "rejects.jsonl")[0]) == {"file", "line", "column", "value", "error", "expected"}


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    batch_rows=st.integers(1, 120),
    part_rows=st.integers(1, 150),
    workers=st.integers(1, 2),
    cuts=st.lists(st.integers(0, 200), max_size=3),
)
def test_sizes_workers_and_splits_of_files_change_no_verdict(
    tmp_path_factory: pytest.TempPathFactory, batch_rows: int, part_rows: int, workers: int, cuts: list[int]
) -> None:
    place = tmp_path_factory.mktemp("run")
    whole = screened([events(place / "whole.csv", 0, 200)], place / "whole", workers=1)
    edges = [0, *sorted(cuts), 200]
    paths = [events(place / f"{n}.csv", a, b - a) for n, (a, b) in enumerate(itertools.pairwise(edges))]
    split = screened(paths, place / "split", batch_rows=batch_rows, part_rows=part_rows, workers=workers)
    assert verdicts(place / "split").equals(verdicts(place / "whole"))
    assert (split.tally.actions, split.tally.late) == (whole.tally.actions, whole.tally.late)
    assert len(rejects(place / "split" / "rejects.jsonl")) == len(rejects(place / "whole" / "rejects.jsonl"))


def started(out: Path, slow: float, *paths: Path, velocity: Path | str = "-") -> subprocess.Popen[bytes]:
    source = str(Path(__file__).parents[2] / "src")
    command = [sys.executable, str(PROGRAM), str(out), str(slow), str(velocity), *map(str, paths)]
    return subprocess.Popen(command, stderr=subprocess.PIPE, env={**os.environ, "PYTHONPATH": source})


def test_killed_at_random_moments_and_started_again_it_loses_and_doubles_nothing(tmp_path: Path) -> None:
    paths = [events(tmp_path / "a.csv", 0, 3000), events(tmp_path / "b.csv", 3000, 2500)]
    summary = screened(paths, tmp_path / "whole")
    out = tmp_path / "out"
    chance = random.Random(20260302)
    kills = 0
    while kills < 6:
        process = started(out, 0.02, *paths)
        until = time.monotonic() + 20
        before = set(out.glob("part-*.parquet"))
        while process.poll() is None and time.monotonic() < until and set(out.glob("part-*.parquet")) == before:
            time.sleep(0.005)
        time.sleep(chance.uniform(0.0, 0.15))
        process.kill()
        kills += process.wait() == -signal.SIGKILL or 10
    finished = started(out, 0.0, *paths)
    assert finished.wait() == 0
    assert verdicts(out).equals(verdicts(tmp_path / "whole"))
    assert rejects(out / "rejects.jsonl") == rejects(tmp_path / "whole" / "rejects.jsonl")
    manifest = read_manifest(out)
    assert manifest.done
    assert (manifest.tally.actions, manifest.tally.late) == (summary.tally.actions, summary.tally.late)
    assert not list(out.glob("velocity-*")) + list(out.glob("*.partial"))


def test_an_interrupt_keeps_what_is_done_says_so_and_the_same_command_goes_on(tmp_path: Path) -> None:
    path = events(tmp_path / "a.csv", 0, 3000)
    screened([path], tmp_path / "whole")
    out = tmp_path / "out"
    process = started(out, 0.05, path)
    while not list(out.glob("part-*.parquet")):
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate()
    assert process.returncode == 130
    assert b"the same command goes on from there" in said
    kept = verdicts(out).num_rows
    assert 0 < kept < verdicts(tmp_path / "whole").num_rows
    again = started(out, 0.0, path)
    assert again.communicate()[1].startswith(f"going on after {kept:,} events".encode())
    assert verdicts(out).equals(verdicts(tmp_path / "whole"))


def test_a_second_run_with_the_same_inputs_has_nothing_to_do(tmp_path: Path) -> None:
    path, out = events(tmp_path / "a.csv", 0, 50), tmp_path / "out"
    first = screened([path], out)
    told: list[str] = []
    second = screened([path], out, tell=told.append)
    assert (second.tally, told) == (first.tally, [f"{out} is whole already: nothing to do"])


def test_other_inputs_or_changed_ones_are_refused(tmp_path: Path) -> None:
    path, out = events(tmp_path / "a.csv", 0, 50), tmp_path / "out"
    screened([path], out)
    before = {file.name: file.read_bytes() for file in out.iterdir()}
    with pytest.raises(Refused, match=r"b\.csv is new"):
        screened([path, events(tmp_path / "b.csv", 0, 5)], out)
    events(tmp_path / "a.csv", 1, 50)
    with pytest.raises(Refused, match=r"a\.csv has changed"):
        screened([path], out)
    assert {file.name: file.read_bytes() for file in out.iterdir()} == before


def test_a_directory_with_other_files_is_refused(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "thesis.doc").write_text("x")
    with pytest.raises(Refused, match=r"thesis\.doc"):
        screened([events(tmp_path / "a.csv", 0, 5)], out)
    assert [path.name for path in out.iterdir()] == ["thesis.doc"]


@pytest.mark.parametrize("spoil", ["gone", "cut"])
def test_a_part_gone_or_cut_is_named_before_going_on(tmp_path: Path, spoil: str) -> None:
    path, out = events(tmp_path / "a.csv", 0, 900), tmp_path / "out"
    process = started(out, 0.05, path)
    while not list(out.glob("part-*.parquet")):
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    process.communicate()
    part = out / "part-00000.parquet"
    part.unlink() if spoil == "gone" else os.truncate(part, 100)
    with pytest.raises(Refused, match=r"part-00000\.parquet: (is gone|has 100 bytes)"):
        screened([path], out)


def test_two_runs_do_not_write_into_one_directory(tmp_path: Path) -> None:
    path, out = events(tmp_path / "a.csv", 0, 3000), tmp_path / "out"
    process = started(out, 0.05, path)
    while not (out / "manifest.json").exists():
        time.sleep(0.01)
    with pytest.raises(Refused, match="another run writes here"):
        screened([path], out)
    process.kill()
    process.communicate()


@pytest.mark.parametrize("ending", ["parquet", "csv", "jsonl"])
def test_one_file_of_any_format_has_every_column_and_its_rejects_beside_it(tmp_path: Path, ending: str) -> None:
    path = events(tmp_path / "a.csv", 0, 100)
    screened([path], tmp_path / "parts")
    out = tmp_path / f"v.{ending}"
    summary = screened([path], out, batch_rows=30)
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert len(rejects(tmp_path / "v.rejects.jsonl")) == summary.tally.rejected == 14
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.csv", "parts", f"v.{ending}", "v.rejects.jsonl"]
    expected = verdicts(tmp_path / "parts")
    if ending == "parquet":
        assert parquet.read_table(out).equals(expected)
        return
    if ending == "csv":
        text = dict.fromkeys(expected.column_names, pa.string())
        read = csv.read_csv(out, convert_options=csv.ConvertOptions(strings_can_be_null=True, column_types=text))
    else:
        read = duckdb.sql(f"FROM read_json('{out}', format='newline_delimited')").to_arrow_table()
    assert read.column_names == expected.column_names
    for name in ("event_id", "from_number", "action", "reason", "trunk", "snapshot", "label"):
        assert [str(v) for v in read[name].to_pylist()] == [str(v) for v in expected[name].to_pylist()]
    first = out.read_text().splitlines()[1]
    assert "2026-03-02T09:00:0" in first


def test_what_a_spreadsheet_would_take_for_a_formula_is_made_harmless_in_csv_but_no_number_is(
    tmp_path: Path,
) -> None:
    rows = ["=cmd|' /C calc'!A0", "@sum(1)", "+86 138 0351 0001", "-1+1", "plain"]
    lines = [{"at": "2026-03-02T09:00:00Z", "channel": "call", "to_number": "110", "event_id": row} for row in rows]
    (tmp_path / "a.jsonl").write_text("\n".join(json.dumps({**line, "from_number": "13803510001"}) for line in lines))
    screened([tmp_path / "a.jsonl"], tmp_path / "v.csv")
    read = csv.read_csv(
        tmp_path / "v.csv", convert_options=csv.ConvertOptions(column_types={"from_number": pa.string()})
    )
    assert read["event_id"].to_pylist() == ["'" + row if row[0] in "=@-+" else row for row in rows]
    assert read["from_number"].to_pylist() == ["+8613803510001"] * 5


def test_a_name_of_no_format_is_wrong_usage(tmp_path: Path) -> None:
    with pytest.raises(Misused, match=r"v\.xlsx names no format"):
        screened([events(tmp_path / "a.csv", 0, 5)], tmp_path / "v.xlsx")


def test_a_file_that_cannot_be_read_is_told_of_and_the_others_are_screened(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("at,channel\n")
    told: list[str] = []
    summary = screened([tmp_path / "a.csv", events(tmp_path / "b.csv", 0, 7)], tmp_path / "out", tell=told.append)
    assert summary.tally.events == 6
    assert len(summary.refused) == len(told) == 1
    assert screened([tmp_path / "a.csv", tmp_path / "b.csv"], tmp_path / "out").refused == summary.refused


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a small disk")
@pytest.mark.parametrize("name", ["out", "out.parquet", "out.jsonl"])
def test_a_full_disk_fails_clearly_and_a_directory_goes_on_when_there_is_room(tmp_path: Path, name: str) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    path = events(tmp_path / "a.csv", 0, 8000)
    screened([path], tmp_path / "whole", batch_rows=50, part_rows=200)
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=96k", "tmpfs", str(disk)], check=False, capture_output=True
    )
    if mounted.returncode:
        pytest.skip("this machine lets nobody mount")
    try:
        with pytest.raises(OSError, match="No space left"):
            screened([path], disk / name, batch_rows=50, part_rows=200)
        assert not list(disk.rglob("*.partial"))
        subprocess.run(["mount", "-o", "remount,size=64m", str(disk)], check=True)
        if name == "out":
            assert read_manifest(disk / "out").parts
            screened([path], disk / "out", batch_rows=50, part_rows=200)
            assert verdicts(disk / "out").equals(verdicts(tmp_path / "whole"))
        else:
            assert list(disk.iterdir()) == []
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def test_a_file_of_verdicts_is_left_as_it_was_when_nothing_could_be_read(tmp_path: Path) -> None:
    (tmp_path / "bad.parquet").write_bytes(b"PAR1 and no more")
    kept = tmp_path / "verdicts.csv"
    kept.write_text("what stood here")
    summary = run(CountingEngine(), find_inputs([str(tmp_path / "bad.parquet")]), kept)
    assert summary.refused
    assert kept.read_text() == "what stood here"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bad.parquet", "verdicts.csv"]
