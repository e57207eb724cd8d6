"""A light HTTP/1.1 client: connections that stay open, each of which asks again as soon as it is answered.

Requests are octets made beforehand, and of an answer only the status and the body are looked at, so that one costs this
process some tens of microseconds: on two cores whoever asks must not take the time of whoever answers. Comes in: the
address, how many connections, where the next request comes from and where each answer goes.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from wurao.errors import MachineFailed

END = b"\r\n\r\n"
LENGTH = b"\r\ncontent-length:"


@dataclass(frozen=True, slots=True)
class Asked:
    """What one connection asks: a request, and what the asker knows it by."""

    octets: bytes
    token: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, and when, by the machine's steady clock."""

    token: int
    sent: float
    got: float
    status: int
    body: bytes


def request(method: str, path: str, host: str, body: bytes = b"", **headers: str) -> bytes:
    """A request as octets; an underscore in a header's name stands for a dash."""
    given = {"Host": host, **{name.replace("_", "-"): value for name, value in headers.items()}}
    if body or method in ("POST", "PUT"):
        given["Content-Length"] = str(len(body))
    head = "".join(f"{name}: {value}\r\n" for name, value in given.items())
    return f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode() + body


def split_answer(held: bytes | bytearray) -> tuple[int, bytes, bytes, int] | None:
    """Status, head, body and length of the first whole answer in what came; null where it is not whole yet."""
    end = held.find(END)
    if end < 0:
        return None
    head = bytes(held[:end])
    lowered = head.lower()
    at = lowered.find(LENGTH)
    if at < 0:
        raise MachineFailed("an answer does not say how long it is", where=head.partition(b"\r\n")[0].decode())
    length = int(lowered[at + len(LENGTH) :].split(b"\r\n", 1)[0])
    whole = end + len(END) + length
    if len(held) < whole:
        return None
    return int(head[9:12]), head, bytes(held[whole - length : whole]), whole


def keep_asking(
    address: tuple[str, int],
    connections: int,
    following: Callable[[int], Asked | None],
    answered: Callable[[Answer], None],
    beside: Callable[[], None] | None = None,
    beside_every_s: float = 0.005,
) -> None:
    """Ask by so many connections until `following`, given a connection's place, has nothing more for any of them.

    `beside` is called now and then in between. MachineFailed where a connection is lost.
    """
    asyncio.run(_keep_asking(address, connections, following, answered, beside, beside_every_s))


async def _keep_asking(
    address: tuple[str, int],
    connections: int,
    following: Callable[[int], Asked | None],
    answered: Callable[[Answer], None],
    beside: Callable[[], None] | None,
    beside_every_s: float,
) -> None:
    loop = asyncio.get_running_loop()
    ends = [loop.create_future() for _ in range(connections)]
    for place, end in enumerate(ends):
        one = partial(_Connection, place, end, following, answered)
        await loop.create_connection(one, *address)
    looking = asyncio.ensure_future(_now_and_then(beside, beside_every_s)) if beside else None
    try:
        await asyncio.gather(*ends)
    finally:
        if looking:
            looking.cancel()


async def _now_and_then(look: Callable[[], None], every_s: float) -> None:
    while True:
        look()
        await asyncio.sleep(every_s)


class _Connection(asyncio.Protocol):
    """One connection."""

    def __init__(
        self,
        place: int,
        end: asyncio.Future[None],
        following: Callable[[int], Asked | None],
        answered: Callable[[Answer], None],
    ) -> None:
        self._place, self._end, self._following, self._answered = place, end, following, answered
        self._held = bytearray()
        self._token, self._sent = 0, 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._ask()

    def data_received(self, data: bytes) -> None:
        self._held += data
        try:
            found = split_answer(self._held)
            if found is None:
                return
            status, _, body, whole = found
            del self._held[:whole]
            self._answered(Answer(self._token, self._sent, time.monotonic(), status, body))
            self._ask()
        except Exception as error:
            self._settle(error)

    def connection_lost(self, error: Exception | None) -> None:
        self._settle(MachineFailed(f"a connection was closed: {error!r}", where="wurao serve"))

    def _ask(self) -> None:
        asked = self._following(self._place)
        if asked is None:
            self._settle(None)
            return
        self._token, self._sent = asked.token, time.monotonic()
        self._transport.write(asked.octets)

    def _settle(self, error: Exception | None) -> None:
        if self._end.done():
            return
        if error is None:
            self._end.set_result(None)
        else:
            self._end.set_exception(error)
        self._transport.close()
