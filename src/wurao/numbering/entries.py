"""A column in which each row is a number or a prefix, as lists and headers have them, read in one pass.

In goes an Arrow array of texts and which of them are prefixes; out come int64 Numbers and Prefixes. The reader of
tables calls it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from wurao.compiled import compiled
from wurao.numbering.number import WITHHELD
from wurao.numbering.parse import NOT_QUICK, parse, plain_mobile
from wurao.numbering.prefixes import read_prefix
from wurao.numbering.texts import read_strings


def parse_entry_column(column: Any, as_prefix: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    """What `parse_column` makes of each text of an Array, where `as_prefix` what `parse_prefix_column` does.

    Null is `WITHHELD`; TypeError for an array of other things than texts or integers.
    """
    return read_strings(column, _read_all, WITHHELD, as_prefix.astype(np.uint8))


def _read_each(
    octets: npt.NDArray[np.uint8],
    offsets: npt.NDArray[np.int64],
    entries: npt.NDArray[np.int64],
    digits: npt.NDArray[np.uint8],
    as_prefix: npt.NDArray[np.uint8],
) -> None:
    for n in range(len(entries)):
        start, end = int(offsets[n]), int(offsets[n + 1])
        if as_prefix[n] != 0:
            entries[n] = read_prefix(octets, start, end, digits)
            continue
        found = plain_mobile(octets, start, end)
        if found == NOT_QUICK:
            found = parse(octets, start, end, digits)
        entries[n] = found


_read_all = compiled(_read_each)


def warm() -> None:
    """Compile what this module compiles."""
    import pyarrow as pa

    parse_entry_column(pa.array(["110", "138"]), np.array([False, True]))
