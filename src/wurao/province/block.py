"""A block: events of one stretch of time as numpy columns, with what the generator knows of each.

Flows make blocks; the writer sorts them by time and turns them into Event rows and rows of truth. A caller or callee
is one int64: E.164 digits with `E164` set, digits as dialled at home without it, `NONE` for a missing one, and below
that a text that is no number at all (`odd`).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[Any]
"""Whole numbers of any width, one a person or event."""
Block = dict[str, NDArray[Any]]

E164 = 1 << 61
NONE = -1
CALL, MESSAGE, AUTOCALL, NAME = 0, 1, 2, 3
DAY_S = 86_400

COLUMNS: dict[str, tuple[str, float]] = {
    "at": ("i8", 0),
    "channel": ("i1", CALL),
    "caller": ("i8", NONE),
    "callee": ("i8", NONE),
    "text": ("i4", NONE),
    "category": ("i1", NONE),
    "template": ("i4", NONE),
    "trunk": ("i4", NONE),
    "attestation": ("i1", NONE),
    "roaming": ("i1", NONE),
    "diversion": ("i8", NONE),
    "display": ("i4", NONE),
    "name": ("i4", NONE),
    "client": ("i8", NONE),
    "answered": ("i1", NONE),
    "ring": ("f4", np.nan),
    "duration": ("f4", np.nan),
    "scene": ("i1", 0),
    "should": ("i1", 0),
    "wanted": ("b1", False),
}
"""Every column, its type, and what it holds where a flow says nothing. `at` is microseconds since midnight."""

A, B, C, NOT_SIGNED, FAILED, OTHER = range(6)
ATTESTATIONS = ("A", "B", "C", "none", "failed", "other")
ROAMING, HOME, UNKNOWN = range(3)
ROAMINGS = ("yes", "no", "unknown")


def odd(place: int | Ints) -> Any:
    """The caller that is the odd text at a place of the pool, or the place again: the mapping is its own inverse."""
    return -2 - place


def events(at_s: NDArray[np.float64], **columns: Any) -> Block:
    """A block of events at these seconds of the day; a column is an array, or one value for all."""
    n = len(at_s)
    block: Block = {"at": (at_s * 1e6).astype(np.int64)}
    for name, (kind, default) in COLUMNS.items():
        if name != "at":
            given = columns.pop(name, default)
            block[name] = np.broadcast_to(np.asarray(given), n).astype(kind)
    if columns:
        raise TypeError(f"no such columns: {', '.join(columns)}")
    return block


def kept(block: Block, mask: NDArray[np.bool_]) -> Block:
    """The rows of a block where the mask holds."""
    return {name: values[mask] for name, values in block.items()}


def joined(blocks: list[Block]) -> Block:
    """Blocks as one, in order of time; equal times keep their order."""
    if not blocks:
        return events(np.empty(0))
    whole = {name: np.concatenate([block[name] for block in blocks]) for name in COLUMNS}
    order = np.argsort(whole["at"], kind="stable")
    return {name: values[order] for name, values in whole.items()}


def within(block: Block, start_s: float, end_s: float) -> Block:
    """The rows of a block, in order of time, at start ≤ at < end."""
    first, last = np.searchsorted(block["at"], [int(start_s * 1e6), int(end_s * 1e6)])
    return {name: values[first:last] for name, values in block.items()}


def calls_with_outcome(rng: np.random.Generator, block: Block, answered_share: float, talk_s: float) -> Block:
    """The block with outcomes as between people: most answered after some rings, some missed, few cut short."""
    n = len(block["at"])
    answered = rng.random(n) < answered_share
    ring = np.where(answered, 2.5 + rng.gamma(2.0, 4.0, n), np.clip(rng.normal(28, 12, n), 5, 60))
    duration = np.where(answered, np.minimum(rng.lognormal(np.log(talk_s), 1.0, n) + 1, 7200), 0.0)
    spoken = block["channel"] != MESSAGE
    block["answered"] = np.where(spoken, answered, NONE).astype(np.int8)
    block["ring"] = np.where(spoken, np.round(ring, 1), np.nan).astype(np.float32)
    block["duration"] = np.where(spoken, np.round(duration, 1), np.nan).astype(np.float32)
    return block
