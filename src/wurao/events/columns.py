"""What arrives: the Event's columns as files carry them, and as the engine reads them (CONTRACTS, Event).

A reader turns files, whose columns are those of `EVENT_SCHEMA`, into checked `pa.RecordBatch`es of `READ_SCHEMA`;
screening turns those into `EventColumns`, numbers only.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from wurao.compiled import Bundle
from wurao.numbering.number import KIND_SHIFT, Kind


class Attestation(IntEnum):
    """The signature's word on the caller's number (RFC 8588); `OTHER`: valid, but for another number."""

    A = 0
    B = 1
    C = 2
    NONE = 3
    FAILED = 4
    OTHER = 5


class Roaming(IntEnum):
    """Of a domestic mobile number on an overseas trunk."""

    YES = 0
    NO = 1
    UNKNOWN = 2


ATTESTATIONS = ("A", "B", "C", "none", "failed", "other")
ROAMINGS = ("yes", "no", "unknown")

EVENT_SCHEMA = pa.schema(
    [
        pa.field("event_id", pa.string()),
        pa.field("at", pa.timestamp("us", tz="UTC")),
        pa.field("channel", pa.string()),
        pa.field("from_number", pa.string()),
        pa.field("to_number", pa.string()),
        pa.field("text", pa.string()),
        pa.field("category", pa.string()),
        pa.field("template_id", pa.string()),
        pa.field("trunk", pa.string()),
        pa.field("attestation", pa.string()),
        pa.field("roaming", pa.string()),
        pa.field("diversion", pa.string()),
        pa.field("display_name", pa.string()),
        pa.field("name", pa.string()),
        pa.field("client", pa.string()),
        pa.field("answered", pa.bool_()),
        pa.field("ring_s", pa.float64()),
        pa.field("duration_s", pa.float64()),
    ]
)
"""The Event's columns as written in a file."""

FEW = pa.dictionary(pa.int32(), pa.string())

READ_SCHEMA = pa.schema(
    [
        pa.field("event_id", pa.string(), nullable=False),
        pa.field("at", pa.timestamp("us", tz="UTC"), nullable=False),
        pa.field("channel", pa.int8(), nullable=False),
        pa.field("from_number", pa.int64(), nullable=False),
        pa.field("to_number", pa.int64(), nullable=False),
        pa.field("from_signalled", pa.string()),
        pa.field("text", pa.string()),
        pa.field("category", FEW),
        pa.field("template_id", FEW),
        pa.field("trunk", FEW),
        pa.field("attestation", pa.int8(), nullable=False),
        pa.field("roaming", pa.int8(), nullable=False),
        pa.field("diversion", pa.string()),
        pa.field("display_name", pa.string()),
        pa.field("name", pa.string()),
        pa.field("client", pa.string()),
        pa.field("answered", pa.int8(), nullable=False),
        pa.field("ring_s", pa.float64()),
        pa.field("duration_s", pa.float64()),
    ]
)
"""The Event's columns as read and checked: numbers as Numbers (a look-up has `WITHHELD` for those it lacks), codes as
their places in their enums (-1 is null), `from_signalled` (64 characters at most) for withheld and impossible callers
only, `diversion` canonical, `client` masked, times of ringing and talking not negative."""

EVENT_IDS_MADE = {b"event_ids": b"made"}
"""What the schema of a batch says whose `event_id`s were all made by the reader: none of them can come again."""


class EventColumns(Bundle):
    """Events as the engine reads them; every code is its place in its enum or table, -1 is null.

    `reading` is where the message's text stands among the texts that were read, of which the columns `text_…` have a
    value each (`content.judging.Judged`); -1 where none was. `fits`: the text fits the template that is declared.
    `listed`: the name asked, or a host in the text, is blocked. `looked`: what the registries say of the row, several
    words each, as `screening.lookups` lays them; 0 where nothing was looked up ahead.
    """

    columns = {  # noqa: RUF012 - declared ClassVar by Bundle
        "at": "i8",
        "channel": "i1",
        "caller": "i8",
        "callee": "i8",
        "trunk": "i4",
        "template": "i4",
        "declared": "i1",
        "attestation": "i1",
        "roaming": "i1",
        "answered": "i1",
        "ring_s": "f8",
        "duration_s": "f8",
        "id_high": "u8",
        "id_low": "u8",
        "listed": "i1",
        "reading": "i4",
        "fits": "i1",
        "text_score": "f4",
        "text_score_known": "f4",
        "text_class": "i1",
        "text_class_known": "i1",
        "text_kind": "i1",
        "text_kind_known": "i1",
        "looked": "i8",
    }


def reaches_nobody(callee: int | npt.NDArray[np.int64]) -> Any:
    """Whether nobody is called or written to at a number (or at each of a column): withheld, impossible, a name.

    A name is only ever a sender's; nobody can answer to one.
    """
    kind = callee >> KIND_SHIFT
    return (kind <= Kind.IMPOSSIBLE) | (kind == Kind.NAME)
