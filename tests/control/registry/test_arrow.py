"""The snapshot builder reads the registry straight from its database: every row, in its inside form."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from wurao.changes import Change, submit
from wurao.control.database import database
from wurao.snapshot import open_snapshot
from wurao.tables import TABLES

pytest.importorskip("django")

# ruff: noqa: E501 (a row a line)
WRITTEN = {
    "subscribers": {"number": "+8613835110001", "marketing": 5, "guard": "strict", "shield_until": "2026-03-01T08:00:00.000001Z"},
    "lists": {"subscriber": "+8613835110001", "entry": "1069", "match": "prefix", "action": "deny"},
    "senders": {"sender_id": "bank", "name": "银行'\"", "categories": "finance;retail", "since": "2026-03-01T08:00:00Z"},
    "consents": {"consent_id": "c1", "subscriber": "+8613835110001", "sender_id": "bank", "categories": "finance", "channels": "call", "given": "2026-03-01T08:00:00Z", "proof_sha256": "0" * 64},
    "headers": {"header": "10690001", "match": "exact", "sender_id": "bank", "start": "2026-03-01T08:00:00Z"},
    "templates": {"template_id": "t1", "sender_id": "bank", "category": "finance", "purpose": "otp", "body": "验证码{code}"},
    "trunks": {"trunk": "cm-1", "operator": "移动", "overseas": False, "public_safety": "110;95588"},
    "sender_trunks": {"sender_id": "bank", "trunk": "cm-1"},
    "orders": {"order_id": "o1", "verb": "block", "target_kind": "number", "target": "+8613800000009", "cause": "fraud", "authority": "局", "start": "2026-03-01T08:00:00Z", "end": "2026-04-01T08:00:00Z"},
    "do_not_originate": {"number": "95588", "match": "exact"},
    "allocations": {"prefix": "1380351", "state": "allocated", "as_of": "2026-01-01"},
    "ported": {"number": "+8613835110001", "operator": "联通", "since": "2026-03-01T08:00:00Z"},
    "holidays": {"date": "2026-10-01", "day_type": "public_holiday"},
    "domains": {"name": "bad.example", "match": "below", "cause": "fraud", "source": "局", "start": "2026-03-01T08:00:00Z"},
}  # fmt: skip

READING = """
    import json, sys
    from wurao.control.database import database
    from wurao.control.registry.arrow import read_registry
    from wurao.tables import written_rows
    tables, seq = read_registry(database())
    print(json.dumps({"seq": seq, **{name: written_rows(name, table) for name, table in tables.items()}}))
"""


def read_elsewhere() -> dict[str, object]:
    """ADBC brings an SQLite of its own, so it reads in a process of its own."""
    import textwrap

    code = [sys.executable, "-c", textwrap.dedent(READING)]
    found: dict[str, object] = json.loads(subprocess.run(code, capture_output=True, check=True).stdout)
    return found


def test_every_table_comes_out_as_it_went_in_and_nothing_is_missed(db: Path) -> None:
    from wurao.control.registry import record, rows

    assert WRITTEN.keys() == TABLES.keys()
    author = record.Author("regulator", "web")
    expected: dict[str, object] = {"seq": 0}
    for table, written in WRITTEN.items():
        row = record.checked_row(table, written)
        record.put(table, row, author)
        expected[table] = [rows.written_row(table, row)]
    assert read_elsewhere() == expected


def test_a_snapshot_of_the_database_holds_what_the_log_has_past_it(db: Path) -> None:
    from wurao.control.registry import record
    from wurao.control.registry.delivery import Delivery

    store = db / "store"
    author = record.Author("subscriber", "web")
    record.put("subscribers", record.checked_row("subscribers", WRITTEN["subscribers"]), author)
    delivery = Delivery(store)
    delivery.round()
    delivery.close()
    other = {**WRITTEN["ported"], "number": "+8613835110002"}
    submit(store, [Change("ported", ("+8613835110002",), "put", other, "2026-03-01T08:00:00+08:00")])
    chosen = database()
    command = [sys.executable, "-m", "wurao", "snapshot", "build", chosen.url, "-o", store, "--json"]
    done = subprocess.run(command, capture_output=True, check=True, text=True)
    told = json.loads(done.stdout)
    assert (told["rows"]["subscribers"], told["rows"]["ported"]) == (1, 1)
    snapshot = open_snapshot(store)
    assert (snapshot.id, snapshot.seq, snapshot.subscribers) == (told["id"], 2, 1)
