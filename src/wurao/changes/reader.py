"""Follow the log of a store: every change past a `seq`, in order, as it comes.

A reader stops at the first bad record and asks again at the next poll: the record may be half written still, or cut
and written anew by the writer that starts next. When sound records or a next segment lie past it, it is damage, and an
alarm is raised, once. Called by every worker at least every 200 ms, and by the builder.
"""

from __future__ import annotations

import os
from pathlib import Path

from wurao.changes.record import BEGINS, Change, parse
from wurao.changes.recovery import Mark, acknowledged
from wurao.changes.segments import DamagedLog, Segment, directory_of, has_sound_record_after, segments, seq_of, walk
from wurao.errors import MachineFailed
from wurao.log import logger

PIECE = 32 << 20
"""At most so many bytes are taken in by one poll; a record is never longer."""
TAIL = 64 << 10
"""Bytes at the end of a segment that are looked at for its last record."""
_log = logger("changes")


def changes_since(store: Path, after: int = 0) -> tuple[int, list[Change]]:
    """All changes past a `seq`, and the `seq` of the last (`after` where there is none): what a build takes in.

    Raises DamagedLog where a bad record keeps acknowledged ones back or the log holds less than was acknowledged,
    MachineFailed as `poll` does.
    """
    reader = ChangeReader(store, after)
    changes: list[Change] = []
    while more := reader.poll():
        changes += more
    if reader.damaged:
        where = f"{directory_of(store)} at change {reader.seq + 1:,}"
        raise DamagedLog("holds a bad record", where=where, right="put the file back from a copy")
    if reader.falls_short:
        where = f"{directory_of(store)} behind change {reader.seq:,}"
        raise DamagedLog("holds less than was acknowledged", where=where, right="put the file back from a copy")
    return reader.seq, changes


def about_past(store: Path, after: int) -> int:
    """About how many changes the log holds past a `seq`, told by its last bytes alone.

    For whoever chooses how to work by it, not what to do: a torn or damaged tail is not told from a sound one.
    """
    last = next(reversed(segments(store)), None)
    if last is None:
        return 0
    with last.path.open("rb") as file:
        file.seek(max(0, os.fstat(file.fileno()).st_size - TAIL))
        tail = file.read(TAIL)
    begins = tail.rfind(BEGINS)
    newest = seq_of(tail[begins:]) if begins >= 0 else last.first - 1 + len(tail)
    return max(0, newest - after)


class ChangeReader:
    """Where one follower of the log stands."""

    def __init__(self, store: Path, after: int = 0) -> None:
        """Read what comes after a `seq`, the last one already applied."""
        self.store = store
        self.seq = after
        """The last change read."""
        self.damaged = False
        """Whether a bad record lies in the way, with sound ones past it."""
        self._segment: Segment | None = None
        self._place = 0
        self._acknowledged = acknowledged(store)

    def poll(self) -> list[Change]:
        """The changes that have come since, some of them when there are very many; none when there is nothing new.

        Raises MachineFailed where the log no longer reaches back to where this reader stands: open the current
        snapshot and read on from there.
        """
        if self._segment is None and not self._find():
            return []
        changes, size = self._read()
        while not changes and not self.damaged and self._place == size and self._next_segment():
            changes, size = self._read()
        return changes

    @property
    def falls_short(self) -> bool:
        """Whether it, at the end of the log, stands before what was acknowledged when it began: the log was cut."""
        return self._acknowledged > (Mark(self._segment.first, self._place) if self._segment else Mark())

    def _read(self) -> tuple[list[Change], int]:
        """The sound records from here on, and the size of the segment."""
        assert self._segment is not None
        with self._segment.path.open("rb", buffering=0) as file:
            size = os.fstat(file.fileno()).st_size
            if size <= self._place:
                self._look_for_damage(b"", size)
                return [], size
            file.seek(self._place)
            data = file.read(PIECE)
        changes, end = [], 0
        for record in walk(data, 0, self.seq + 1):
            changes.append(parse(record.payload).with_seq(record.seq))
            end = record.end
        if not changes:
            self._look_for_damage(data, size)
        self.seq += len(changes)
        self._place += end
        return changes, size

    def _look_for_damage(self, data: bytes, size: int) -> None:
        """Tell a record that is still being written from one that is bad for good."""
        past = self._place < size and (has_sound_record_after(data, 0) or self._has_next_segment())
        stuck = self._place > size or past
        if stuck and not self.damaged and self._segment is not None:
            _log.error("change log damaged", alarm=True, file=self._segment.path, at=self._place, seq=self.seq + 1)
        self.damaged = stuck

    def _find(self) -> bool:
        """Find the segment that holds the next change, and the place of that change in it."""
        found = segments(self.store)
        if not found:
            return False
        holding = [each for each in found if each.first <= self.seq + 1]
        if not holding:
            wrong = f"the log begins with change {found[0].first:,}, past {self.seq + 1:,}"
            raise MachineFailed(wrong, where=str(directory_of(self.store)), right="open the current snapshot")
        self._segment, self._place = holding[-1], 0
        for record in walk(self._segment.path.read_bytes(), 0, self._segment.first):
            if record.seq > self.seq:
                break
            self._place = record.end
        return True

    def _has_next_segment(self) -> bool:
        return self._segment is not None and any(each.first > self._segment.first for each in segments(self.store))

    def _next_segment(self) -> bool:
        """Go on to the segment that begins where this one ended."""
        following = [each for each in segments(self.store) if each.first == self.seq + 1 and each != self._segment]
        if following:
            self._segment, self._place = following[0], 0
        return bool(following)
