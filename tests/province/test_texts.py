"""Messages carry real texts where the shared data are there."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pyarrow.parquet as pq

from wurao.province import generate


def _texts(directory: Path, scene: str) -> set[str]:
    events = pq.read_table(directory / "events", columns=["event_id", "text"])
    truth = pq.read_table(directory / "truth.parquet", columns=["event_id", "scene"])
    told = events.join(truth, "event_id").to_pylist()
    return {row["text"] for row in told if row["scene"] == scene and row["text"] is not None}


def test_private_talk_and_fraud_are_real_where_the_shared_data_are_there(tmp_path: Path, shared: Path) -> None:
    generate(tmp_path / "made", 1_000, seed=2, shared=shared)
    with (shared / "data" / "sms" / "zh.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    private = {row["text"] for row in rows if row["source"] == "nus_zh"}
    bad = {row["text"] for row in rows if row["source"] == "fbs" and row["label"][:3] in ("FR:", "IL:")}
    assert _texts(tmp_path / "made", "friends") <= private
    planted = _texts(tmp_path / "made", "fraud_text")
    assert planted & bad, "some hide nothing"
    assert not any(re.search("(?<![A-Za-z])(URL|CELLPHONE|DIGIT)(?![A-Za-z])", text) for text in planted)


def test_without_the_shared_data_there_are_texts_all_the_same(tmp_path: Path) -> None:
    generate(tmp_path / "made", 1_000, seed=2, shared=tmp_path)
    assert len(_texts(tmp_path / "made", "friends")) >= 5


def test_which_texts_stand_there_changes_no_other_thing_of_the_province(tmp_path: Path, shared: Path) -> None:
    generate(tmp_path / "real", 1_000, seed=2, shared=shared)
    generate(tmp_path / "plain", 1_000, seed=2, shared=tmp_path)
    for part in ("truth.parquet", "events", *(f"tables/{file.name}" for file in (tmp_path / "real/tables").iterdir())):
        real, plain = (pq.read_table(tmp_path / which / part) for which in ("real", "plain"))
        if part == "events":
            real, plain = real.drop_columns("text"), plain.drop_columns("text")
        assert real.equals(plain), part
