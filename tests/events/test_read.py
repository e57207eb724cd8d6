"""Events from files: what is taken, what is rejected and how it is named, whatever the format."""

from __future__ import annotations

import csv
import datetime
import io
import json
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from wurao.errors import Refused
from wurao.events.columns import READ_SCHEMA
from wurao.events.raw import Findings, Position
from wurao.events.read import Batch, find_inputs, read_events
from wurao.numbering.canonical import canonical_column

AT = "2026-03-02T09:30:00+08:00"
CHINA = datetime.timezone(datetime.timedelta(hours=8))


def read(*paths: Path, **options: object) -> tuple[list[dict], list, Findings]:
    """All rows, all rejected rows and the findings of some files."""
    findings = Findings()
    batches = list(read_events(find_inputs([str(path) for path in paths]), findings, **options))
    rows = [row for batch in batches for row in batch.events.to_pylist()]
    return rows, [bad for batch in batches for bad in batch.rejected], findings


def written(path: Path, rows: list[dict]) -> Path:
    """The same rows in the format that the path's ending says."""
    if path.suffix == ".csv":
        names = sorted({name for row in rows for name in row}, key=lambda name: (name != "at", name))
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, names)
            writer.writeheader()
            writer.writerows(rows)
    elif path.suffix == ".jsonl":
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    else:
        taken = [{**row, "at": datetime.datetime.fromisoformat(row["at"])} for row in rows]
        names = {name for row in rows for name in row}
        parquet.write_table(pa.table({name: [row.get(name) for row in taken] for name in names}), path)
    return path


def call(**more: object) -> dict:
    return {"at": AT, "channel": "call", "to_number": "13803510001", **more}


@pytest.mark.parametrize("ending", [".csv", ".jsonl", ".parquet"])
def test_every_format_gives_the_same_checked_columns(tmp_path: Path, ending: str) -> None:
    rows = [
        call(from_number="(0351) 2345678", trunk="t1", answered=True, ring_s=3.5, duration_s=60.0, attestation="A"),
        call(from_number="anonymous", channel="message", text='您好，"贷款"\nabc', category="finance", answered=False),
        {"at": AT, "channel": "name", "name": "bad.example.", "client": "10.1.2.3", "from_number": None},
        call(from_number="12" * 200, roaming="no", diversion="0351-2345678", display_name="张三", answered=None),
    ]
    found, rejected, findings = read(written(tmp_path / f"day{ending}", rows))
    assert rejected == []
    assert findings.refused == []
    assert [row["event_id"] for row in found] == [f"day{ending}:{n}" for n in (1, 2, 3, 4)]
    assert {row["at"] for row in found} == {datetime.datetime(2026, 3, 2, 1, 30, tzinfo=datetime.UTC)}
    assert [row["channel"] for row in found] == [0, 1, 3, 0]
    callers = canonical_column(pa.array([row["from_number"] for row in found]).to_numpy()).to_pylist()
    assert callers == ["+863512345678", "withheld", "withheld", "impossible"]
    assert [row["from_signalled"] for row in found] == [None, "anonymous", None, "12" * 32]
    assert found[1]["text"] == '您好，"贷款"\nabc'
    assert found[1]["category"] == "finance"
    assert [row["answered"] for row in found] == [1, 0, -1, -1]
    assert [row["attestation"] for row in found] == [0, -1, -1, -1]
    assert (found[0]["ring_s"], found[0]["duration_s"], found[0]["trunk"]) == (3.5, 60.0, "t1")
    assert (found[2]["name"], found[2]["client"]) == ("bad.example.", "10.1.2.*")
    assert (found[3]["roaming"], found[3]["diversion"], found[3]["display_name"]) == (1, "+863512345678", "张三")


@pytest.mark.parametrize("ending", [".csv", ".jsonl"])
@pytest.mark.parametrize(
    ("change", "column", "error"),
    [
        ({"at": "2026-03-02T09:30:00"}, "at", "has no offset"),
        ({"at": "0001-01-01T00:00:00Z"}, "at", "is no time that is taken"),
        ({"at": "9999-12-31T00:00:00Z"}, "at", "is no time that is taken"),
        ({"at": "2026-02-30T00:00:00Z"}, "at", "is no time that is taken"),
        ({"at": None}, "at", "is missing"),
        ({"channel": "fax"}, "channel", "is no channel"),
        ({"to_number": "4" * 400}, "to_number", "is no number"),
        ({"to_number": None}, "to_number", "is missing"),
        ({"to_number": "xx"}, "to_number", "is no number"),
        ({"to_number": "BANK", "channel": "message"}, "to_number", "is no number"),
        ({"channel": "name"}, "name", "is missing"),
    ],
)
def test_a_row_without_a_readable_time_channel_or_callee_is_rejected_by_its_line(
    tmp_path: Path, ending: str, change: dict, column: str, error: str
) -> None:
    rows = [call(name=None), {**call(name=None), **change}, call(name=None)]
    found, rejected, _ = read(written(tmp_path / f"a{ending}", rows))
    assert [row["event_id"] for row in found] == [f"a{ending}:1", f"a{ending}:3"]
    (bad,) = rejected
    assert (bad.line, bad.column, bad.error) == (3 if ending == ".csv" else 2, column, error)
    assert len(bad.as_dict()["value"]) <= 200


def test_what_else_cannot_be_taken_becomes_null_and_is_told_of_once(tmp_path: Path) -> None:
    odd = call(attestation="Z", roaming="maybe", answered="perhaps", ring_s="-1", duration_s="nan", trunk="x" * 300)
    found, rejected, findings = read(written(tmp_path / "a.csv", [odd, odd, call()]))
    assert rejected == []
    assert [row["attestation"] for row in found] == [-1, -1, -1]
    assert [row["ring_s"] for row in found] == [None] * 3
    assert [row["trunk"] for row in found] == [None] * 3
    columns = {column: count for (_, column, _), count in findings.minded.items()}
    assert columns == dict.fromkeys(("attestation", "roaming", "answered", "ring_s", "duration_s", "trunk"), 2)


def test_an_event_id_of_ones_own_is_kept_and_a_missing_one_is_made(tmp_path: Path) -> None:
    found, _, _ = read(written(tmp_path / "a.csv", [call(event_id="mine"), call(event_id="")]))
    assert [row["event_id"] for row in found] == ["mine", "a.csv:2"]


def test_files_of_one_name_give_different_event_ids_wherever_the_command_is_called(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = []
    for day in ("mon", "tue"):
        (tmp_path / day).mkdir()
        paths.append(written(tmp_path / day / "part.jsonl", [call()]))
    whole, _, _ = read(*paths)
    monkeypatch.chdir(tmp_path / "mon")
    beside, _, _ = read(Path("part.jsonl"), Path("../tue/part.jsonl"))
    assert [row["event_id"] for row in whole] == ["mon/part.jsonl:1", "tue/part.jsonl:1"]
    assert beside == whole


def test_a_glob_is_sorted_and_a_directory_gives_its_event_files(tmp_path: Path) -> None:
    for name in ("b.csv", "a.csv"):
        written(tmp_path / name, [call()])
    (tmp_path / "rejects.jsonl").write_text("{}\n")
    (tmp_path / "notes.txt").write_text("x")
    assert [one.label for one in find_inputs([str(tmp_path / "*.csv")])] == ["a.csv", "b.csv"]
    assert [one.label for one in find_inputs([str(tmp_path)])] == ["a.csv", "b.csv"]


@pytest.mark.parametrize("argument", ["nothing.csv", "*.parquet", "day.xlsx"])
def test_inputs_that_are_not_there_or_of_no_known_format_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, argument: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "day.xlsx").write_text("x")
    with pytest.raises(Refused, match=r"day\.xlsx|no such file|nothing"):
        find_inputs([argument])


def test_standard_input_stands_alone() -> None:
    with pytest.raises(Refused, match="beside files"):
        find_inputs(["-", "a.csv"])


@pytest.mark.parametrize("header", ["channel,to_number", "at,to_number", "at,channel"])
def test_a_file_that_misses_a_required_column_is_refused_by_name_and_the_others_go_on(
    tmp_path: Path, header: str
) -> None:
    (tmp_path / "a.csv").write_text(header + "\n1,2\n")
    found, _, findings = read(tmp_path / "a.csv", written(tmp_path / "b.csv", [call()]))
    assert [row["event_id"] for row in found] == ["b.csv:1"]
    (error,) = findings.refused
    assert "a.csv" in str(error)
    assert "missing" in str(error)


def test_unknown_columns_are_named_once_and_kept_out(tmp_path: Path) -> None:
    told: list[str] = []
    path = written(tmp_path / "a.jsonl", [call(colour="red"), call(colour="blue", size=1)])
    batches = list(read_events(find_inputs([str(path)]), Findings(told.append), batch_rows=1))
    assert len(batches) == 2
    assert [line.partition(": ")[2] for line in told] == [
        "unknown columns kept out: 'colour'",
        "unknown columns kept out: 'size'",
    ]
    assert batches[0].events.schema == READ_SCHEMA


def test_a_file_of_verdicts_is_read_as_the_events_that_it_tells_of(tmp_path: Path) -> None:
    rows = [
        {**call(from_number="withheld", from_signalled="Anonymous"), "category": "other", "category_declared": None},
        {**call(from_number="impossible", from_signalled="999999"), "category": None, "category_declared": "finance"},
    ]
    rows = [{**row, "action": "allow", "reason": "NOTHING_SPOKE", "snapshot": "x+1"} for row in rows]
    told: list[str] = []
    for ending in (".csv", ".jsonl", ".parquet"):
        path = written(tmp_path / f"v{ending}", rows)
        (batch,) = read_events(find_inputs([str(path)]), Findings(told.append))
        found = batch.events.to_pylist()
        assert canonical_column(batch.events["from_number"].to_numpy()).to_pylist() == ["withheld", "impossible"]
        assert [row["from_signalled"] for row in found] == ["Anonymous", "999999"]
        assert [row["category"] for row in found] == [None, "finance"]
    assert told == []


def events_of(batches: list[Batch]) -> pa.Table:
    return pa.Table.from_batches([batch.events for batch in batches], READ_SCHEMA)


numbers = st.sampled_from(["13803510001", "+1 212 555 0100", "95588", "x", "", "0351-2345678", "1" * 70])
odd_rows = st.fixed_dictionaries(
    {
        "at": st.sampled_from([AT, AT, AT, "2026-03-02T01:30:00.5Z", "soon"]),
        "channel": st.sampled_from(["call", "message", "name", "fax"]),
        "to_number": numbers,
        "from_number": numbers,
        "text": st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r"), max_size=8),
        "name": st.sampled_from(["", "a.example"]),
    }
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(odd_rows, max_size=12), batch_rows=st.integers(1, 7), ending=st.sampled_from([".csv", ".jsonl"]))
def test_the_size_of_batches_and_where_reading_stops_and_goes_on_change_nothing(
    tmp_path: Path, rows: list[dict], batch_rows: int, ending: str
) -> None:
    inputs = find_inputs([str(written(tmp_path / f"{n}{ending}", rows or [call()])) for n in range(2)])
    whole = list(read_events(inputs, Findings()))
    small = list(read_events(inputs, Findings(), batch_rows=batch_rows))
    assert events_of(small).equals(events_of(whole))
    assert [row for b in small for row in b.rejected] == [row for b in whole for row in b.rejected]
    assert sum(batch.rows for batch in small) == 2 * len(rows or [1])
    middle = small[len(small) // 2].after
    before = list(read_events(inputs, Findings(), batch_rows=5, stop=middle))
    after = list(read_events(inputs, Findings(), batch_rows=3, start=middle))
    assert events_of(before + after).equals(events_of(whole))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    texts=st.lists(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20), max_size=6)
)
def test_any_text_comes_out_of_csv_and_json_lines_as_it_went_in(tmp_path: Path, texts: list[str]) -> None:
    rows = [call(text=text, channel="message") for text in texts] or [call(text="x")]
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(rows[0])
    writer.writerows(row.values() for row in rows)
    (tmp_path / "t.csv").write_text(out.getvalue(), encoding="utf-8", newline="")
    lines = [json.dumps(row, ensure_ascii=n % 2 == 0) + "\n" for n, row in enumerate(rows)]
    (tmp_path / "t.jsonl").write_text("".join(lines), encoding="utf-8", newline="")
    for name in ("t.csv", "t.jsonl"):
        found, rejected, _ = read(tmp_path / name)
        assert rejected == []
        assert [row["text"] for row in found] == [row["text"] or None for row in rows]


def test_reading_goes_on_from_a_place_in_a_parquet_file(tmp_path: Path) -> None:
    table = pa.Table.from_pylist([{**call(event_id=str(n)), "at": datetime.datetime.now(CHINA)} for n in range(100)])
    parquet.write_table(table, tmp_path / "a.parquet", row_group_size=30)
    inputs = find_inputs([str(tmp_path / "a.parquet")])
    for row in (0, 1, 29, 30, 31, 77, 100):
        before = list(read_events(inputs, Findings(), batch_rows=7, stop=Position(0, row)))
        after = list(read_events(inputs, Findings(), batch_rows=11, start=Position(0, row)))
        assert events_of(before).num_rows == row
        assert events_of(before + after)["event_id"].to_pylist() == [str(n) for n in range(100)]


def test_a_file_that_is_named_twice_is_read_once(tmp_path: Path) -> None:
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_text("at,channel,to_number\n")
    (tmp_path / "same.csv").symlink_to(tmp_path / "b.csv")
    found = find_inputs([str(tmp_path / "b.csv"), str(tmp_path / "*.csv"), f"{tmp_path}/./b.csv"])
    assert [one.path.resolve().name for one in found if one.path] == ["b.csv", "a.csv"]
