"""The registry that the generator hands in is one that the tables' own checks take whole."""

from __future__ import annotations

from pathlib import Path

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


def test_numbers_meant_to_be_impossible_are() -> None:
    import pyarrow as pa

    assert parse_column(pa.array(IMPOSSIBLE_TEXTS)).tolist() == [IMPOSSIBLE] * len(IMPOSSIBLE_TEXTS)
