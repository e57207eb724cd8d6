"""Verdicts are held against the truth: what was planted and stopped, what was wanted and lost."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from wurao.province import SCENES, TITLES, Scene, compare, example

ROWS = [
    # event_id, planted, wanted, should, scene, action, reason
    ("a", "dialler", False, "stop", "dialler", "divert", "VELOCITY_CALLER"),
    ("b", "dialler", False, "stop", "dialler", "label", "VELOCITY_CALLER"),
    ("c", "dialler", False, "label", "dialler", "label", "VELOCITY_CALLER"),
    ("d", "dialler", False, "label", "dialler", "block", "OVERSEAS"),
    ("e", "unallocated", False, "stop", "unallocated", "allow", "NOTHING_SPOKE"),
    ("f", "fraud_text", False, "stop", "fraud_text", "allow", "NOTHING_SPOKE"),
    ("g", "life", True, "nothing", "friends", "allow", "NOTHING_SPOKE"),
    ("h", "life", True, "nothing", "friends", "divert", "FLOOD_SHIELD"),
    ("i", "life", True, "nothing", "school", "label", "SENDER_CEILING"),
    ("j", "life", False, "nothing", "let_through", "block", "WISH_CATEGORY"),
]


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, list[Path]]:
    names = ("event_id", "planted", "wanted", "should", "scene", "action", "reason")
    columns = dict(zip(names, (list(column) for column in zip(*ROWS, strict=True)), strict=True))
    truth = {name: columns[name] for name in names[:5]}
    pq.write_table(pa.table(truth), tmp_path / "truth.parquet")
    n = len(ROWS)
    verdicts = {
        **{name: columns[name] for name in ("event_id", "action", "reason")},
        "from_number": [f"+86138035100{place:02d}" for place in range(n)],
        "to_number": ["+8613903510001"] * n,
        "at": pa.array([1_789_488_000_000_000 + place for place in range(n)], pa.timestamp("us", "UTC")),
        "channel": ["call"] * n,
        "trunk": [None, *["cmcc-0351"] * (n - 1)],
        "template_id": pa.nulls(n, pa.string()),
    }
    table = pa.table(verdicts)
    for place in range(2):
        pq.write_table(table.slice(place * 5, 5), tmp_path / f"part-{place}.parquet")
    return tmp_path / "truth.parquet", [tmp_path / "part-0.parquet", tmp_path / "part-1.parquet"]


def test_a_label_counts_as_stopped_only_where_the_wish_lets_wurao_do_no_more(files: tuple[Path, list[Path]]) -> None:
    compared = compare(*files)
    assert compared.planted == {"dialler": 4, "unallocated": 1, "fraud_text": 1}
    assert compared.planted_stopped == {"dialler": 3, "unallocated": 0, "fraud_text": 0}


def test_a_wanted_call_is_lost_when_diverted_but_not_when_labelled(files: tuple[Path, list[Path]]) -> None:
    compared = compare(*files)
    assert compared.scenes == {"friends": 2, "school": 1}
    assert compared.scenes_stopped == {"friends": 1, "school": 0}
    assert (compared.wanted, compared.wanted_stopped) == (3, 1)


def test_actions_and_reasons_count_every_event(files: tuple[Path, list[Path]]) -> None:
    compared = compare(*files)
    assert compared.actions == {"allow": 3, "label": 3, "block": 2, "divert": 2}
    assert sum(compared.reasons.values()) == len(ROWS)


def test_an_example_is_one_blocked_event_with_all_that_explain_asks(files: tuple[Path, list[Path]]) -> None:
    found = example(*files, "dialler")
    assert found is not None
    assert (found.from_number, found.at, found.trunk) == ("+8613803510003", "2026-09-16T00:00:00+08:00", "cmcc-0351")
    assert example(*files, "unallocated") is None


def test_every_scene_has_a_title_in_both_languages() -> None:
    assert set(TITLES) == set(Scene)
    assert all(zh and en and not zh.isascii() and en.isascii() for zh, en in TITLES.values())
    assert len(set(SCENES)) == len(SCENES)
