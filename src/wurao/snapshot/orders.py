"""Orders in force: for each target and cause, who speaks when, worked out once when the snapshot is built.

An order is in force from its start to before its end, except while another that names it in `supersedes` is itself in
force. Of orders that supersede one another in a circle none is the last, so none gives way to another of it: a build
refuses such tables, but changes come one by one, and any may close a circle. Of the orders of one cause on one target
the one that wins (release, then limit, then block; then the later start, then the lesser mark, which is the same in
every snapshot) speaks. What comes out of that is a timeline of slices that do not overlap, five words each: start, end,
`order + verb << 32 + cause << 40`, rate an hour, the order's mark. A look-up walks the few slices of its target.

A reference to a target is its number plus one, 0 for none; with `OVERLAY` added it is a target of the overlay.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from wurao.snapshot.ranges import check_range
from wurao.tables.links import in_a_circle

if TYPE_CHECKING:
    from wurao.snapshot.registry import Registry

Ints = npt.NDArray[np.int64]
OVERLAY = 1 << 40
"""Added to a reference that points into the overlay, not into the base."""
CAUSES = 2


def in_force(base: Registry, overlay: Registry, reference: int, cause: int, at: int) -> int:
    """The slice of a target that speaks for a cause at a time, with `OVERLAY` where it stands there; or -1."""
    if reference == 0:
        return -1
    if reference >= 1099511627776:
        found = _slice_of(overlay, reference - 1099511627777, cause, at)
        return found + 1099511627776 if found >= 0 else -1
    return _slice_of(base, reference - 1, cause, at)


def _slice_of(registry: Registry, target: int, cause: int, at: int) -> int:
    first = registry.order_targets[target]
    last = registry.order_targets[target + 1]
    check_range(5 * first, 5 * last, len(registry.order_slices))
    for place in range(first, last):
        if (
            registry.order_slices[5 * place] <= at
            and at < registry.order_slices[5 * place + 1]
            and (registry.order_slices[5 * place + 2] >> 40) == cause
        ):
            return place
    return -1


def slice_word(base: Registry, overlay: Registry, place: int, word: int) -> int:
    """A word of the slice that `in_force` found."""
    if place >= 1099511627776:
        return overlay.order_slices[5 * (place - 1099511627776) + word]
    return base.order_slices[5 * place + word]


@dataclass(frozen=True, slots=True)
class OrderRows:
    """Orders as columns: `target` is any integer that is the same for the same target and differs for another."""

    target: Ints
    verb: Ints
    cause: Ints
    rate: Ints
    start: Ints
    end: Ints
    superseded: Ints
    """The row of the order that this one supersedes, or -1."""
    mark: Ints
    """What names the order whatever the snapshot: velocity counts a limit under it."""


def build_orders(rows: OrderRows, targets: int, kept: Ints) -> dict[str, npt.NDArray[Any]]:
    """The timelines of targets 0 to `targets - 1`, of the rows `kept`; rows become the slices' order numbers."""
    pieces = _pieces(rows)
    pieces = pieces[np.isin(pieces[:, 0], kept)]
    owner = pieces[:, 0]
    group = rows.target[owner] * CAUSES + rows.cause[owner]
    order = np.lexsort((pieces[:, 1], group))
    pieces, group = pieces[order], group[order]
    alone = np.ones(len(group), dtype=bool)
    if len(group) > 1:
        same = group[1:] == group[:-1]
        alone[1:] &= ~same
        alone[:-1] &= ~same
    resolved = [pieces[alone]]
    crowded = np.flatnonzero(~alone)
    for members in np.split(crowded, np.flatnonzero(np.diff(group[crowded])) + 1):
        if len(members):
            resolved.append(_resolve(rows, pieces[members]))
    pieces = np.concatenate(resolved)
    owner = pieces[:, 0]
    order = np.lexsort((pieces[:, 1], rows.cause[owner], rows.target[owner]))
    pieces, owner = pieces[order], owner[order]
    starts = np.zeros(targets + 1, dtype=np.uint32)
    np.cumsum(np.bincount(rows.target[owner], minlength=targets), out=starts[1:])
    words = owner | rows.verb[owner] << 32 | rows.cause[owner] << 40
    slices = np.stack([pieces[:, 1], pieces[:, 2], words, rows.rate[owner], rows.mark[owner]], axis=1)
    return {"order_targets": starts, "order_slices": np.ascontiguousarray(slices).reshape(-1)}


def _pieces(rows: OrderRows) -> Ints:
    """Row, start, end of every stretch in which an order is in force."""
    every = np.arange(len(rows.start), dtype=np.int64)
    pieces = np.stack([every, rows.start, rows.end], axis=1) if len(every) else np.empty((0, 3), dtype=np.int64)
    replaces = rows.superseded >= 0
    if not replaces.any():
        return pieces
    replaces &= ~in_a_circle(rows.superseded)
    superseders: dict[int, list[int]] = {}
    for row in np.flatnonzero(replaces):
        superseders.setdefault(int(rows.superseded[row]), []).append(int(row))
    known: dict[int, list[tuple[int, int]]] = {}

    def stretches(row: int) -> list[tuple[int, int]]:
        waiting = [row]
        while waiting:
            last = waiting[-1]
            missing = [other for other in superseders.get(last, ()) if other not in known]
            if missing:
                waiting.extend(missing)
                continue
            left = [(int(rows.start[last]), int(rows.end[last]))]
            for other in superseders.get(last, ()):
                left = _without(left, known[other])
            known[waiting.pop()] = left
        return known[row]

    touched = np.zeros(len(every), dtype=bool)
    touched[list(superseders)] = True
    cut = [(row, start, end) for row in superseders for start, end in stretches(row)]
    return np.concatenate([pieces[~touched], np.array(cut, dtype=np.int64).reshape(-1, 3)])


def _without(stretches: list[tuple[int, int]], holes: list[tuple[int, int]]) -> list[tuple[int, int]]:
    for hole_start, hole_end in holes:
        stretches = [
            piece
            for start, end in stretches
            for piece in ((start, min(end, hole_start)), (max(start, hole_end), end))
            if piece[0] < piece[1]
        ]
    return stretches


def _resolve(rows: OrderRows, pieces: Ints) -> Ints:
    """Of overlapping stretches of one target and cause, who speaks in each part."""
    edges = np.unique(pieces[:, 1:])
    spoken: list[tuple[int, int, int]] = []
    for start, end in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
        within = pieces[(pieces[:, 1] <= start) & (pieces[:, 2] >= end), 0].tolist()
        if not within:
            continue
        winner = min(within, key=lambda row: (rows.verb[row], -rows.start[row], rows.mark[row]))
        if spoken and spoken[-1][0] == winner and spoken[-1][2] == start:
            spoken[-1] = (winner, spoken[-1][1], end)
        else:
            spoken.append((winner, start, end))
    return np.array(spoken, dtype=np.int64).reshape(-1, 3)
