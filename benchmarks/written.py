"""The workload as files: registry tables and events in Parquet, written as CONTRACTS has them, numbers as text."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import parquet

from benchmarks.columns import Ints, named
from benchmarks.traffic import Columns
from wurao.events.columns import ATTESTATIONS, ROAMINGS
from wurao.numbering import canonical_column, prefix_text_column
from wurao.tables import TABLES, Column, Form
from wurao.wishes import CATEGORIES, CHANNELS

ROW_GROUP = 1 << 20


def write_tables(tables: dict[str, pa.Table], directory: Path) -> None:
    """A Parquet file a table that has rows."""
    directory.mkdir(parents=True, exist_ok=True)
    for name, rows in tables.items():
        if not len(rows):
            continue
        with parquet.ParquetWriter(directory / f"{name}.parquet", as_in_files(name, rows.slice(0, 0)).schema) as writer:
            for start in range(0, len(rows), ROW_GROUP):
                writer.write_table(as_in_files(name, rows.slice(start, ROW_GROUP)), row_group_size=ROW_GROUP)


def as_in_files(name: str, rows: pa.Table) -> pa.Table:
    """Rows of a table as its file has them."""
    columns = TABLES[name].columns
    return pa.table({column.name: _as_written(column, rows.column(column.name).combine_chunks()) for column in columns})


def _as_written(column: Column, array: pa.Array) -> pa.Array:
    match column.form:
        case Form.NUMBER:
            return _where_given(array, canonical_column(array.fill_null(0).to_numpy()))
        case Form.ENTRY:
            entries = array.to_numpy()
            prefix = entries >> 59 >= 11
            texts = prefix_text_column(np.where(prefix, entries, -1))
            return pc.if_else(prefix, texts, canonical_column(np.where(prefix, 0, entries)))
        case Form.CODE:
            return pa.array(column.codes).take(array)
        case Form.CODES:
            return _sets(column.codes, array)
        case Form.NUMBERS:
            texts = canonical_column(array.flatten().to_numpy())
            return pa.ListArray.from_arrays(_offsets(array), texts, mask=array.is_null())
    return array


def _where_given(array: pa.Array, texts: pa.Array) -> pa.Array:
    return pc.if_else(array.is_valid(), texts, pa.scalar(None, pa.string()))


def _offsets(array: pa.Array) -> pa.Array:
    counts = pc.list_value_length(array).fill_null(0).to_numpy()
    return pa.array(np.concatenate(([0], np.cumsum(counts))).astype(np.int32))


def _sets(codes: tuple[str, ...], array: pa.Array) -> pa.Array:
    """Bit sets as names joined by ; each set that occurs is spelled once."""
    different = array.dictionary_encode()
    spelled = [";".join(c for n, c in enumerate(codes) if bits >> n & 1) for bits in different.dictionary.to_pylist()]
    return pa.array(spelled, pa.string()).take(different.indices)


def event_table(columns: Columns, first: int) -> pa.Table:
    """Events as a file has them; ids are numbered from `first`."""
    rows = len(columns["at"])
    answered = columns["answered"]
    told = answered < 0
    arrays: dict[str, Any] = {
        "event_id": named("E", np.arange(first, first + rows)),
        "at": pa.array(columns["at"]).cast(pa.timestamp("us", tz="UTC")),
        "channel": _named_codes(columns["channel"], CHANNELS),
        "from_number": canonical_column(columns["caller"]),
        "to_number": canonical_column(columns["callee"]),
        "category": _named_codes(columns["declared"], CATEGORIES),
        "template_id": _named_places("M", columns["template"]),
        "trunk": _named_places("T", columns["trunk"]),
        "attestation": _named_codes(columns["attestation"], ATTESTATIONS),
        "roaming": _named_codes(columns["roaming"], ROAMINGS),
        "answered": pa.array(answered == 1, mask=told),
        "ring_s": pa.array(columns["ring_s"].round(1), mask=told),
        "duration_s": pa.array(columns["duration_s"].round(1), mask=told),
    }
    return pa.table(arrays)


def _named_codes(values: Ints, codes: tuple[str, ...]) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(values, mask=values < 0), pa.array(codes)).cast(pa.string())


def _named_places(letter: str, places: Ints) -> pa.Array:
    return pc.if_else(places >= 0, named(letter, places), pa.scalar(None, pa.string()))
