"""What every target of `fuzz` is made of: its shape, how octets reach a parser as a file, how good input is damaged.

`fuzz_targets` and `fuzz_texts` name the parsers; `fuzz` tries them.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.ground import Ground
from wurao.errors import WuraoError

Parse = Callable[[bytes, Path], bool]


@dataclass(frozen=True, slots=True)
class Target:
    """One parser."""

    name: str
    seeds: Callable[[Ground], list[bytes]]
    parse: Parse


def taken(work: Callable[[], object]) -> bool:
    """Whether it was taken; False where it was refused with a word to the person."""
    try:
        work()
    except WuraoError:
        return False
    return True


def file_of(data: bytes, directory: Path, name: str) -> Path:
    """The octets as a file."""
    path = directory / name
    path.write_bytes(data)
    return path


INTERESTING = (
    b"\0",
    b'"',
    b"\n",
    b"\r\n",
    b",",
    b"\xff\xfe",
    b"\xed\xa0\x80",
    b"\xe2\x80\xae",
    b"0001-01-01T00:00:00Z",
    b"9999-12-31T23:59:59+08:00",
    b"9" * 400,
    b"-1",
    b"1e309",
    b"NaN",
    b"[" * 200,
    b"{" * 200,
    (2**31).to_bytes(4, "little"),
    (2**32 - 1).to_bytes(4, "little"),
    (2**63 - 1).to_bytes(8, "little"),
    b"\xff" * 8,
)


def mutated(rng: random.Random, seeds: list[bytes]) -> bytes:
    """One of the good inputs with a few things done to it."""
    data = bytearray(rng.choice(seeds))
    for _ in range(rng.choice((1, 1, 2, 4, 8))):
        _mutate(rng, data, seeds)
    return bytes(data)


def _mutate(rng: random.Random, data: bytearray, seeds: list[bytes]) -> None:
    at = rng.randrange(len(data) + 1)
    length = min(len(data) - at, rng.choice((1, 2, 4, 8, 64, 512)))
    match rng.randrange(8):
        case 0 if at < len(data):
            data[at] ^= 1 << rng.randrange(8)
        case 1 if at < len(data):
            data[at] = rng.randrange(256)
        case 2:
            del data[at : at + length]
        case 3:
            data[at:at] = rng.choice(INTERESTING)
        case 4:
            word = rng.choice(INTERESTING)
            data[at : at + len(word)] = word
        case 5:
            data[at:at] = data[at : at + length] * rng.choice((1, 2, 50))
        case 6:
            del data[at:]
        case _:
            other = rng.choice(seeds)
            there = rng.randrange(len(other) + 1)
            data[at : at + length] = other[there : there + length]
