"""An Arrow column of texts, handed to compiled code that reads each as an int64.

In goes a column (Array or ChunkedArray) of strings or bytes, plain or dictionary, or of integers as a careless reader
makes them; the compiled `read` gets octets, where each text begins, room for the answers and for digits. `parse`,
`prefixes` and `entries` call it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from wurao.compiled import Compiled
from wurao.numbering.written import ROOM


def read_texts(column: Any, read: Compiled, missing: int) -> npt.NDArray[np.int64]:
    """What `read` makes of each text, `missing` for null; TypeError for a column of other things than texts."""
    import pyarrow as pa

    if isinstance(column, pa.ChunkedArray):
        parts = [read_texts(chunk, read, missing) for chunk in column.chunks]
        return np.concatenate(parts) if parts else np.empty(0, dtype=np.int64)
    if pa.types.is_null(column.type):
        return np.full(len(column), missing, dtype=np.int64)
    if pa.types.is_dictionary(column.type):
        found = np.append(read_texts(column.dictionary, read, missing), missing)
        places = column.indices.cast(pa.int64()).fill_null(len(found) - 1)
        return np.asarray(found[places.to_numpy(zero_copy_only=False)])
    return read_strings(column, read, missing)


def read_strings(column: Any, read: Compiled, missing: int, *beside: npt.NDArray[Any]) -> npt.NDArray[np.int64]:
    """One Array of strings or bytes; `read` gets what is beside it as well.

    Its octets are always marked read-only, so that one machine code serves all.
    """
    import pyarrow as pa

    kind = column.type
    if pa.types.is_integer(kind) or pa.types.is_string_view(kind):
        column = column.cast(pa.large_string())
    elif not (
        pa.types.is_string(kind)
        or pa.types.is_large_string(kind)
        or pa.types.is_binary(kind)
        or pa.types.is_large_binary(kind)
    ):
        raise TypeError(f"a column of {kind} holds no numbers; give strings")
    wide = pa.types.is_large_string(column.type) or pa.types.is_large_binary(column.type)
    _, places, data = column.buffers()
    found = np.full(len(column), missing, dtype=np.int64)
    if len(column) == 0 or places is None:
        return found
    offsets = np.frombuffer(places, dtype=np.int64 if wide else np.int32)[column.offset :][: len(column) + 1]
    octets = np.frombuffer(data if data is not None else b"", dtype=np.uint8)
    octets.flags.writeable = False
    read(octets, offsets.astype(np.int64), found, np.zeros(ROOM, dtype=np.uint8), *beside)
    if column.null_count:
        found[column.is_null().to_numpy(zero_copy_only=False)] = missing
    return found
