"""`wurao change`: good rows in force, bad ones named, whatever else the file holds."""

import json
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from wurao.changes import ChangeReader
from wurao.cli import run
from wurao.snapshot import build
from wurao.snapshot.store import write

PORTED = "number,operator,since,op\n"


@pytest.fixture
def store(tmp_path: Path) -> Path:
    write(tmp_path / "store", {"a": np.zeros(1)}, seq=0)
    return tmp_path / "store"


def change(capsys: pytest.CaptureFixture[str], store: Path, *arguments: object) -> tuple[int, dict[str, object], str]:
    code = run(["change", "--store", str(store), "--json", *map(str, arguments)])
    out, err = capsys.readouterr()
    return code, json.loads(out) if out else {}, err


def test_good_rows_are_logged_in_order_and_bad_ones_named(
    tmp_path: Path, store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "ported.csv"
    file.write_text(
        PORTED
        + "+8613803510001,移动,2026-01-01T00:00:00Z,\n"
        + "+8613803510001,,,delete\n"
        + "+8613803510002,联通,2026-01-01T00:00:00Z,replace\n"
        + "what,联通,2026-01-01T00:00:00Z,put\n"
        + "+8613803510003,联通,2026-01-01T00:00:00Z,put\n"
    )
    code, told, err = change(capsys, store, file)
    assert (code, told) == (0, {"accepted": 3, "bad": 2, "first_seq": 1, "last_seq": 3, "in_force": True})
    assert "ported.csv:4 op: 'replace' is no operation; write put or delete" in err
    assert "ported.csv:5 number: 'what' is no telephone number" in err
    assert [(each.op, each.key) for each in ChangeReader(store).poll()] == [
        ("put", ("+8613803510001",)),
        ("delete", ("+8613803510001",)),
        ("put", ("+8613803510003",)),
    ]


def test_json_lines_and_parquet_are_taken_too(tmp_path: Path, store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = tmp_path / "lists.jsonl"
    entry = {"subscriber": "13803510001", "entry": "1069", "match": "prefix", "action": "deny"}
    lines.write_text(f'{json.dumps(entry)}\n\n{{"subscriber": \n{json.dumps({**entry, "op": "delete"})}\n[1]\n')
    orders = tmp_path / "orders-2.parquet"
    order = {"order_id": "o1", "verb": "block", "target_kind": "number", "target": "13803519999", "cause": "fraud"}
    pq.write_table(
        pa.Table.from_pylist(
            [{**order, "authority": "山西", "start": "2026-01-01T00:00:00Z", "end": "2026-02-01T00:00:00Z"}]
        ),
        orders,
    )
    code, told, err = change(capsys, store, lines, orders)
    assert (code, told["accepted"], told["bad"]) == (0, 3, 2)
    assert "lists.jsonl:3" in err
    assert "lists.jsonl:5" in err
    assert [each.op for each in ChangeReader(store).poll()] == ["put", "delete", "put"]


def test_an_order_that_would_block_110_never_enters_the_log(
    tmp_path: Path, store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "orders.csv"
    file.write_text(
        "order_id,verb,target_kind,target,cause,authority,start,end\n"
        "o1,block,number,110,fraud,a,2026-01-01T00:00:00Z,2026-02-01T00:00:00Z\n"
    )
    code, told, err = change(capsys, store, file)
    assert (code, told["accepted"], told["bad"]) == (0, 0, 1)
    assert "orders.csv:2 target: '110'" in err


def test_an_order_on_what_is_not_registered_enters_the_log_and_is_told_of(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tables, store = tmp_path / "tables", tmp_path / "built"
    tables.mkdir()
    (tables / "senders.csv").write_text("sender_id,name,categories,since\nbank,银行,finance,2026-01-01T00:00:00Z\n")
    build(tables, store, own_sender="")
    header, orders = tmp_path / "headers.csv", tmp_path / "orders.csv"
    header.write_text("header,match,sender_id,start\n1069000,prefix,bank,2026-01-01T00:00:00Z\n")
    times = "2026-01-01T00:00:00Z,2026-02-01T00:00:00Z\n"
    aims = [("sender", "bank"), ("header", "1069000"), ("header", "10690001"), ("number", "13803519999")]
    orders.write_text(
        "order_id,verb,target_kind,target,cause,authority,start,end\n"
        + "".join(f"o{n},block,{kind},{target},fraud,a,{times}" for n, (kind, target) in enumerate(aims))
    )
    code, told, err = change(capsys, store, header, orders)
    assert (code, told["accepted"]) == (0, 5)
    assert [line for line in err.splitlines() if "silent" in line] == [
        "orders.csv:4 target: '10690001' is no header of headers: order o2 is kept, and silent until there is one; "
        "write a header as headers has it, or target_kind number"
    ]


def test_a_row_that_refers_to_what_is_not_registered_enters_the_log_and_is_told_of_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tables, store = tmp_path / "tables", tmp_path / "built"
    tables.mkdir()
    (tables / "senders.csv").write_text("sender_id,name,categories,since\nbank,银行,finance,2026-01-01T00:00:00Z\n")
    build(tables, store, own_sender="")
    headers, trunks, senders = (tmp_path / f"{name}.csv" for name in ("headers", "sender_trunks", "senders"))
    since = "2026-01-01T00:00:00Z"
    names = ("bank", "nobody", "nobody", "later")
    headers.write_text(
        "header,match,sender_id,start\n"
        + "".join(f"106900{place},exact,{name},{since}\n" for place, name in enumerate(names))
    )
    trunks.write_text("sender_id,trunk\nbank,nowhere\n")
    senders.write_text(f"sender_id,name,categories,since\nlater,店,retail,{since}\n")
    code, told, err = change(capsys, store, headers, trunks, senders)
    assert (code, told["accepted"], told["bad"]) == (0, 6, 0)
    assert [line for line in err.splitlines() if "is kept" in line] == [
        "headers.csv:3 sender_id: 'nobody' is no sender of senders: the row is kept; "
        "register it, or write a sender_id of senders",
        "sender_trunks.csv:2 trunk: 'nowhere' is no trunk of trunks: the row is kept; "
        "register it, or write a trunk of trunks",
    ]


def test_with_strict_one_bad_row_refuses_all(tmp_path: Path, store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "ported.csv"
    file.write_text(PORTED + "+8613803510001,移动,2026-01-01T00:00:00Z,\nwhat,移动,2026-01-01T00:00:00Z,\n")
    assert change(capsys, store, file, "--strict")[0] == 1
    assert ChangeReader(store).poll() == []


def test_an_empty_store_and_a_file_of_no_table_are_refused(
    tmp_path: Path, store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "friends.csv"
    file.write_text(PORTED)
    code, _, err = change(capsys, store, file)
    assert code == 1
    assert "is named for no table" in err
    code, _, err = change(capsys, store, tmp_path / "nope.csv")
    assert (code, err) == (
        1,
        f"wurao: {tmp_path / 'nope.csv'}: there is no such file; give the file that is to be read\n",
    )
    code, _, err = change(capsys, tmp_path / "nowhere", file)
    assert code == 1
    assert "wurao snapshot build" in err


FOLLOWING = """
    import sys, time
    from pathlib import Path
    from wurao.changes import ChangeReader, Worker
    reader = ChangeReader(Path(sys.argv[1]))
    with Worker(Path(sys.argv[1])) as worker:
        while reader.seq < 2:
            reader.poll()
            worker.report(reader.seq)
            print(reader.seq, flush=True)
            time.sleep(0.05)
        while not sys.stdin.readable() or not sys.stdin.read(1):
            worker.report(reader.seq)
"""


def test_waiting_returns_when_a_running_worker_has_applied_the_changes(
    tmp_path: Path, store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = [sys.executable, "-c", textwrap.dedent(FOLLOWING), store]
    worker = subprocess.Popen(code, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert worker.stdout is not None
    assert worker.stdout.readline() == "0\n"
    file = tmp_path / "ported.csv"
    file.write_text(PORTED + "".join(f"+861380351000{n},移动,2026-01-01T00:00:00Z,\n" for n in range(2)))
    assert change(capsys, store, file, "--wait")[:2] == (
        0,
        {"accepted": 2, "bad": 0, "first_seq": 1, "last_seq": 2, "in_force": True},
    )
    assert worker.communicate(".")[0].splitlines()[-1] == "2"


def test_workers_that_were_killed_are_told_of_once(
    tmp_path: Path, store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = "import os, sys; from pathlib import Path; from wurao.changes import Worker\n"
    code += "Worker(Path(sys.argv[1])).report(0); os._exit(9)"
    for _ in range(3):
        subprocess.run([sys.executable, "-c", code, store], check=False)
    reports = list((store / "workers").glob("*.json"))
    for report in reports:
        report.write_text(json.dumps(json.loads(report.read_text()) | {"reported": time.monotonic() - 5}))
    file = tmp_path / "ported.csv"
    file.write_text(PORTED + "+8613803510001,移动,2026-01-01T00:00:00Z,\n")
    _, told, err = change(capsys, store, file)
    assert (len(reports), told["in_force"]) == (3, True)
    assert err.count("\n") == 1
    assert "ended without leaving" in err
    assert change(capsys, store, file)[2] == ""


def test_a_template_whose_body_cannot_be_read_never_enters_the_log(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store, file = tmp_path / "built", tmp_path / "templates.csv"
    (tmp_path / "senders.csv").write_text("sender_id,name,categories,since\nbank,银行,finance,2026-01-01T00:00:00Z\n")
    build(tmp_path, store, own_sender="")
    head, row = "template_id,sender_id,category,purpose,body,op\n", "bank,finance,service"
    file.write_text(head + f"t0,{row},验证码{{code}},put\nt1,{row},验证码{{code,put\nt1,,,,,delete\n")
    code, told, err = change(capsys, store, file)
    assert (code, told["accepted"], told["bad"]) == (0, 2, 1)
    assert "templates.csv:3 body: '验证码{code' opens a variable and does not close it" in err
    assert [(each.op, each.key) for each in ChangeReader(store).poll()] == [("put", ("t0",)), ("delete", ("t1",))]
    assert change(capsys, store, file, "--strict")[0] == 1
