"""One change, and its record in the log: length, CRC-32C, JSON (CONTRACTS, Changes).

A record is four bytes of length, four of CRC-32C over the payload (both little-endian), then the payload: one JSON
object that begins with `seq`. A `Change` is made of checked rows by `puts` and `deletions`, gets its `seq` from the
writer, and is read back by `parse`.
"""

from __future__ import annotations

import json
import struct
import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import google_crc32c
import pyarrow as pa

from wurao.tables import TABLES, key_values, written_rows

OPERATIONS = ("put", "delete")
LONGEST = 16 << 20
"""Bytes of one payload."""
FRAME = struct.Struct("<II")
BEGINS = b'{"seq":'
"""What every payload begins with; nothing within one does, since JSON escapes the quotes of text."""


def new_id() -> str:
    """A new `change_id`."""
    return str(uuid.uuid4())


@dataclass(frozen=True, slots=True)
class Change:
    """One row put or deleted; `row` is whole, as `tables.written_rows` writes it, and null for a deletion."""

    table: str
    key: tuple[str | int | bool | None, ...]
    """The values of the key columns in declared order."""
    op: str
    row: dict[str, Any] | None
    made_at: str
    """RFC 3339."""
    change_id: str = field(default_factory=new_id)
    seq: int = 0
    """Given by the writer; 0 before."""

    def __post_init__(self) -> None:
        if self.table not in TABLES or len(self.key) != len(TABLES[self.table].key):
            raise ValueError(f"{self.table!r} is no table with a key of {len(self.key)}")
        if self.op not in OPERATIONS or (self.op == "put") != isinstance(self.row, dict):
            raise ValueError(f"{self.op!r} is neither put with a row nor delete without one")
        if self.change_id != str(uuid.UUID(self.change_id)):
            raise ValueError(f"{self.change_id!r} is no UUID in its usual form")

    def with_seq(self, seq: int) -> Change:
        """The same, with its place in the log."""
        return replace(self, seq=seq)

    def as_json(self) -> dict[str, Any]:
        """The fields in the order of CONTRACTS."""
        fields = asdict(self)
        order = ("seq", "change_id", "table", "key", "op", "row", "made_at")
        return {name: list(self.key) if name == "key" else fields[name] for name in order}


def puts(name: str, rows: pa.Table, now: datetime | None = None) -> list[Change]:
    """A change for each row of a checked table, in order."""
    made_at = _made_at(now)
    keys = key_values(name, rows)
    written = written_rows(name, rows)
    return [Change(name, tuple(key), "put", row, made_at) for key, row in zip(keys, written, strict=True)]


def deletions(name: str, keys: pa.Table, now: datetime | None = None) -> list[Change]:
    """A change for each row of the key columns of a checked table, in order."""
    made_at = _made_at(now)
    return [Change(name, tuple(key), "delete", None, made_at) for key in key_values(name, keys)]


def from_json(fields: object) -> Change:
    """A change from its JSON object; ValueError where it is none."""
    if not isinstance(fields, dict):
        raise ValueError("a change is a JSON object")
    try:
        return Change(**{**fields, "key": tuple(fields["key"])})
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"no change: {error}") from error


def framed(change: Change) -> bytes:
    """The record of a change that has its `seq`; ValueError where it is too long."""
    payload = json.dumps(change.as_json(), ensure_ascii=False, separators=(",", ":")).encode()
    if len(payload) > LONGEST:
        raise ValueError(f"a change of {len(payload):,} bytes is too long; write at most {LONGEST:,}")
    return FRAME.pack(len(payload), google_crc32c.value(payload)) + payload


def parse(payload: bytes) -> Change:
    """A change from the payload of a record; ValueError where it is none."""
    return from_json(json.loads(payload))


def payload_at(data: bytes | memoryview, place: int) -> bytes | None:
    """The payload of the record at a place; null where there is no whole and sound one."""
    if place + FRAME.size > len(data):
        return None
    length, crc = FRAME.unpack_from(data, place)
    start = place + FRAME.size
    if not 0 < length <= LONGEST or start + length > len(data):
        return None
    payload = bytes(data[start : start + length])
    return payload if google_crc32c.value(payload) == crc and payload.startswith(BEGINS) else None


def seqs_of(changes: Sequence[Change]) -> tuple[int, int]:
    """The first and the last `seq` of some changes."""
    seqs = [change.seq for change in changes]
    return min(seqs), max(seqs)


def _made_at(now: datetime | None) -> str:
    return (now or datetime.now(UTC)).isoformat()
