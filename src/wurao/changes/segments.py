"""The segments of the log on disk: `STORE/changes/<first seq>.log`, records one after another.

`walk` reads the sound records of a segment in order and says where it stopped and why; the writer, the reader and the
builder all read through it. A segment is only ever appended to, and none is taken away: a build may be given the same
tables again, and then needs all of them (decision 0008).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from wurao.changes.record import BEGINS, FRAME, payload_at
from wurao.errors import MachineFailed

SUFFIX = ".log"


class DamagedLog(MachineFailed):
    """A record that was acknowledged cannot be read any more (exit 3)."""


@dataclass(frozen=True, slots=True)
class Segment:
    """One file of the log, and the `seq` of its first record."""

    path: Path
    first: int


@dataclass(frozen=True, slots=True)
class Walked:
    """One sound record: its `seq`, its payload, and the place after it."""

    seq: int
    payload: bytes
    end: int


def directory_of(store: Path) -> Path:
    """Where a store keeps its log."""
    return store / "changes"


def segments(store: Path) -> list[Segment]:
    """The segments of a log, the oldest first."""
    try:
        names = os.listdir(directory_of(store))
    except FileNotFoundError:
        return []
    firsts = sorted(int(name.removesuffix(SUFFIX)) for name in names if name.endswith(SUFFIX) and name[:20].isdecimal())
    return [Segment(segment_path(store, first), first) for first in firsts]


def segment_path(store: Path, first: int) -> Path:
    """The file of the segment that begins with a `seq`."""
    return directory_of(store) / f"{first:020d}{SUFFIX}"


def walk(data: bytes | memoryview, place: int, expected: int) -> Iterator[Walked]:
    """The sound records from a place on, each with the `seq` that follows; ends at the first that is not."""
    while (payload := payload_at(data, place)) is not None:
        if seq_of(payload) != expected:
            return
        place += FRAME.size + len(payload)
        yield Walked(expected, payload, place)
        expected += 1


def has_sound_record_after(data: bytes, place: int) -> bool:
    """Whether any whole and sound record begins past a place: then what is bad there is no torn tail."""
    found = data.find(BEGINS, place + FRAME.size + 1)
    while found >= 0:
        if payload_at(data, found - FRAME.size) is not None:
            return True
        found = data.find(BEGINS, found + 1)
    return False


def seq_of(payload: bytes) -> int:
    """The `seq` of a payload, without parsing all of it; -1 where it has none."""
    digits = payload[len(BEGINS) : payload.find(b",", len(BEGINS))]
    return int(digits) if digits.isdigit() else -1


def sync_directory(directory: Path) -> None:
    """Make the names in a directory durable."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
