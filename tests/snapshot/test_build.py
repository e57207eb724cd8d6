"""Building: good rows in, bad ones named, every acknowledged change taken in, the last good one left on failure."""

from __future__ import annotations

from pathlib import Path

import pytest

from wurao.changes import ChangeWriter, puts
from wurao.errors import Refused
from wurao.snapshot import build, current_id, open_snapshot
from wurao.tables import BadRows, check_rows

NUMBERS = [f"+861380351{n:04}" for n in range(5)]


@pytest.fixture
def tables(tmp_path: Path) -> Path:
    directory = tmp_path / "tables"
    directory.mkdir()
    (directory / "subscribers.csv").write_text("number\n" + "".join(f"{number}\n" for number in NUMBERS))
    return directory


def test_a_build_says_what_it_took_and_what_not(tables: Path, tmp_path: Path) -> None:
    with (tables / "subscribers.csv").open("a") as file:
        file.write("what\n13803510001\n")
    told: dict[str, BadRows] = {}
    found = build(tables, tmp_path / "store", own_sender="wurao", told=told.__setitem__)
    assert (found.rows["subscribers"], found.bad["subscribers"], sum(found.bad.values())) == (5, 2, 2)
    assert [row.line for row in told["subscribers"].kept] == [7, 8]
    snapshot = open_snapshot(tmp_path / "store")
    assert (snapshot.id, snapshot.subscribers, snapshot.own_sender, snapshot.seq) == (found.id, 5, "wurao", 0)


def test_strict_refuses_any_bad_row_and_leaves_the_store_as_it_was(tables: Path, tmp_path: Path) -> None:
    first = build(tables, tmp_path / "store", own_sender="").id
    (tables / "subscribers.csv").write_text("number\nwhat\n")
    with pytest.raises(Refused, match="1 rows are bad"):
        build(tables, tmp_path / "store", own_sender="", strict=True)
    assert current_id(tmp_path / "store") == first


def test_the_next_build_takes_in_every_change(tables: Path, tmp_path: Path) -> None:
    store = tmp_path / "store"
    build(tables, store, own_sender="")
    rows, bad = check_rows("ported", [{"number": NUMBERS[0], "operator": "联通", "since": "2026-01-01T00:00:00Z"}])
    assert not bad.count
    with ChangeWriter(store) as writer:
        writer.append(list(puts("ported", rows)))
        writer.append(list(puts("ported", rows)))
    build(tables, store, own_sender="")
    snapshot = open_snapshot(store)
    assert (snapshot.seq, snapshot.table("ported").num_rows) == (2, 1)


def test_no_tables_at_all_are_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused):
        build(tmp_path / "nowhere", tmp_path / "store", own_sender="")


@pytest.mark.parametrize(("profiles", "told"), [(65_536, False), (65_537, True)])
def test_a_build_says_when_profile_numbers_widen(tmp_path: Path, profiles: int, told: bool) -> None:
    tables = tmp_path / "tables"
    tables.mkdir()
    rows = "".join(f"138{n:08},{n}\n" for n in range(profiles))
    (tables / "subscribers.csv").write_text(f"number,marketing\n{rows}")
    found = build(tables, tmp_path / "store", own_sender="")
    assert found.rows["subscribers"] == profiles
    wide = f"subscribers: {profiles:,} different profiles, more than 65,536: each subscriber takes two bytes more"
    assert found.warnings == ([wide] if told else [])
