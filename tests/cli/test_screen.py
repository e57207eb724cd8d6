"""`wurao screen` over a real store: what it writes, prints and leaves with."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from pyarrow import parquet

from wurao.cli import run
from wurao.reasons import wordings
from wurao.snapshot import build
from wurao.verdicts import VERDICT_SCHEMA, Reason

SUBSCRIBER = "13803510001"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("screen")
    tables = place / "tables"
    tables.mkdir()
    (tables / "subscribers.csv").write_text(f"number,guard,overseas_calls\n{SUBSCRIBER},strict,false\n")
    (tables / "lists.csv").write_text(f"subscriber,entry,match,action\n{SUBSCRIBER},95588,exact,deny\n")
    build(tables, place / "store", own_sender="wurao")
    return place / "store"


def events(path: Path, rows: int = 40) -> Path:
    """Calls from one's deny list, from overseas, from a person; every tenth row has no time."""
    callers = ["95588", "+14155550100", "13903510002", "110"]
    lines = ["at,channel,from_number,to_number,text"]
    for n in range(rows):
        at = "" if n % 10 == 9 else f"2026-03-02T{9 + n // 3600:02}:{n // 60 % 60:02}:{n % 60:02}+08:00"
        lines.append(f"{at},call,{callers[n % 4]},{SUBSCRIBER},")
    path.write_text("\n".join(lines) + "\n")
    return path


def screen(store: Path, *arguments: object) -> int:
    return run(["screen", "--store", str(store), *map(str, arguments)])


def test_for_programs_it_prints_what_the_contract_says(store, tmp_path, capsys):
    assert screen(store, events(tmp_path / "a.csv"), "-o", tmp_path / "out", "--json") == 0
    printed = json.loads(capsys.readouterr().out)
    assert list(printed) == ["events", "rejected", "late", "seconds", "actions", "reasons"]
    assert (printed["events"], printed["rejected"], printed["late"]) == (36, 4, 0)
    assert sum(printed["actions"].values()) == sum(printed["reasons"].values()) == 36
    assert printed["reasons"]["MY_DENY_LIST"] == 10
    written = parquet.read_table(tmp_path / "out" / "part-00000.parquet")
    assert written.schema.equals(VERDICT_SCHEMA)
    assert written.column("event_id").to_pylist()[:2] == ["a.csv:1", "a.csv:2"]
    assert set(written.column("to_number").to_pylist()) == {"+8613803510001"}
    assert len((tmp_path / "out" / "rejects.jsonl").read_text().splitlines()) == 4


def test_for_a_person_it_ends_with_actions_and_reasons_in_both_languages(store, tmp_path, capsys):
    assert screen(store, events(tmp_path / "a.csv"), "-o", tmp_path / "v.jsonl") == 0
    printed = capsys.readouterr().out
    for words in ("拦截", "block", "MY_DENY_LIST", "36 events", "4 rejected"):
        assert words in printed
    assert wordings()[Reason.MY_DENY_LIST].sentence_zh in printed
    assert wordings()[Reason.MY_DENY_LIST].sentence_en in printed


def test_strict_leaves_with_1_when_a_row_was_rejected_and_keeps_the_verdicts(store, tmp_path, capsys):
    assert screen(store, events(tmp_path / "a.csv"), "-o", tmp_path / "v.parquet", "--strict") == 1
    assert "4 rows were rejected" in capsys.readouterr().err
    assert parquet.read_metadata(tmp_path / "v.parquet").num_rows == 36


def test_a_second_run_with_the_same_inputs_is_done_and_with_others_refused(store, tmp_path, capsys):
    assert screen(store, events(tmp_path / "a.csv"), "-o", tmp_path / "out", "--json") == 0
    first = json.loads(capsys.readouterr().out)
    assert screen(store, tmp_path / "a.csv", "-o", tmp_path / "out", "--json") == 0
    assert json.loads(capsys.readouterr().out) == first
    assert screen(store, events(tmp_path / "b.csv"), "-o", tmp_path / "out") == 1
    assert "other inputs" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["nothing.csv", "-o", "out"], 1, "no such file"),
        (["a.csv"], 2, "--out"),
        (["a.csv", "-o", "v.xlsx"], 2, "names no format"),
        (["bad.csv", "-o", "out"], 1, "the column 'at' is missing"),
        (["a.csv", "bad.csv", "-o", "both"], 1, "the rest is screened"),
    ],
)
def test_what_is_wrong_is_told_in_one_line_with_its_code(store, tmp_path, monkeypatch, capsys, arguments, code, said):
    monkeypatch.chdir(tmp_path)
    events(tmp_path / "a.csv")
    (tmp_path / "bad.csv").write_text("channel,to_number\ncall,110\n")
    assert screen(store, *arguments) == code
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("out", ["out", "out.csv"])
@pytest.mark.parametrize("name", ["cut.parquet", "bad.csv"])
@pytest.mark.parametrize("beside", [True, False])
def test_a_file_that_cannot_be_read_is_told_of_once_and_whether_there_is_a_rest(
    store, tmp_path, capsys, name, beside, out
):
    (tmp_path / "bad.csv").write_text("channel,to_number\ncall,110\n")
    (tmp_path / "cut.parquet").write_bytes(b"PAR1" + bytes(100))
    files = [tmp_path / name, *([events(tmp_path / "a.csv")] if beside else [])]
    for again in (False, True):
        assert screen(store, *files, "-o", tmp_path / out) == 1
        said = capsys.readouterr().err
        assert said.count(str(tmp_path / name)) == 1, again
        assert said.count("could not be read") == 1
        assert ("the rest is screened" in said) == beside
        assert ("nothing is screened" in said) == (not beside)


def test_without_a_snapshot_it_says_how_to_make_one(tmp_path, capsys):
    assert screen(tmp_path / "none", events(tmp_path / "a.csv"), "-o", tmp_path / "out") == 1
    assert "wurao snapshot build" in capsys.readouterr().err


def wurao(store: Path, *arguments: object, **how: object) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "wurao", "screen", "--store", str(store), *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **how)


def test_standard_input_says_that_it_cannot_be_resumed(store, tmp_path):
    content = events(tmp_path / "a.csv").read_bytes()
    process = wurao(store, "-", "-o", tmp_path / "v.csv", "--json", stdin=subprocess.PIPE)
    out, said = process.communicate(content)
    assert process.returncode == 0, said
    assert json.loads(out)["events"] == 36
    assert b"cannot be resumed" in said
    assert (tmp_path / "v.csv").read_text().splitlines()[1].startswith('"stdin:1"')


def test_standard_input_fills_a_directory_once(store, tmp_path):
    content = events(tmp_path / "a.csv").read_bytes()
    first = wurao(store, "-", "-o", tmp_path / "out", "--json", stdin=subprocess.PIPE)
    out, said = first.communicate(content)
    assert first.returncode == 0, said
    assert b"cannot be resumed" in said
    assert json.loads(out)["events"] == 36
    before = (tmp_path / "out" / "part-00000.parquet").read_bytes()
    second = wurao(store, "-", "-o", tmp_path / "out", "--strict", stdin=subprocess.PIPE)
    assert b"holds verdicts already" in second.communicate(content)[1]
    assert second.returncode == 1
    assert (tmp_path / "out" / "part-00000.parquet").read_bytes() == before
    assert len((tmp_path / "out" / "rejects.jsonl").read_text().splitlines()) == 4


def test_strict_says_where_the_rejected_rows_are_named(store, tmp_path, capsys):
    for out, named in ((tmp_path / "out", tmp_path / "out" / "rejects.jsonl"), (tmp_path / "v.csv", None)):
        named = named or tmp_path / "v.rejects.jsonl"
        assert screen(store, events(tmp_path / "a.csv"), "-o", out, "--strict") == 1
        assert f"see {named}" in capsys.readouterr().err
        assert named.exists()


def test_an_interrupt_leaves_with_130_and_the_same_command_goes_on(store, tmp_path):
    events(tmp_path / "a.csv", 20_000)
    arguments = (tmp_path / "a.csv", "-o", tmp_path / "out", "--batch-rows", 3, "--json")
    process = wurao(store, *arguments)
    while not (tmp_path / "out" / "part-00000.parquet.partial").exists() and process.poll() is None:
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate()
    assert process.returncode == 130, said
    assert b"the same command goes on from there" in said
    again = wurao(store, *arguments[:3], "--json")
    out, said = again.communicate()
    assert b"going on after" in said
    assert json.loads(out)["events"] == 18_000
    parts = sorted((tmp_path / "out").glob("part-*.parquet"))
    assert sum(parquet.read_metadata(part).num_rows for part in parts) == 18_000
    assert os.stat(tmp_path / "out").st_mode & 0o777 == 0o700


def test_an_interrupt_while_standard_input_is_silent_leaves_with_130_and_nothing_behind(store, tmp_path):
    process = wurao(store, "-", "-o", tmp_path / "v.parquet", stdin=subprocess.PIPE)
    process.stdin.write(b"at,channel,to_number\n")
    process.stdin.flush()
    while not (tmp_path / "v.parquet.partial").exists() and process.poll() is None:
        time.sleep(0.01)
    time.sleep(0.3)
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=30) == 130
    assert b"nothing was kept" in process.stderr.read()
    assert list(tmp_path.iterdir()) == []
