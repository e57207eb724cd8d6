"""`wurao records`: lines for programs, a table for people, a picture, and what is damaged."""

from __future__ import annotations

import datetime
import json
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
