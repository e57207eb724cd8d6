"""What of a file of verdicts concerns the people who were called: in the order of the callees, ready for a run.

A `Source` comes in. `stopped` gives what was stopped or labelled, with what a person wants to know of it; `everything`
gives every row, with what it takes to decide it again. Look-ups of names concern nobody. Both have the callee's Number
in a column `callee` and are for `runs.write_run`. Called by the control plane.
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa
from pyarrow import compute, parquet

from wurao.errors import Refused
from wurao.numbering.parse import parse_column
from wurao.records.sources import Source, verify
from wurao.verdicts import VERDICT_SCHEMA

pc: Any = compute

_FEW = pa.dictionary(pa.int32(), pa.string())
STOP_SCHEMA = pa.schema(
    [
        pa.field("callee", pa.int64(), nullable=False),
        pa.field("at", pa.timestamp("us", tz="UTC"), nullable=False),
        pa.field("event_id", pa.string(), nullable=False),
        pa.field("caller", pa.int64(), nullable=False),
        pa.field("from_signalled", pa.string()),
        *(pa.field(name, _FEW) for name in ("channel", "action", "reason", "label", "category", "kind")),
        *(pa.field(name, _FEW) for name in ("sender_id", "order_id")),
        pa.field("overseas_mark", pa.bool_(), nullable=False),
    ]
)
"""One stopped or labelled event; `callee` and `caller` are Numbers."""
_TOO_MUCH = ("text_hash", "text_sketch", "snapshot", "campaign_id")
"""What nobody needs to decide an event again."""
_FEW_NAMES: tuple[str, ...] = ("channel", "trunk", "template_id", "attestation", "roaming", "action", "reason", "label")
_FEW_NAMES += ("category_declared", "category", "sender_id", "order_id", "class", "kind")
EVENT_SCHEMA = pa.schema(
    [
        pa.field("callee", pa.int64(), nullable=False),
        *(
            pa.field(field.name, _FEW if field.name in _FEW_NAMES else field.type)
            for field in VERDICT_SCHEMA
            if field.name not in _TOO_MUCH
        ),
    ]
)
"""One event of any kind as its verdict has it."""
_HEARD = ("label", "divert", "block")


def read_part(source: Source) -> pa.Table:
    """The verdicts of a part that reached, or should have reached, somebody; Refused where it is damaged or is none."""
    verify(source)
    with parquet.ParquetFile(source.path, page_checksum_verification=True) as file:
        missing = [name for name in VERDICT_SCHEMA.names if name not in file.schema_arrow.names]
        if missing:
            raise Refused(f"has no column {missing[0]}", where=str(source.path), right="give verdicts")
        wanted = [name for name in VERDICT_SCHEMA.names if name not in _TOO_MUCH]
        table = file.read(columns=wanted)
    return table.filter(pc.is_valid(table.column("to_number")))


def stopped(verdicts: pa.Table) -> pa.Table:
    """What was stopped or labelled, of `STOP_SCHEMA`."""
    actions = verdicts.column("action").cast(pa.string())
    found = verdicts.filter(pc.is_in(actions, value_set=pa.array(_HEARD)))
    numbers = {"callee": _numbers(found, "to_number"), "caller": _numbers(found, "from_number")}
    return _of_schema(found, numbers, STOP_SCHEMA)


def everything(verdicts: pa.Table) -> pa.Table:
    """Every event, of `EVENT_SCHEMA`."""
    return _of_schema(verdicts, {"callee": _numbers(verdicts, "to_number")}, EVENT_SCHEMA)


def _of_schema(table: pa.Table, numbers: dict[str, pa.Array], schema: pa.Schema) -> pa.Table:
    columns = [
        numbers[field.name] if field.name in numbers else _cast(table.column(field.name), field.type)
        for field in schema
    ]
    return pa.Table.from_arrays(columns, schema=schema)


def _cast(column: Any, kind: pa.DataType) -> Any:
    if column.type == kind:
        return column
    if pa.types.is_dictionary(kind):
        return pc.dictionary_encode(column.cast(pa.string())).cast(kind)
    return column.cast(kind)


def _numbers(table: pa.Table, name: str) -> pa.Array:
    return pa.array(parse_column(table.column(name).combine_chunks()))
