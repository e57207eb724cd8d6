"""Names of domains before they are recorded: canonical, and none that the guard of domains holds.

The guard is that of `wurao.domains`, asked as `wurao change` asks it: a protected or popular name waits for a second
person, a public suffix is never listed, by whatever page or program it comes. Called by `record` with what is wanted of
any table, before its transaction, since the guard is read when the first name comes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from wurao.compiled import as_it_stands
from wurao.control.registry.rows import Key, Wanted, key_in
from wurao.errors import Refused
from wurao.tables import TABLES, TARGET_KINDS, schema, written_value

_DOMAIN = TARGET_KINDS.index("domain")


def named(table: str, wanted: Wanted) -> Wanted:
    """The same rows and keys with canonical names; Refused, with the column, where the guard holds one."""
    if table not in ("domains", "orders"):
        return wanted
    with as_it_stands():
        rows = _guarded(table, [row for _, row in wanted if row is not None])
        keys = _canonical(table, [key for key, row in wanted if row is None])
        return [(next(keys), None) if given is None else (key_in(table, row := next(rows)), row) for _, given in wanted]


def _guarded(table: str, given: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    if table == "orders" and all(row["target_kind"] != _DOMAIN for row in given):
        return iter(given)
    from wurao.domains.guarding import guarded_rows

    rows, faults = guarded_rows(table, pa.Table.from_pylist([dict(row) for row in given], schema(table)))
    if faults:
        places = [int(np.flatnonzero(fault.rows)[0]) for fault in faults]
        fault, row = faults[places.index(min(places))], given[min(places)]
        written = written_value(TABLES[table].column(fault.column), row[fault.column])
        raise Refused(f"{written!r} {fault.error}", where=f"{table}.{fault.column}", right=fault.expected)
    return iter(rows.to_pylist())


def _canonical(table: str, keys: Sequence[Key]) -> Iterator[Key]:
    if table != "domains" or not keys:
        return iter(keys)
    from wurao.domains.listing import canonical_keys

    names = TABLES[table].key
    columns = pa.schema([schema(table).field(name) for name in names])
    given = pa.Table.from_pylist([dict(zip(names, key, strict=True)) for key in keys], columns)
    return iter([key_in(table, row) for row in canonical_keys(given).to_pylist()])
