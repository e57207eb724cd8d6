"""The folding tables' file: made by the build, and what is said where it is missing or damaged."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.folding.write import write
from wurao.content import folding_tables
from wurao.errors import MachineFailed

FILE_LIMIT_BYTES = 600_000


@pytest.fixture(autouse=True)
def anew():
    folding_tables.folding_tables.cache_clear()
    yield
    folding_tables.folding_tables.cache_clear()


def test_missing_tables_are_said_with_what_to_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(folding_tables, "PATH", tmp_path / "folding.npz")
    with pytest.raises(MachineFailed, match=r"folding.npz: the folding tables are missing; .*-m scripts\.folding"):
        folding_tables.folding_tables()


@pytest.mark.parametrize("kept", [0, 10, 5_000, 60_000])
def test_cut_tables_are_said_with_what_to_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kept: int):
    cut = tmp_path / "folding.npz"
    cut.write_bytes(folding_tables.PATH.read_bytes()[:kept])
    monkeypatch.setattr(folding_tables, "PATH", cut)
    with pytest.raises(MachineFailed, match=r"these are no folding tables .*-m scripts\.folding"):
        folding_tables.folding_tables()


def test_the_same_sources_make_the_same_small_file(tmp_path: Path):
    made = write(tmp_path / "folding.npz").read_bytes()
    assert made == folding_tables.PATH.read_bytes(), "run: .venv/bin/python -m scripts.folding"
    assert len(made) <= FILE_LIMIT_BYTES
