"""The guard of domain names as it is handed to a build and to changes: read when the first row asks for it.

Rows of `domains` and of `orders` come in, checked; out come the same with canonical names, and what is wrong with those
that may not be listed as they stand. Without sound guard data a command that needs them is refused; a registry without
such rows needs none.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

    from wurao.domains import Guard
    from wurao.tables.bad import Fault


def guarded_rows(table: str, rows: pa.Table) -> tuple[pa.Table, list[Fault]]:
    """Checked rows of a table with canonical names, and the faults of those that the guard holds."""
    if not len(rows):
        return rows, []
    from wurao.domains import guard_stamp
    from wurao.domains.listing import concerned, judge_rows

    return judge_rows(_guard(guard_stamp()), table, rows) if concerned(table, rows).any() else (rows, [])


@functools.lru_cache(maxsize=1)
def _guard(stamp: str) -> Guard:
    """The guard by the data of a stamp: whoever serves for long takes newer ones up."""
    from wurao.domains import Guard

    return Guard.read()


def forget() -> None:
    """Read the guard anew when it is next asked for."""
    _guard.cache_clear()
