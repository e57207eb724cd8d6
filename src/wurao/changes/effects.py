"""What changes come to: the last word on each key.

Called by the builder, which takes the log into the next snapshot, and by workers, which lay it over the one they have.
Rows go through the same checks as those of files; one that fails them, as only damage or a foreign hand could bring
about, raises an alarm and leaves what stood there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from wurao.changes.record import Change
from wurao.log import logger
from wurao.tables import TABLES, check_rows, empty

_log = logger("changes")


@dataclass(frozen=True, slots=True)
class LastWords:
    """The last word on each key of one table: the rows put, and the key columns of those deleted."""

    puts: pa.Table
    gone: pa.Table


def last_words(changes: Iterable[Change]) -> dict[str, LastWords]:
    """For each table that changes touch, what they come to; later ones win."""
    last: dict[str, dict[tuple[object, ...], Change]] = {}
    for change in changes:
        last.setdefault(change.table, {})[change.key] = change
    return {name: _words(name, list(by_key.values())) for name, by_key in last.items()}


def _words(name: str, changes: list[Change]) -> LastWords:
    put = [change.row for change in changes if change.row is not None]
    key = TABLES[name].key
    gone = [dict(zip(key, change.key, strict=True)) for change in changes if change.op == "delete"]
    puts = _checked(name, put, only_key=False) if put else empty(name)
    return LastWords(puts, _checked(name, gone, only_key=True) if gone else empty(name).select(list(key)))


def _checked(name: str, rows: Sequence[Mapping[str, object]], only_key: bool) -> pa.Table:
    checked, bad = check_rows(name, rows, only_key=only_key)
    if bad.count:
        _log.error("changes cannot be applied", alarm=True, table=name, rows=bad.count, first=str(bad.kept[0]))
    return checked
