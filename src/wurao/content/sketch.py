"""The sketch of a text: 64 octets that tell how alike two texts are, and nothing else without the key.

Of a plain text's shingles, each three letters (signs left out, every digit as 0, so that another code makes no other
sketch), every one is hashed under the key (SipHash-1-3, Aumasson and Bernstein 2012) and falls into one of 64 bins
(one permutation hashing, Li, Owen and Zhang 2012); the sketch has eight bits of the least hash in each bin (b-bit
minwise hashing, Li and König 2010). An empty bin takes what the first full one holds of an order of its own (optimal
densification, Shrivastava 2017). Called by screening for texts that may be read; `likeness` by tracing.
"""

from __future__ import annotations

import random
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from wurao.compiled import Bundle, View, apart
from wurao.content.digest import key_for
from wurao.content.letters import DIGIT, is_letter, kind_of, kinds

BINS = 64
"""A sketch has so many octets, one a bin."""
LETTERS_OF_SHINGLE = 3
AT_ONCE = 256
"""So many shingles are hashed at a time."""
_BY_CHANCE = 1 / 256
"""So often two different least hashes have the same eight bits."""
_EMPTY = np.uint64(0xFFFFFFFFFFFFFFFF)
_IN_BIN, _BIN_BITS = np.uint64(BINS - 1), np.uint64(6)
_OCTET = np.uint64(0xFF)
_LETTER_BITS, _SHINGLE = np.uint64(21), np.uint64((1 << 63) - 1)
_ZERO = ord("0")

Words = npt.NDArray[np.uint64]
Word = np.uint64


class SketchKey(Bundle):
    """The key as compiled code takes it."""

    columns = {  # noqa: RUF012 - declared ClassVar by Bundle
        "words": "u8",  # two: the key of shingles
        "lenders": "u1",  # of each bin all bins in a random order, 64 each
        "kinds": "u1",  # letters
    }


class _Room(Bundle):
    """Room for one text at a time."""

    columns = {"shingles": "u8", "hashed": "u8", "least": "u8"}  # noqa: RUF012 - declared ClassVar by Bundle


class SketchScratch(NamedTuple):
    """Room for one text at a time; two columns as plain arrays too, of which the compiler makes vectors."""

    room: _Room
    shingles: Words
    hashed: Words


def sketch_key(key: bytes) -> SketchKey:
    """The key of sketches that comes of the key of texts."""
    own = key_for(key, "sketch")
    chance = random.Random(own[16:])
    lenders = [octet for _ in range(BINS) for octet in chance.sample(range(BINS), BINS)]
    return SketchKey(
        words=np.frombuffer(own[:16], dtype="<u8").astype(np.uint64),
        lenders=np.array(lenders, dtype=np.uint8),
        kinds=kinds(),
    )


def sketch_scratch() -> SketchScratch:
    """Room for a thread."""
    shingles, hashed, least = (np.zeros(size, dtype=np.uint64) for size in (AT_ONCE, AT_ONCE, BINS))
    return SketchScratch(_Room(shingles=shingles, hashed=hashed, least=least), shingles, hashed)


@apart
def sketch_text(key: SketchKey, points: View, n: int, scratch: SketchScratch, out: View, place: int) -> None:
    """Write the sketch of a plain text's first `n` points to 64 octets of `out` from `place` on.

    A text of fewer than three letters is one shingle of what it has.
    """
    room = scratch.room
    for bin_ in range(BINS):
        room.least[bin_] = _EMPTY
    shingle, letters, held = np.uint64(0), 0, 0
    for at in range(n):
        kind = kind_of(key.kinds, points[at])
        if not is_letter(kind):
            continue
        letter = _ZERO if kind == DIGIT else points[at]
        shingle = (shingle << _LETTER_BITS | np.uint64(letter)) & _SHINGLE
        letters += 1
        if letters >= LETTERS_OF_SHINGLE:
            room.shingles[held] = shingle
            held += 1
            if held == AT_ONCE:
                _take(key, scratch, held)
                held = 0
    if letters < LETTERS_OF_SHINGLE:
        room.shingles[0] = shingle
        held = 1
    _take(key, scratch, held)
    for bin_ in range(BINS):
        least = room.least[_lender(key.lenders, room.least, bin_)]
        out[place + bin_] = np.int64(least >> _BIN_BITS & _OCTET)


def _take(key: SketchKey, scratch: SketchScratch, held: int) -> None:
    """Let shingles into their bins: the lowest six bits of a hash say which, the rest are compared."""
    _hash_all(key.words[0], key.words[1], scratch.shingles, scratch.hashed, held)
    room = scratch.room
    for place in range(held):
        hashed = room.hashed[place]
        bin_ = np.int64(hashed & _IN_BIN)
        room.least[bin_] = min(room.least[bin_], hashed)


def _lender(lenders: View, least: View, bin_: int) -> int:
    """Where a bin's value comes from: itself, else the first full bin of its own order."""
    if least[bin_] != _EMPTY:
        return bin_
    for turn in range(BINS):
        lender = lenders[BINS * bin_ + turn]
        if least[lender] != _EMPTY:
            return lender
    return bin_


@apart
def _hash_all(low: Word, high: Word, words: Words, hashed: Words, count: int) -> None:
    for place in range(count):
        hashed[place] = sip(low, high, words[place])


def sip(low: Word, high: Word, word: Word) -> Word:
    """SipHash-1-3 of one word of eight octets under a key of two words; the sums wrap on purpose."""
    length = np.uint64(8 << 56)
    v0, v1 = low ^ np.uint64(0x736F6D6570736575), high ^ np.uint64(0x646F72616E646F6D)
    v2, v3 = low ^ np.uint64(0x6C7967656E657261), high ^ np.uint64(0x7465646279746573) ^ word
    v0, v1, v2, v3 = _sip_round(v0, v1, v2, v3)
    v0, v3 = v0 ^ word, v3 ^ length
    v0, v1, v2, v3 = _sip_round(v0, v1, v2, v3)
    v0, v2 = v0 ^ length, v2 ^ np.uint64(0xFF)
    v0, v1, v2, v3 = _sip_round(v0, v1, v2, v3)
    v0, v1, v2, v3 = _sip_round(v0, v1, v2, v3)
    v0, v1, v2, v3 = _sip_round(v0, v1, v2, v3)
    return v0 ^ v1 ^ v2 ^ v3


def _sip_round(v0: Word, v1: Word, v2: Word, v3: Word) -> tuple[Word, Word, Word, Word]:
    v0, v2 = v0 + v1, v2 + v3
    v1, v3 = _turned(v1, 13) ^ v0, _turned(v3, 16) ^ v2
    v0 = _turned(v0, 32)
    v2, v0 = v2 + v1, v0 + v3
    v1, v3 = _turned(v1, 17) ^ v2, _turned(v3, 21) ^ v0
    return v0, v1, _turned(v2, 32), v3


def _turned(word: Word, by: int) -> Word:
    """A word turned to the left."""
    return word << np.uint64(by) | word >> np.uint64(64 - by)


def likeness(one: bytes, other: bytes) -> float:
    """How alike two texts are by their sketches: the share of shingles, of all that either has, that both have.

    An estimate between 0 and 1 of that share J (Jaccard's), corrected for bins that agree by chance (1 in 256). Its
    standard error is the root of J * (1 - J) / 64, at most 0.063; up to 0.09 for texts of a few shingles, since empty
    bins say nothing of their own.
    """
    return float(likenesses(one, np.frombuffer(other, dtype=np.uint8).reshape(1, BINS))[0])


def likenesses(one: bytes, many: npt.NDArray[np.uint8]) -> npt.NDArray[np.float64]:
    """The likeness of one sketch to each row of many, an array of n × 64 octets."""
    agree = (many == np.frombuffer(one, dtype=np.uint8)).mean(axis=1)
    return np.clip((agree - _BY_CHANCE) / (1 - _BY_CHANCE), 0.0, 1.0)
