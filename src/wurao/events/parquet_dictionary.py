"""How long the longest value in a column's dictionary page is, found without making a dictionary of it.

A small file may repeat a long value a million times, so `parquet_file` reads no more rows at once than the longest
value allows. Arrow would tell it, but hashes every value on the way; here the page is unpacked and its lengths are
followed, which costs next to nothing. What this module does not know (a codec, a header out of the usual) it leaves to
Arrow by answering None.
"""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from wurao.compiled import compiled
from wurao.events.parquet_claims import Chunk, page_header_of

CODECS = {0: None, 1: "snappy", 2: "gzip", 4: "brotli", 6: "zstd", 7: "lz4_raw"}
"""Arrow's names for the codecs of parquet.thrift, CompressionCodec; the one of LZO and the old one of LZ4 are left out.
"""
LONGEST_HEADER = 4096
LARGEST_PAGE = 256 << 20
"""Bytes that a dictionary page may unpack to here."""


def longest_in_dictionary(path: Path, chunk: Chunk) -> int | None:
    """Bytes of the longest value in the dictionary page of a column of text, 0 where it has no such page.

    None where that is left to Arrow. What the directory says of dictionaries is not asked, since Arrow does not either.
    """
    with path.open("rb") as file:
        if not 0 <= chunk.start < os.fstat(file.fileno()).st_size:
            return None
        file.seek(chunk.start)
        octets = file.read(LONGEST_HEADER)
        header = page_header_of(octets)
        if header is None or chunk.codec not in CODECS:
            return None
        if not header.is_dictionary:
            return 0
        if max(header.packed, header.unpacked) > LARGEST_PAGE:
            return None
        file.seek(chunk.start + header.length)
        page = file.read(header.packed)
    codec = CODECS[chunk.codec]
    if codec is not None:
        try:
            page = pa.Codec(codec).decompress(page, header.unpacked, asbytes=True)
        except (pa.ArrowException, OSError):
            return None
    return int(_longest(np.frombuffer(page, np.uint8)))


def warm() -> None:
    """Compile what this module compiles."""
    _longest(np.frombuffer(b"\0\0\0\0", np.uint8))


def _longest_value(octets: npt.NDArray[np.uint8]) -> int:
    """The greatest of the lengths that stand before values (PLAIN encoding); of a damaged page, its own."""
    size = len(octets)
    longest = 0
    at = 0
    while at + 4 <= size:
        length = int(octets[at]) | int(octets[at + 1]) << 8 | int(octets[at + 2]) << 16 | int(octets[at + 3]) << 24
        longest = max(longest, length)
        at += 4 + length
    return longest if at == size else max(longest, size)


_longest = compiled(_longest_value)
