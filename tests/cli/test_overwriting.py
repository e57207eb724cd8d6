"""What a command reads is never written over by it, by whatever name it is called."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from wurao.cli import run
from wurao.cli.overwriting import STANDARD_INPUT, refuse_overwriting
from wurao.errors import Refused
from wurao.snapshot import build

EVENTS = '{"at": "2026-03-02T09:00:00Z", "channel": "call", "from_number": "110", "to_number": "13803510001"}\n'


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("store")
    (place / "tables").mkdir()
    (place / "tables" / "subscribers.csv").write_text("number\n13803510001\n")
    build(place / "tables", place / "store", own_sender="wurao")
    return place / "store"


def written(path: Path) -> Path:
    path.write_text(EVENTS)
    return path


@pytest.mark.parametrize("link", [None, os.symlink, os.link])
def test_screening_never_writes_over_its_input(store, tmp_path, capsys, link):
    events = written(tmp_path / "a.jsonl")
    out = events if link is None else tmp_path / "b.jsonl"
    if link is not None:
        link(events, out)
    assert run(["screen", str(events), "-o", str(out), "--store", str(store)]) == 1
    assert "would be written over, and is an input" in capsys.readouterr().err
    assert events.read_text() == EVENTS


def test_screening_writes_rejected_rows_over_no_input(store, tmp_path, capsys):
    events = written(tmp_path / "a.rejects.jsonl")
    assert run(["screen", str(events), "-o", str(tmp_path / "a.jsonl"), "--store", str(store)]) == 1
    assert "a.rejects.jsonl: would be written over" in capsys.readouterr().err
    assert events.read_text() == EVENTS


def test_velocity_is_saved_over_no_input(store, tmp_path, capsys):
    events = written(tmp_path / "a.jsonl")
    asked = ["screen", str(events), "-o", str(tmp_path / "out"), "--velocity", str(events), "--store", str(store)]
    assert run(asked) == 1
    assert "a.jsonl: would be written over" in capsys.readouterr().err
    assert events.read_text() == EVENTS


def test_a_directory_of_verdicts_is_no_place_for_an_input(store, tmp_path, capsys):
    out = tmp_path / "out"
    out.mkdir()
    events = written(out / "part-a.jsonl")
    assert run(["screen", str(events), "-o", str(out), "--store", str(store)]) == 1
    assert "holds the input" in capsys.readouterr().err
    assert events.read_text() == EVENTS


def test_a_file_behind_standard_input_is_an_input_too(store, tmp_path):
    events = written(tmp_path / "a.jsonl")
    asked = [sys.executable, "-m", "wurao", "screen", "-", "-o", str(events), "--store", str(store)]
    with events.open() as file:
        done = subprocess.run(asked, stdin=file, capture_output=True, text=True, check=False)
    assert (done.returncode, "is standard input" in done.stderr) == (1, True)
    assert events.read_text() == EVENTS


def test_a_picture_is_drawn_over_no_verdicts(store, tmp_path, capsys):
    verdicts, picture = tmp_path / "v.parquet", tmp_path / "v.svg"
    assert run(["screen", str(written(tmp_path / "a.jsonl")), "-o", str(verdicts), "--store", str(store)]) == 0
    before = verdicts.read_bytes()
    picture.symlink_to(verdicts)
    assert run(["records", str(verdicts), "--picture", str(picture)]) == 1
    assert "would be written over" in capsys.readouterr().err
    assert verdicts.read_bytes() == before


@pytest.mark.parametrize("within", [".", "snapshots/20260101T000000000000Z.partial", "changes"])
def test_no_snapshot_is_built_over_its_tables(tmp_path, capsys, within):
    store = tmp_path / "store"
    tables = store / within
    tables.mkdir(parents=True, exist_ok=True)
    (tables / "subscribers.csv").write_text("number\n13803510001\n")
    assert run(["snapshot", "build", str(tables), "-o", str(store)]) == 1
    assert "holds the tables that are read" in capsys.readouterr().err
    assert (tables / "subscribers.csv").exists()


def test_the_demo_takes_away_nothing_that_no_demo_made(data, capsys):
    (data / "demo" / "tables").mkdir(parents=True)
    own = data / "demo" / "tables" / "subscribers.csv"
    own.write_text("number\n13803510001\n")
    assert run(["demo", "--subscribers", "2000"]) == 1
    assert "holds files of no demo, such as tables" in capsys.readouterr().err
    assert own.exists()


def test_what_is_not_there_yet_is_written(tmp_path):
    refuse_overwriting([tmp_path / "new.csv"], [written(tmp_path / "a.jsonl"), STANDARD_INPUT], into=tmp_path / "no")
    with pytest.raises(Refused):
        refuse_overwriting([tmp_path / "a.jsonl"], [tmp_path / "none", tmp_path / "a.jsonl"])
