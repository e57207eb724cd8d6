"""A snapshot's manifest: what it is, and the size and checksums of each of its files.

Written by `store` beside the arrays as `manifest.json`, read back and judged whenever a snapshot is opened. Two
checksums a file: SHA-256 of all of it, and the CRC-32C of its index pages, which opening can afford: all of a file up
to `WHOLE`, else `SAMPLES` pages spread evenly, the first and the last among them.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import google_crc32c
import numpy as np
import numpy.typing as npt

from wurao.errors import Refused

FORMAT = 3
"""Goes up by one whenever an older program could not read what this one writes, or the other way round."""
MANIFEST = "manifest.json"
SEAL = "crc32c"
WHOLE = 1 << 20
PAGE = 4096
SAMPLES = 32


@dataclass(frozen=True, slots=True)
class ArrayFile:
    """One array on disk, raw and little-endian."""

    dtype: str
    shape: tuple[int, ...]
    size: int
    sha256: str
    index_crc32c: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a snapshot is."""

    id: str
    created: str
    """RFC 3339, UTC."""
    seq: int
    """The last change compiled in; 0 where there was none."""
    counts: dict[str, int]
    """Rows of each table."""
    files: dict[str, ArrayFile]
    """By the name of the array; the file is `<name>.bin`."""
    about: dict[str, Any] = field(default_factory=dict)
    """What else the builder wants to keep, as JSON."""
    format: int = FORMAT

    @property
    def size(self) -> int:
        """Bytes of all arrays."""
        return sum(each.size for each in self.files.values())

    def as_json(self) -> str:
        """The text of `manifest.json`."""
        return sealed(asdict(self))


def read_manifest(directory: Path) -> Manifest:
    """The manifest of a snapshot's directory.

    Raises Refused where it is of another format, and ValueError where it is damaged or no manifest at all.
    """
    written = unsealed((directory / MANIFEST).read_text("utf-8"))
    _refuse_other_format(written["format"], directory)
    try:
        files = {
            name: ArrayFile(each["dtype"], tuple(each["shape"]), each["size"], each["sha256"], each["index_crc32c"])
            for name, each in written.pop("files").items()
        }
        return Manifest(files=files, **written)
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"{MANIFEST} is damaged: {error}") from error


def sealed(fields: dict[str, Any]) -> str:
    """The text of a manifest, closed by the CRC-32C of what it says. Every format keeps this, and `format`."""
    return json.dumps({**fields, SEAL: _crc32c_of(fields)}, ensure_ascii=False, indent=1)


def unsealed(text: str) -> dict[str, Any]:
    """What a manifest says; ValueError where it is damaged."""
    written = json.loads(text)
    if not isinstance(written, dict) or written.pop(SEAL, None) != _crc32c_of(written) or "format" not in written:
        raise ValueError(f"{MANIFEST} is damaged")
    return written


def index_crc32c(data: npt.NDArray[np.uint8]) -> int:
    """The CRC-32C of a file's index pages."""
    if len(data) <= WHOLE:
        return int(google_crc32c.value(data.tobytes()))
    last = (len(data) - 1) // PAGE
    crc = 0
    for sample in range(SAMPLES):
        start = last * sample // (SAMPLES - 1) * PAGE
        crc = google_crc32c.extend(crc, data[start : start + PAGE].tobytes())
    return int(crc)


def _crc32c_of(fields: dict[str, Any]) -> int:
    return int(google_crc32c.value(json.dumps(fields, sort_keys=True).encode()))


def _refuse_other_format(found: int, directory: Path) -> None:
    if found == FORMAT:
        return
    if found < FORMAT:
        right = "build it anew with this program: wurao snapshot build TABLES -o STORE"
    else:
        right = "update wurao, or build it anew with this program: wurao snapshot build TABLES -o STORE"
    raise Refused(f"is of format {found}, and this program reads format {FORMAT}", where=str(directory), right=right)
