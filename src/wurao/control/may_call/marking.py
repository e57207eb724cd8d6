"""The mark in an answer: which of the numbers that might be called are withheld, so that the list tells who asked.

Of each firm a key of its own gives every number a mark, a 63-bit value that looks random to whoever has not the key
(SipHash-2-4, Aumasson and Bernstein 2012, over whole columns). The numbers with the smallest marks are withheld: those
below `THRESHOLD`, 0.45% of all, but never fewer than 0.1% nor more than 0.5% of those that might be called; of fewer
than 200 a day none can be. Nothing is ever added. It is the firm's key and not the day's or the purpose's, so that a
firm that asks again and again, and lays its answers together, still lacks the same numbers; which asking it was,
records tell (`leaks`).
"""

from __future__ import annotations

import hashlib
import hmac

import numpy as np
import numpy.typing as npt
from django.conf import settings

Ints = npt.NDArray[np.int64]
Words = npt.NDArray[np.uint64]
Mask = npt.NDArray[np.bool_]

SHARE = 0.0045
LEAST, MOST = 0.001, 0.005
SPACE = 1 << 63
THRESHOLD = int(SHARE * SPACE)
_KEY_OCTETS = 16
_START = (0x736F6D6570736575, 0x646F72616E646F6D, 0x6C7967656E657261, 0x7465646279746573)
_LENGTH = np.uint64(8 << 56)
_FINAL = np.uint64(0xFF)


def key_of(sender_id: str) -> bytes:
    """A firm's key, from this installation's; it lasts as long as that does (`control.key`, kept by backups)."""
    said = f"may-call mark:{sender_id}".encode()
    return hmac.new(settings.SECRET_KEY.encode(), said, hashlib.sha256).digest()[:_KEY_OCTETS]


def marks_of(numbers: Ints, key: bytes) -> Ints:
    """The mark of each number under a key, from 0 to 2**63 - 1."""
    return (siphash(numbers.astype(np.uint64), key) >> np.uint64(1)).astype(np.int64)


def withheld(marks: Ints, callable_before: int = 0, withheld_before: int = 0) -> tuple[Mask, int]:
    """Which of the callable numbers with these marks are withheld; and below which mark none is in the answer.

    `…_before`: the same firm's on the same day. The greatest share holds of all of them together, so that many short
    lists are marked as one long one would be.
    """
    count = len(marks)
    wanted = int(np.count_nonzero(marks < THRESHOLD))
    least, most = int(np.ceil(LEAST * count)), int(MOST * (callable_before + count)) - withheld_before
    taken = min(max(wanted, least), max(most, 0))
    if taken == 0:
        return np.zeros(count, bool), 0
    if taken == wanted:
        return marks < THRESHOLD, THRESHOLD
    edge = int(np.partition(marks, taken - 1)[taken - 1])
    return marks <= edge, min(edge + 1, THRESHOLD)


def siphash(words: Words, key: bytes) -> Words:
    """SipHash-2-4 of each word's eight octets."""
    first, second = (np.uint64(int.from_bytes(key[at : at + 8], "little")) for at in (0, 8))
    keys = (first, second, first, second)
    state = [np.full(len(words), np.uint64(start) ^ each, np.uint64) for start, each in zip(_START, keys, strict=True)]
    for block, rounds in ((words, 2), (_LENGTH, 2), (None, 4)):
        if block is None:
            state[2] ^= _FINAL
        else:
            state[3] ^= block
        for _ in range(rounds):
            _round(state)
        if block is not None:
            state[0] ^= block
    return state[0] ^ state[1] ^ state[2] ^ state[3]


def _round(v: list[Words]) -> None:
    """SipRound; the sums wrap on purpose."""
    v[0] += v[1]
    v[2] += v[3]
    v[1] = _turned(v[1], 13) ^ v[0]
    v[3] = _turned(v[3], 16) ^ v[2]
    v[0] = _turned(v[0], 32)
    v[2] += v[1]
    v[0] += v[3]
    v[1] = _turned(v[1], 17) ^ v[2]
    v[3] = _turned(v[3], 21) ^ v[0]
    v[2] = _turned(v[2], 32)


def _turned(word: Words, by: int) -> Words:
    return (word << np.uint64(by)) | (word >> np.uint64(64 - by))
