"""Rows sorted by callee in files that are mapped, not read: those of one callee are found in microseconds.

A run is one Arrow file of one batch, sorted by `callee`, then `at`; both columns must be there, the others are whatever
the writer gave. It is written aside, synced and renamed, and never changed; several are merged into one by `merge`. A
look-up is a binary search in the mapped column, so it costs some pages of the disk for each run, however large (see
docs/decisions/0021). Called by the control plane.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pyarrow import compute

from wurao.errors import MachineFailed

pc: Any = compute

PARTIAL = ".partial"
ORDER = [("callee", "ascending"), ("at", "ascending")]


class Run:
    """One run, mapped."""

    def __init__(self, path: Path) -> None:
        """Map a run; FileNotFoundError where it is gone, MachineFailed where it is damaged."""
        try:
            with pa.ipc.open_file(pa.memory_map(str(path))) as file:
                self.rows: pa.RecordBatch = file.get_batch(0)
            self._callees: npt.NDArray[np.int64] = self.rows.column("callee").to_numpy(zero_copy_only=True)
        except (pa.ArrowInvalid, KeyError) as error:
            raise MachineFailed(
                f"cannot be read: {error}", where=str(path), right="remove what it came from"
            ) from error

    def of(self, callee: int) -> pa.RecordBatch:
        """The rows of one callee, the oldest first."""
        first, last = (int(np.searchsorted(self._callees, callee, side)) for side in ("left", "right"))
        return self.rows.slice(first, last - first)


def write_run(rows: pa.Table, path: Path) -> int:
    """Write rows as a run, readable by its owner alone; its size. What it replaces is replaced whole."""
    ordered = rows.take(pc.sort_indices(rows, ORDER)).unify_dictionaries().combine_chunks()
    aside = path.with_name(path.name + PARTIAL)
    batch = ordered.to_batches()[0] if len(ordered) else pa.RecordBatch.from_pylist([], schema=rows.schema)
    try:
        with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            with pa.ipc.new_file(file, rows.schema) as writer:
                writer.write_batch(batch)
            file.flush()
            os.fsync(file.fileno())
        os.replace(aside, path)
    except BaseException:
        aside.unlink(missing_ok=True)
        raise
    _sync(path.parent)
    return path.stat().st_size


def merge(runs: Sequence[Run], path: Path, keep: Any = None) -> tuple[int, int]:
    """Write the rows of several runs as one; how many there are and its size.

    `keep`: given all rows as a table, which of them to keep (a mask); all where it is left out.
    """
    rows = pa.Table.from_batches([each.rows for each in runs])
    if keep is not None:
        rows = rows.filter(keep(rows))
    return len(rows), write_run(rows, path)


def _sync(directory: Path) -> None:
    handle = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
