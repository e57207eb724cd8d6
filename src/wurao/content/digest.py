"""The keyed hash of a text: HMAC-SHA-256 (RFC 2104) of its raw UTF-8 octets, and the key.

It is kept with the verdict where the text is not, so that the same text is known again. The key is 32 octets in the
data directory; without it nobody can tell which text a hash is of, not even which of the million texts that a one-time
code makes; with it anyone can try. Texts of a batch are hashed sixteen at a time (`sha256`). Called by screening for
texts that may be read.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import tempfile
from pathlib import Path

import numpy as np
import numpy.typing as npt

from wurao.compiled import Bundle, View, apart, compiled
from wurao.content.sha256 import BLOCK, LANES, START, Lanes, blocks_of, lanes, load_block, take_block
from wurao.errors import MachineFailed, Refused

KEY_FILE = "text.key"
KEY_OCTETS = 32
HASH_OCTETS = 32
_INNER, _OUTER = 0x36, 0x5C


class HashKey(Bundle):
    """The key as compiled code takes it."""

    columns = {  # noqa: RUF012 - declared ClassVar by Bundle
        "inner": "u4",  # the state of SHA-256 behind the key with the inner padding
        "outer": "u4",
    }


def text_key(data: Path) -> bytes:
    """The key of a data directory, made at first use: `text.key`, 32 octets, mode 0600.

    Whoever makes it at the same time gets the same. Raises Refused where the file does not hold 32 octets,
    MachineFailed where it cannot be read or made.
    """
    file = data / KEY_FILE
    try:
        if not file.exists():
            _make(file)
        key = file.read_bytes()
    except OSError as error:
        right = "make the directory one that you may write to, or choose another with --data"
        raise MachineFailed(f"cannot be read or made: {error.strerror}", where=str(file), right=right) from error
    if len(key) != KEY_OCTETS:
        right = "put back the file that was here, by which the hashes in older verdicts were made, or remove it"
        raise Refused(f"holds {len(key)} octets, not {KEY_OCTETS}", where=str(file), right=right)
    return key


def _make(file: Path) -> None:
    """Write a key aside, fsynced, and link it to its name, unless another was faster."""
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, aside = tempfile.mkstemp(dir=file.parent, prefix=f".{KEY_FILE}.")
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(secrets.token_bytes(KEY_OCTETS))
            out.flush()
            os.fsync(out.fileno())
        try:
            os.link(aside, file)
        except FileExistsError:
            return
    finally:
        os.unlink(aside)
    directory = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


def key_for(key: bytes, purpose: str) -> bytes:
    """A key of 32 octets for something else, of which this one cannot be worked out."""
    return hmac.new(key, purpose.encode(), hashlib.sha256).digest()


def hash_key(key: bytes) -> HashKey:
    """The key as compiled code takes it, what every text would begin with worked out."""
    return HashKey(inner=_state_behind(key, _INNER), outer=_state_behind(key, _OUTER))


def warm() -> None:
    """Compile what makes keys ready."""
    hash_key(bytes(KEY_OCTETS))


class _Block(Bundle):
    columns = {"octets": "u1"}  # noqa: RUF012 - declared ClassVar by Bundle


def _state_behind(key: bytes, padding: int) -> npt.NDArray[np.uint32]:
    block = np.frombuffer(key.ljust(BLOCK, b"\0"), dtype=np.uint8) ^ np.uint8(padding)
    room = lanes()
    _take_first(_Block(octets=block), room)
    return room.state[::LANES].copy()


def _take_one(block: _Block, room: Lanes) -> None:
    """Take one whole block into the first lane, from the beginning."""
    for word in range(8):
        room.state[LANES * word] = START[word]
    load_block(room, 0, block.octets, 0, len(block.octets), 0, 0)
    take_block(room)


_take_first = compiled(_take_one)


@apart
def hash_texts(
    key: HashKey, data: View, starts: View, ends: View, first: int, last: int, room: Lanes, out: View
) -> None:
    """Hash the texts `first` up to `last`, text n being the octets from `starts[n]` to `ends[n]` of `data`.

    Writes 32 octets each to `out`, from 32 * n on.
    """
    for group in range(first, last, LANES):
        texts = min(LANES, last - group)
        _begin(room, key.inner)
        most = 0
        for lane in range(texts):
            most = max(most, blocks_of(ends[group + lane] - starts[group + lane]))
        for number in range(most):
            for lane in range(texts):
                start, end = starts[group + lane], ends[group + lane]
                if number < blocks_of(end - start):
                    load_block(room, lane, data, start, end, number, BLOCK)
            take_block(room)
            for lane in range(texts):
                if number == blocks_of(ends[group + lane] - starts[group + lane]) - 1:
                    _keep(room, lane)
        _finish(room, key.outer)
        for lane in range(texts):
            _write(room, lane, out, HASH_OCTETS * (group + lane))


def _begin(room: Lanes, state: View) -> None:
    for word in range(8):
        for lane in range(LANES):
            room.state[LANES * word + lane] = np.uint32(state[word])


def _keep(room: Lanes, lane: int) -> None:
    """Keep the state of a lane whose text ends here; what the lane takes in further is lost."""
    for word in range(8):
        room.done[LANES * word + lane] = room.state[LANES * word + lane]


def _finish(room: Lanes, outer: View) -> None:
    """Hash every lane's hash behind the key with the outer padding: one block of eight words and its padding."""
    _begin(room, outer)
    for at in range(8 * LANES):
        room.block[at] = room.done[at]
    for at in range(8 * LANES, 16 * LANES):
        room.block[at] = np.uint32(0)
    for lane in range(LANES):
        room.block[8 * LANES + lane] = np.uint32(0x80000000)
        room.block[15 * LANES + lane] = np.uint32(8 * (BLOCK + HASH_OCTETS))
    take_block(room)


def _write(room: Lanes, lane: int, out: View, place: int) -> None:
    for word in range(8):
        value = np.int64(room.state[LANES * word + lane])
        for octet in range(4):
            out[place + 4 * word + octet] = value >> 8 * (3 - octet) & 0xFF
