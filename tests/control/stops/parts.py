"""Directories of verdicts as `wurao screen -o` leaves them, with whatever rows a test wants, without screening."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow import parquet

from tests.control.people import NUMBER
from wurao.events.raw import Position
from wurao.screening.checkpoint import Manifest, Part, commit
from wurao.verdicts import VERDICT_SCHEMA

NOON = datetime(2026, 9, 16, 4, tzinfo=UTC)
CALLER = "+8613900010001"
_given = [0]


def verdict(**columns: Any) -> dict[str, Any]:
    """One verdict: of a call that was blocked, unless told otherwise. Each comes a minute after the one before."""
    _given[0] += 1
    usual = {
        "event_id": f"e-{_given[0]}",
        "at": NOON + timedelta(minutes=_given[0]),
        "channel": "call",
        "from_number": CALLER,
        "to_number": NUMBER,
        "action": "block",
        "reason": "WISH_CATEGORY",
        "category": "finance",
        "overseas_mark": False,
        "snapshot": "s+1",
    }
    return usual | columns


def write_parts(directory: Path, *parts: list[dict[str, Any]]) -> list[Path]:
    """A directory with these parts and their manifest; where the parts are."""
    directory.mkdir(parents=True, exist_ok=True)
    manifest = Manifest(inputs=[], snapshot="s+1", done=True)
    paths = []
    for place, rows in enumerate(parts):
        path = directory / f"part-{place:05d}.parquet"
        parquet.write_table(pa.Table.from_pylist(rows, VERDICT_SCHEMA), path, write_page_checksum=True)
        octets = path.read_bytes()
        digest = hashlib.sha256(octets).hexdigest()
        manifest.parts.append(Part(path.name, len(rows), len(octets), digest, Position(0, len(rows))))
        paths.append(path)
    commit(directory, manifest)
    return paths
