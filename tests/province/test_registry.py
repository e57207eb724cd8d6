"""The registry that the generator hands in is one that the tables' own checks take whole."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pyarrow.parquet as pq
import pytest

from wurao.numbering import IMPOSSIBLE, parse_column
from wurao.province import generate
from wurao.province.columns import IMPOSSIBLE as IMPOSSIBLE_TEXTS
from wurao.tables import read_tables

SUBSCRIBERS = 3_000


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return generate(tmp_path_factory.mktemp("registry"), SUBSCRIBERS, seed=11).tables


def test_no_row_of_any_table_is_bad(tables: Path) -> None:
    checked = read_tables(tables)
    assert {name: list(map(str, table.bad.kept)) for name, table in checked.items() if table.bad.kept} == {}
    assert len(checked["subscribers"].table) == SUBSCRIBERS


def test_a_flipped_bit_in_a_page_is_found(tables: Path, tmp_path: Path) -> None:
    """Every page has its checksum, so that what a bit flipped on the disk says is never taken for what was written."""
    for name in ("subscribers", "orders", "lists"):
        whole = (tables / f"{name}.parquet").read_bytes()
        written = read_tables(tables, [name])[name].table
        chunk = pq.ParquetFile(tables / f"{name}.parquet").metadata.row_group(0).column(0)
        page = range(chunk.data_page_offset + 60, chunk.data_page_offset + chunk.total_compressed_size // 2)
        for place in Random(name).sample(page, 5):
            octets = bytearray(whole)
            octets[place] ^= 1 << place % 8
            (tmp_path / f"{name}.parquet").write_bytes(octets)
            found = read_tables(tmp_path, [name])[name]
            assert found.bad.unread or found.table.equals(written)
            if found.bad.unread:
                assert "CRC" in found.bad.kept[0].error
                break
        else:
            raise AssertionError(f"no damage to {name} was found")


def test_numbers_meant_to_be_impossible_are() -> None:
    import pyarrow as pa

    assert parse_column(pa.array(IMPOSSIBLE_TEXTS)).tolist() == [IMPOSSIBLE] * len(IMPOSSIBLE_TEXTS)
