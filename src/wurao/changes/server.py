"""The writer at work for others: takes changes handed over on its socket, and acknowledges each when it is fsynced.

One thread reads from all connections at once; what has come whole while the last fsync ran goes into the log together
with the next one. Whoever is the writer serves, be it a long-running worker or one command; a caller that the writer
leaves without an answer sends the same changes again to the next one.
"""

from __future__ import annotations

import json
import os
import selectors
import socket
import threading
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

from wurao.changes.record import Change, from_json
from wurao.changes.segments import directory_of
from wurao.changes.sockets import HEAD, NAME, address, message, message_in
from wurao.changes.writer import SEGMENT_SIZE, Acknowledged, ChangeWriter
from wurao.errors import WuraoError
from wurao.log import logger

_log = logger("changes")


class ChangeServer:
    """A `ChangeWriter` and its socket; a context manager that serves while it is open."""

    def __init__(self, store: Path, *, after: int = 0, segment_size: int = SEGMENT_SIZE) -> None:
        """Become the writer and listen; raises as `ChangeWriter` does."""
        self.writer = ChangeWriter(store, after=after, segment_size=segment_size)
        try:
            self._listener = _listen(directory_of(store))
        except BaseException:
            self.writer.close()
            raise
        self._wake, self._woken = os.pipe2(os.O_CLOEXEC)
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._wake, selectors.EVENT_READ)
        self._selector.register(self._listener, selectors.EVENT_READ)
        self._received: dict[socket.socket, bytearray] = {}
        self._thread = threading.Thread(target=self._serve, name="changes", daemon=True)
        self._thread.start()

    def append(self, changes: Sequence[Change]) -> Acknowledged:
        """Append changes of this process; as `ChangeWriter.append`."""
        return self.writer.append(changes)

    def close(self) -> None:
        """Stop serving, then stop being the writer."""
        os.write(self._woken, b".")
        self._thread.join()
        for connection in [*self._received, self._listener]:
            connection.close()
        (directory_of(self.writer.store) / NAME).unlink(missing_ok=True)
        self._selector.close()
        os.close(self._wake)
        os.close(self._woken)
        self.writer.close()

    def __enter__(self) -> ChangeServer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _serve(self) -> None:
        while True:
            whole: list[tuple[socket.socket, bytes]] = []
            for key, _ in self._selector.select():
                if key.fileobj is self._listener:
                    self._accept()
                elif isinstance(key.fileobj, socket.socket):
                    whole += self._receive(key.fileobj)
                else:
                    return
            if whole:
                self._acknowledge(whole)

    def _accept(self) -> None:
        try:
            connection, _ = self._listener.accept()
        except OSError as error:
            _log.warning("hand-over not accepted", wrong=str(error))
            return
        self._received[connection] = bytearray()
        self._selector.register(connection, selectors.EVENT_READ)

    def _receive(self, connection: socket.socket) -> list[tuple[socket.socket, bytes]]:
        """Read what has come; the whole message, if it is one now."""
        received = self._received[connection]
        try:
            piece = connection.recv(1 << 20)
            received += piece
            text = message_in(received)
        except (OSError, ValueError) as error:
            _log.warning("hand-over broken off", wrong=str(error))
            piece, text = b"", None
        if not piece:
            self._drop(connection)
        if text is None:
            return []
        del received[: HEAD.size + len(text)]
        return [(connection, text)]

    def _acknowledge(self, whole: list[tuple[socket.socket, bytes]]) -> None:
        groups = [_changes_in(text) for _, text in whole]
        sound = [group for group in groups if not isinstance(group, str)]
        answers = iter(self.writer.append_groups(sound))
        for (connection, _), group in zip(whole, groups, strict=True):
            answer = group if isinstance(group, str) else next(answers)
            self._send(connection, answer)

    def _send(self, connection: socket.socket, answer: Acknowledged | WuraoError | str) -> None:
        value = {"wrong": str(answer)} if isinstance(answer, WuraoError | str) else {"seqs": list(answer)}
        try:
            connection.sendall(message(value))
        except OSError as error:
            _log.warning("acknowledgement not delivered", wrong=str(error))
            self._drop(connection)

    def _drop(self, connection: socket.socket) -> None:
        if self._received.pop(connection, None) is not None:
            self._selector.unregister(connection)
            connection.close()


def _listen(directory: Path) -> socket.socket:
    """Listen in a directory, in place of a socket that a killed writer left; only the lock's holder may."""
    (directory / NAME).unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    with address(directory) as place:
        listener.bind(place)
    (directory / NAME).chmod(0o600)
    listener.listen(1024)
    return listener


def _changes_in(text: bytes) -> list[Change] | str:
    """The changes of a message, or what is wrong with it."""
    try:
        return [from_json(each) for each in json.loads(text)]
    except (ValueError, TypeError, RecursionError) as error:
        return f"no changes: {error}"
