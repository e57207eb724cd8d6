"""Damage to the registry's files that would cost a good snapshot what it has: refused, unless asked for.

A bad row costs only itself and is named; but where a part of a file cannot be read at all, or no row of a table is good
that the current snapshot has rows of, the next snapshot would quietly forget people's wishes or orders. In go the
tables as read and the store; Refused comes out. Called by `build`.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from wurao.errors import Refused
from wurao.snapshot.store import open_current, snapshot_ids
from wurao.tables import CheckedTable


def refuse_loss(store: Path, place: str, checked: Mapping[str, CheckedTable]) -> None:
    """Refused where the store has a sound snapshot and a table, as read, is damaged so that much would be lost."""
    before = _rows_of_current(store)
    if before is None:
        return
    lost = [loss for each in checked.values() if (loss := _loss(each, before.get(each.name, 0)))]
    if lost:
        right = "the current snapshot stays; put the files right, or take what is left of them with --partial"
        raise Refused("; ".join(lost), where=place, right=right)


def _loss(read: CheckedTable, before: int) -> str | None:
    """What a table would lose that is no matter of single rows; null where there is nothing of it."""
    if read.bad.unread:
        return f"{read.bad.unread:,} of {read.rows:,} rows of {read.name} cannot be read"
    if read.bad.count and not len(read.table) and before:
        rows = "its only row is" if read.rows == 1 else f"all its {read.rows:,} rows are"
        return f"{read.name} would be empty, since {rows} bad; it has {before:,} now"
    return None


def _rows_of_current(store: Path) -> dict[str, int] | None:
    """How many rows of each table the newest sound snapshot has; null where there is none."""
    try:
        return open_current(store).manifest.counts if snapshot_ids(store) else None
    except Refused:
        return None
