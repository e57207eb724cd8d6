"""The owner of a velocity state: makes it, makes room between blocks, saves and loads it.

`Velocity.create` or `Velocity.load` at the start; before each block of rows `make_room(rows)`, after which compiled
code never needs memory; then the functions of `windows` on `velocity.state`, which is another object after it grew.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

from wurao.compiled import Bundle, compiled
from wurao.screening.velocity.kept import read_state, write_state
from wurao.screening.velocity.layout import (
    BOUND,
    CALLED,
    CALLEES,
    CALLERS,
    CLOCK,
    CODES,
    CROWDED,
    FIRST_TABLE,
    HEAVY,
    HOURS,
    LARGE,
    LATE,
    NEAR_BITS,
    REPEATS,
    RESCUE,
    SMALL,
    STRIDES,
    TABLES,
    USED,
    VelocityState,
)
from wurao.screening.velocity.paging import Paging
from wurao.screening.velocity.table import insert

Words = npt.NDArray[np.int64]
PER_ROW = {
    CALLERS: 1,
    CALLEES: 1,
    SMALL: 2,
    LARGE: 2,
    HEAVY: 2,
    HOURS: 3,
    CROWDED: 3,
    CODES: 1,
    CALLED: 1,
    RESCUE: 1,
    REPEATS: 1,
}
"""So many records of each table may one row need."""
SHARES = {
    CALLERS: 1.0,
    CALLEES: 2.0,
    SMALL: 1 / 8,
    LARGE: 1 / 32,
    HEAVY: 1 / 64,
    HOURS: 1 / 4,
    CROWDED: 1 / 64,
    CODES: 1 / 8,
    CALLED: 4.0,
    RESCUE: 1 / 16,
    REPEATS: 8.0,
}
"""The most records of each table, for each active caller of the setting."""
FIXED = {"control": FIRST_TABLE + 4 * len(TABLES), "near": 2 << NEAR_BITS}
SMALLEST = 64
COPIED = 1 << 14
"""Up to so many records a table grows by copying."""
ALIGNMENT = 8
"""Words of a cache line: records are laid so that they cross no more lines than they must."""


class Indexes(Bundle):
    """An index and the larger one that takes its place."""

    columns = {"old": "i8", "new": "i8"}  # noqa: RUF012 - declared ClassVar by Bundle


def _move_index(indexes: Indexes) -> None:
    for place in range(len(indexes.old)):
        cell = indexes.old[place]
        if cell != 0:
            insert(indexes.new, cell >> 32, (cell & 4294967295) - 1)


move_index = compiled(_move_index)


class Velocity:
    """A state, and what has to happen to it between blocks."""

    def __init__(self, arrays: dict[str, Words], active_callers: int) -> None:
        self._arrays = arrays
        self.paging = Paging()
        self.rooms = 0
        """How often room was made: who made some and finds another number cannot count on what is left of it."""
        control = arrays["control"]
        for table, share in SHARES.items():
            at = FIRST_TABLE + 4 * table
            control[at + BOUND] = max(SMALLEST, round(active_callers * share), control[at + USED])
        self.state = VelocityState(**arrays)

    @classmethod
    def create(cls, active_callers: int) -> Velocity:
        """An empty state for at most so many active callers (the setting)."""
        arrays = {}
        for name in VelocityState.columns:
            arrays[name] = aligned(FIXED.get(name, SMALLEST if name.endswith("_slots") else 0))
        return cls(arrays, active_callers)

    @classmethod
    def load(cls, path: Path, active_callers: int) -> Velocity:
        """A saved state under the present setting; `Refused` when the file is damaged or of another format."""
        return cls(read_state(path), active_callers)

    def save(self, path: Path) -> None:
        """Write what is in use, aside and with a checksum, and put it in place by renaming."""
        kept = dict(self._arrays)
        for table, name in enumerate(TABLES):
            kept[name] = kept[name][: self._used(table) * STRIDES[table]]
        write_state(path, kept)

    def count_late_anew(self) -> None:
        """Forget how many rows were late so far."""
        self._arrays["control"][LATE] = 0

    def make_room(self, rows: int) -> None:
        """Let every table have room for a block of so many rows, up to its bound; call it before each block."""
        self.rooms += 1
        grown = False
        for table, name in enumerate(TABLES):
            bound = int(self._arrays["control"][FIRST_TABLE + 4 * table + BOUND])
            wanted = min(bound, self._used(table) + PER_ROW[table] * rows)
            grown |= self._grow(name, STRIDES[table], wanted, bound)
            if f"{name}_slots" in self._arrays:
                grown |= self._grow_index(f"{name}_slots", wanted)
            self.paging.keep_ahead(name, self._arrays[name], self._used(table) * STRIDES[table])
        if grown:
            self.state = VelocityState(**self._arrays)

    @property
    def bytes_used(self) -> int:
        """Memory that records and indexes take."""
        records = sum(8 * STRIDES[table] * self._used(table) for table in range(len(TABLES)))
        return records + sum(words.nbytes for name, words in self._arrays.items() if name.endswith("_slots"))

    @property
    def clock(self) -> int:
        """The greatest time so far, in microseconds; 0 before the first row."""
        return int(self._arrays["control"][CLOCK])

    @property
    def late(self) -> int:
        """Rows that came too late to enter."""
        return int(self._arrays["control"][LATE])

    def records(self) -> dict[str, int]:
        """How many records of each table are in use."""
        return {name: self._used(table) for table, name in enumerate(TABLES)}

    def _used(self, table: int) -> int:
        return int(self._arrays["control"][FIRST_TABLE + 4 * table + USED])

    def _grow(self, name: str, stride: int, wanted: int, bound: int) -> bool:
        old = self._arrays[name]
        if len(old) >= wanted * stride:
            return False
        used = self._used(TABLES.index(name)) * stride
        self._arrays[name] = _reserved(wanted, bound, stride)
        self._arrays[name][:used] = old[:used]
        return True

    def _grow_index(self, name: str, wanted: int) -> bool:
        old = self._arrays[name]
        length = 1 << max(6, (wanted * 8 // 5).bit_length())
        if len(old) >= length:
            return False
        self._arrays[name] = aligned(length)
        move_index(Indexes(old=old, new=self._arrays[name]))
        return True


def _reserved(wanted: int, bound: int, stride: int) -> Words:
    """Room for so many records; for many, at once for as many as there may ever be, so that none is ever copied.

    What is not yet written takes no memory; a machine that will not promise it gives twice what is wanted.
    """
    if wanted > COPIED:
        try:
            return aligned(bound * stride)
        except MemoryError:
            pass
    return aligned(min(bound, 2 * wanted) * stride)


def aligned(length: int) -> Words:
    """Zeros that begin on a cache line; memory is taken from the machine only when it is written."""
    words = np.zeros(length + ALIGNMENT, dtype=np.int64)
    first = -words.ctypes.data // 8 % ALIGNMENT
    return words[first : first + length]
