"""The one way to change the registry: the row, who changed it and why, and its place in the outbox, all or nothing.

Comes in: rows in their inside forms, and the `Author`. Goes out: the `Change`, once the database has it durably; from
then on `delivery` brings it to the data plane whatever is killed. `checked_row` makes a row of what a person or a
program wrote; names of domains pass their guard (`naming`). Whoever saw an older state may say so (`seen`) and is told
instead of overwriting.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Max

from wurao.compiled import as_it_stands
from wurao.control.registry.models import Change
from wurao.control.registry.naming import named
from wurao.control.registry.rows import (
    Key,
    Row,
    Wanted,
    delete_row,
    key_in,
    key_text,
    put_rows,
    rows_of,
    whose_in,
    written_row,
)
from wurao.control.registry.turns import writing
from wurao.control.registry.wake import wake
from wurao.control.straight import ask, insert
from wurao.errors import Refused
from wurao.log import masked
from wurao.tables import TABLES, check_rows

MOST_LOCKS = 1_000
_LOCK_TABLE = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 1))"
_LOCK_ROWS = (
    "SELECT pg_advisory_xact_lock_shared(hashtextextended(%s, 1)) "
    "UNION ALL SELECT pg_advisory_xact_lock(hashtextextended(k, 0)) FROM unnest(%s::text[]) AS k"
)
_LAST = 'SELECT max("seq") FROM "registry_change" WHERE "table" = %s AND "key" IN '


class ChangedMeanwhile(Refused):
    """Somebody else changed the row since it was looked at."""


@dataclass(frozen=True, slots=True)
class Author:
    """Who changes something, in what role, by what way (web, api, message, agent, file, log), and for what."""

    role: str
    way: str
    person: int | None = None
    purpose: str = ""


def put(table: str, row: Mapping[str, Any], author: Author, *, seen: int | None = None) -> Change:
    """Put a whole row. `seen`: the `seq` of the last change that the author knew of; ChangedMeanwhile after another."""
    return change_all(table, [(key_in(table, row), row)], author, seen=seen)[0]


def put_all(table: str, rows: Iterable[Mapping[str, Any]], author: Author) -> list[Change]:
    """Put several rows of a table, all or none; a later row of the same key wins."""
    return change_all(table, [(key_in(table, row), row) for row in rows], author)


def change_within(table: str, wanted: Wanted, author: Author, *, seen: int | None = None) -> list[Change]:
    """The same as a part of the caller's own `writing`, which what is raised here must end."""
    return _record(table, wanted, author, seen)


def delete(table: str, key: Key, author: Author, *, seen: int | None = None) -> Change:
    """Take a row out."""
    return change_all(table, [(key, None)], author, seen=seen)[0]


def change_all(table: str, wanted: Wanted, author: Author, *, seen: int | None = None) -> list[Change]:
    """Put rows of a table, or (null) take them out, all or none; Refused where the guard of domains holds a name."""
    wanted = named(table, wanted)
    with writing():
        return _record(table, wanted, author, seen)


def undo(change: Change, author: Author) -> Change:
    """Put back what stood before a change; ChangedMeanwhile where it is no longer the last one on its row."""
    return change_all(change.table, stood_before([change]), author, seen=change.seq)[0]


def stood_before(changes: Sequence[Change]) -> list[tuple[Key, Row | None]]:
    """The rows of some changes on one table as they stood before the first of them, null where there was none."""
    firsts = {each.key: each for each in sorted(changes, key=lambda each: -each.seq)}
    table, names = changes[0].table, TABLES[changes[0].table].key
    written = [dict(zip(names, json.loads(key), strict=True)) for key in firsts]
    keys = [key_in(table, row) for row in _checked_all(table, written, only_key=True)]
    stood = iter(_checked_all(table, [each.before for each in firsts.values() if each.before is not None]))
    return [
        (key, None if each.before is None else next(stood)) for key, each in zip(keys, firsts.values(), strict=True)
    ]


def checked_row(table: str, written: Mapping[str, object]) -> Row:
    """A row as JSON or a form carries it, in its inside form; Refused, with the column, where it is bad."""
    return _checked(table, written, only_key=False)


def checked_key(table: str, written: Mapping[str, object]) -> Key:
    """The key in what JSON or a form carries; Refused where it is bad."""
    return key_in(table, _checked(table, written, only_key=True))


def last_seq(table: str, key: Key) -> int:
    """The `seq` of the newest change on a row; 0 where there never was one."""
    return _last_seq(table, [key_text(table, key)])


def _record(table: str, wanted: Wanted, author: Author, seen: int | None) -> list[Change]:
    """Put or (null) delete rows, and remember it; with as many queries for a thousand rows as for one."""
    texts = [key_text(table, key) for key, _ in wanted]
    lock_rows(table, texts)
    if seen is not None:
        _refuse_changed(table, texts, seen)
    before: dict[Key, Mapping[str, Any] | None] = dict(rows_of(table, [key for key, _ in wanted]))
    changes, now = [], datetime.now(UTC)
    for (key, row), text in zip(wanted, texts, strict=True):
        stood = before.get(key)
        changes.append(
            Change(
                table=table,
                key=text,
                op="delete" if row is None else "put",
                row=None if row is None else written_row(table, row),
                before=None if stood is None else written_row(table, stood),
                made_at=now,
                role=author.role,
                person=author.person,
                way=author.way,
                purpose=author.purpose,
                whose=whose_in(row if stood is None and row is not None else stood or {}),
            )
        )
        before[key] = row
    last = dict(wanted)
    put_rows(table, [row for row in last.values() if row is not None])
    for key in (key for key, row in last.items() if row is None):
        delete_row(table, key)
    made = [insert(changes[0])] if len(changes) == 1 else Change.objects.bulk_create(changes)
    transaction.on_commit(wake)
    return made


def refuse_overtaken(changes: Sequence[Change]) -> None:
    """ChangedMeanwhile where one of some changes on one table is no longer the last on its row."""
    last = {each.key: each.seq for each in sorted(changes, key=lambda each: each.seq)}
    keys = list(last)
    for start in range(0, len(keys), MOST_LOCKS):
        piece = keys[start : start + MOST_LOCKS]
        found = Change.objects.filter(table=changes[0].table, key__in=piece).values_list("key").annotate(Max("seq"))
        if any(last[key] != seq for key, seq in found):
            raise ChangedMeanwhile("was changed meanwhile", right="look at it again, then decide")


def _refuse_changed(table: str, keys: Sequence[str], seen: int) -> None:
    if _last_seq(table, keys) != seen:
        right = "look at it again, then decide"
        raise ChangedMeanwhile("was changed meanwhile", where=f"{table} {masked(keys[0])}", right=right)


def _last_seq(table: str, keys: Sequence[str]) -> int:
    return int(ask(f"{_LAST}({', '.join(['%s'] * len(keys))})", [table, *keys])[0][0] or 0)


def lock_rows(table: str, keys: Sequence[str]) -> None:
    """Have one change on a row after the other, so that the outbox has them in the order in which they took effect.

    Whoever changes very many rows locks the table instead, since PostgreSQL has room for some thousand locks only.
    SQLite has one writer at a time anyway.
    """
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        if len(keys) > MOST_LOCKS:
            cursor.execute(_LOCK_TABLE, [table])
        else:
            cursor.execute(_LOCK_ROWS, [table, sorted({f"{table} {key}" for key in keys})])


def _checked(table: str, written: Mapping[str, object], only_key: bool) -> Row:
    return _checked_all(table, [written], only_key)[0]


def _checked_all(table: str, written: Sequence[Mapping[str, object]], only_key: bool = False) -> list[Row]:
    if not written:
        return []
    with as_it_stands():
        good, bad = check_rows(table, written, only_key=only_key)
    if bad.count:
        first = bad.kept[0]
        raise Refused(f"{first.value!r} {first.error}", where=f"{table}.{first.column}", right=first.expected)
    rows: list[Row] = good.to_pylist()
    return rows
