"""A log, whichever resolver wrote it, plain or packed by gzip as rotation does: its hits from a place on.

`Log` recognises a file by its first line or frame, and keeps which that was: a file that was rotated begins as it did
under its former name. `hits` yields from a place on, and says where the next begins; a last line that is still being
written is left for the next time. What cannot be read is named, and the rest goes on. Called by `collecting`.
"""

from __future__ import annotations

import gzip
import hashlib
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, cast

from wurao.errors import SHOWN, BadRow, Refused
from wurao.gateways.dns.hits import bind, dnstap, scripted, unbound
from wurao.gateways.dns.hits.hit import Hit, NoHit

LONGEST_LINE = 1 << 16
READERS = (unbound, bind, scripted)
BEFORE = 256
"""So many octets before a place tell whether a file is still the one that was read to there."""
READ_AT_ONCE = 1 << 20
_GZIP = b"\x1f\x8b"


@dataclass(slots=True)
class Log:
    """An open log."""

    path: Path
    is_blocked: Callable[[str], bool] | None = None
    """Whether the list blocks a name, for dnstap: of resolvers that do not say so, or say so of others' lists."""
    warning_page: str | None = None
    """Where blocked names lead, if anywhere."""
    bad: list[BadRow] = field(default_factory=list)
    place: int = 0
    """Where the next line or frame begins."""
    line: int = 0
    """How many lines or frames end there."""

    def begin(self) -> int:
        """How many octets at its begin tell which file it is: the first line, or of a stream what was read, to a bound.

        0 where there is no whole line or frame yet.
        """
        with self._opened() as file:
            if self._is_stream(file):
                return min(self.place, BEFORE)
            line = file.readline(LONGEST_LINE)
        return len(line) if line.endswith(b"\n") or len(line) >= BEFORE else 0

    def first(self, octets: int) -> str:
        """A digest of so many first octets, by which a rotated file is known; empty where the file is shorter."""
        with self._opened() as file:
            begin = file.read(octets)
        return hashlib.sha256(begin).hexdigest() if len(begin) == octets else ""

    def before(self, place: int) -> str:
        """A digest of what lies before a place; empty where the file is shorter."""
        with self._opened() as file:
            file.seek(max(0, place - BEFORE))
            data = file.read(min(place, BEFORE))
        return hashlib.sha256(data).hexdigest() if len(data) == min(place, BEFORE) else ""

    def hits(self, place: int) -> Iterator[Hit]:
        """The hits from a place on; `place` moves with them."""
        self.place = place
        with self._opened() as file:
            is_stream = self._is_stream(file)
            file.seek(place)
            yield from self._frames(file) if is_stream else self._lines(file)

    def check(self) -> None:
        """Raises Refused where a file cannot be opened, or is packed and not whole: nothing of it counts then."""
        with self._opened() as file:
            try:
                while isinstance(file, gzip.GzipFile) and file.read(READ_AT_ONCE):
                    pass
            except (EOFError, zlib.error, gzip.BadGzipFile) as error:
                raise Refused(f"is cut or no gzip: {error}", where=str(self.path), right="read it whole") from error

    def _opened(self) -> IO[bytes]:
        try:
            file = self.path.open("rb")
        except OSError as error:
            raise Refused(f"cannot be read: {error.strerror}", where=str(self.path), right="name a log") from error
        is_packed = file.read(2) == _GZIP
        file.seek(0)
        return cast(IO[bytes], gzip.GzipFile(fileobj=file)) if is_packed else file

    @staticmethod
    def _is_stream(file: IO[bytes]) -> bool:
        begin = file.read(4)
        file.seek(0)
        return begin == dnstap.BEGINS

    def _lines(self, file: IO[bytes]) -> Iterator[Hit]:
        as_of = self.path.stat().st_mtime
        while line := file.readline(LONGEST_LINE):
            is_whole = line.endswith(b"\n")
            if not is_whole and len(line) < LONGEST_LINE:
                return
            self.line += 1
            while not is_whole and (rest := file.readline(LONGEST_LINE)):
                is_whole = rest.endswith(b"\n")
                self.place += len(rest)
            self.place += len(line)
            if (found := self._read(line, as_of)) is not None:
                yield found

    def _read(self, line: bytes, as_of: float) -> Hit | None:
        text = line.decode("utf-8", "replace")
        for reader in READERS:
            if reader.MARK in text:
                try:
                    return reader.hit(text, as_of)
                except NoHit as error:
                    self._note(text, error)
                    return None
        return None

    def _frames(self, file: IO[bytes]) -> Iterator[Hit]:
        try:
            for end, frame in dnstap.frames(file):
                self.line += 1
                if frame:
                    try:
                        found = dnstap.hit(frame, self.is_blocked, self.warning_page)
                        if found is not None:
                            yield found
                    except NoHit as error:
                        self._note(frame[:20].hex(), error)
                self.place = end
        except NoHit as error:
            self._note("", error)

    def _note(self, shown: str, error: NoHit) -> None:
        if len(self.bad) < SHOWN:
            right = "a line as the resolver writes it"
            self.bad.append(BadRow(self.path.name, self.line, "(row)", "".join(shown.split()[:3]), str(error), right))
