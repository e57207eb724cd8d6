"""Who serves a number that was taken elsewhere: the snapshot's word, and that of every change acknowledged since."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet

from wurao.cli import run
from wurao.numbering import parse_text
from wurao.snapshot import build, operator_in, ported_rows
from wurao.verdicts import VERDICT_SCHEMA

MOVED, BACK, LATER, NEVER = (f"1310351000{n}" for n in range(4))


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """Two were ported when the snapshot was built; since, one went back, one came to it, one went on to a third."""
    tables, changes = tmp_path / "tables", tmp_path / "changes"
    tables.mkdir()
    changes.mkdir()
    since = "2025-01-01T00:00:00+08:00"
    (tables / "ported.csv").write_text(f"number,operator,since\n{MOVED},中国移动,{since}\n{BACK},中国移动,{since}\n")
    build(tables, tmp_path / "store", own_sender="wurao")
    rows = [f"{MOVED},中国电信,{since},put", f"{BACK},,,delete", f"{LATER},中国广电,{since},put"]
    (changes / "ported.csv").write_text("\n".join(["number,operator,since,op", *rows]) + "\n")
    assert run(["change", str(changes / "ported.csv"), "--store", str(tmp_path / "store")]) == 0
    return tmp_path / "store"


EXPECTED = {MOVED: "中国电信", BACK: None, LATER: "中国广电", NEVER: None}


def test_changes_since_the_snapshot_count(store: Path) -> None:
    rows = ported_rows(store)
    assert {text: operator_in(rows, parse_text(text)) for text in EXPECTED} == EXPECTED


def test_the_next_snapshot_says_the_same(store: Path) -> None:
    build(store.parent / "tables", store, own_sender="wurao")
    rows = ported_rows(store)
    assert {text: operator_in(rows, parse_text(text)) for text in EXPECTED} == EXPECTED
    shutil.rmtree(store / "changes")
    assert ported_rows(store).equals(rows)


def test_the_command_number_answers_by_them(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert run(["number", "--store", str(store), "--json", *EXPECTED]) == 0
    found = [json.loads(line)["operator"] for line in capsys.readouterr().out.splitlines()]
    assert found == [operator or "中国联通" for operator in EXPECTED.values()]


def test_the_command_number_without_a_snapshot_says_how_to_make_one(tmp_path, capsys) -> None:
    assert run(["number", "--store", str(tmp_path), MOVED]) == 1
    assert "wurao snapshot build" in capsys.readouterr().err


def test_the_command_records_counts_by_them(store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    row = {"event_id": "e", "at": 0, "channel": "call", "action": "block", "reason": "OVERSEAS"}
    row |= {"overseas_mark": False, "snapshot": "s+1"}
    rows = [row | {"to_number": f"+86{text}"} for text in EXPECTED]
    parquet.write_table(pa.Table.from_pylist(rows, VERDICT_SCHEMA), tmp_path / "verdicts.parquet")
    capsys.readouterr()
    asked = ["records", str(tmp_path / "verdicts.parquet"), "--store", str(store), "--by", "operator", "--json"]
    assert run(asked) == 0
    found = {line["operator"]: line["count"] for line in map(json.loads, capsys.readouterr().out.splitlines())}
    assert found == {"中国电信": 1, "中国广电": 1, "中国联通": 2}


def test_an_operator_has_one_name_however_it_is_written(tmp_path: Path) -> None:
    (tmp_path / "ported.csv").write_text(
        f"number,operator,since\n{MOVED},cucc,2025-01-01T00:00:00+08:00\n{BACK},某虚拟运营商,2025-01-01T00:00:00+08:00\n"
    )
    build(tmp_path, tmp_path / "store", own_sender="wurao")
    assert set(ported_rows(tmp_path / "store").column("operator").to_pylist()) == {"中国联通", "某虚拟运营商"}
