"""Marks: texts as two words of 64 bits, by which a repeated event id, a sender, an order or a domain name is known.

Two texts that differ have the same 128 bits with a chance of one in 10^22 among 40 million; of the 62 bits of a short
mark, one in 5,000 among 40 million, so those are only for the few thousand to millions of ids of a registry. Nothing is
turned back, for the text itself stays where it was.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from wurao.compiled import View, compiled

Words = npt.NDArray[np.uint64]
Octets = npt.NDArray[np.uint8]

_FIRST = np.uint64(0x9E3779B97F4A7C15)
_SECOND = np.uint64(0xC2B2AE3D27D4EB4F)
_TURN = np.uint64(29)
_HALF = np.uint64(32)


def marks(ids: pa.Array) -> tuple[Words, Words]:
    """The high and low words of each text of a string column; 0 and 0 for null."""
    high, low = np.zeros(len(ids), dtype=np.uint64), np.zeros(len(ids), dtype=np.uint64)
    if ids.null_count < len(ids):
        _mix(*octets_of(ids), high, low)
        if ids.null_count:
            absent = ids.is_null().to_numpy(zero_copy_only=False)
            high[absent] = low[absent] = 0
    return high, low


def short_marks(ids: pa.Array) -> npt.NDArray[np.int64]:
    """62 bits of each text, as a key that outlives the snapshot."""
    return (marks(ids)[1] >> np.uint64(2)).astype(np.int64)


def mark_of(octets: Octets | View, start: int, end: int) -> tuple[np.uint64, np.uint64]:
    """The two words of some bytes."""
    first = _FIRST
    second = _SECOND
    for place in range(start, end):
        octet = np.uint64(octets[place])
        first = (first ^ octet) * _SECOND
        first ^= first >> _TURN
        second = (second ^ (octet + first)) * _FIRST
        second ^= second >> _HALF
    return first | np.uint64(1), second


def octets_of(texts: pa.Array) -> tuple[npt.NDArray[np.int64], Octets]:
    """Where each text begins (and, one further, ends) in the bytes of all."""
    wide = texts.cast(pa.large_string())
    _, offsets, data = wide.buffers()
    places = np.frombuffer(offsets, dtype=np.int64)[wide.offset : wide.offset + len(wide) + 1]
    return places, np.frombuffer(data, dtype=np.uint8) if data is not None else np.zeros(0, dtype=np.uint8)


def _mix_all(places: npt.NDArray[np.int64], octets: Octets, high: Words, low: Words) -> None:
    for row in range(len(high)):
        high[row], low[row] = mark_of(octets, places[row], places[row + 1])


_mix = compiled(_mix_all)


def warm() -> None:
    """Compile what this module compiles."""
    marks(pa.array(["a"]))
