"""The demo: a province from nothing to what was stopped, and the same again."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from wurao.cli import demo
from wurao.province import people

SUBSCRIBERS = 2_000
KEYS = {
    "events",
    "rejected",
    "seconds",
    "subscribers",
    "actions",
    "reasons",
    "planted",
    "planted_stopped",
    "wanted",
    "wanted_stopped",
}


def _wurao(data: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    asked = [sys.executable, "-m", "wurao", *arguments]
    return subprocess.run(
        asked, capture_output=True, text=True, env={**os.environ, "WURAO_DATA": str(data)}, check=False
    )


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with the machine code of all tests and one demo."""
    directory = tmp_path_factory.mktemp("data")
    compiled = Path(os.environ["WURAO_DATA"]) / "compiled"
    compiled.mkdir(parents=True, exist_ok=True)
    (directory / "compiled").symlink_to(compiled)
    return directory


@pytest.fixture(scope="module")
def printed(home: Path) -> dict[str, Any]:
    """What `wurao demo --json` prints, of the first run."""
    done = _wurao(home, "demo", "--subscribers", str(SUBSCRIBERS), "--seed", "4", "--json")
    assert done.returncode == 0, done.stderr
    [line] = done.stdout.splitlines()
    found: dict[str, Any] = json.loads(line)
    return found


@pytest.fixture(scope="module")
def again(home: Path, printed: dict[str, Any]) -> subprocess.CompletedProcess[str]:
    """The same asked a second time, by a person."""
    return _wurao(home, "demo", "--subscribers", str(printed["subscribers"]), "--seed", "4")


def test_json_has_the_keys_of_the_contract(printed: dict[str, Any]) -> None:
    assert set(printed) == KEYS
    assert printed["subscribers"] == SUBSCRIBERS
    assert printed["events"] == sum(printed["actions"].values()) == sum(printed["reasons"].values())
    assert printed["rejected"] == 0


def test_of_each_planted_kind_nineteen_in_twenty_are_stopped(printed: dict[str, Any]) -> None:
    assert set(printed["planted"]) == set(printed["planted_stopped"])
    assert len(printed["planted"]) > 25
    share = {kind: printed["planted_stopped"][kind] / count for kind, count in printed["planted"].items()}
    assert share.pop("fraud_text") > 0.6, "a classifier sees no more than it can"
    assert {kind: stopped for kind, stopped in share.items() if stopped < 0.95} == {}


def test_nothing_wanted_is_stopped(printed: dict[str, Any]) -> None:
    assert printed["wanted"] > printed["events"] / 5
    assert printed["wanted_stopped"] == 0


def test_everything_is_kept_in_the_data_directory(home: Path, printed: dict[str, Any]) -> None:
    kept = {place.name for place in (home / "demo").iterdir()}
    assert kept >= {"tables", "events", "truth.parquet", "store", "verdicts"}
    assert (home / "demo" / "store" / "current").exists()


def test_a_second_run_finds_the_province_and_says_the_same_for_people(
    home: Path, printed: dict[str, Any], again: subprocess.CompletedProcess[str]
) -> None:
    assert again.returncode == 0, again.stderr
    assert "already" in again.stderr
    assert str(home / "demo") in again.stdout
    assert f"{printed['wanted']:,}" in again.stdout
    assert "露馅的短信" in again.stdout
    assert "自称 claims" in again.stdout
    assert "响一声" in again.stdout


def test_what_it_says_to_try_next_can_be_tried(home: Path, again: subprocess.CompletedProcess[str]) -> None:
    [explain] = [line.strip() for line in again.stdout.splitlines() if "wurao explain" in line]
    explained = _wurao(home, *shlex.split(explain)[1:], "--json")
    assert explained.returncode == 0, explained.stderr
    assert json.loads(explained.stdout)["action"] == "block"


def test_other_arguments_make_another_province_in_the_same_place(home: Path, printed: dict[str, Any]) -> None:
    done = _wurao(home, "demo", "--subscribers", "1000", "--seed", "5", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["subscribers"] == 1_000


def test_too_many_subscribers_for_the_plan_are_refused(data: Path) -> None:
    done = _wurao(data, "demo", "--subscribers", "90000000")
    assert done.returncode == 1
    assert "do not make a province" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_the_help_says_the_least_province_and_fewer_is_wrong_usage(data: Path) -> None:
    assert demo.FEWEST == people.FEWEST
    assert "x>=1000" in _wurao(data, "demo", "--help").stdout
    assert _wurao(data, "demo", "--subscribers", "999").returncode == 2
