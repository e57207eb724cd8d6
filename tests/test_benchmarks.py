"""The benchmarks measure what they say: the same workload each time, the same answers on both sides, one shape."""

from __future__ import annotations

import inspect
import json
import sys
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from benchmarks import one_event, traffic, wish_bytes, workload
from benchmarks.every import BENCHMARKS
from benchmarks.figure import Figure
from benchmarks.ground import Ground
from benchmarks.kernels import STILL, Still
from benchmarks.nation import Nation
from benchmarks.redis_server import CLIENT, PROGRAM
from benchmarks.reference import Reference
from benchmarks.report import page
from benchmarks.rounds import by_turns
from benchmarks.verdicts_batch import compare
from wurao.cli import group
from wurao.cli.bench import find_repository
from wurao.errors import Refused
from wurao.settings import load
from wurao.settings.thresholds import thresholds
from wurao.verdicts import Action, Reason

SCALE = 2_000
EVENTS = 4_000
KEYS = ["name", "value", "unit", "reach", "met", "beside", "ratio"]


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Ground:
    return Ground(SCALE, tmp_path_factory.mktemp("bench"))


@pytest.fixture(scope="module")
def reference(ground: Ground) -> Reference:
    return Reference(ground)


@pytest.mark.parametrize("seed", [2, 3])
def test_the_engine_and_one_query_written_from_the_design_agree_on_every_event(
    ground: Ground, reference: Reference, seed: int
):
    columns = ground.events(EVENTS * SCALE, seed)
    still = Still(ground.sight, thresholds(load()), columns, STILL.plain)
    with np.errstate(over="ignore"):
        still.run()
    reference.take(columns)
    compare(still, reference)
    assert still.faults == 0


def test_the_workload_gives_most_rules_something_to_say(ground: Ground):
    still = Still(ground.sight, thresholds(load()), ground.events(EVENTS * SCALE), STILL.plain)
    with np.errstate(over="ignore"):
        still.run()
    said = {Reason(code).name for code in still.verdicts.array("reason")}
    rules = {"PUBLIC_SAFETY", "ORDER_FRAUD", "DOMESTIC_FROM_OVERSEAS", "MY_DENY_LIST", "ORDER_HARASSMENT"}
    assert rules | {"NOT_ON_MY_LIST", "UNREGISTERED_TEMPLATE", "CONSENT", "WISH_CATEGORY", "NOTHING_SPOKE"} <= said
    assert {int(code) for code in still.verdicts.array("action")} >= {Action.ALLOW, Action.LABEL, Action.BLOCK}


def test_a_wrong_answer_gives_no_figure(ground: Ground, reference: Reference):
    columns = ground.events(50 * SCALE)
    still = Still(ground.sight, thresholds(load()), columns, STILL.plain)
    with np.errstate(over="ignore"):
        still.run()
    reference.take(columns)
    still.verdicts.array("reason")[7] ^= 1
    with pytest.raises(AssertionError, match="1 of 50 answers differ; the first is event 7"):
        compare(still, reference)


def test_every_row_of_the_workload_is_good(ground: Ground):
    assert ground.snapshot.subscribers == workload.SUBSCRIBERS // SCALE
    assert {
        name: len(table) for name, table in ground.load.tables.items()
    }.items() <= ground.snapshot.manifest.counts.items()


def test_the_same_seed_gives_the_same_workload():
    first, second = workload.make(20_000), workload.make(20_000)
    assert all(first.tables[name].equals(second.tables[name]) for name in first.tables)
    one, other = traffic.events(first, 100, 20_000), traffic.events(second, 100, 20_000)
    assert all(np.array_equal(one[name], other[name], equal_nan=one[name].dtype.kind == "f") for name in one)


def test_a_nation_is_the_same_at_every_walk():
    nation = Nation(520, 0.36)
    walked = [np.concatenate(list(nation)) for _ in range(2)]
    assert np.array_equal(*walked)
    assert (np.diff(walked[0]) > 0).all()
    assert np.isin(nation.sample(1_000), walked[0]).all()


def test_every_benchmark_has_the_same_shape():
    names = [benchmark.NAME for benchmark in BENCHMARKS]
    assert len(set(names)) == len(names)
    for benchmark in BENCHMARKS:
        assert benchmark.ABOUT
        assert list(inspect.signature(benchmark.run).parameters) == ["ground"]


def test_a_scaled_figure_claims_nothing():
    figure = Figure("a", 1.0, "s", "≤ 2", True, "", None).at_scale(10)
    assert figure.met is None
    assert "divided by 10" in figure.notes[0]


def test_rounds_take_turns():
    said: list[str] = []
    by_turns(lambda: said.append("ours"), lambda: said.append("theirs"), 3)
    assert said == ["ours", "theirs", "theirs", "ours", "ours", "theirs"]


def test_a_report_shows_what_was_not_reached():
    figure = Figure("a", 3.0, "s", "≤ 2 s", False, "DuckDB: 4 s", 1.5, 1.2, 1.9, ["why"])
    text = page([figure.as_dict()], "wurao bench a --report", datetime(2026, 1, 2, tzinfo=UTC))
    assert "| a | 3.0 | s | ≤ 2 s | **no** | 1.5 | 1.2 – 1.9 |" in text
    assert "wurao bench a --report" in text


def test_the_command_prints_a_line_each(tmp_path: Path):
    asked = ["bench", wish_bytes.NAME, "--scale", "20000", "--work", str(tmp_path), "--json"]
    done = CliRunner().invoke(group, asked)
    assert done.exit_code == 0, done.output
    (line,) = (json.loads(each) for each in done.stdout.splitlines())
    assert list(line)[: len(KEYS)] == KEYS
    assert line["name"] == wish_bytes.NAME
    assert line["met"] is None


def test_an_unknown_benchmark_is_wrong_usage():
    done = CliRunner().invoke(group, ["bench", "nothing"])
    assert "there is no benchmark 'nothing'" in str(done.exception)


def test_outside_a_checkout_the_command_says_where_the_benchmarks_are(tmp_path: Path):
    with pytest.raises(Refused, match="they lie in the repository, not in the package"):
        find_repository(tmp_path / "wurao" / "cli" / "bench.py")


def test_another_checkouts_benchmarks_are_never_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "benchmarks").mkdir()
    for name in ("__init__.py", "every.py", "one.py"):
        (tmp_path / "benchmarks" / name).write_text("raise SystemExit('another checkout was run')")
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(group, ["bench", "nothing"])
    assert "there is no benchmark 'nothing'" in str(done.exception)


@pytest.mark.parametrize("gone", [PROGRAM, CLIENT])
def test_without_redis_our_figures_are_printed_and_what_to_install_is_said(
    ground: Ground, gone: str, monkeypatch: pytest.MonkeyPatch
):
    if gone == PROGRAM:
        monkeypatch.setenv("PATH", "")
    else:
        monkeypatch.setitem(sys.modules, CLIENT, None)
        monkeypatch.setattr("benchmarks.redis_server.PROGRAM", "sh")
    (figure,) = wish_bytes.run(ground)
    assert figure.value > 0
    assert any(f"{gone} is not installed" in note for note in figure.notes)
    one = one_event._figure("one-event-median", 50, 10.0, [np.ones(3)], [])
    assert (one.value, one.ratio) == (1.0, None)
    assert f"{gone} is not installed" in one.beside
