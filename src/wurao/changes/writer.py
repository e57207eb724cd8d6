"""The one writer of a store's log: appends changes, and acknowledges them when they are fsynced.

Comes in: changes of this process, or handed over (`server`). Goes out: their `seq`s, once they are durable. The writer
holds a file lock for as long as it lives; `recovery` is how it starts. Groups of changes that come together share one
write and one fsync.
"""

from __future__ import annotations

import fcntl
import os
import threading
import uuid
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

from wurao.changes.record import Change, framed
from wurao.changes.recovery import MARK_FILE, Mark, begin_segment, read_mark, recover, write_mark
from wurao.changes.segments import directory_of
from wurao.errors import MachineFailed, WuraoError
from wurao.log import logger

SEGMENT_SIZE = 64 << 20
"""A segment that has grown past this is closed and the next one begun."""
_log = logger("changes")

Acknowledged = tuple[int, int]
"""The least and the greatest `seq` of some changes."""


class WriterElsewhere(WuraoError):
    """Another process is the writer: hand changes over to it."""


class ChangeWriter:
    """Appends to the log of a store; safe to use from several threads."""

    def __init__(self, store: Path, *, after: int = 0, segment_size: int = SEGMENT_SIZE) -> None:
        """Become the writer. Where there is no log it begins past `after`, the last change of the current snapshot.

        Raises WriterElsewhere while another process is the writer, DamagedLog where the log cannot be gone on with.
        """
        self.store, self._segment_size = store, segment_size
        self._guard = threading.Lock()
        self._broken = ""
        directory_of(store).mkdir(mode=0o700, parents=True, exist_ok=True)
        self._lock = _open(directory_of(store) / "writer.lock")
        self._mark = _open(directory_of(store) / MARK_FILE)
        try:
            _take(self._lock, store)
            log = recover(store, read_mark(self._mark), after)
            self._segment, self._size, self._next, self._ids = log.last, log.size, log.next, log.ids
            self._file = _open(self._segment.path)
            write_mark(self._mark, Mark(self._segment.first, self._size))
        except BaseException:
            os.close(self._mark)
            os.close(self._lock)
            raise

    @property
    def last_seq(self) -> int:
        """The `seq` of the last change in the log; `after` where it is empty."""
        return self._next - 1

    def append(self, changes: Sequence[Change]) -> Acknowledged:
        """Append changes, fsync, and acknowledge: the least and the greatest `seq` that they have in the log.

        A change whose id is in the log already keeps its `seq` there and is not written again. Raises MachineFailed
        when not all could be made durable: none is acknowledged then, and all may be sent again.
        """
        answer = self.append_groups([changes])[0]
        if isinstance(answer, WuraoError):
            raise answer
        return answer

    def append_groups(self, groups: Sequence[Sequence[Change]]) -> list[Acknowledged | WuraoError]:
        """Append several groups with one fsync: for each what `append` returns, or what it would raise."""
        with self._guard:
            wrong = self._write([change for group in groups for change in group])
            return [self._answer(group, wrong) for group in groups]

    def close(self) -> None:
        """Stop being the writer."""
        with self._guard:
            self._broken = "the writer is closed"
            for descriptor in (self._file, self._mark, self._lock):
                os.close(descriptor)

    def __enter__(self) -> ChangeWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _answer(self, group: Sequence[Change], wrong: str) -> Acknowledged | WuraoError:
        seqs = [self._ids.get(_octets(change), 0) for change in group]
        if self._broken or 0 in seqs:
            where = str(directory_of(self.store))
            return MachineFailed(f"the change is not acknowledged: {wrong}", where=where, right="send it again later")
        return (min(seqs), max(seqs)) if seqs else (self.last_seq, self.last_seq)

    def _write(self, changes: Sequence[Change]) -> str:
        """Write and fsync what the log does not have; what went wrong, or nothing."""
        if self._broken:
            return self._broken
        new, wrong = self._new(changes)
        if not new:
            return wrong
        try:
            if self._size >= self._segment_size:
                self._begin_segment()
        except OSError as error:
            return _said(error)
        written, not_written = self._put(b"".join(new.values()))
        return self._settle(new, written) or not_written or wrong

    def _new(self, changes: Sequence[Change]) -> tuple[dict[bytes, bytes], str]:
        """The records of changes that the log does not have, by id, in order."""
        new: dict[bytes, bytes] = {}
        wrong = ""
        for change in changes:
            octets = _octets(change)
            if octets not in self._ids and octets not in new:
                try:
                    new[octets] = framed(change.with_seq(self._next + len(new)))
                except ValueError as error:
                    wrong = str(error)
        return new, wrong

    def _put(self, data: bytes) -> tuple[int, str]:
        """Write at the end of the segment; how many bytes went in, and why not all."""
        written = 0
        try:
            while written < len(data):
                written += os.pwrite(self._file, memoryview(data)[written:], self._size + written)
        except OSError as error:
            return written, _said(error)
        return written, ""

    def _settle(self, new: dict[bytes, bytes], written: int) -> str:
        """Make the whole records of what was written durable, and cut off a half one.

        A whole record may have been read already, so it stays, though not all of its group went in. After a failed
        fsync nobody knows what is on disk: the writer stops, and whoever starts next reads the log anew.
        """
        whole, end = [], self._size
        for octets, frame in new.items():
            if end + len(frame) > self._size + written:
                break
            whole.append(octets)
            end += len(frame)
        try:
            if end < self._size + written:
                os.ftruncate(self._file, end)
            os.fsync(self._file)
            write_mark(self._mark, Mark(self._segment.first, end))
        except OSError as error:
            self._broken = _said(error)
            _log.error("change log stopped", alarm=True, file=self._segment.path, wrong=self._broken)
            return self._broken
        self._ids.update(zip(whole, range(self._next, self._next + len(whole)), strict=True))
        self._size, self._next = end, self._next + len(whole)
        return ""

    def _begin_segment(self) -> None:
        segment = begin_segment(self.store, self._next)
        file = _open(segment.path)
        os.close(self._file)
        self._segment, self._file, self._size = segment, file, 0


def _open(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def _take(lock: int, store: Path) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        right = "hand changes over to it"
        raise WriterElsewhere("another process writes the changes", where=str(store), right=right) from error


def _octets(change: Change) -> bytes:
    return uuid.UUID(change.change_id).bytes


def _said(error: OSError) -> str:
    return (error.strerror or str(error)).lower()
