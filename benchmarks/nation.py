"""A whole country's subscribers, made up piece by piece and the same at every walk, compiled into a store.

A `Nation` is a sequence of pieces, each the rising numbers of some whole segments; `write_nation` hands it to the
builder of pages as a build does, and writes what comes out as a snapshot without senders, lists or orders.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, overload

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from benchmarks.columns import Ints
from benchmarks.workload import MOBILE
from wurao.snapshot.compile import Arrays, compile_all, unwritten_subscribers
from wurao.snapshot.opened import KEPT_TABLES, as_file, beside
from wurao.snapshot.pages import build_ranks, ranks_of
from wurao.snapshot.registry import Registry, empty_arrays
from wurao.snapshot.store import write
from wurao.tables import TABLES, empty

AT_ONCE = 500
"""Segments in a piece: two million numbers."""
FIRST_SEGMENT = 861_300_000
PROFILES = 400


class Nation(Sequence[Ints]):
    """So many segments, evenly over the plan's 700,000, each with a share of its 10,000 numbers registered."""

    def __init__(self, segments: int, share: float) -> None:
        self.segments, self.share = segments, share
        self.chosen = FIRST_SEGMENT + np.arange(segments, dtype=np.int64) * 700_000 // segments

    def __len__(self) -> int:
        return -(-self.segments // AT_ONCE)

    @overload
    def __getitem__(self, piece: int) -> Ints: ...
    @overload
    def __getitem__(self, piece: slice) -> Sequence[Ints]: ...
    def __getitem__(self, piece: int | slice) -> Ints | Sequence[Ints]:
        """The numbers of a piece; the same each time."""
        if isinstance(piece, slice):
            return [self[each] for each in range(*piece.indices(len(self)))]
        if not 0 <= piece < len(self):
            raise IndexError(piece)
        segments = self.chosen[piece * AT_ONCE : (piece + 1) * AT_ONCE]
        drawn = np.random.default_rng([11, piece]).integers(0, 1 << 16, len(segments) * 10_000, dtype=np.uint16)
        places = np.flatnonzero(drawn < self.share * (1 << 16))
        return MOBILE | (segments[places // 10_000] * 10_000 + places % 10_000)

    def sample(self, count: int) -> Ints:
        """Numbers registered, at random over the whole country."""
        rng = np.random.default_rng(12)
        pieces = rng.permutation(len(self))[: min(len(self), 200)]
        found = [self[int(piece)] for piece in pieces]
        drawn = np.concatenate([each[rng.integers(0, len(each), -(-count // len(found)))] for each in found])
        return rng.permutation(drawn)[:count]


def write_nation(nation: Nation, store: Path) -> None:
    """Compile and write the snapshot."""
    arrays, total = build_ranks(nation)
    by_rank = np.empty(total, dtype=np.uint16)
    ranking = Registry(**empty_arrays() | arrays)
    for piece, numbers in enumerate(nation):
        mix = np.random.default_rng([13, piece]).integers(0, PROFILES, len(numbers), dtype=np.uint16)
        by_rank[ranks_of(ranking, numbers)] = mix
    tables = {name: empty(name) for name in TABLES}
    unwritten = unwritten_subscribers(tables)
    columns, _ = compile_all(tables, "", unwritten)
    profiles = np.random.default_rng(14).integers(0, 1 << 62, PROFILES)
    columns |= arrays | {"profile_narrow": by_rank, "profiles": profiles}
    write(store, _files(columns, tables, unwritten), counts={"subscribers": total}, about={"own_sender": ""})


def _files(columns: Arrays, tables: dict[str, pa.Table], unwritten: Ints) -> Iterator[tuple[str, npt.NDArray[Any]]]:
    yield from columns.items()
    for name in KEPT_TABLES:
        yield f"table_{name}", as_file(tables[name])
    yield "table_beside", as_file(beside(tables["subscribers"], unwritten))
