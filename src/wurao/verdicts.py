"""What leaves: `Action`, `Reason` and the Verdict columns.

The integers of both enums are part of the stored format and are never reused; files and screens carry the codes.
The sentences to each reason stand in `reasons.toml` beside this file.
"""

from __future__ import annotations

from enum import IntEnum

import pyarrow as pa


class Action(IntEnum):
    """What is done with an event. `SILENT` is what a rule says that has nothing to say; no verdict carries it."""

    SILENT = -1
    ALLOW = 0
    LABEL = 1
    DIVERT = 2
    BLOCK = 3

    @property
    def code(self) -> str:
        """The code as files and screens carry it."""
        return self.name.lower()


class Reason(IntEnum):
    """Why (CONTRACTS, Reasons)."""

    NOTHING_SPOKE = 0
    PUBLIC_SAFETY = 1
    PUBLIC_ALERT = 2
    RESCUE_CALLBACK = 3
    ORDER_FRAUD = 4
    SPOOFED_PUBLIC_SERVICE = 5
    IMPOSSIBLE_NUMBER = 6
    UNALLOCATED_NUMBER = 7
    DO_NOT_ORIGINATE = 8
    SIGNED_FOR_ANOTHER = 9
    DOMESTIC_FROM_OVERSEAS = 10
    MY_ALLOW_LIST = 11
    MY_DENY_LIST = 12
    ORDER_HARASSMENT = 13
    ORDER_LIMIT = 14
    NOT_ON_MY_LIST = 15
    VELOCITY_CALLER = 16
    VELOCITY_CALLEE = 17
    ONE_RING = 18
    FLOOD_SHIELD = 19
    SENDER_CEILING = 20
    TEXT_FRAUD = 21
    TEXT_ILLEGAL = 22
    BLOCKED_DOMAIN = 23
    UNREGISTERED_SENDER = 24
    UNREGISTERED_TEMPLATE = 25
    ATTESTATION_MISSING = 26
    CONSENT = 27
    WISH_CATEGORY = 28
    WISH_HOURS = 29
    OVERSEAS = 30
    FAULT = 31


ACTIONS = tuple(action.code for action in Action if action >= 0)
"""The codes of the actions, each at its own integer."""

REASONS = tuple(reason.name for reason in Reason)
"""The codes of the reasons, each at its own integer."""

_CODE = pa.dictionary(pa.int8(), pa.string())

VERDICT_SCHEMA = pa.schema(
    [
        pa.field("event_id", pa.string(), nullable=False),
        pa.field("at", pa.timestamp("us", tz="UTC"), nullable=False),
        pa.field("channel", _CODE, nullable=False),
        pa.field("from_number", pa.string()),
        pa.field("to_number", pa.string()),
        pa.field("trunk", pa.string()),
        pa.field("template_id", pa.string()),
        pa.field("attestation", _CODE),
        pa.field("roaming", _CODE),
        pa.field("diversion", pa.string()),
        pa.field("answered", pa.bool_()),
        pa.field("ring_s", pa.float64()),
        pa.field("duration_s", pa.float64()),
        pa.field("name", pa.string()),
        pa.field("action", _CODE, nullable=False),
        pa.field("reason", _CODE, nullable=False),
        pa.field("label", _CODE),
        pa.field("overseas_mark", pa.bool_(), nullable=False),
        pa.field("from_signalled", pa.string()),
        pa.field("category_declared", pa.string()),
        pa.field("category", _CODE),
        pa.field("sender_id", pa.string()),
        pa.field("order_id", pa.string()),
        pa.field("campaign_id", pa.string()),
        pa.field("class", _CODE),
        pa.field("kind", _CODE),
        pa.field("score", pa.float32()),
        pa.field("links", pa.list_(pa.string())),
        pa.field("text_hash", pa.binary(32)),
        pa.field("text_sketch", pa.binary(64)),
        pa.field("snapshot", pa.string(), nullable=False),
    ]
)
"""The Verdict columns, in the order of CONTRACTS; `action`, `reason` and `label` are dictionary strings."""


def declared(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Verdicts whose texts may be dictionaries, every column of its type in `VERDICT_SCHEMA`."""
    arrays = [
        column if column.type == field.type else column.cast(field.type)
        for field, column in zip(VERDICT_SCHEMA, batch.columns, strict=True)
    ]
    return pa.RecordBatch.from_arrays(arrays, schema=VERDICT_SCHEMA)
