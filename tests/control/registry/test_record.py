"""A change of the registry: the row, its history and its place in the outbox, all or nothing."""

import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

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


def test_whoever_saw_an_older_state_is_told_and_nothing_is_overwritten(db: Path) -> None:
    from wurao.control.registry import record, rows
    from wurao.control.registry.models import Change

    author = record.Author("regulator", "web")
    first = record.put("senders", sender("one"), author, seen=0)
    record.put("senders", sender("two"), author, seen=first.seq)
    with pytest.raises(record.ChangedMeanwhile):
        record.put("senders", sender("three"), author, seen=first.seq)
    with pytest.raises(record.ChangedMeanwhile):
        record.undo(first, author)
    assert rows.row_of("senders", ("bank",))["name"] == "two"
    assert Change.objects.count() == 2


def test_undo_puts_back_the_whole_row_or_takes_it_out(db: Path) -> None:
    from wurao.control.registry import record, rows

    author = record.Author("regulator", "web")
    first = record.put("senders", sender("one"), author)
    second = record.put("senders", sender("two"), author)
    back = record.undo(second, author)
    assert rows.row_of("senders", ("bank",)) == sender("one")
    again = record.put("senders", sender("three"), author, seen=back.seq)
    gone = record.delete("senders", ("bank",), author, seen=again.seq)
    assert rows.row_of("senders", ("bank",)) is None
    record.undo(gone, author)
    assert rows.row_of("senders", ("bank",)) == sender("three")
    assert first.before is None


def test_many_rows_go_in_together_or_not_at_all_and_a_later_one_of_a_key_wins(db: Path) -> None:
    from wurao.control.registry import record, rows
    from wurao.control.registry.models import Change

    author = record.Author("regulator", "file")
    changes = record.put_all("senders", [sender("one"), sender("two"), sender("x", "other")], author)
    assert [each.seq for each in changes] == sorted(each.seq for each in Change.objects.all())
    assert [each.before and each.before["name"] for each in changes] == [None, "one", None]
    assert rows.row_of("senders", ("bank",))["name"] == "two"
    with pytest.raises(Exception, match="name"):
        record.put_all("senders", [sender("three"), {**sender("y", "more"), "name": None}], author)
    assert rows.row_of("senders", ("bank",))["name"] == "two"
    assert Change.objects.count() == 3


def test_what_is_no_row_is_refused_with_its_column(db: Path) -> None:
    from wurao.control.registry import record
    from wurao.errors import Refused

    with pytest.raises(Refused, match=r"subscribers\.guard: 'high' is no level; write off, label, standard or strict"):
        record.checked_row("subscribers", {"number": "13835110001", "guard": "high"})


def sender(name: str, sender_id: str = "bank") -> dict[str, Any]:
    from wurao.control.registry import record

    written = {"sender_id": sender_id, "name": name, "categories": "finance", "since": "2026-03-01T08:00:00Z"}
    return record.checked_row("senders", written)
