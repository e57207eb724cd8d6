"""What is kept of a text that is not kept: a keyed hash of its octets, and a keyed sketch of its letters.

The hash is HMAC-SHA-256 (RFC 2104, FIPS 180-4) over the raw UTF-8 octets; two texts that are the same have the same.
The sketch tells how alike two texts are without either: of the text's three-letter shingles (letters of the plain text,
signs left out, every digit as 0, so that another code makes no other sketch), hashed under the key (SipHash-1-3,
Aumasson and Bernstein 2012) and parted into 64 bins by one permutation (Li, Owen and Zhang 2012), eight bits of the
least in each bin (b-bit minwise hashing, Li and König 2010); an empty bin takes what a random other one holds (optimal
densification, Shrivastava 2017).

The key is 32 octets in the data directory. Without it nobody can tell which text a hash or a sketch is of, even one of
a few thousand possible codes; with it anyone can try. Called by screening for texts that may be read; `likeness` by
tracing.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import struct
import tempfile
from pathlib import Path

import numpy as np
import numpy.typing as npt

from wurao.compiled import Bundle, View, apart
from wurao.content.letters import DIGIT, is_letter, kind_of, kinds
from wurao.errors import MachineFailed, Refused

KEY_FILE = "text.key"
KEY_OCTETS = 32
HASH_OCTETS = 32
BINS = 64
"""A sketch has so many octets, one a bin."""
_BLOCK = 64
_WORD = 0xFFFFFFFF
_BY_CHANCE = 1 / 256
"""So often two different least hashes have the same eight bits."""


def _roots(root: int, count: int) -> list[int]:
    """The first 32 bits behind the point of the roots of the first primes (FIPS 180-4, 4.2.2 and 5.3.3)."""
    primes: list[int] = []
    candidate = 2
    while len(primes) < count:
        if all(candidate % prime for prime in primes):
            primes.append(candidate)
        candidate += 1
    return [_fraction(prime, root) for prime in primes]


def _fraction(prime: int, root: int) -> int:
    scaled, low, high = prime << 32 * root, 0, prime << 32
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if middle**root <= scaled else (low, middle - 1)
    return low & _WORD


_START = _roots(2, 8)
_ROUNDS = np.array(_roots(3, 64), dtype=np.uint32)


class TextKey(Bundle):
    """The key as compiled code takes it."""

    columns = {  # noqa: RUF012 - declared ClassVar by Bundle
        "inner": "u4",  # the state of SHA-256 behind the block of the inner padding
        "outer": "u4",
        "sketch": "u8",  # two words: the key of shingles
        "kinds": "u1",  # letters
    }


class DigestScratch(Bundle):
    """Room for one text at a time; one for each thread."""

    columns = {  # noqa: RUF012 - declared ClassVar by Bundle
        "state": "u4",
        "schedule": "u4",
        "block": "u1",
        "least": "u8",
    }


def digest_scratch() -> DigestScratch:
    """Room for a thread."""
    return DigestScratch(
        state=np.zeros(8, np.uint32),
        schedule=np.zeros(64, np.uint32),
        block=np.zeros(_BLOCK, np.uint8),
        least=np.zeros(BINS, np.uint64),
    )


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
        raise MachineFailed(f"cannot be read or made: {error.strerror}", where=str(file)) from error
    if len(key) != KEY_OCTETS:
        right = "put back the file that was here; without it no text is known again by the hashes in older verdicts"
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


def keyed(key: bytes) -> TextKey:
    """The key as compiled code takes it; what would be reckoned anew for every text is reckoned here."""
    scratch = digest_scratch()
    states = []
    for padding in (0x36, 0x5C):
        state = np.array(_START, dtype=np.uint32)
        block = np.frombuffer(bytes(octet ^ padding for octet in key.ljust(_BLOCK, b"\0")), dtype=np.uint8)
        _compress(View(state), View(block), 0, scratch)
        states.append(state)
    of_shingles = hmac.new(key, b"wurao sketch", hashlib.sha256).digest()[:16]
    return TextKey(
        inner=states[0], outer=states[1], sketch=np.array(struct.unpack("<2Q", of_shingles), np.uint64), kinds=kinds()
    )


@apart
def hash_text(key: TextKey, data: View, start: int, end: int, scratch: DigestScratch, out: View, place: int) -> None:
    """Write the HMAC-SHA-256 of the octets from `start` to `end` to 32 octets of `out` from `place` on."""
    state, block = scratch.state, scratch.block
    for word in range(8):
        state[word] = key.inner[word]
    whole = end - (end - start) % _BLOCK
    for at in range(start, whole, _BLOCK):
        _compress(state, data, at, scratch)
    for at in range(whole, end):
        block[at - whole] = data[at]
    _finish(state, end - whole, end - start, scratch)
    for word in range(8):
        _write_word(block, 4 * word, state[word])
        state[word] = key.outer[word]
    _finish(state, HASH_OCTETS, HASH_OCTETS, scratch)
    for word in range(8):
        _write_word(out, place + 4 * word, state[word])


def _write_word(out: View, place: int, word: int) -> None:
    out[place] = word >> 24
    out[place + 1] = word >> 16 & 0xFF
    out[place + 2] = word >> 8 & 0xFF
    out[place + 3] = word & 0xFF


def _finish(state: View, held: int, octets: int, scratch: DigestScratch) -> None:
    """Pad the block that holds the last `held` of so many octets behind one block of padding, and take it in."""
    block = scratch.block
    block[held] = 0x80
    for at in range(held + 1, _BLOCK):
        block[at] = 0
    if held + 9 > _BLOCK:
        _compress(state, block, 0, scratch)
        for at in range(_BLOCK):
            block[at] = 0
    bits = 8 * (octets + _BLOCK)
    _write_word(block, _BLOCK - 8, bits >> 32)
    _write_word(block, _BLOCK - 4, bits & _WORD)
    _compress(state, block, 0, scratch)


@apart
def _compress(state: View, data: View, start: int, scratch: DigestScratch) -> None:
    """Take one block of 64 octets into a state (FIPS 180-4, 6.2.2)."""
    words = scratch.schedule
    for t in range(16):
        at = start + 4 * t
        words[t] = data[at] << 24 | data[at + 1] << 16 | data[at + 2] << 8 | data[at + 3]
    for t in range(16, 64):
        near, far = words[t - 2], words[t - 15]
        sigma1 = _turned(near, 17) ^ _turned(near, 19) ^ (near >> 10)
        sigma0 = _turned(far, 7) ^ _turned(far, 18) ^ (far >> 3)
        words[t] = (sigma1 + words[t - 7] + sigma0 + words[t - 16]) & _WORD
    a, b, c, d, e, f, g, h = (
        state[0],
        state[1],
        state[2],
        state[3],
        state[4],
        state[5],
        state[6],
        state[7],
    )
    for t in range(64):
        sum1 = _turned(e, 6) ^ _turned(e, 11) ^ _turned(e, 25)
        first = (h + sum1 + (g ^ (e & (f ^ g))) + int(_ROUNDS[t]) + words[t]) & _WORD
        sum0 = _turned(a, 2) ^ _turned(a, 13) ^ _turned(a, 22)
        second = sum0 + ((a & b) | (c & (a | b)))
        h, g, f, e = g, f, e, (d + first) & _WORD
        d, c, b, a = c, b, a, (first + second) & _WORD
    state[0] = (state[0] + a) & _WORD
    state[1] = (state[1] + b) & _WORD
    state[2] = (state[2] + c) & _WORD
    state[3] = (state[3] + d) & _WORD
    state[4] = (state[4] + e) & _WORD
    state[5] = (state[5] + f) & _WORD
    state[6] = (state[6] + g) & _WORD
    state[7] = (state[7] + h) & _WORD


def _turned(word: int, by: int) -> int:
    """A 32-bit word turned to the right."""
    return (word >> by | word << (32 - by)) & _WORD


_NONE = np.uint64(0xFFFFFFFFFFFFFFFF)
_LOW_BITS = np.uint64(BINS - 1)


@apart
def sketch_text(key: TextKey, points: View, n: int, scratch: DigestScratch, out: View, place: int) -> None:
    """Write the sketch of a plain text's first `n` points to 64 octets of `out` from `place` on.

    A text of fewer than three letters is one shingle of what it has.
    """
    least = scratch.least
    for at in range(BINS):
        least[at] = _NONE
    shingle, held = np.uint64(0), 0
    for at in range(n):
        kind = kind_of(key.kinds, points[at])
        if is_letter(kind):
            letter = 48 if kind == DIGIT else points[at]
            shingle = (shingle << np.uint64(21) | np.uint64(letter)) & np.uint64(0x7FFFFFFFFFFFFFFF)
            held += 1
            if held >= 3:
                _take(key, shingle, least)
    if held < 3:
        _take(key, shingle, least)
    for at in range(BINS):
        out[place + at] = int(np.int64(least[_lender(key, least, at)] >> np.uint64(6) & np.uint64(0xFF)))


def _take(key: TextKey, shingle: np.uint64, least: View) -> None:
    """Let a shingle into its bin: the lowest six bits of its hash say which, the rest are compared."""
    hashed = sip(key.sketch[0], key.sketch[1], shingle)
    at = int(np.int64(hashed & _LOW_BITS))
    if hashed < least[at]:
        least[at] = hashed


def _lender(key: TextKey, least: View, bin_: int) -> int:
    """The bin that a bin's value comes from: itself, else the first full one of a random row that is the bin's own."""
    at, tries = bin_, np.uint64(0)
    while least[at] == _NONE:
        tries += np.uint64(1)
        at = int(np.int64(sip(key.sketch[1], key.sketch[0], tries << np.uint64(6) | np.uint64(bin_)) & _LOW_BITS))
    return at


def sip(low: np.uint64, high: np.uint64, word: np.uint64) -> np.uint64:
    """SipHash-1-3 of one word of eight octets; the sums wrap on purpose."""
    v0 = low ^ np.uint64(0x736F6D6570736575)
    v1 = high ^ np.uint64(0x646F72616E646F6D)
    v2 = low ^ np.uint64(0x6C7967656E657261)
    v3 = high ^ np.uint64(0x7465646279746573) ^ word
    v0, v1, v2, v3 = _sip_round(v0, v1, v2, v3)
    v0 ^= word
    length = np.uint64(8 << 56)
    v3 ^= length
    v0, v1, v2, v3 = _sip_round(v0, v1, v2, v3)
    v0 ^= length
    v2 ^= np.uint64(0xFF)
    v0, v1, v2, v3 = _sip_round(v0, v1, v2, v3)
    v0, v1, v2, v3 = _sip_round(v0, v1, v2, v3)
    v0, v1, v2, v3 = _sip_round(v0, v1, v2, v3)
    return v0 ^ v1 ^ v2 ^ v3


def _sip_round(
    v0: np.uint64, v1: np.uint64, v2: np.uint64, v3: np.uint64
) -> tuple[np.uint64, np.uint64, np.uint64, np.uint64]:
    v0, v2 = v0 + v1, v2 + v3
    v1, v3 = _turned_left(v1, 13) ^ v0, _turned_left(v3, 16) ^ v2
    v0 = _turned_left(v0, 32)
    v2, v0 = v2 + v1, v0 + v3
    v1, v3 = _turned_left(v1, 17) ^ v2, _turned_left(v3, 21) ^ v0
    return v0, v1, _turned_left(v2, 32), v3


def _turned_left(word: np.uint64, by: int) -> np.uint64:
    return word << np.uint64(by) | word >> np.uint64(64 - by)


def likeness(one: bytes, other: bytes) -> float:
    """How alike two texts are by their sketches: the share of shingles, of all that either has, that both have.

    An estimate between 0 and 1, corrected for bins that agree by chance (1 in 256). Its standard error is at most 0.07
    where the texts have 150 letters or more, and at most 0.1 for shorter ones, whose empty bins say nothing new.
    """
    return float(likenesses(one, np.frombuffer(other, dtype=np.uint8).reshape(1, BINS))[0])


def likenesses(one: bytes, many: npt.NDArray[np.uint8]) -> npt.NDArray[np.float64]:
    """The likeness of one sketch to each row of many, an array of n × 64 octets."""
    agree = (many == np.frombuffer(one, dtype=np.uint8)).mean(axis=1)
    return np.clip((agree - _BY_CHANCE) / (1 - _BY_CHANCE), 0.0, 1.0)
