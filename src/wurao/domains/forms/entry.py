"""What the readers of lists hand on: names as written, with the line of each, and what the form says of it.

`plain`, `hosts`, `rpz` and `table` make `Written`; `importing` reads the names and asks the guard.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

AS_ASKED, EXACT, BELOW = -1, 0, 1
"""How a line is meant: as whoever reads the list says; as that exact name; with all below."""


@dataclass(frozen=True, slots=True)
class Written:
    """Some names of a list, in its order."""

    names: pa.StringArray
    lines: npt.NDArray[np.int64]
    match: npt.NDArray[np.int8]
    """`AS_ASKED`, `EXACT` or `BELOW` each."""
    columns: pa.Table | None = None
    """Of a table, the columns as they were read, a row each; else null."""

    def __len__(self) -> int:
        return len(self.names)
