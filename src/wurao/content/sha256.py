"""SHA-256 (FIPS 180-4) of many texts at once: sixteen lanes side by side, each a text of its own.

What one text needs is a long chain in which every step waits for the one before; of sixteen texts sixteen steps are the
same and the machine takes them together. A round is written once, for one lane; the loop over lanes around sixteen
rounds is what the compiler turns into vectors, so lanes are plain arrays and no `View`s. Used by `digest`.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from wurao.compiled import View, apart

LANES = 16
BLOCK = 64
"""A block has so many octets: sixteen words."""
_LENGTH = 8
"""So many octets at the end of the last block tell the length in bits."""

Words = npt.NDArray[np.uint32]
Word = np.uint32
State = tuple[Word, Word, Word, Word, Word, Word, Word, Word]


def _roots(root: int, count: int) -> list[int]:
    """The first 32 bits behind the point of the roots of the first primes (FIPS 180-4, 4.2.2 and 5.3.3)."""
    primes: list[int] = []
    candidate = 2
    while len(primes) < count:
        if all(candidate % prime for prime in primes):
            primes.append(candidate)
        candidate += 1
    return [_whole_root(prime << 32 * root, root) & 0xFFFFFFFF for prime in primes]


def _whole_root(of: int, root: int) -> int:
    low, high = 0, of
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if middle**root <= of else (low, middle - 1)
    return low


START = np.array(_roots(2, 8), dtype=np.uint32)
_ROUNDS = np.array(_roots(3, 64), dtype=np.uint32)


class Lanes(NamedTuple):
    """Room for sixteen texts: word n of lane k stands at `LANES` * n + k."""

    state: Words
    before: Words
    """The state before the block."""
    block: Words
    done: Words
    """The states of the lanes whose last block was taken."""


def lanes() -> Lanes:
    """Room for a thread."""
    return Lanes(*(np.zeros(words * LANES, dtype=np.uint32) for words in (8, 8, 16, 8)))


def blocks_of(octets: int) -> int:
    """How many blocks so many octets take, with the padding."""
    return (octets + _LENGTH) // BLOCK + 1


def load_block(room: Lanes, lane: int, data: View, start: int, end: int, number: int, before: int) -> None:
    """Put block `number` of the octets from `start` to `end` into a lane; `before` octets were hashed before them."""
    first = start + number * BLOCK
    last = number == blocks_of(end - start) - 1
    for word in range(16):
        at = first + 4 * word
        if at + 4 <= end:
            found = data[at] << 24 | data[at + 1] << 16 | data[at + 2] << 8 | data[at + 3]
        elif last and word >= 14:
            found = 8 * (end - start + before) >> 32 * (15 - word) & 0xFFFFFFFF
        else:
            found = 0
            for ahead in range(4):
                found = found << 8 | _octet(data, at + ahead, end)
        room.block[LANES * word + lane] = np.uint32(found)


def _octet(data: View, at: int, end: int) -> int:
    """An octet of a padded text."""
    if at < end:
        return data[at]
    return 0x80 if at == end else 0


@apart
def take_block(room: Lanes) -> None:
    """Take the block of every lane into its state (FIPS 180-4, 6.2.2)."""
    state, before = room.state, room.before
    for at in range(8 * LANES):
        before[at] = state[at]
    for first in range(0, 64, 16):
        _take_sixteen(state, room.block, first)
    for at in range(8 * LANES):
        state[at] = np.uint32(state[at] + before[at])


@apart
def _take_sixteen(state: Words, block: Words, first: int) -> None:
    """Sixteen rounds of every lane; the block then holds the words of the next sixteen."""
    k0, k1, k2, k3 = _ROUNDS[first], _ROUNDS[first + 1], _ROUNDS[first + 2], _ROUNDS[first + 3]
    k4, k5, k6, k7 = _ROUNDS[first + 4], _ROUNDS[first + 5], _ROUNDS[first + 6], _ROUNDS[first + 7]
    k8, k9, k10, k11 = _ROUNDS[first + 8], _ROUNDS[first + 9], _ROUNDS[first + 10], _ROUNDS[first + 11]
    k12, k13, k14, k15 = _ROUNDS[first + 12], _ROUNDS[first + 13], _ROUNDS[first + 14], _ROUNDS[first + 15]
    for lane in range(LANES):
        w0, w1, w2, w3 = _four(block, 0, lane)
        w4, w5, w6, w7 = _four(block, 4, lane)
        w8, w9, w10, w11 = _four(block, 8, lane)
        w12, w13, w14, w15 = _four(block, 12, lane)
        a, b, c, d = _four(state, 0, lane)
        e, f, g, h = _four(state, 4, lane)
        d, h = _round(a, b, c, d, e, f, g, h, k0, w0)
        c, g = _round(h, a, b, c, d, e, f, g, k1, w1)
        b, f = _round(g, h, a, b, c, d, e, f, k2, w2)
        a, e = _round(f, g, h, a, b, c, d, e, k3, w3)
        h, d = _round(e, f, g, h, a, b, c, d, k4, w4)
        g, c = _round(d, e, f, g, h, a, b, c, k5, w5)
        f, b = _round(c, d, e, f, g, h, a, b, k6, w6)
        e, a = _round(b, c, d, e, f, g, h, a, k7, w7)
        d, h = _round(a, b, c, d, e, f, g, h, k8, w8)
        c, g = _round(h, a, b, c, d, e, f, g, k9, w9)
        b, f = _round(g, h, a, b, c, d, e, f, k10, w10)
        a, e = _round(f, g, h, a, b, c, d, e, k11, w11)
        h, d = _round(e, f, g, h, a, b, c, d, k12, w12)
        g, c = _round(d, e, f, g, h, a, b, c, k13, w13)
        f, b = _round(c, d, e, f, g, h, a, b, k14, w14)
        e, a = _round(b, c, d, e, f, g, h, a, k15, w15)
        _put_four(state, 0, lane, a, b, c, d)
        _put_four(state, 4, lane, e, f, g, h)
        w0, w1 = _next(w0, w1, w9, w14), _next(w1, w2, w10, w15)
        w2, w3 = _next(w2, w3, w11, w0), _next(w3, w4, w12, w1)
        w4, w5 = _next(w4, w5, w13, w2), _next(w5, w6, w14, w3)
        w6, w7 = _next(w6, w7, w15, w4), _next(w7, w8, w0, w5)
        w8, w9 = _next(w8, w9, w1, w6), _next(w9, w10, w2, w7)
        w10, w11 = _next(w10, w11, w3, w8), _next(w11, w12, w4, w9)
        w12, w13 = _next(w12, w13, w5, w10), _next(w13, w14, w6, w11)
        w14, w15 = _next(w14, w15, w7, w12), _next(w15, w0, w8, w13)
        _put_four(block, 0, lane, w0, w1, w2, w3)
        _put_four(block, 4, lane, w4, w5, w6, w7)
        _put_four(block, 8, lane, w8, w9, w10, w11)
        _put_four(block, 12, lane, w12, w13, w14, w15)


def _four(words: Words, first: int, lane: int) -> tuple[Word, Word, Word, Word]:
    at = LANES * first + lane
    return words[at], words[at + LANES], words[at + 2 * LANES], words[at + 3 * LANES]


def _put_four(words: Words, first: int, lane: int, one: Word, two: Word, three: Word, four: Word) -> None:
    at = LANES * first + lane
    words[at], words[at + LANES], words[at + 2 * LANES], words[at + 3 * LANES] = one, two, three, four


def _round(
    a: Word, b: Word, c: Word, d: Word, e: Word, f: Word, g: Word, h: Word, constant: Word, word: Word
) -> tuple[Word, Word]:
    """One round: what becomes of d and h; the other six only change their names."""
    first = np.uint32(h + (_turned(e, 6) ^ _turned(e, 11) ^ _turned(e, 25)) + (g ^ (e & (f ^ g))) + constant + word)
    second = np.uint32((_turned(a, 2) ^ _turned(a, 13) ^ _turned(a, 22)) + ((a & b) | (c & (a | b))))
    return np.uint32(d + first), np.uint32(first + second)


def _next(sixteen_before: Word, fifteen: Word, seven: Word, two: Word) -> Word:
    """The word of a round from those of rounds so long before it."""
    near = _turned(two, 17) ^ _turned(two, 19) ^ (two >> np.uint32(10))
    far = _turned(fifteen, 7) ^ _turned(fifteen, 18) ^ (fifteen >> np.uint32(3))
    return np.uint32(near + seven + far + sixteen_before)


def _turned(word: Word, by: int) -> Word:
    """A word turned to the right."""
    return np.uint32(word >> np.uint32(by) | word << np.uint32(32 - by))
