"""Rows of the registry read and written, in the inside forms of `wurao.tables`; no history, no outbox.

Called by `record`, which adds both, and by whoever only reads. A row is a dict of all columns; a key is a tuple of the
key columns' values in declared order.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection

from wurao.control.registry.fields import default_of
from wurao.control.registry.models import MODELS
from wurao.control.straight import ask, selected, values_of
from wurao.tables import TABLES, written_value

Row = dict[str, Any]
Key = tuple[Any, ...]
Wanted = Sequence[tuple[Key, Mapping[str, Any] | None]]
"""Rows by their keys; null for one to be taken out."""
COUNTED_TO = 100_000
"""Of tables with more rows PostgreSQL is not asked for the exact number, for which it reads all of them."""
_ABOUT = "SELECT reltuples::bigint FROM pg_class WHERE oid = %s::regclass"


def row_of(table: str, key: Key) -> Row | None:
    """The row of a key; null where there is none."""
    found = _selected(table, " AND ".join(f'"{name}" = %s' for name in TABLES[table].key), _prepared(table, key))
    return found[0] if found else None


def rows_where(table: str, **where: Any) -> list[Row]:
    """The rows whose columns are as given, in the order of their key."""
    return list(MODELS[table].objects.filter(**where).order_by(*TABLES[table].key).values(*_columns(table)))


def rows_of(table: str, keys: Sequence[Key]) -> dict[Key, Row]:
    """The rows of some keys that are there, looked up by the first column of the key."""
    firsts = [value for (value,) in {_prepared(table, key[:1]) for key in keys}]
    if not firsts:
        return {}
    found = _selected(table, f'"{TABLES[table].key[0]}" IN ({", ".join(["%s"] * len(firsts))})', firsts)
    wanted = set(keys)
    return {key: row for row in found if (key := key_in(table, row)) in wanted}


def count(table: str) -> tuple[int, bool]:
    """How many rows a table has, and whether that is exact: of a large one PostgreSQL's own estimate is taken."""
    if connection.vendor == "postgresql":
        about = int(ask(_ABOUT, [f'"registry_{table}"'])[0][0])
        if about > COUNTED_TO:
            return about, False
    return MODELS[table].objects.count(), True


def put_rows(table: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write whole rows, whatever stood there."""
    fields = [MODELS[table]._meta.get_field(name) for name in _columns(table)]
    values = [[field.get_db_prep_save(row[field.name], connection) for field in fields] for row in rows]
    with connection.cursor() as cursor:
        if len(values) == 1:
            # One round trip; many go in a pipeline, which costs a few more.
            cursor.execute(_upsert(table, connection.vendor), values[0])
        else:
            cursor.executemany(_upsert(table, connection.vendor), values)


def delete_row(table: str, key: Key) -> None:
    """Take a row out, where there is one."""
    MODELS[table].objects.filter(**_where(table, key)).delete()


def key_in(table: str, row: Mapping[str, Any]) -> Key:
    """The key of a row."""
    return tuple(row[name] for name in TABLES[table].key)


def whose_in(row: Mapping[str, Any]) -> int | None:
    """The subscriber whose own a row is; null for what is nobody's own."""
    whose: int | None = row.get("subscriber", row.get("number") if "guard" in row else None)
    return whose


def written_key(table: str, key: Key) -> list[Any]:
    """A key as the change log has it."""
    declared = TABLES[table]
    return [written_value(declared.column(name), each) for name, each in zip(declared.key, key, strict=True)]


def key_text(table: str, key: Key) -> str:
    """A key as text, one for each row, by which history is found."""
    return json.dumps(written_key(table, key), ensure_ascii=False, separators=(",", ":"))


def written_row(table: str, row: Mapping[str, Any]) -> dict[str, Any]:
    """A row as the change log has it."""
    return {column.name: written_value(column, row[column.name]) for column in TABLES[table].columns}


def blank_row(table: str, **given: Any) -> Row:
    """A row with what is given, and the declared default or null elsewhere."""
    return {column.name: given.get(column.name, default_of(column)) for column in TABLES[table].columns}


@functools.cache
def _columns(table: str) -> tuple[str, ...]:
    return tuple(column.name for column in TABLES[table].columns)


def _selected(table: str, condition: str, values: Sequence[Any]) -> list[Row]:
    names, model = _columns(table), MODELS[table]
    found = ask(f'SELECT {selected(model)} FROM "registry_{table}" WHERE {condition}', values)
    return [dict(zip(names, values_of(model, row), strict=True)) for row in found]


def _prepared(table: str, key: Key) -> Key:
    """The first values of a key as the database has them."""
    fields = (MODELS[table]._meta.get_field(name) for name in TABLES[table].key)
    return tuple(field.get_db_prep_value(value, connection) for field, value in zip(fields, key, strict=False))


def _where(table: str, key: Key) -> Row:
    return dict(zip(TABLES[table].key, key, strict=True))


@functools.cache
def _upsert(table: str, vendor: str) -> str:
    names = _columns(table)
    quoted = [f'"{name}"' for name in names]
    key = ", ".join(f'"{name}"' for name in TABLES[table].key)
    rest = [name for name in names if name not in TABLES[table].key]
    new = ", ".join(f'"{name}" = excluded."{name}"' for name in rest)
    then = f"DO UPDATE SET {new}" if rest else "DO NOTHING"
    marks = ", ".join(["%s"] * len(names))
    return f'INSERT INTO "registry_{table}" ({", ".join(quoted)}) VALUES ({marks}) ON CONFLICT ({key}) {then}'
