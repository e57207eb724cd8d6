"""A change of the registry: the row, its history and its place in the outbox, all or nothing."""

import uuid
from datetime import UTC, datetime
from pathlib import Path

import pytest

pytest.importorskip("django")

AT = datetime(2026, 3, 1, 8, tzinfo=UTC)


def test_a_row_put_stands_as_declared_with_who_changed_it(db: Path) -> None:
    from wurao.control.registry import record, rows
    from wurao.control.registry.models import Change

    author = record.Author("regulator", "web", 7, "试验")
    sender = record.checked_row(
        "senders",
        {"sender_id": "bank", "name": "银行", "categories": "finance;retail", "since": "2026-03-01T08:00:00Z"},
    )
    record.put("senders", sender, author)
    assert rows.row_of("senders", ("bank",)) == {
        "sender_id": "bank",
        "name": "银行",
        "credit_code": None,
        "state": 0,
        "categories": 0b10001,
        "ceiling_per_hour": None,
        "since": AT,
    }
    change = Change.objects.get()
    assert (change.table, change.key, change.op, change.role, change.person, change.way) == (
        "senders",
        '["bank"]',
        "put",
        "regulator",
        7,
        "web",
    )
    assert change.before is None
    assert change.row["categories"] == "finance;retail"
    assert change.row["since"] == "2026-03-01T08:00:00Z"
    assert isinstance(change.change_id, uuid.UUID)
    assert change.log_seq is None
