"""Get changes into the log from any process: hand them to the writer, or be the writer where there is none.

Called by `wurao change` and by the control plane. Whoever becomes the writer here serves others for as long as it
takes. When a writer goes away before it answers, the same changes are sent again; their ids keep them from being
applied twice.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from wurao.changes.record import Change
from wurao.changes.segments import directory_of
from wurao.changes.server import ChangeServer
from wurao.changes.sockets import address, ask
from wurao.changes.writer import Acknowledged, WriterElsewhere
from wurao.errors import MachineFailed

PATIENCE_S = 30.0
_PAUSE_S = 0.01


def submit(store: Path, changes: Sequence[Change], *, after: int = 0, patience_s: float = PATIENCE_S) -> Acknowledged:
    """Append changes to the log of a store; the least and the greatest `seq` they have there, once they are durable.

    `after` as for `ChangeWriter`. Raises MachineFailed when they are not acknowledged: the disk is full, the log is
    damaged, or no writer answers within `patience_s`.
    """
    given_up = time.monotonic() + patience_s
    while True:
        try:
            with ChangeServer(store, after=after) as server:
                return server.append(changes)
        except WriterElsewhere:
            answer = _hand_over(store, changes, given_up)
        if answer is not None:
            return _judged(answer, store)
        if time.monotonic() >= given_up:
            right = "look for the process that holds changes/writer.lock there"
            raise MachineFailed("the writer of changes does not answer", where=str(store), right=right)
        time.sleep(_PAUSE_S)


def _hand_over(store: Path, changes: Sequence[Change], given_up: float) -> Any:
    """The writer's answer; null where it is not listening, or goes away or is silent before it answers."""
    try:
        with address(directory_of(store)) as place, socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(max(0.1, given_up - time.monotonic()))
            connection.connect(place)
            return ask(connection, [change.as_json() for change in changes])
    except (FileNotFoundError, ConnectionError, TimeoutError, BlockingIOError):
        return None


def _judged(answer: Any, store: Path) -> Acknowledged:
    if "wrong" in answer:
        raise MachineFailed(str(answer["wrong"]), where=str(store))
    first, last = answer["seqs"]
    return int(first), int(last)
