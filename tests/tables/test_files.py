"""Files as they come: cut, ragged, mis-encoded, far too large. Good rows survive, lines are right, memory is small."""

import csv as plain_csv
import io
import random
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wurao.errors import Refused
from wurao.tables import TABLES, BadRows, read_tables
from wurao.tables.csv_file import LONGEST_FIELD, Scan, read_csv, scan_records
from wurao.tables.raw import Columns

GOOD = b"13803510001,\n"


def read(directory: Path, data: bytes) -> tuple[int, list[tuple[int, str]]]:
    """How many good rows a subscribers.csv gives, and line and error of the bad ones."""
    (directory / "subscribers.csv").write_bytes(data)
    table = read_tables(directory, ["subscribers"])["subscribers"]
    assert table.bad.count == len(table.bad.kept)
    return table.table.num_rows, [(row.line, row.error) for row in table.bad.kept]


def test_ragged_rows_are_named_by_their_lines_and_cost_nobody_else(tmp_path: Path) -> None:
    data = b'number,operator\n13803510001,"a\nb"\n13803510002\n\n13803510003,x,y\n13803510004,"q""uote"\n'
    assert read(tmp_path, data) == (2, [(4, "has 1 field"), (6, "has 3 fields")])


@pytest.mark.parametrize("newline", [b"\n", b"\r\n", b"\r"])
def test_lines_are_counted_alike_however_they_end(tmp_path: Path, newline: bytes) -> None:
    data = newline.join([b"number,operator", b"", b'13803510001,"a' + newline + b'b"', b"x,", b"13803510002,", b"y,"])
    assert read(tmp_path, data) == (2, [(5, "is no telephone number"), (7, "is no telephone number")])


def test_a_nul_and_what_is_not_utf8_spoil_only_their_rows(tmp_path: Path) -> None:
    data = (
        b"number,operator\n13803510001,a\0b\n13803510002," + "移动".encode("gb18030") + b"\n13803510003,\xe7\xa7\xbb\n"
    )
    assert read(tmp_path, data) == (1, [(2, "holds a NUL character"), (3, "is not UTF-8")])


@pytest.mark.parametrize("quote", [b"", b'"'])
def test_a_field_of_ten_megabytes_spoils_only_its_row(tmp_path: Path, quote: bytes) -> None:
    long = b"13803510002," + quote + b"x" * (10 << 20) + quote + b"\n"
    count, bad = read(tmp_path, b"number,operator\n" + GOOD + long + b"13803510003,\nz,\n")
    assert (count, [line for line, _ in bad]) == (2, [3, 5])
    assert "of more than" in bad[0][1]
    medium = b"13803510002," + quote + b"x" * (2 << 20) + quote + b"\n"
    assert read(tmp_path, b"number,operator\n" + GOOD + medium)[1] == [(3, "has a field of more than a mebibyte")]


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("block", [1, 7, 100, 1 << 20])
def test_a_quote_that_is_never_closed_costs_only_its_line(tmp_path: Path, block: int, newline: str) -> None:
    rows = [f"1380351{n:04d}," for n in range(300)]
    rows[100] += '"oops'
    rows[250] += '"again'
    bad = BadRows()
    found = numbers_of(tmp_path, newline.join(["number,operator", *rows, ""]), bad, block)
    assert found == [(line, row[:11]) for line, row in enumerate(rows, 2) if not row[12:]]
    assert [(row.line, row.error) for row in bad.kept] == [
        (102, "opens a quote that is never closed"),
        (252, "opens a quote that is never closed"),
    ]


def test_text_after_a_closing_quote_is_bad(tmp_path: Path) -> None:
    data = b'number,operator\n13803510001,"a"b\n13803510002,"a" \n13803510003,a"b"\n'
    after = "has text after a closing quote"
    assert read(tmp_path, data) == (1, [(2, after), (3, after)])


def test_a_quote_that_a_later_row_closes_is_told_with_the_lines_it_takes(tmp_path: Path) -> None:
    text = 'number,operator\n13803510001,"a\n13803510002,\n13803510003,",c\n13803510004,\n'
    bad = BadRows()
    assert numbers_of(tmp_path, text, bad) == [(5, "13803510004")]
    assert [(row.line, row.error) for row in bad.kept] == [(2, "has 3 fields")]
    assert "a quote in it holds 2 more lines" in bad.kept[0].expected


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_a_quote_open_for_megabytes_costs_only_its_line(tmp_path: Path, newline: str) -> None:
    rows = [f"1380351{n % 10_000:04d},{'x' * 100}" for n in range(180_000)]
    text = newline.join(["number,operator", '13803510001,"oops', *rows, '13803510002,"closed"', ""])
    bad = BadRows()
    found = numbers_of(tmp_path, text, bad)
    assert [line for line, _ in found] == [*range(3, len(rows) + 4)]
    assert [(row.line, row.error) for row in bad.kept] == [(2, "is a row of more than four mebibytes")]


def numbers_of(directory: Path, text: str, bad: BadRows, block: int = 1 << 23) -> list[tuple[int, str]]:
    """Line and number of the good rows of a subscribers.csv."""
    path = directory / "subscribers.csv"
    path.write_bytes(text.encode())
    return [
        (line, number)
        for raw in read_csv(path, path.name, Columns(TABLES["subscribers"]), bad, block)
        for line, number in zip(raw.lines.tolist(), raw.table["number"].to_pylist(), strict=True)
    ]


def test_a_file_cut_within_a_row_loses_only_that_row(tmp_path: Path) -> None:
    whole = b"number,operator\n13803510001,a\n13803510002,b\n"
    assert read(tmp_path, whole[:-6]) == (1, [(3, "has 1 field")])


def test_ten_thousand_columns_are_kept_out_and_counted(tmp_path: Path) -> None:
    header = ["number", *(f"c{n}" for n in range(10_000))]
    row = ["13803510001", *["1"] * 10_000]
    (tmp_path / "subscribers.csv").write_text("\n".join([",".join(header), ",".join(row)]))
    table = read_tables(tmp_path)["subscribers"]
    assert table.table.num_rows == 1
    assert table.warnings == ["subscribers.csv: unknown columns kept out: c0, c1, c2, c3, c4 and 9,995 others"]


HEADERS = [
    (b"", "is empty"),
    (b"\n\n", "is empty"),
    (b"name\n", "the column number is missing"),
    (b"number;operator\n", "part the columns with commas"),
    (b"number,number\n", "names the column number twice"),
    ("number,operator\n".encode("utf-16"), "is UTF-16"),
    ("number,备注\n".encode("gb18030"), "the header is not UTF-8"),
    (b'number,"operator\n13803510001,', "the header opens a quote that is never closed"),
    (b"number,oper\0ator\n", "the header holds a NUL"),
    (b"number," + b"x" * (2 << 20) + b"\n", "the header has a field of more than a mebibyte"),
]


@pytest.mark.parametrize(("data", "error"), HEADERS)
def test_a_header_that_cannot_be_used_is_refused(tmp_path: Path, data: bytes, error: str) -> None:
    (tmp_path / "subscribers.csv").write_bytes(data)
    with pytest.raises(Refused, match=error) as refused:
        read_tables(tmp_path, ["subscribers"])
    assert "subscribers.csv" in str(refused.value)


def test_a_byte_order_mark_and_blanks_around_names_do_no_harm(tmp_path: Path) -> None:
    assert read(tmp_path, b"\xef\xbb\xbfnumber, operator \n" + GOOD) == (1, [])


FIELDS = st.text(st.sampled_from('a1,"\n\r é\0'), max_size=6)


@settings(deadline=None, max_examples=150)
@given(rows=st.lists(st.lists(FIELDS, min_size=3, max_size=3), max_size=8), block=st.integers(1, 40))
def test_records_are_what_pythons_own_reader_sees_for_every_size_of_block(
    rows: list[list[str]], block: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    text = io.StringIO()
    plain_csv.writer(text, quoting=plain_csv.QUOTE_ALL).writerows(rows)
    path = tmp_path_factory.mktemp("csv") / "trunks.csv"
    path.write_bytes(b"trunk,operator,overseas\r\n" + text.getvalue().encode())
    bad, found = BadRows(), []
    lines: list[int] = []
    for raw in read_csv(path, path.name, Columns(TABLES["trunks"]), bad, block):
        found += [list(row.values()) for row in raw.table.to_pylist()]
        lines += raw.lines.tolist()
    sound = [row for row in rows if "\0" not in "".join(row)]
    assert found == [[field or None for field in row] for row in sound]
    assert bad.count == len(rows) - len(sound)
    starts, line = [], 2
    for row in rows:
        starts.append(line)
        line += 1 + "".join(f"{field}|" for field in row).replace("\r\n", "\n").replace("\r", "\n").count("\n")
    assert lines == [start for start, row in zip(starts, rows, strict=True) if row in sound]


def test_the_scan_finds_the_same_compiled_and_not() -> None:
    moments = random.Random(1)
    for _ in range(50):
        data = "".join(moments.choice('ab,",\n\r\0') for _ in range(60)).encode()
        found = [scanned(data, scan) for scan in (scan_records, scan_records.plain)]
        assert found[0] == found[1]


def scanned(data: bytes, scan: object) -> list[list[int]]:
    arrays = {name: np.zeros(80, np.int64) for name in ("starts", "ends", "lines", "fields", "flags")}
    state = np.array([0, 1, 0, 0, 1, 1, 0])
    bundle = Scan(data=np.frombuffer(data, np.uint8), state=state, **arrays)
    count, used = scan(bundle, LONGEST_FIELD, True)
    return [[int(count), int(used)], state.tolist(), *(array.tolist() for array in arrays.values())]


def parquet(directory: Path, rows: int = 1000, **options: object) -> Path:
    path = directory / "subscribers.parquet"
    numbers = [f"1380351{n:04d}" for n in range(rows)]
    table = pa.table({"number": numbers, "operator": ["移动"] * rows})
    pq.write_table(table, path, row_group_size=100, compression="none", write_page_checksum=True, **options)
    return path


@pytest.mark.parametrize("keep", [0, 3, 4, 100, -1, -9])
def test_a_truncated_parquet_file_is_refused_in_one_message(tmp_path: Path, keep: int) -> None:
    path = parquet(tmp_path)
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(Refused, match=r"subscribers\.parquet: is no whole Parquet file"):
        read_tables(tmp_path)


def test_a_damaged_row_group_costs_its_own_rows_only(tmp_path: Path) -> None:
    path = parquet(tmp_path)
    place = pq.ParquetFile(path).metadata.row_group(3).column(0).data_page_offset
    data = bytearray(path.read_bytes())
    data[place + 60] ^= 1
    path.write_bytes(data)
    table = read_tables(tmp_path)["subscribers"]
    assert (table.table.num_rows, table.bad.count, len(table.bad.kept)) == (900, 100, 1)
    assert table.bad.kept[0].line == 301
    assert "nor the 99 rows after it" in table.bad.kept[0].error


@pytest.mark.parametrize("seed", range(20))
def test_random_damage_to_a_parquet_file_never_gets_a_wrong_row_through(tmp_path: Path, seed: int) -> None:
    path = parquet(tmp_path)
    whole = {row["number"] for row in read_tables(tmp_path)["subscribers"].table.to_pylist()}
    moments = random.Random(seed)
    data = bytearray(path.read_bytes())
    for _ in range(3):
        data[moments.randrange(len(data))] ^= 1 << moments.randrange(8)
    path.write_bytes(data)
    try:
        table = read_tables(tmp_path)["subscribers"]
    except Refused:
        return
    assert {row["number"] for row in table.table.to_pylist()} <= whole


def test_nested_columns_are_refused_before_they_are_read(tmp_path: Path) -> None:
    deep: pa.DataType = pa.string()
    for _ in range(50):
        deep = pa.struct([("x", deep)])
    pq.write_table(pa.table({"number": pa.nulls(3, deep)}), tmp_path / "subscribers.parquet")
    with pytest.raises(Refused, match="the column number is nested"):
        read_tables(tmp_path)


def test_types_that_say_the_same_are_read_and_others_are_bad_rows(tmp_path: Path) -> None:
    columns = {
        "number": pa.array([8613803510001, 8613803510002]),
        "operator": pa.array(["移动", "移动"]).dictionary_encode(),
        "overseas_calls": pa.array([True, None]),
        "marketing": pa.array([5, 2**27], pa.uint64()),
        "guard": pa.array(["off", "strict"], pa.large_string()),
    }
    pq.write_table(pa.table(columns), tmp_path / "subscribers.parquet")
    table = read_tables(tmp_path)["subscribers"]
    assert table.table["marketing"].to_pylist() == [5]
    assert [(row.line, row.column) for row in table.bad.kept] == [(2, "marketing")]
    pq.write_table(pa.table({**columns, "guard": pa.array([1.5, None])}), tmp_path / "subscribers.parquet")
    assert [row.column for row in read_tables(tmp_path)["subscribers"].bad.kept] == ["guard", "marketing"]


def test_lists_in_parquet_are_codes_and_numbers(tmp_path: Path) -> None:
    row = {"sender_id": "s", "name": "某", "since": "2026-03-01T08:00:00Z"}
    senders = pa.Table.from_pylist([{**row, "sender_id": str(n)} for n in range(4)])
    categories = pa.array([["finance", "food"], ["food", "weather"], [], None], pa.list_(pa.string()))
    pq.write_table(senders.append_column("categories", categories), tmp_path / "senders.parquet")
    trunks = pa.table({"trunk": ["a", "b"], "operator": ["o", "o"], "overseas": [True, False]})
    numbers = pa.array([["110", "119"], ["110", "++"]], pa.large_list(pa.string()))
    pq.write_table(trunks.append_column("public_safety", numbers), tmp_path / "trunks.parquet")
    found = read_tables(tmp_path)
    assert found["senders"].table["categories"].to_pylist() == [1 | 1 << 7]
    assert found["senders"].bad.count == 3
    assert [len(each) for each in found["trunks"].table["public_safety"].to_pylist()] == [2]
    assert [row.column for row in found["trunks"].bad.kept] == ["public_safety"]


def test_text_in_parquet_that_is_not_utf8_or_holds_a_nul_is_bad(tmp_path: Path) -> None:
    operators = pa.array([b"ok", b"\xff\xfe", b"a\0b"]).cast(pa.binary())
    spoiled = pa.Array.from_buffers(pa.string(), 3, operators.buffers())
    pq.write_table(
        pa.table({"number": ["13803510001", "13803510002", "13803510003"], "operator": spoiled}),
        tmp_path / "subscribers.parquet",
    )
    table = read_tables(tmp_path)["subscribers"]
    assert table.table.num_rows == 1
    assert [(row.line, row.error) for row in table.bad.kept] == [(2, "is no text"), (3, "is no text")]


BOMB = """
    import resource, sys
    from pathlib import Path
    import pyarrow as pa
    from wurao.tables import read_tables
    read_tables(Path(sys.argv[1]), ["senders"])
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    table = read_tables(Path(sys.argv[1]), ["subscribers"])["subscribers"]
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024
    print(table.table.num_rows, table.bad.count, grown)
"""


def grown_by(directory: Path) -> tuple[int, int, int]:
    code = [sys.executable, "-c", textwrap.dedent(BOMB), directory]
    rows, bad, megabytes = subprocess.run(code, check=True, capture_output=True, text=True).stdout.split()
    return int(rows), int(bad), int(megabytes)


def test_a_long_text_repeated_a_hundred_thousand_times_takes_little_memory(tmp_path: Path) -> None:
    count = 100_000
    bomb = pa.DictionaryArray.from_arrays(pa.array(np.zeros(count, np.int32)), pa.array(["x" * (2 << 20)]))
    numbers = pa.array(["13803510001"]).take(pa.array(np.zeros(count, np.int64)))
    pq.write_table(
        pa.table({"number": numbers, "operator": bomb}), tmp_path / "subscribers.parquet", compression="zstd"
    )
    rows, bad, megabytes = grown_by(tmp_path)
    assert (rows, bad) == (0, count)
    assert megabytes < 500


def test_a_file_without_a_line_break_takes_little_memory(tmp_path: Path) -> None:
    with (tmp_path / "subscribers.csv").open("wb") as file:
        file.write(b"number,operator\n" + GOOD)
        for _ in range(200):
            file.write(b"x" * (1 << 20))
    rows, bad, megabytes = grown_by(tmp_path)
    assert (rows, bad) == (1, 1)
    assert megabytes < 200
