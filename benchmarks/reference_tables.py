"""The registry with its live changes, loaded into DuckDB as a user would keep it: integers, a table each, no indexes.

What the query of `reference_query` reads. The changes are put over the tables here by DuckDB itself, so that what
comes out owes nothing to the overlay that it is compared with.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from benchmarks.columns import Ints
from benchmarks.traffic import Columns
from benchmarks.workload import Workload
from wurao.numbering import parse_column, parse_prefix_column
from wurao.numbering.protected import protected_numbers
from wurao.snapshot import Changed
from wurao.tables import TABLES

VALUE = (1 << 59) - 1
NEVER = 1 << 60
STATEMENTS = {
    "subscribers": """select number, marketing, hours, overseas_calls, overseas_messages, unregistered, debt_collection,
        only_my_list, coalesce(epoch_us(only_my_list_until), 0) as only_until, guard,
        coalesce(epoch_us(shield_until), 0) as shield_until from {rows}""",
    "exact_lists": """select subscriber, entry, action as deny, coalesce(epoch_us(until), {never}) as until
        from {lists} where match = 0""",
    "prefix_lists": """select subscriber, digits, length(digits::text)::int as length, deny, until from (
        select subscriber, (entry & {value}) - pow(10, length((entry & {value})::text) - 1)::bigint as digits,
        action as deny, coalesce(epoch_us(until), {never}) as until from {lists} where match = 1)""",
    "consents": """select subscriber, sender_id[2:]::int as sender, categories, channels, epoch_us(given) as start,
        least(coalesce(epoch_us(expires), {never}), coalesce(epoch_us(revoked), {never})) as stop from {rows}""",
    "headers": """select header as number, sender_id[2:]::int as sender, category, epoch_us("start") as start,
        coalesce(epoch_us("end"), {never}) as stop from {rows}""",
    "senders": "select sender_id[2:]::int as sender, state = 1 as suspended from {rows}",
    "templates": """select template_id[2:]::int as template, sender_id[2:]::int as sender,
        case purpose when 0 then category when 1 then 9 else 10 end as category from {rows}""",
    "trunks": """select trunk[2:]::int as trunk, overseas, alerts, attestation_required as signed,
        coalesce(public_safety, []) as carries from {rows}""",
    "silent": "select number from {do_not_originate}",
    "allocations": """select (prefix & {value}) - 1000000000 as segment, state = 1 as unallocated from {rows}""",
}
"""How each loaded table comes of the registry's."""


def load(connection: Any, workload: Workload, changed: dict[str, Changed]) -> None:
    """Make the tables that the query reads."""
    for name, rows in workload.tables.items():
        _put_over(connection, name, rows, changed.get(name))
    for name, statement in STATEMENTS.items():
        now = {each: f"now_{each}" for each in TABLES}
        text = statement.format(rows=f"now_{name}", value=VALUE, never=NEVER, **now)
        connection.execute(f"create table {name} as {text}")
    _load_orders(connection)
    _load_protected(connection)
    for name in TABLES:
        connection.execute(f"drop table now_{name}")


def load_events(connection: Any, columns: Columns) -> None:
    """The events, numbered in their order."""
    arrays = {name: pa.array(values) for name, values in columns.items() if not name.startswith("text_")}
    table = pa.table({"id": pa.array(np.arange(len(columns["at"]), dtype=np.int32)), **arrays})
    connection.register("given_events", table)
    connection.execute(
        """create or replace table events as select id, "at" as at_us, channel, caller, callee, trunk, template,
        declared, attestation, roaming from given_events"""
    )
    connection.unregister("given_events")


def _put_over(connection: Any, name: str, rows: pa.Table, changed: Changed | None) -> None:
    connection.register("given", rows)
    if changed is None:
        connection.execute(f"create table now_{name} as select * from given")
    else:
        key = ", ".join(changed.gone.column_names)
        connection.register("put", changed.puts)
        connection.register("gone", changed.gone)
        connection.execute(
            f"""create table now_{name} as
            select given.* from given anti join (select {key} from gone union all select {key} from put) touched
            using ({key}) union all by name select * from put"""
        )
    connection.unregister("given")


def _load_orders(connection: Any) -> None:
    """A table for each kind of target, with its key as an integer."""
    orders = connection.sql(
        """select target_kind, target, cause, verb, epoch_us("start") as start, epoch_us("end") as stop
        from now_orders"""
    ).to_arrow_table()
    for kind, name in enumerate(("number", "prefix", "header", "sender", "trunk")):
        rows = orders.filter(pc.equal(orders.column("target_kind"), kind))
        keyed = rows.drop_columns(["target_kind", "target"]).append_column("key", pa.array(_keys(name, rows)))
        if name == "prefix":
            shown = np.char.str_len(_keys(name, rows).astype(str))
            keyed = keyed.append_column("length", pa.array(shown))
        connection.register("given", keyed)
        connection.execute(f"create table {name}_orders as select * from given")
        connection.unregister("given")


def _keys(name: str, rows: pa.Table) -> Ints:
    targets = rows.column("target")
    if name in ("number", "header"):
        return parse_column(targets)
    if name == "prefix":
        return _without_lead(parse_prefix_column(targets) & VALUE)
    found: Ints = pc.utf8_slice_codeunits(targets, 1).cast(pa.int64()).to_numpy()
    return found


def _without_lead(values: Ints) -> Ints:
    """The digits behind the leading 1."""
    return values - 10 ** (np.char.str_len(values.astype(str)) - 1)


def _load_protected(connection: Any) -> None:
    """Protected numbers as they stand; the workload's short codes need no more (`traffic.SHORT_CALLERS`)."""
    entries = protected_numbers()
    connection.register(
        "given",
        pa.table({"number": [each.number for each in entries], "tier": [int(each.tier) for each in entries]}),
    )
    connection.execute("create table tiers as select * from given")
    connection.unregister("given")
