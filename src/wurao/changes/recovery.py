"""What a writer does when it starts: read the log, learn the ids in it, cut off a torn tail, refuse real damage.

A torn tail is what a crash leaves: bytes after the last sound record of the last segment of which nothing was
acknowledged. The `Mark` in `STORE/changes/acknowledged`, written after every fsync, says how far was; it may lag behind
after a power failure, so that sound records past the bad place also tell damage from a torn tail.
"""

from __future__ import annotations

import os
import struct
import uuid
from dataclasses import dataclass, field
from pathlib import Path

import google_crc32c

from wurao.changes.segments import (
    DamagedLog,
    Segment,
    Walked,
    directory_of,
    has_sound_record_after,
    segment_path,
    segments,
    sync_directory,
    walk,
)
from wurao.log import logger

MARK_FILE = "acknowledged"
_MARK = struct.Struct("<QQI")
_ID = b'"change_id":"'
_log = logger("changes")


@dataclass(frozen=True, slots=True, order=True)
class Mark:
    """How far the log is acknowledged: the first `seq` of the segment, and the place in it after the last record."""

    first: int = 0
    end: int = 0


@dataclass(slots=True)
class Recovered:
    """The log as a writer goes on with it."""

    last: Segment
    size: int = 0
    next: int = 1
    ids: dict[bytes, int] = field(default_factory=dict)
    """The `seq` of every `change_id` in the log, the id as its 16 bytes."""


def recover(store: Path, mark: Mark, after: int) -> Recovered:
    """Read the whole log; begin one past `after` where there is none.

    Raises DamagedLog where an acknowledged record cannot be read.
    """
    found = segments(store)
    if not found:
        if mark.end:
            raise _damage(segment_path(store, mark.first), 0, "is gone")
        found = [begin_segment(store, after + 1)]
    log = Recovered(found[-1], next=found[0].first)
    for each in found:
        if each.first != log.next:
            raise _damage(each.path, 0, f"begins with change {each.first:,}, not {log.next:,}")
        data = each.path.read_bytes()
        log.size = _take_in(log, data)
        if log.size != len(data) and each is not found[-1]:
            raise _damage(each.path, log.size, "holds a bad record")
    if mark > Mark(log.last.first, log.size) or has_sound_record_after(data, log.size):
        raise _damage(log.last.path, log.size, "holds a bad record that was acknowledged")
    if log.size != len(data):
        _log.warning("torn tail cut", file=log.last.path, at=log.size, size=len(data) - log.size)
        _cut(log.last.path, log.size)
    return log


def begin_segment(store: Path, first: int) -> Segment:
    """Make the empty segment that begins with a `seq`, durably."""
    segment = Segment(segment_path(store, first), first)
    os.close(os.open(segment.path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600))
    sync_directory(directory_of(store))
    return segment


def read_mark(descriptor: int) -> Mark:
    """The mark in an open file; the least of all where there is none that is sound."""
    written = os.pread(descriptor, _MARK.size, 0)
    if len(written) != _MARK.size:
        return Mark()
    first, end, crc = _MARK.unpack(written)
    return Mark(first, end) if google_crc32c.value(written[:16]) == crc else Mark()


def acknowledged(store: Path) -> Mark:
    """How far the log of a store is acknowledged, at least; the least mark where nothing ever was."""
    try:
        descriptor = os.open(directory_of(store) / MARK_FILE, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return Mark()
    try:
        return read_mark(descriptor)
    finally:
        os.close(descriptor)


def write_mark(descriptor: int, mark: Mark) -> None:
    """Note how far the log is acknowledged, in one write."""
    fields = _MARK.pack(mark.first, mark.end, 0)[:16]
    os.pwrite(descriptor, fields + struct.pack("<I", google_crc32c.value(fields)), 0)


def _take_in(log: Recovered, data: bytes) -> int:
    """Learn the ids of a segment's sound records; the place after the last."""
    end = 0
    for record in walk(data, 0, log.next):
        log.ids[_id_in(record)] = record.seq
        log.next, end = record.seq + 1, record.end
    return end


def _id_in(record: Walked) -> bytes:
    start = record.payload.index(_ID) + len(_ID)
    return uuid.UUID(record.payload[start : start + 36].decode()).bytes


def _cut(path: Path, size: int) -> None:
    with path.open("r+b") as file:
        file.truncate(size)
        os.fsync(file.fileno())


def _damage(path: Path, place: int, wrong: str) -> DamagedLog:
    _log.error("change log damaged", alarm=True, file=path, at=place, wrong=wrong)
    return DamagedLog(wrong, where=f"{path} at byte {place:,}", right="put the file back from a copy; nothing is cut")
