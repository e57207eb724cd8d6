"""What a Parquet file claims is what Arrow says of a good one, and what is damaged is refused, never followed."""

from __future__ import annotations

import base64
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

from wurao.errors import Refused
from wurao.events.parquet_claims import BYTE_ARRAY, page_header_of, refuse_wild_places, row_groups_of
from wurao.events.parquet_dictionary import _longest, longest_in_dictionary
from wurao.events.raw import Findings
from wurao.events.read import find_inputs, read_events
from wurao.tables import read_tables

ROWS = 200
MADE = pa.table(
    {
        "at": pa.array(np.arange(ROWS) * 1_000_000).cast(pa.timestamp("us", tz="UTC")),
        "channel": ["call", "message"] * (ROWS // 2),
        "to_number": [f"138035{n:05d}" for n in range(ROWS)],
        "ring_s": np.arange(ROWS) / 8,
        "answered": pa.array([True, None] * (ROWS // 2)),
    }
)
WAYS: list[dict[str, Any]] = [
    {},
    {"row_group_size": 64, "write_page_index": True},
    {"use_dictionary": False, "compression": "zstd"},
    {"version": "1.0", "store_schema": False},
]


@pytest.mark.parametrize("how", WAYS)
def test_the_claims_of_a_good_file_are_what_arrow_says(tmp_path: Path, how: dict[str, Any]) -> None:
    table = MADE.append_column("nested", pa.array([[1, 2]] * ROWS))
    parquet.write_table(table, tmp_path / "a.parquet", **how)
    about = parquet.read_metadata(tmp_path / "a.parquet")
    groups = row_groups_of(tmp_path / "a.parquet")
    assert len(groups) == about.num_row_groups
    for group, chunks in enumerate(groups):
        for place, chunk in enumerate(chunks):
            said = about.row_group(group).column(place)
            assert (chunk.path, chunk.values) == (said.path_in_schema, said.num_values)
            assert (chunk.unpacked, chunk.has_dictionary) == (said.total_uncompressed_size, said.has_dictionary_page)
            assert (chunk.physical_type == BYTE_ARRAY) == (said.physical_type == "BYTE_ARRAY")


def test_a_directory_that_arrow_cannot_look_at_costs_the_file_not_the_process(tmp_path: Path) -> None:
    _write_with_required(MADE, b"channel", tmp_path / "events.parquet")
    findings = Findings()
    batches = list(read_events(find_inputs([str(tmp_path / "events.parquet")]), findings))
    assert sum(len(batch.events) for batch in batches) == 0
    assert len(findings.refused) == 1
    ported = pa.table({"number": MADE["to_number"], "operator": ["CMCC"] * ROWS, "since": MADE["at"]})
    (tmp_path / "tables").mkdir()
    _write_with_required(ported, b"operator", tmp_path / "tables" / "ported.parquet")
    assert read_tables(tmp_path / "tables")["ported"].bad.count == ROWS


def _write_with_required(table: pa.Table, column: bytes, path: Path) -> None:
    """A file whose directory says that a column is never null and counts its nulls all the same."""
    parquet.write_table(table, path)
    octets = path.read_bytes()
    optional = b"\x25\x02\x18" + bytes([len(column)]) + column
    assert octets.count(optional) == 1
    path.write_bytes(octets.replace(optional, b"\x25\x00" + optional[2:]))


def test_places_outside_a_dictionary_are_refused() -> None:
    good = pa.DictionaryArray.from_arrays(pa.array([0, 1, None]), pa.array(["a", "b"]))
    refuse_wild_places(pa.RecordBatch.from_arrays([good], ["trunk"]))
    wild = pa.DictionaryArray.from_arrays(pa.array([0, 2]), pa.array(["a", "b"]), safe=False)
    with pytest.raises(Refused, match="column trunk points outside its dictionary"):
        refuse_wild_places(pa.RecordBatch.from_arrays([wild], ["trunk"]))


@given(st.binary(max_size=400), st.integers(0, 500))
def test_any_octets_are_refused_or_read_as_a_directory(
    tmp_path_factory: pytest.TempPathFactory, octets: bytes, length: int
) -> None:
    path = tmp_path_factory.mktemp("any") / "a.parquet"
    path.write_bytes(b"PAR1" + octets + length.to_bytes(4, "little") + b"PAR1")
    with suppress(ValueError):
        assert isinstance(row_groups_of(path), list)


@pytest.mark.parametrize("codec", ["none", "snappy", "gzip", "brotli", "zstd", "lz4"])
@given(values=st.lists(st.text(max_size=40), min_size=1, max_size=30), version=st.sampled_from(["1.0", "2.0"]))
def test_the_longest_value_of_a_dictionary_is_found_whatever_packs_it(
    tmp_path_factory: pytest.TempPathFactory, codec: str, values: list[str], version: str
) -> None:
    path = tmp_path_factory.getbasetemp() / f"{codec}.parquet"
    table = pa.table({"text": values * 3})
    parquet.write_table(table, path, compression=codec, data_page_version=version)
    ((chunk,),) = row_groups_of(path)
    assert longest_in_dictionary(path, chunk) == max(len(value.encode()) for value in values)


def test_a_column_without_a_dictionary_has_no_longest_value_and_an_unknown_codec_is_left_to_arrow(
    tmp_path: Path,
) -> None:
    path = tmp_path / "a.parquet"
    parquet.write_table(pa.table({"text": ["a", "b"]}), path, use_dictionary=False)
    ((chunk,),) = row_groups_of(path)
    assert longest_in_dictionary(path, chunk) == 0
    parquet.write_table(pa.table({"text": ["a", "b"]}), path)
    ((chunk,),) = row_groups_of(path)
    assert longest_in_dictionary(path, chunk) == 1
    assert longest_in_dictionary(path, chunk._replace(codec=3)) is None
    for start in (-(1 << 63), -1, path.stat().st_size, (1 << 63) - 1, 1 << 63):
        assert longest_in_dictionary(path, chunk._replace(start=start)) is None
    assert longest_in_dictionary(path, chunk._replace(codec=6)) is None
    assert longest_in_dictionary(path, chunk._replace(start=1 << 40)) is None


@given(st.binary(max_size=60))
def test_a_damaged_dictionary_page_counts_as_one_long_value_and_compiled_code_says_the_same(octets: bytes) -> None:
    page = np.frombuffer(octets, np.uint8)
    found = _longest.plain(page)
    assert found == _longest(page)
    assert found >= 0
    whole = len(octets).to_bytes(4, "little") + octets
    assert _longest(np.frombuffer(whole, np.uint8)) == len(octets)
    assert _longest(np.frombuffer(whole + b"\1", np.uint8)) == len(whole) + 1


def test_a_zone_that_is_no_text_costs_the_file_and_is_told(tmp_path: Path) -> None:
    sink = pa.BufferOutputStream()
    parquet.write_table(MADE, sink)
    octets = sink.getvalue().to_pybytes()
    kept = base64.b64decode(parquet.read_metadata(pa.BufferReader(octets)).metadata[b"ARROW:schema"])
    damaged = base64.b64encode(kept.replace(b"UTC", b"U\xd3C"))
    (tmp_path / "events.parquet").write_bytes(octets.replace(base64.b64encode(kept), damaged))
    findings = Findings()
    assert list(read_events(find_inputs([str(tmp_path / "events.parquet")]), findings)) == []
    assert len(findings.refused) == 1
    (tmp_path / "events.parquet").rename(tmp_path / "subscribers.parquet")
    with pytest.raises(Refused):
        read_tables(tmp_path)


READ_WITH_LITTLE_MEMORY = """
import resource, sys
from pathlib import Path
from wurao.events.raw import Findings
from wurao.events.read import find_inputs, read_events
good, bad = sys.argv[1:]
list(read_events(find_inputs([good]), Findings()))
used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + (1 << 30), used + (1 << 30)))
findings = Findings()
print(sum(len(batch.events) for batch in read_events(find_inputs([bad]), findings)), *findings.refused)
"""


def test_a_page_that_claims_more_than_its_directory_costs_its_rows_not_the_run(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.parquet", tmp_path / "bad.parquet"
    parquet.write_table(MADE.drop_columns("answered"), good, compression="zstd", use_dictionary=False)
    octets = good.read_bytes()
    start = parquet.read_metadata(good).row_group(0).column(3).data_page_offset
    bad.write_bytes(octets[:start] + _claiming(octets[start:], 2**31 - 1))
    command = [sys.executable, "-c", READ_WITH_LITTLE_MEMORY, str(good), str(bad)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("0 ")
    assert "rows 1 to 200 cannot be read" in done.stdout


def _claiming(page: bytes, unpacked: int) -> bytes:
    """A page whose header says that it unpacks to so many bytes; header and page together are as long as before."""
    header = page_header_of(page)
    assert header is not None
    kind, rest = page[:2], page[2 : header.length]
    old = b"\x15" + _zigzag(header.unpacked) + b"\x15" + _zigzag(header.packed)
    assert rest.startswith(old)
    new = b"\x15" + _zigzag(unpacked) + b"\x15" + _zigzag(header.packed - 3)
    longer = len(new) - len(old)
    assert longer == 3
    end = header.length + header.packed
    return kind + new + rest[len(old) :] + page[header.length : end - longer] + page[end:]


def _zigzag(value: int) -> bytes:
    """A not negative number as Thrift's compact protocol writes it."""
    value, octets = 2 * value, bytearray()
    while value > 127:
        octets.append(value & 127 | 128)
        value >>= 7
    return bytes([*octets, value])
