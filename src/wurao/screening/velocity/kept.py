"""A velocity state on disk: one file, written aside and renamed, with a checksum over all of it.

A line with the name and number of the format; a line of JSON with the name and length of each array; the arrays, 64-bit
little-endian words one after another; the SHA-256 of everything before it.
"""

from __future__ import annotations

import hashlib
import json
import os
from io import BufferedReader
from pathlib import Path
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

from wurao.errors import MachineFailed, Refused
from wurao.screening.velocity.layout import VelocityState

Words = npt.NDArray[np.int64]
NAME = b"wurao velocity "
FORMAT = b"4"
CHUNK = 1 << 24
DIGEST = 32
LONGEST_LINE = 4096
AGAIN = "put back an earlier copy, or remove it: velocity then begins with nothing"


def write_state(path: Path, arrays: dict[str, Words]) -> None:
    """Write arrays to a file that is either the old one or the whole new one, and its owner's alone."""
    partial = path.with_name(path.name + ".partial")
    try:
        with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            digest = hashlib.sha256()
            head = NAME + FORMAT + b"\n" + json.dumps({name: len(words) for name, words in arrays.items()}).encode()
            _put(file, digest, head + b"\n")
            for words in arrays.values():
                plain = np.ascontiguousarray(words, dtype="<i8").data.cast("B")
                for start in range(0, len(plain), CHUNK):
                    _put(file, digest, plain[start : start + CHUNK])
            file.write(digest.digest())
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
        directory = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)
    except BaseException as error:
        partial.unlink(missing_ok=True)
        if not isinstance(error, OSError):
            raise
        raise MachineFailed(f"the velocity state cannot be written: {error.strerror}", where=str(path)) from error


def _put(file: BinaryIO, digest: hashlib._Hash, part: bytes | memoryview) -> None:
    file.write(part)
    digest.update(part)


def read_state(path: Path) -> dict[str, Words]:
    """The arrays of a file whose format and checksum are right; `Refused` otherwise."""
    try:
        with path.open("rb") as file:
            return _read(file, path)
    except OSError as error:
        raise MachineFailed(f"the velocity state cannot be read: {error.strerror}", where=str(path)) from error


def _read(file: BufferedReader, path: Path) -> dict[str, Words]:
    size = os.fstat(file.fileno()).st_size
    first = file.readline(LONGEST_LINE)
    if not first.startswith(NAME):
        raise Refused("this is no velocity state", where=str(path), right=AGAIN)
    if first != NAME + FORMAT + b"\n":
        found = first[len(NAME) :].strip().decode(errors="replace")
        raise Refused(f"format {found}, but this program reads {FORMAT.decode()}", where=str(path), right=AGAIN)
    second = file.readline(LONGEST_LINE)
    lengths = _lengths(second)
    start = len(first) + len(second)
    if lengths is None or start + 8 * sum(lengths.values()) + DIGEST != size:
        raise Refused("the velocity state is damaged: its length is not what it says", where=str(path), right=AGAIN)
    digest = hashlib.sha256(first + second)
    arrays = {}
    for name, length in lengths.items():
        words = np.zeros(length, dtype="<i8")
        plain = words.data.cast("B")
        for at in range(0, len(plain), CHUNK):
            part = plain[at : at + CHUNK]
            file.readinto(part)
            digest.update(part)
        arrays[name] = words.astype(np.int64, copy=False)
    if file.read(DIGEST) != digest.digest():
        raise Refused("the velocity state is damaged: its checksum is wrong", where=str(path), right=AGAIN)
    return arrays


def _lengths(line: bytes) -> dict[str, int] | None:
    try:
        lengths = json.loads(line)
    except ValueError:
        return None
    if not isinstance(lengths, dict) or list(lengths) != list(VelocityState.columns):
        return None
    return lengths if all(isinstance(n, int) and n >= 0 for n in lengths.values()) else None
