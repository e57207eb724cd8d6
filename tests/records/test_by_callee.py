"""What of verdicts concerns people: stops for their pages, every event to be decided again; and where verdicts lie."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet

from tests.records.test_counts import verdicts
from wurao.errors import Refused
from wurao.events.raw import Findings
from wurao.events.read import find_inputs, read_events
from wurao.numbering import parse_text
from wurao.records.by_callee import EVENT_SCHEMA, STOP_SCHEMA, as_verdicts, everything, read_part, stopped
from wurao.records.sources import Source, directories_of_verdicts

ANNA = "+8613803510001"
ROWS = [
    {"event_id": "a", "from_number": "+8613900010001", "sender_id": "bank"},
    {"event_id": "b", "from_number": "withheld", "action": "divert"},
    {"event_id": "c", "from_number": "110", "action": "allow", "reason": "NOTHING_SPOKE"},
    {"event_id": "d", "action": "label", "label": "TEXT_FRAUD", "channel": "message", "score": 0.5, "class": "fraud"},
    {"event_id": "e", "channel": "name", "to_number": None, "name": "a.example"},
]


@pytest.fixture
def part(tmp_path: Path) -> pa.Table:
    return read_part(Source(verdicts(tmp_path / "part.parquet", ROWS)))


def test_what_was_stopped_or_labelled_is_a_stop_and_a_look_up_is_nobodys(part: pa.Table) -> None:
    stops = stopped(part)
    assert stops.schema == STOP_SCHEMA
    assert stops.column("event_id").to_pylist() == ["a", "b", "d"]
    assert set(stops.column("callee").to_pylist()) == {parse_text(ANNA)}
    assert stops.column("caller").to_pylist() == [
        parse_text("+8613900010001"),
        parse_text("withheld"),
        parse_text(None),
    ]


def test_every_event_can_be_read_as_a_file_of_verdicts_again(part: pa.Table, tmp_path: Path) -> None:
    events = everything(part)
    assert events.schema == EVENT_SCHEMA
    parquet.write_table(as_verdicts(events), tmp_path / "again.parquet")
    (batch,) = read_events(find_inputs([str(tmp_path / "again.parquet")]), Findings())
    assert not batch.rejected
    assert batch.events.column("event_id").to_pylist() == ["a", "b", "c", "d"]
    assert batch.events.column("from_number").to_pylist() == events.column("caller").to_pylist()
    assert batch.events.column("stored_score").to_pylist() == [None, None, None, 0.5]


def test_what_is_no_file_of_verdicts_is_refused(tmp_path: Path) -> None:
    parquet.write_table(pa.table({"a": [1]}), tmp_path / "other.parquet")
    with pytest.raises(Refused, match="has no column event_id"):
        read_part(Source(tmp_path / "other.parquet"))


@pytest.mark.parametrize("wrong", [{"reason": "NEWER"}, {"action": "delay"}, {"category": "x"}, {"label": "NEWER"}])
def test_a_code_of_a_newer_version_is_refused_by_name(tmp_path: Path, wrong: dict[str, str]) -> None:
    path = verdicts(tmp_path / "part.parquet", [{}, wrong])
    with pytest.raises(Refused, match=next(iter(wrong.values()))):
        read_part(Source(path))


def test_directories_with_a_manifest_are_found_at_any_depth(tmp_path: Path) -> None:
    for name in ("a", "b/c", "b/d/e", "a/below"):
        (tmp_path / name).mkdir(parents=True, exist_ok=True)
        (tmp_path / name / "manifest.json").touch()
    (tmp_path / "empty").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "a")
    found = [str(each.relative_to(tmp_path)) for each in directories_of_verdicts(tmp_path)]
    assert found == ["a", "b/c", "b/d/e"]
    assert list(directories_of_verdicts(tmp_path / "nowhere")) == []
    (tmp_path / "manifest.json").touch()
    assert next(directories_of_verdicts(tmp_path)) == tmp_path
