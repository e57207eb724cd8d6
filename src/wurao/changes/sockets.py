"""The Unix socket between those who hand changes over and the writer: its address, and messages on it.

A message is four bytes of length (little-endian) and one JSON value. A socket's address holds 107 characters at most
(unix(7)), and a store may lie deeper, so the address goes through the open directory: `/proc/self/fd/<n>/writer.sock`.
"""

from __future__ import annotations

import json
import os
import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

NAME = "writer.sock"
LONGEST_MESSAGE = 64 << 20
HEAD = struct.Struct("<I")


@contextmanager
def address(directory: Path) -> Iterator[str]:
    """The address of the writer's socket in a directory, good while inside."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{descriptor}/{NAME}"
    finally:
        os.close(descriptor)


def message(value: object) -> bytes:
    """A JSON value as it goes over the socket."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    return HEAD.pack(len(text)) + text


def message_in(data: bytes | bytearray) -> bytes | None:
    """The text of the first message in what was received; null while it is not whole; ValueError where too long."""
    if len(data) < HEAD.size:
        return None
    (length,) = HEAD.unpack_from(data)
    if length > LONGEST_MESSAGE:
        raise ValueError(f"a message of {length:,} bytes is too long")
    return bytes(data[HEAD.size : HEAD.size + length]) if len(data) >= HEAD.size + length else None


def ask(connection: socket.socket, value: object) -> Any:
    """Send one message and wait for the answer; ConnectionError where the other side goes away."""
    connection.sendall(message(value))
    received = bytearray()
    while (text := message_in(received)) is None:
        piece = connection.recv(1 << 16)
        if not piece:
            raise ConnectionResetError("the writer went away")
        received += piece
    return json.loads(text)
