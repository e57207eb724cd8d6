"""A file of verdicts: any reader finds in it what was written, in the very types of the schema."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from wurao.errors import Refused
from wurao.screening.output import VerdictFile
from wurao.screening.parquet_pages import _keep, _pack, _put
from wurao.verdicts import VERDICT_SCHEMA

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


def column(draw: Any, field: pa.Field, rows: int) -> pa.Array:
    """Values of a field's type, some of them null where they may be; texts at times as a dictionary."""
    kind = field.type
    if pa.types.is_dictionary(kind):
        codes = pa.array([f"CODE_{n}" for n in range(draw(st.integers(1, 40)))])
        indices = draw(st.lists(st.integers(0, len(codes) - 1), min_size=rows, max_size=rows))
        return pa.DictionaryArray.from_arrays(pa.array(indices, pa.int8(), mask=nulls(draw, field, rows)), codes)
    if pa.types.is_list(kind):
        return pa.array(
            draw(st.lists(st.none() | st.lists(st.none() | TEXTS, max_size=3), min_size=rows, max_size=rows)), kind
        )
    values = {
        pa.string(): TEXTS,
        pa.timestamp("us", tz="UTC"): st.integers(0, 2**51),
        pa.bool_(): st.booleans(),
        pa.float64(): st.floats(0, 1e9),
        pa.float32(): st.floats(0, 1, width=32),
        pa.binary(32): st.binary(min_size=32, max_size=32),
        pa.binary(64): st.binary(min_size=64, max_size=64),
    }[kind]
    drawn = draw(st.lists(values, min_size=rows, max_size=rows))
    mask = nulls(draw, field, rows)
    array = pa.array([value if mask is None or not mask[n] else None for n, value in enumerate(drawn)], kind)
    return array.dictionary_encode() if kind == pa.string() and draw(st.booleans()) else array


def nulls(draw: Any, field: pa.Field, rows: int) -> np.ndarray | None:
    which = draw(st.sampled_from(["none", "some", "all"])) if field.nullable else "none"
    if which == "some":
        return np.array(draw(st.lists(st.booleans(), min_size=rows, max_size=rows)), bool)
    return np.full(rows, True) if which == "all" else None


@st.composite
def batches(draw: Any) -> pa.RecordBatch:
    """A batch of verdicts, at times a part of a longer one."""
    rows = draw(st.integers(1, 40))
    whole = pa.RecordBatch.from_arrays(
        [column(draw, field, rows) for field in VERDICT_SCHEMA], names=VERDICT_SCHEMA.names
    )
    first = draw(st.integers(0, rows - 1))
    return whole.slice(first, draw(st.integers(1, rows - first)))


def as_lists(table: pa.Table) -> dict[str, list[Any]]:
    return {name: table[name].to_pylist() for name in table.column_names}


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)
@given(batch=batches())
def test_arrow_and_duckdb_read_what_was_written_in_the_types_that_arrow_would_have_written(
    tmp_path_factory: pytest.TempPathFactory, batch: pa.RecordBatch
) -> None:
    place = tmp_path_factory.mktemp("output")
    ours, arrows = place / "ours.parquet", place / "arrows.parquet"
    file = VerdictFile(ours)
    file.write(batch)
    file.keep()
    plain = pa.table(
        [array.cast(field.type) for array, field in zip(batch.columns, VERDICT_SCHEMA, strict=True)],
        schema=VERDICT_SCHEMA,
    )
    parquet.write_table(plain, arrows)
    read = parquet.ParquetFile(ours, page_checksum_verification=True).read()
    assert read.schema.equals(parquet.read_schema(arrows), check_metadata=True)
    assert as_lists(read) == as_lists(plain)
    assert duckdb.sql(f"DESCRIBE FROM '{ours}'").fetchall() == duckdb.sql(f"DESCRIBE FROM '{arrows}'").fetchall()
    assert duckdb.sql(f"FROM '{ours}'").to_arrow_table().equals(duckdb.sql(f"FROM '{arrows}'").to_arrow_table())
    about = parquet.read_metadata(ours).row_group(0)
    assert about.num_rows == len(batch)
    at = about.column(VERDICT_SCHEMA.get_field_index("at")).statistics
    assert (at.min, at.max) == (min(plain["at"].to_pylist()), max(plain["at"].to_pylist()))


def many(first: int, rows: int) -> pa.RecordBatch:
    """Verdicts whose ids, trunks and templates (a dictionary that does not pay) tell their rows."""
    given: dict[str, Any] = {
        "event_id": pa.array([f"e{n}" for n in range(first, first + rows)]),
        "at": pa.array(np.arange(first, first + rows)).cast(pa.timestamp("us", tz="UTC")),
        "trunk": pa.array([f"T{n // 10}" for n in range(first, first + rows)]).dictionary_encode(),
        "template_id": pa.array([f"M{n}" for n in range(first, first + rows)]).dictionary_encode(),
        "ring_s": pa.array(np.arange(first, first + rows) / 4, mask=np.arange(first, first + rows) % 3 == 0),
        "overseas_mark": pa.array(np.arange(first, first + rows) % 5 == 0),
        "snapshot": pa.DictionaryArray.from_arrays(pa.array(np.zeros(rows, np.int32)), pa.array(["s+1"])),
    }
    arrays = []
    for field in VERDICT_SCHEMA:
        if field.name not in given and not field.nullable:
            given[field.name] = pa.DictionaryArray.from_arrays(pa.array(np.zeros(rows, np.int8)), pa.array(["a", "b"]))
        arrays.append(given.get(field.name, pa.nulls(rows, field.type)))
    return pa.RecordBatch.from_arrays(arrays, names=VERDICT_SCHEMA.names)


def test_small_batches_are_put_together_and_large_ones_stand_alone_and_no_row_is_lost(tmp_path: Path) -> None:
    file = VerdictFile(tmp_path / "a.parquet")
    first = 0
    for rows in (5, 40_000, 20_000, 20_000, 70_000, 3):
        file.write(many(first, rows))
        first += rows
    file.keep()
    about = parquet.read_metadata(tmp_path / "a.parquet")
    assert [about.row_group(n).num_rows for n in range(about.num_row_groups)] == [40_005, 40_000, 70_000, 3]
    read = parquet.read_table(tmp_path / "a.parquet")
    assert read["event_id"].to_pylist() == [f"e{n}" for n in range(first)]
    assert read["trunk"].to_pylist() == [f"T{n // 10}" for n in range(first)]
    assert read["template_id"].to_pylist() == [f"M{n}" for n in range(first)]
    assert read["ring_s"].to_pylist() == [None if n % 3 == 0 else n / 4 for n in range(first)]


def test_batches_may_have_a_dictionary_where_others_have_only_nulls(tmp_path: Path) -> None:
    file = VerdictFile(tmp_path / "a.parquet")
    some, none = many(0, 5), many(5, 5)
    for name in ("trunk", "template_id"):
        none = none.set_column(none.schema.get_field_index(name), name, pa.nulls(5, pa.string()))
    for each in (none, some, none):
        file.write(each)
    file.keep()
    read = parquet.read_table(tmp_path / "a.parquet")
    assert read["trunk"].to_pylist() == [None] * 5 + ["T0"] * 5 + [None] * 5
    assert read["event_id"].to_pylist() == [f"e{n}" for n in (*range(5, 10), *range(5), *range(5, 10))]


def test_a_dictionary_that_holds_a_null_is_written_as_a_null(tmp_path: Path) -> None:
    file, batch = VerdictFile(tmp_path / "a.parquet"), many(0, 3)
    trunk = pa.DictionaryArray.from_arrays(pa.array([0, 1, 0], pa.int32()), pa.array(["T1", None]))
    file.write(batch.set_column(batch.schema.get_field_index("trunk"), "trunk", trunk))
    file.keep()
    assert parquet.read_table(tmp_path / "a.parquet")["trunk"].to_pylist() == ["T1", None, "T1"]


def test_a_file_without_verdicts_has_the_schema_all_the_same(tmp_path: Path) -> None:
    VerdictFile(tmp_path / "a.parquet").keep()
    assert parquet.read_table(tmp_path / "a.parquet").equals(VERDICT_SCHEMA.empty_table())


def test_a_flipped_bit_is_found_by_the_checksum_of_its_page(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    file = VerdictFile(path)
    file.write(many(0, 1000))
    file.keep()
    about = parquet.read_metadata(path).row_group(0).column(VERDICT_SCHEMA.get_field_index("at"))
    octets = bytearray(path.read_bytes())
    octets[about.data_page_offset + about.total_compressed_size - 1] ^= 1
    path.write_bytes(octets)
    with pytest.raises(OSError, match="CRC"):
        parquet.ParquetFile(path, page_checksum_verification=True).read(["at"])


def test_a_null_where_none_may_be_is_an_error_of_ours(tmp_path: Path) -> None:
    batch = many(0, 3)
    absent = batch.set_column(0, "event_id", pa.array(["e0", None, "e2"]))
    file = VerdictFile(tmp_path / "a.parquet")
    file.write(absent)
    with pytest.raises(ValueError, match="column event_id has nulls"):
        file.keep()
    file.abandon()
    assert list(tmp_path.iterdir()) == []


@given(st.integers(1, 24), st.lists(st.integers(0, 2**24 - 1), min_size=2, max_size=50))
def test_numbers_are_packed_alike_by_plain_and_compiled_code_and_can_be_unpacked(width: int, values: list[int]) -> None:
    given = np.array([value % (1 << width) for value in values], np.int32)
    one, other = np.zeros(200, np.uint8), np.zeros(200, np.uint8)
    _pack(given, width, one)
    _pack.plain(given, width, other)
    assert one.tobytes() == other.tobytes()
    whole = int.from_bytes(one.tobytes(), "little")
    assert [whole >> width * n & (1 << width) - 1 for n in range(len(given))] == given.tolist()


@given(st.lists(st.none() | st.binary(max_size=40), max_size=12), st.booleans())
def test_texts_are_put_alike_by_plain_and_compiled_code(texts: list[bytes | None], every: bool) -> None:
    octets = np.frombuffer(b"".join(text or b"" for text in texts), np.uint8)
    offsets = np.cumsum([0, *(len(text or b"") for text in texts)]).astype(np.int32)
    there = np.zeros(0, np.uint8) if every else np.array([text is not None for text in texts], np.uint8)
    octets.flags.writeable = offsets.flags.writeable = False
    expected = b"".join(len(t or b"").to_bytes(4, "little") + (t or b"") for t in texts if every or t is not None)
    for put in (_put, _put.plain):
        out = np.zeros(len(octets) + 4 * len(texts), np.uint8)
        with np.errstate(over="ignore"):
            assert out[: put(octets, offsets, there, out)].tobytes() == expected


@given(st.lists(st.none() | st.integers(0, 1000), max_size=30), st.sampled_from([np.int32, np.uint64]))
def test_what_is_not_null_is_kept_alike_by_plain_and_compiled_code(values: list[int | None], kind: type) -> None:
    given = np.array([value or 7 for value in values], kind)
    given.flags.writeable = False
    nulls = np.array([value is None for value in values], np.uint8)
    for keep in (_keep, _keep.plain):
        found = np.zeros(len(values) + 1, kind)
        assert found[: keep(given, nulls, found)].tolist() == [value or 7 for value in values if value is not None]


def test_of_two_that_write_one_file_the_second_is_refused_and_spoils_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    (tmp_path / "a.parquet.partial").write_bytes(b"of one that was killed")
    first = VerdictFile(path)
    with pytest.raises(Refused, match=r"a\.parquet\.partial: another run writes here"):
        VerdictFile(path)
    first.keep()
    second = VerdictFile(path)
    first.abandon()
    second.keep()
    assert parquet.read_table(path).num_rows == 0
    assert [each.name for each in tmp_path.iterdir()] == ["a.parquet"]
