"""Tables of texts: what is good is read whatever stands beside it, what is bad is named with its file and line."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wurao.content.labelled import ENDINGS, TOLD, ending_of, place_for, read_table, with_labels, write_table
from wurao.errors import Refused

WHOLE = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=12)


def read(tmp_path: Path, octets: bytes, ending: str = ".csv") -> tuple[list[dict[str, object]], list[str]]:
    """The rows of a file, and what was told of it, without the file's place."""
    file = tmp_path / f"a{ending}"
    file.write_bytes(octets)
    told: list[str] = []
    rows = read_table(file, "text", tell=told.append).to_pylist()
    return rows, [each.replace(str(file), "a") for each in told]


def texts(rows: list[dict[str, object]]) -> list[object]:
    return [row["text"] for row in rows]


@settings(max_examples=60)
@given(
    st.sampled_from(ENDINGS), st.lists(st.fixed_dictionaries({"text": WHOLE, "其他": WHOLE}), min_size=1, max_size=6)
)
def test_what_is_written_is_read_again_row_for_row(tmp_path_factory, ending: str, rows: list[dict[str, str]]):
    file = tmp_path_factory.mktemp("table") / f"a{ending}"
    write_table(pa.Table.from_pylist(rows), file)
    told: list[str] = []
    found = read_table(file, "text", tell=told.append)
    assert not told
    empty = None if ending == ".csv" else ""
    assert found.to_pylist() == [{name: value or empty for name, value in row.items()} for row in rows]
    assert [each.name for each in file.parent.iterdir()] == [file.name]


@pytest.mark.parametrize(
    ("octets", "kept", "told"),
    [
        (
            b"text,label\na,b\nc\nd,e,f\ng,h\n",
            ["a", "g"],
            ["a:3 (row): has 1 field", "a:4 (row): has 3 fields"],
        ),
        (b"text\na\x00b\nok\n", ["a\ufffdb", "ok"], ["a:2 (row): holds a NUL or what is no UTF-8"]),
        (b"text\nok\n\xff\xfe\nok\n", ["ok", "\ufffd\ufffd", "ok"], ["a:3 (row): "]),
        ("text\n您好\n".encode("gb18030"), ["\ufffd\ufffd\ufffd\ufffd"], ["a:2 (row): "]),
        (b"text\n\xed\xa0\x80\nok\n", ["\ufffd\ufffd\ufffd", "ok"], ["a:2 (row): "]),
        (b'text\n"open\nok\nfine\n', ["ok", "fine"], ["a:2 (row): opens a quote that is never closed"]),
        (b'text\n"a"b\nok\n', ["ok"], ["a:2 (row): has text after a closing quote"]),
        (b"text\n" + b"x" * 1_048_577 + b"\nok\n", ["ok"], ["a:2 (row): "]),
        (b"text,\na,b\n", ["a"], ["a:1 (row): has a column without a name, left out; name each column"]),
    ],
    ids=["ragged", "NUL", "octets", "GB 18030", "surrogate", "unclosed", "misquoted", "over a mebibyte", "unnamed"],
)
def test_a_bad_row_of_csv_is_named_with_its_line_and_costs_no_good_one(tmp_path, octets, kept, told):
    rows, said = read(tmp_path, octets)
    assert texts(rows) == kept
    assert len(said) == len(told)
    for each, begins in zip(said, told, strict=True):
        assert each.startswith(begins)
        assert "; " in each


@pytest.mark.parametrize(
    ("octets", "kept", "told"),
    [
        (
            b'{"text": "a"}\nno json\n\n[1]\n{"text": "b"}\n',
            ["a", "b"],
            ["a:2 (row): is no JSON object", "a:4 "],
        ),
        (b'{"text": "\\ud800 x"}\n{"text": "ok"}\n', ["\ufffd x", "ok"], ["a:1 (row): "]),
        (b'{"text": "\\ud83d\\ude00"}\n', ["\U0001f600"], []),
        (b'{"text": "ok"}\n{"text": "\xff"}\n', ["ok", "\ufffd"], ["a:2 (row): "]),
        (b"[" * 100_000 + b'\n{"text": "ok"}\n', ["ok"], ["a:1 (row): "]),
        (b'{"text": 5}\n{"text": null}\n{"text": "ok"}\n', ["5", None, "ok"], []),
        (b'\xef\xbb\xbf{"text": "ok"}\n', ["ok"], []),
    ],
    ids=["no JSON", "half a surrogate", "whole", "octets", "deep", "mixed", "byte order mark"],
)
def test_a_bad_row_of_json_lines_is_named_with_its_line_and_costs_no_good_one(tmp_path, octets, kept, told):
    rows, said = read(tmp_path, octets, ".jsonl")
    assert texts(rows) == kept
    assert len(said) == len(told)
    assert all(each.startswith(begins) and "; " in each for each, begins in zip(said, told, strict=True))


def test_octets_in_parquet_that_are_no_text_are_named_with_their_row(tmp_path: Path):
    file = tmp_path / "a.parquet"
    pq.write_table(pa.table({"text": pa.array([b"ok", b"\xff", None], pa.binary())}), file)
    told: list[str] = []
    assert read_table(file, "text", tell=told.append).column("text").to_pylist() == ["ok", "\ufffd", None]
    assert [each.startswith(f"{file}:2 text: ") for each in told] == [True]


def test_many_bad_rows_are_named_first_and_then_counted(tmp_path: Path):
    _, said = read(tmp_path, b"text\n" + b"a,b\n" * 20)
    assert len(said) == TOLD + 1
    assert said[-1] == f"a: and {20 - TOLD} more such"


@pytest.mark.parametrize(
    ("octets", "ending", "told"),
    [
        (b"", ".csv", "is empty; the first line names the columns"),
        (b"label\nx\n", ".csv", "has no column text; a header with text"),
        (b"text,text\na,b\n", ".csv", "names the column text twice; name each column once"),
        ("text\n您好\n".encode("utf-16"), ".csv", "is UTF-16; save it as UTF-8"),
        (b"", ".jsonl", "has no column text"),
        (b'{"text": ["a"]}\n', ".jsonl", "its column text is list<item: string>; texts"),
        (b"PAR1", ".parquet", "cannot be read ("),
        (b"text\n", ".txt", "is no name of a table; a name that ends in .csv, .parquet, .jsonl"),
    ],
)
def test_a_table_that_cannot_be_read_is_refused_by_name_with_what_would_be_right(tmp_path, octets, ending, told):
    with pytest.raises(Refused) as refused:
        read(tmp_path, octets, ending)
    assert refused.value.where.startswith(str(tmp_path / f"a{ending}"))
    assert told in str(refused.value)
    assert refused.value.right


def test_a_table_that_is_not_there_is_refused(tmp_path: Path):
    with pytest.raises(Refused, match="is not there; a table of texts"):
        read_table(tmp_path / "none.csv", "text")


@pytest.mark.parametrize(
    "octets",
    [b"\xef\xbb\xbftext\na\nb\n", b"text\r\na\r\nb\r\n", b'text\n"a"\n"b"\n', b"text\na\nb", b"x,text\n1,a\n2,b\n"],
    ids=["byte order mark", "carriage returns", "quotes", "no last line break", "another column"],
)
def test_csv_is_read_in_all_its_manners(tmp_path: Path, octets: bytes):
    rows, said = read(tmp_path, octets)
    assert (texts(rows), said) == (["a", "b"], [])


def test_a_field_may_hold_line_breaks_and_quotes(tmp_path: Path):
    rows, _ = read(tmp_path, 'text\n"您好\n""朋友"", 再见"\n'.encode())
    assert texts(rows) == ['您好\n"朋友", 再见']


def test_of_talks_the_first_three_turns_are_the_text(tmp_path: Path):
    turns = [{"who": "caller", "text": word} for word in ("喂", "您好", "我是", "客服")]
    pq.write_table(pa.Table.from_pylist([{"turns": turns}, {"turns": None}]), tmp_path / "a.parquet")
    assert read_table(tmp_path / "a.parquet", "text").column("text").to_pylist() == ["喂 您好 我是", ""]
    pq.write_table(pa.table({"turns": [1, 2]}), tmp_path / "b.parquet")
    with pytest.raises(Refused, match="its column turns is int64; lists of what was said"):
        read_table(tmp_path / "b.parquet", "text")


def test_rows_without_a_text_or_a_label_are_no_examples():
    rows = [("a", "x"), ("", "x"), ("  ", "x"), ("b", None), (None, "x"), ("c", " "), (" d ", " y\t")]
    table = pa.table({"text": [text for text, _ in rows], "label": [label for _, label in rows]})
    assert with_labels(table).to_pylist() == [{"text": "a", "label": "x"}, {"text": " d ", "label": "y"}]


def test_what_is_read_is_never_written_over(tmp_path: Path):
    file, link = tmp_path / "a.csv", tmp_path / "b.csv"
    file.write_text("text\n")
    link.symlink_to(file)
    for out in (file, link):
        with pytest.raises(Refused, match="is read and cannot be written; another name"):
            place_for(out, None, file)
    place_for(tmp_path / "new" / "c.csv", file)
    assert (tmp_path / "new").is_dir()
    with pytest.raises(Refused, match="is no directory"):
        place_for(file / "c.csv", None)


def test_an_ending_may_be_in_capitals():
    assert ending_of(Path("A.CSV")) == ".csv"


def test_what_csv_and_json_have_no_room_for_is_written_as_they_can(tmp_path: Path):
    table = pa.table({"text": ["a", None], "list": [[1, 2], None], "share": [float("nan"), 0.5]})
    write_table(table, tmp_path / "a.csv")
    assert read_table(tmp_path / "a.csv", "text").column("list").to_pylist() == ["[1, 2]", None]
    write_table(table, tmp_path / "a.jsonl")
    rows = [json.loads(line) for line in (tmp_path / "a.jsonl").read_text().splitlines()]
    assert rows == [{"text": "a", "list": [1, 2], "share": None}, {"text": None, "list": None, "share": 0.5}]


def test_a_table_is_written_whole_or_not_at_all(tmp_path: Path):
    file = tmp_path / "a.csv"
    file.write_text("text\nbefore\n")
    two_of_one_name = pa.table([pa.array(["a"]), pa.array([pa.scalar(b"\xff").as_py()])], ["text", "text"])
    with pytest.raises(pa.ArrowException):
        write_table(two_of_one_name.append_column("x", pa.array([b"\xff"], pa.binary(1))), file)
    assert file.read_text() == "text\nbefore\n"
    assert [each.name for each in tmp_path.iterdir()] == ["a.csv"]
