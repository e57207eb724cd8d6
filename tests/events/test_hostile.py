"""Files that are broken or meant to break: named with line and column, good rows survive, memory stays bounded."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from wurao.events.raw import Findings
from wurao.events.read import find_inputs, read_events

HEADER = "at,channel,to_number,from_number,text\n"
GOOD = "2026-03-02T09:30:00Z,message,13803510001,95588,hello\n"
LINE = {"at": "2026-03-02T09:30:00Z", "channel": "message", "to_number": "13803510001"}


def read(path: Path) -> tuple[list[dict], list, Findings]:
    findings = Findings()
    batches = list(read_events(find_inputs([str(path)]), findings))
    rows = [row for batch in batches for row in batch.events.to_pylist()]
    return rows, [bad for batch in batches for bad in batch.rejected], findings


def csv_file(path: Path, *pieces: str | bytes) -> Path:
    path.write_bytes(b"".join(piece if isinstance(piece, bytes) else piece.encode() for piece in (HEADER, *pieces)))
    return path


@pytest.mark.parametrize(
    ("row", "error"),
    [
        ("a,b\n", "has more or fewer fields"),
        ("a,b,c,d,e,f\n", "has more or fewer fields"),
        ('2026-03-02T09:30:00Z,call,"13803510001"5,,\n', "has text after a closing quote"),
        ('2026-03-02T09:30:00Z,call,"13803510001,,\n', "does not end"),
    ],
)
def test_a_row_that_cannot_be_parted_costs_only_itself(tmp_path: Path, row: str, error: str) -> None:
    found, rejected, _ = read(csv_file(tmp_path / "a.csv", GOOD, row, GOOD))
    assert [r["event_id"] for r in found] == ["a.csv:1", "a.csv:3"]
    (bad,) = rejected
    assert bad.line == 3
    assert bad.error.startswith(error)


def test_lines_are_counted_right_after_line_breaks_in_quotes(tmp_path: Path) -> None:
    rows = '2026-03-02T09:30:00Z,message,13803510001,,"one\ntwo\r\nthree"\r\n', "\n\r\n", "x,call,110,,\n"
    found, rejected, _ = read(csv_file(tmp_path / "a.csv", *rows))
    assert [row["text"] for row in found] == ["one\ntwo\r\nthree"]
    assert [(bad.line, bad.column) for bad in rejected] == [(7, "at")]


def test_ten_megabytes_in_one_field_cost_that_row_only(tmp_path: Path) -> None:
    for huge in (f"x,message,13803510001,,{'a' * 10_000_000}\n", f'x,message,13803510001,,"{"a" * 10_000_000}"\n'):
        found, rejected, _ = read(csv_file(tmp_path / "a.csv", GOOD, huge, GOOD))
        assert len(found) == 2
        assert [bad.line for bad in rejected] == [3]
        assert rejected[0].value == "", "what stands in a broken row of a file with texts may be one"
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps(LINE) + "\n" + json.dumps({**LINE, "text": "a" * 10_000_000}) + "\n" + json.dumps(LINE))
    found, rejected, _ = read(path)
    assert len(found) == 2
    assert [bad.line for bad in rejected] == [2]


def test_a_megabyte_of_text_is_read(tmp_path: Path) -> None:
    text = "字" * 350_000
    found, rejected, _ = read(csv_file(tmp_path / "a.csv", f"2026-03-02T09:30:00Z,message,110,,{text}\n"))
    assert found[0]["text"] == text
    assert rejected == []


def test_bytes_that_are_no_text_are_shown_as_such_and_told_with_line_and_column(tmp_path: Path) -> None:
    told: list[str] = []
    path = csv_file(
        tmp_path / "a.csv",
        GOOD,
        b"2026-03-02T09:30:00Z,message,13803510001,95588," + "您好".encode("gbk") + b"\n",
        "2026-03-02T09:30:00Z,message,13803510001,95588,a\0b\n",
        "2026-03-02T09:30:00Z,message,138\0,95588,\n",
        GOOD,
    )
    batches = list(read_events(find_inputs([str(path)]), Findings(told.append)))
    assert [row["text"] for row in batches[0].events.to_pylist()][2:] == ["a�b", "hello"]
    assert [(bad.line, bad.column, bad.value) for bad in batches[0].rejected] == [(5, "to_number", "138�")]
    assert [line.partition(", are")[0] for line in sorted(told)] == [
        f"{path}:3 text: bytes that are not UTF-8, or NUL",
        f"{path}:5 to_number: bytes that are not UTF-8, or NUL",
    ]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "has no header"),
        (b"\n\n", "has no header"),
        (HEADER.encode("utf-16"), "is UTF-16"),
        ("at,channel,to_number,备注\n".encode("gbk"), "the header is not UTF-8"),
        (b"at,channel,to_number,\0\n", "the header holds a NUL"),
        (b"at,at,channel,to_number\n", "names the column 'at' twice"),
        (b"PK\x03\x04", "is missing"),
    ],
)
def test_a_header_that_cannot_be_read_refuses_the_file_in_one_sentence(
    tmp_path: Path, content: bytes, said: str
) -> None:
    (tmp_path / "a.csv").write_bytes(content)
    _, _, findings = read(tmp_path / "a.csv")
    (error,) = findings.refused
    assert said in str(error)
    assert "\n" not in str(error)


def test_a_mark_of_byte_order_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("\ufeff" + HEADER + GOOD)
    (tmp_path / "a.jsonl").write_text("\ufeff" + json.dumps(LINE))
    assert len(read(tmp_path / "a.csv")[0]) == len(read(tmp_path / "a.jsonl")[0]) == 1


def test_ten_thousand_columns_are_read_past(tmp_path: Path) -> None:
    told: list[str] = []
    names = ",".join(f"c{n}" for n in range(10_000))
    row = "2026-03-02T09:30:00Z,call,110," + "," * 9_999
    (tmp_path / "a.csv").write_text(f"at,channel,to_number,{names}\n{row}\n")
    (batch,) = read_events(find_inputs([str(tmp_path / "a.csv")]), Findings(told.append))
    assert len(batch.events) == 1
    assert told == [f"{tmp_path}/a.csv: unknown columns kept out: 'c0', 'c1', 'c2', 'c3', 'c4' and 9,995 others"]


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "[]",
        "null",
        '{"at"}',
        '{"at": "x",}',
        '{"at": "x"} 1',
        '{"a": "\\x"}',
        '{"a": "\\u12"}',
        '{"a": tru}',
        '{"a": "unclosed}',
        "{'a': 1}",
        '{"a": ' + "[" * 100_000 + "]" * 100_000 + "}",
    ],
)
def test_a_broken_line_of_json_costs_only_itself(tmp_path: Path, line: str) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(f"{json.dumps(LINE)}\n\n{line}\n{json.dumps(LINE)}\n")
    found, rejected, _ = read(path)
    assert [row["event_id"] for row in found] == ["a.jsonl:1", "a.jsonl:3"]
    (bad,) = rejected
    assert (bad.line, bad.column) == (3, "(row)")
    assert bad.value == line[:200]
    assert "deep" in bad.error if "[[" in line else bad.error == "is no JSON object"


def test_wrong_types_in_json_are_named_or_read_as_they_can_be(tmp_path: Path) -> None:
    rows = [
        {**LINE, "to_number": 13803510001, "answered": "true", "ring_s": "2.5"},
        {**LINE, "text": {"a": [1, "}"]}, "answered": [True]},
        {**LINE, "at": 1772415000},
        {**LINE, "to_number": {"digits": "110"}},
    ]
    path = tmp_path / "a.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in rows))
    found, rejected, findings = read(path)
    assert [(row["answered"], row["ring_s"]) for row in found] == [(1, 2.5), (-1, None)]
    assert [(bad.line, bad.column) for bad in rejected] == [(3, "at"), (4, "to_number")]
    assert {column for _, column, _ in findings.minded} == {"text", "answered", "to_number"}


lines = st.binary(max_size=40) | st.sampled_from([GOOD.encode(), (json.dumps(LINE) + "\n").encode(), b'"', b"\n", b"{"])


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pieces=st.lists(lines, max_size=8), ending=st.sampled_from([".csv", ".jsonl"]))
def test_no_bytes_whatever_bring_a_reader_down(tmp_path: Path, pieces: list[bytes], ending: str) -> None:
    path = tmp_path / f"a{ending}"
    path.write_bytes((HEADER.encode() if ending == ".csv" else b"") + b"".join(pieces))
    found, rejected, _ = read(path)
    identities = [row["event_id"] for row in found]
    assert len(set(identities)) == len(identities)
    assert all(bad.line >= 1 and "\n" not in bad.value for bad in rejected)


def events(rows: int) -> pa.Table:
    at = pa.array(np.arange(rows) * 1_000_000 + 1_772_415_000_000_000).cast(pa.timestamp("us", "UTC"))
    to = pa.array([f"138{n:08d}" for n in range(rows)])
    return pa.table({"at": at, "channel": pa.array(["call"] * rows), "to_number": to})


def test_a_cut_parquet_file_is_refused_and_a_damaged_row_group_costs_its_rows_only(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    parquet.write_table(events(3000), path, row_group_size=1000, write_page_checksum=True, use_dictionary=False)
    whole = path.read_bytes()
    column = parquet.ParquetFile(path).metadata.row_group(1).column(2)
    middle = column.data_page_offset + column.total_compressed_size // 2
    path.write_bytes(whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :])
    found, rejected, findings = read(path)
    assert [row["event_id"] for row in found] == [f"a.parquet:{n}" for n in (*range(1, 1001), *range(2001, 3001))]
    assert rejected == []
    assert "rows 1,001 to 2,000 cannot be read" in str(findings.refused[0])
    path.write_bytes(whole[: len(whole) // 2])
    found, _, findings = read(path)
    assert found == []
    assert "is no whole Parquet file" in str(findings.refused[0])


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_times_of_any_unit_with_a_zone_are_taken_and_naive_ones_refused(tmp_path: Path, unit: str) -> None:
    path = tmp_path / "a.parquet"
    table = events(2).set_column(0, "at", events(2)["at"].cast(pa.timestamp(unit, "Asia/Shanghai")))
    parquet.write_table(table, path)
    assert [row["at"] for row in read(path)[0]] == events(2)["at"].to_pylist()
    parquet.write_table(table.set_column(0, "at", table["at"].cast(pa.timestamp(unit))), path)
    assert "holds times without a zone" in str(read(path)[2].refused[0])


def test_times_outside_1970_to_2100_are_rejected_in_parquet_too(tmp_path: Path) -> None:
    for unit, values in (("s", [-62135596800, 253402300799, 2**52, 0]), ("us", [-1, 2**63 - 1, None, 0])):
        path = tmp_path / "a.parquet"
        table = events(4).set_column(0, "at", pa.array(values).cast(pa.timestamp(unit, "UTC")))
        parquet.write_table(table, path)
        found, rejected, _ = read(path)
        assert [row["event_id"] for row in found] == ["a.parquet:4"]
        assert [(bad.line, bad.column) for bad in rejected] == [(1, "at"), (2, "at"), (3, "at")]


@pytest.mark.parametrize(
    "kind",
    [
        pa.int64(),
        pa.float64(),
        pa.large_string(),
        pa.string_view(),
        pa.binary(),
        pa.dictionary(pa.int32(), pa.string()),
    ],
)
def test_numbers_of_any_plain_type_are_taken(tmp_path: Path, kind: pa.DataType) -> None:
    values = pa.array([13803510001, 13803510002]) if pa.types.is_primitive(kind) else pa.array(["13803510001", "110"])
    column = values.dictionary_encode() if pa.types.is_dictionary(kind) else values.cast(kind)
    path = tmp_path / "a.parquet"
    parquet.write_table(events(2).set_column(2, "to_number", column), path)
    found, rejected, _ = read(path)
    assert len(found) == 2
    assert rejected == []


def test_a_column_of_a_type_that_says_nothing_refuses_the_file_by_name(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    parquet.write_table(events(2).append_column("text", pa.array([{"a": 1}, None])), path)
    assert "the column text is of type struct" in str(read(path)[2].refused[0])


def test_bytes_that_are_no_text_in_parquet_are_shown_as_such(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    spoiled = pa.array([b"ok", b"\xff\xfe"]).view(pa.string())
    parquet.write_table(events(2).append_column("event_id", spoiled).append_column("from_number", spoiled), path)
    found, _, _ = read(path)
    assert [row["event_id"] for row in found] == ["ok", "��"]


BOMB = """
import sys
from pathlib import Path
from wurao.events.raw import Findings
from wurao.events.read import find_inputs, read_events
print(sum(len(batch.events) for batch in read_events(find_inputs([sys.argv[1]]), Findings())))
"""


def test_a_value_of_a_megabyte_repeated_by_a_dictionary_unpacks_within_bounds(tmp_path: Path) -> None:
    rows = 3000
    bomb = pa.DictionaryArray.from_arrays(pa.array(np.zeros(rows, np.int32)), pa.array(["x" * 1_000_000]))
    path = tmp_path / "a.parquet"
    parquet.write_table(events(rows).append_column("text", bomb).append_column("trunk", bomb), path)
    assert path.stat().st_size < 5_000_000

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_DATA, (1_500_000_000, 1_500_000_000))

    ran = subprocess.run([sys.executable, "-c", BOMB, str(path)], capture_output=True, preexec_fn=limit, check=False)
    assert ran.stdout.decode().strip() == str(rows), ran.stderr.decode()[-2000:]
