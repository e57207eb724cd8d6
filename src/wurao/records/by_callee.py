"""What of a file of verdicts concerns the people who were called: in the order of the callees, ready for a run.

A `Source` comes in. `stopped` gives what was stopped or labelled, with what a person wants to know of it; `everything`
gives every row, with what it takes to decide it again. Look-ups of names concern nobody. Both have the callee's Number
in a column `callee` and are for `runs.write_run`. Called by the control plane.
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa
from pyarrow import compute, parquet

from wurao.errors import SHOWN, Refused
from wurao.numbering.canonical import canonical_column
from wurao.numbering.parse import parse_column
from wurao.records.sources import Source, verify
from wurao.verdicts import ACTIONS, REASONS, VERDICT_SCHEMA
from wurao.wishes import CATEGORIES, CHANNELS

pc: Any = compute

_NAME = pa.dictionary(pa.int32(), pa.string())


def _fields(*names: str) -> list[pa.Field]:
    """Columns as verdicts have them; ids, of which there may be many, as dictionaries."""
    fields = [VERDICT_SCHEMA.field(name) for name in names]
    return [field.with_type(_NAME) if field.name in _NAMES else field for field in fields]


_NAMES = ("trunk", "template_id", "category_declared", "sender_id", "order_id")
_WHO = [
    pa.field("callee", pa.int64(), nullable=False),
    pa.field("caller", pa.int64(), nullable=False),
    *_fields("at", "event_id", "channel", "action", "reason", "label"),
]
STOP_SCHEMA = pa.schema([*_WHO, *_fields("category", "sender_id", "order_id", "overseas_mark")])
"""One stopped or labelled event; `callee` and `caller` are Numbers."""
EVENT_SCHEMA = pa.schema(
    [
        *_WHO,
        *_fields("trunk", "template_id", "attestation", "roaming", "answered", "ring_s", "duration_s"),
        *_fields("category_declared", "category", "class", "kind", "score", "links"),
    ]
)
"""One event of any kind, with what it takes to decide it again."""
_READ = ("from_number", "to_number", *(name for name in EVENT_SCHEMA.names if name in VERDICT_SCHEMA.names))
_READ += tuple(name for name in STOP_SCHEMA.names if name in VERDICT_SCHEMA.names and name not in _READ)
_HEARD = ("label", "divert", "block")
_CODES = {"channel": CHANNELS, "action": ACTIONS, "reason": REASONS, "label": REASONS, "category": CATEGORIES}
_HELD = {"from_number": "caller", "to_number": "callee"}
"""As verdicts write a number → as it is held here."""


def read_part(source: Source) -> pa.Table:
    """The verdicts of a part that reached, or should have reached, somebody; Refused where it is damaged or is none."""
    verify(source)
    with parquet.ParquetFile(source.path, page_checksum_verification=True) as file:
        missing = [name for name in VERDICT_SCHEMA.names if name not in file.schema_arrow.names]
        if missing:
            raise Refused(f"has no column {missing[0]}", where=str(source.path), right="give verdicts")
        table = file.read(columns=list(_READ))
    _refuse_unknown(table, source)
    return table.filter(pc.is_valid(table.column("to_number")))


def stopped(verdicts: pa.Table) -> pa.Table:
    """What was stopped or labelled, of `STOP_SCHEMA`."""
    actions = verdicts.column("action").cast(pa.string())
    return _of_schema(verdicts.filter(pc.is_in(actions, value_set=pa.array(_HEARD))), STOP_SCHEMA)


def everything(verdicts: pa.Table) -> pa.Table:
    """Every event, of `EVENT_SCHEMA`."""
    return _of_schema(verdicts, EVENT_SCHEMA)


def as_verdicts(events: pa.Table) -> pa.Table:
    """Rows of `EVENT_SCHEMA` as a file of verdicts has them, for whoever reads such files."""
    numbers = {name: canonical_column(events.column(held).to_numpy()) for name, held in _HELD.items()}
    rest = events.drop_columns(list(_HELD.values()))
    return rest.append_column("from_number", numbers["from_number"]).append_column("to_number", numbers["to_number"])


def _refuse_unknown(table: pa.Table, source: Source) -> None:
    """Refused where a code is none of ours, as a newer version may write them: no page could say what it means."""
    for name, codes in _CODES.items():
        for value in pc.unique(table.column(name).cast(pa.string())).to_pylist():
            if value is not None and value not in codes:
                right = "take it in with the version of Wurao that wrote it, or a newer one"
                raise Refused(f"{name}: {value[:SHOWN]!r} is not known", where=str(source.path), right=right)


def _of_schema(table: pa.Table, schema: pa.Schema) -> pa.Table:
    numbers = {held: parse_column(table.column(name).combine_chunks()) for name, held in _HELD.items()}
    columns = [
        pa.array(numbers[field.name]) if field.name in numbers else _cast(table.column(field.name), field.type)
        for field in schema
    ]
    return pa.Table.from_arrays(columns, schema=schema)


def _cast(column: Any, kind: pa.DataType) -> Any:
    if column.type == kind:
        return column
    if pa.types.is_dictionary(kind):
        return pc.dictionary_encode(column.cast(pa.string())).cast(kind)
    return column.cast(kind)
