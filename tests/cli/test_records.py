"""`wurao records`: lines for programs, a table for people, a picture, and what is damaged."""

from __future__ import annotations

import datetime
import json
import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pyarrow as pa
import pytest
from pyarrow import parquet

from wurao.cli import run
from wurao.verdicts import VERDICT_SCHEMA


@pytest.fixture
def verdicts(tmp_path: Path) -> Path:
    """Two blocked calls and one allowed message on 2 March in China, one blocked call on the next day."""
    directory = tmp_path / "verdicts"
    directory.mkdir()
    rows = [("call", "block", 0), ("call", "block", 1), ("message", "allow", 2), ("call", "block", 20)]
    table = [
        {
            "event_id": f"e{hour}",
            "at": datetime.datetime(2026, 3, 2, 1, tzinfo=datetime.UTC) + datetime.timedelta(hours=hour),
            "channel": channel,
            "to_number": "+863512345678",
            "action": action,
            "reason": "OVERSEAS" if action == "block" else "NOTHING_SPOKE",
            "overseas_mark": False,
            "snapshot": "s+1",
        }
        for channel, action, hour in rows
    ]
    parquet.write_table(pa.Table.from_pylist(table, VERDICT_SCHEMA), directory / "a.parquet")
    return directory


def test_for_programs_each_line_has_what_the_contract_says(verdicts, capsys):
    assert run(["records", str(verdicts), "--json"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert all(
        list(line) == ["day", "channel", "reason", "category", "operator", "city", "action", "count"] for line in lines
    )
    assert [(line["day"], line["channel"], line["city"], line["count"]) for line in lines] == [
        ("2026-03-02", "call", "太原", 2),
        ("2026-03-02", "message", "太原", 1),
        ("2026-03-03", "call", "太原", 1),
    ]


def test_columns_and_filters_choose_what_is_counted(verdicts, capsys):
    assert run(["records", str(verdicts), "--by", "action", "--day", "2026-03-02", "--json"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert lines == [{"action": "allow", "count": 1}, {"action": "block", "count": 2}]
    assert run(["records", str(verdicts), "--by", "day", "--action", "block", "--channel", "call", "--json"]) == 0
    assert [json.loads(line)["count"] for line in capsys.readouterr().out.splitlines()] == [2, 1]


def test_for_a_person_the_largest_comes_first(verdicts, capsys):
    assert run(["records", str(verdicts), "--by", "reason,action", "--limit", "1"]) == 0
    shown = capsys.readouterr()
    assert shown.out.splitlines()[2].split() == ["OVERSEAS", "block", "3"]
    assert "1 more lines" in shown.err


def test_a_picture_is_drawn_beside_the_counts(verdicts, tmp_path, capsys):
    picture = tmp_path / "day.svg"
    assert run(["records", str(verdicts), "--picture", str(picture), "--by", "action", "--json"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 2
    assert ElementTree.fromstring(picture.read_text("utf-8")).tag.endswith("svg")


def test_a_damaged_file_is_named_the_others_are_counted_and_the_code_is_1(verdicts, capsys):
    (verdicts / "b.parquet").write_bytes((verdicts / "a.parquet").read_bytes()[:-200])
    assert run(["records", str(verdicts), "--by", "day", "--json"]) == 1
    shown = capsys.readouterr()
    assert sum(json.loads(line)["count"] for line in shown.out.splitlines()) == 4
    assert "b.parquet: cannot be counted" in shown.err


@pytest.mark.parametrize(("arguments", "code"), [(["nothing"], 1), (["--by", "colour", "."], 2), ([], 2)])
def test_what_is_wrong_is_told_with_its_code(tmp_path, monkeypatch, capsys, arguments, code):
    monkeypatch.chdir(tmp_path)
    assert run(["records", *arguments]) == code
    assert capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "right"),
    [
        (["--reason", "FOO"], "OVERSEAS"),
        (["--reason", "OVERSEAS", "--reason", "overseas"], "OVERSEAS"),
        (["--day", "2026-13-40"], "2026-03-02"),
        (["--day", "20260302"], "2026-03-02"),
        (["--channel", "calls"], "autocall"),
        (["--category", "bank"], "finance"),
        (["--action", "stop"], "divert"),
    ],
)
def test_a_filter_that_nothing_can_pass_is_wrong_usage(verdicts, capsys, arguments, right):
    assert run(["records", str(verdicts), *arguments]) == 2
    shown = capsys.readouterr()
    assert (shown.out, right in shown.err) == ("", True)


def test_a_name_of_a_picture_that_is_no_svg_is_wrong_usage(verdicts, tmp_path, capsys):
    assert run(["records", str(verdicts), "--picture", str(tmp_path / "day.png")]) == 2
    assert "end the name in .svg" in capsys.readouterr().err
    assert not (tmp_path / "day.png").exists()


# At a given batch the process interrupts itself, in the middle of a file.
BROKEN_OFF = """
import os, signal, sys
from wurao.cli import main
from wurao.records import counts
counts._BATCH_ROWS = 1
china, left = counts._china, [int(sys.argv[1])]
def breaking_off(at):
    left[0] -= 1
    if left[0] == 0:
        os.kill(os.getpid(), signal.SIGINT)
    return china(at)
counts._china = breaking_off
main(sys.argv[2:])
"""


@pytest.mark.parametrize("batch", [1, 3, 4, 6])
def test_an_interrupt_prints_no_counts_and_blames_no_file(verdicts, batch):
    (verdicts / "b.parquet").write_bytes((verdicts / "a.parquet").read_bytes())
    asked = [sys.executable, "-c", BROKEN_OFF, str(batch), "records", str(verdicts), "--by", "day", "--json"]
    done = subprocess.run(asked, capture_output=True, text=True, check=False, env=os.environ)
    said = [line for line in done.stderr.splitlines() if not line.startswith("counting: ")]
    assert (done.returncode, done.stdout, said) == (130, "", ["wurao: interrupted"])


def test_counting_goes_on_without_an_interrupt(verdicts):
    asked = [sys.executable, "-c", BROKEN_OFF, "99", "records", str(verdicts), "--by", "", "--json"]
    done = subprocess.run(asked, capture_output=True, text=True, check=False, env=os.environ)
    assert (done.returncode, sum(json.loads(line)["count"] for line in done.stdout.splitlines())) == (0, 4)
