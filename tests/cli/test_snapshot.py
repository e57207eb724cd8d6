"""`wurao snapshot`: build, info, verify and diff, as CONTRACTS has what they print."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from wurao.cli import run
from wurao.snapshot import current_id, snapshot_ids

NUMBERS = [f"+861380351{n:04}" for n in range(4)]


@pytest.fixture
def tables(tmp_path: Path) -> Path:
    directory = tmp_path / "tables"
    directory.mkdir()
    write(directory, NUMBERS)
    return directory


def write(tables: Path, numbers: list[str]) -> None:
    (tables / "subscribers.csv").write_text("number\n" + "".join(f"{number}\n" for number in numbers))


def told(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, dict[str, Any], str]:
    code = run(["snapshot", *map(str, arguments), "--json"])
    out, err = capsys.readouterr()
    return code, json.loads(out) if out else {}, err


def test_build_and_info_print_what_the_contract_has(
    tables: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with (tables / "subscribers.csv").open("a") as file:
        file.write("what\n")
    code, found, err = told(capsys, "build", tables, "-o", tmp_path / "store")
    assert (code, set(found)) == (0, {"id", "seconds", "rows", "bad"})
    bad = found["bad"]
    assert isinstance(bad, dict)
    assert {name: count for name, count in bad.items() if count} == {"subscribers": 1}
    assert "subscribers.csv:6 number: 'what' is no telephone number" in err
    code, about, _ = told(capsys, "info", tmp_path / "store")
    columns = "id format created seq subscribers wish_bytes_per_subscriber senders consents orders bytes"
    assert (code, " ".join(about)) == (0, columns)
    assert (about["id"], about["subscribers"]) == (found["id"], 4)


def test_an_order_on_what_is_not_registered_is_kept_and_told_of(
    tables: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tables / "trunks.csv").write_text("trunk,operator,overseas\nhome,移动,false\n")
    (tables / "orders.csv").write_text(
        ORDERS + order("o1", "trunk", "home") + order("o2", "trunk", "nowhere") + order("o3", "sender", "nobody")
    )
    code, found, err = told(capsys, "build", tables, "-o", tmp_path / "store", "--strict")
    rows, bad = found["rows"], found["bad"]
    assert isinstance(rows, dict)
    assert isinstance(bad, dict)
    assert (code, rows["orders"], bad["orders"]) == (0, 3, 0)
    assert [line for line in err.splitlines() if "silent" in line] == [
        "orders.csv:3 target: 'nowhere' is no trunk of trunks: order o2 is kept, and silent until there is one; "
        "write a trunk of trunks",
        "orders.csv:4 target: 'nobody' is no sender of senders: order o3 is kept, and silent until there is one; "
        "write a sender_id of senders",
    ]


ORDERS = "order_id,verb,target_kind,target,cause,authority,start,end\n"


def order(name: str, kind: str, target: str) -> str:
    return f"{name},block,{kind},{target},fraud,某局,2026-01-01T00:00:00Z,2026-02-01T00:00:00Z\n"


def test_strict_refuses_and_leaves_nothing(tables: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tables, ["what"])
    code, found, err = told(capsys, "build", tables, "-o", tmp_path / "store", "--strict")
    assert (code, found, snapshot_ids(tmp_path / "store")) == (1, {}, [])
    assert "1 rows are bad" in err


def parquet(tables: Path, flip: bool) -> None:
    """The subscribers as Parquet, in row groups of two; in the second one a bit is flipped."""
    (tables / "subscribers.csv").unlink(missing_ok=True)
    path = tables / "subscribers.parquet"
    plain = {"compression": "none", "use_dictionary": False, "write_statistics": False}
    pq.write_table(pa.table({"number": NUMBERS}), path, row_group_size=2, write_page_checksum=True, **plain)
    if flip:
        octets = bytearray(path.read_bytes())
        octets[octets.index(NUMBERS[3].encode()) + 5] ^= 1
        path.write_bytes(octets)


def test_a_part_that_cannot_be_read_replaces_no_good_snapshot_unasked(
    tables: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store = tmp_path / "store"
    assert told(capsys, "build", tables, "-o", store)[0] == 0
    before = current_id(store)
    parquet(tables, flip=True)
    code, _, err = told(capsys, "build", tables, "-o", store)
    assert (code, current_id(store)) == (1, before)
    assert "2 of 4 rows of subscribers cannot be read; the current snapshot stays" in err
    assert "--partial" in err
    code, found, _ = told(capsys, "build", tables, "-o", store, "--partial")
    assert (code, current_id(store)) == (0, found["id"])
    assert told(capsys, "info", store)[1]["subscribers"] == 2


def test_a_table_of_bad_rows_only_replaces_none_that_has_rows(
    tables: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store = tmp_path / "store"
    (tables / "orders.csv").write_text(ORDERS + order("o1", "number", "110"))
    assert told(capsys, "build", tables, "-o", store)[0] == 0, "the first snapshot, and a table without rows before"
    assert told(capsys, "build", tables, "-o", store)[0] == 0, "there were none before"
    before = current_id(store)
    write(tables, ["what", "else"])
    code, _, err = told(capsys, "build", tables, "-o", store)
    assert (code, current_id(store)) == (1, before)
    assert "subscribers would be empty, since all its 2 rows are bad; it has 4 now" in err
    assert told(capsys, "build", tables, "-o", store, "--partial")[0] == 0


def test_where_no_snapshot_is_sound_what_can_be_read_is_taken(
    tables: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    parquet(tables, flip=True)
    code, found, err = told(capsys, "build", tables, "-o", tmp_path / "store")
    assert (code, found["bad"]["subscribers"]) == (0, 2)
    assert "cannot be read" in err
    (tmp_path / "store" / "snapshots" / str(found["id"]) / "manifest.json").write_text("{}")
    assert told(capsys, "build", tables, "-o", tmp_path / "store")[0] == 0


def test_verify_names_the_damaged_file(tables: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store = tmp_path / "store"
    told(capsys, "build", tables, "-o", store)
    code, found, _ = told(capsys, "verify", store)
    assert (code, found["ok"]) == (0, True)
    name = current_id(store)
    assert name is not None
    file = store / "snapshots" / name / "profiles.bin"
    octets = bytearray(file.read_bytes())
    octets[0] ^= 1
    file.write_bytes(octets)
    code, found, _ = told(capsys, "verify", store)
    assert (code, found["ok"]) == (1, False)
    files = found["files"]
    assert isinstance(files, dict)
    assert [each for each, sound in files.items() if not sound] == ["profiles.bin"]


def test_diff_counts_what_a_build_changed(tables: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store = tmp_path / "store"
    told(capsys, "build", tables, "-o", store)
    code, _, err = told(capsys, "diff", store)
    assert code == 1
    assert "fewer than two snapshots" in err
    write(tables, [*NUMBERS[1:], "+8613803519999"])
    told(capsys, "build", tables, "-o", store)
    code, found, _ = told(capsys, "diff", store)
    assert (code, found["subscribers"]) == (0, {"added": 1, "removed": 1, "changed": 0})


@pytest.mark.parametrize("what", ["info", "verify"])
def test_an_empty_store_says_how_to_make_one(what: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = told(capsys, what, tmp_path / "nowhere")
    assert code == 1
    assert "snapshot" in err


def spoiled(store: Path, name: str | None) -> None:
    assert name is not None
    file = store / "snapshots" / name / "profiles.bin"
    file.write_bytes(bytes([file.read_bytes()[0] ^ 1]) + file.read_bytes()[1:])


def test_damage_is_told_with_what_serves_instead(
    tables: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store = tmp_path / "store"
    told(capsys, "build", tables, "-o", store)
    first = current_id(store)
    spoiled(store, first)
    code, _, err = told(capsys, "verify", store)
    assert (code, "there is no sound one before it; build a new one" in err) == (1, True)
    told(capsys, "build", tables, "-o", store)
    assert "it is not the current one" in told(capsys, "verify", store, "--id", first)[2]
    told(capsys, "build", tables, "-o", store)
    second = snapshot_ids(store)[1]
    assert "every file is sound" in told(capsys, "verify", store)[2]
    spoiled(store, current_id(store))
    assert f"the snapshot before it, {second}, serves" in told(capsys, "verify", store)[2]


def test_info_remarks_that_what_it_tells_of_is_damaged(
    tables: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store = tmp_path / "store"
    write(tables, [f"+86138{n:08}" for n in range(0, 10_000_000, 25)])
    told(capsys, "build", tables, "-o", store)
    name = current_id(store)
    assert name is not None
    assert told(capsys, "info", store)[2] == ""
    file = max((store / "snapshots" / name).glob("*.bin"), key=lambda each: each.stat().st_size)
    octets = bytearray(file.read_bytes())
    octets[5_000] ^= 1
    file.write_bytes(octets)
    code, about, err = told(capsys, "info", store)
    assert (code, about["id"]) == (0, name), "its index pages are sound, so it serves"
    assert f"the snapshot {name} is damaged" in err


def test_a_store_without_its_current_is_opened_all_the_same(
    tables: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store = tmp_path / "store"
    told(capsys, "build", tables, "-o", store)
    (store / "current").unlink()
    assert run(["explain", "--to", NUMBERS[0], "--store", str(store), "--json"]) == 0
    out, err = capsys.readouterr()
    assert json.loads(out)["reason"]
    assert "current names no snapshot" in err


def test_a_template_whose_body_cannot_be_read_is_a_bad_row(
    tables: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tables / "senders.csv").write_text("sender_id,name,categories,since\nbank,银行,finance,2026-01-01T00:00:00Z\n")
    bodies = ["验证码{code}", "验证码{code", "{amount:moneys} {x:tone} 元", "{name}", "您好"]
    rows = "".join(f"t{n},bank,finance,service,{body}\n" for n, body in enumerate(bodies))
    (tables / "templates.csv").write_text("template_id,sender_id,category,purpose,body\n" + rows)
    code, found, err = told(capsys, "build", tables, "-o", tmp_path / "store")
    assert code == 0
    rows_found, bad = found["rows"], found["bad"]
    assert isinstance(rows_found, dict)
    assert isinstance(bad, dict)
    assert (rows_found["templates"], bad["templates"]) == (2, 3)
    for line in (
        "templates.csv:3 body: '验证码{code' opens a variable and does not close it",
        "templates.csv:4 body: '{amount:moneys} {x:tone} 元' has a variable of the unknown type",
        "templates.csv:5 body: '{name}' has no letter or digit outside its variables",
    ):
        assert line in err
    assert told(capsys, "build", tables, "-o", tmp_path / "store", "--strict")[0] == 1
