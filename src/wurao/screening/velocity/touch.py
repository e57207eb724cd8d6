"""Asking the machine, some events ahead, for the memory that an event will need: three steps, each a load deeper.

The engine calls `touch_slots` for the row a good way ahead, `touch_records` for a nearer one, `touch_stores` for a
nearer one still. None of them changes anything or raises; leaving them out changes only the speed.
"""

from __future__ import annotations

import numpy as np

from wurao.compiled import View, prefetch
from wurao.screening.velocity.buckets import SLOTS, SUMS
from wurao.screening.velocity.contacts import CALLED_STRIDE
from wurao.screening.velocity.layout import CALLEES, CALLERS, LINK, LOW_32, STAMP, VelocityState, mix
from wurao.screening.velocity.recency import COUNT
from wurao.screening.velocity.repeats import STRIDE as REPEATS_STRIDE
from wurao.screening.velocity.repeats import signed
from wurao.screening.velocity.stores import class_of, stride_of, table_of
from wurao.screening.velocity.table import PRINT_BITS

LINE = 8
"""Words of a cache line."""


def touch_slots(state: VelocityState, caller: int, callee: int, id_high: np.uint64, id_low: np.uint64) -> None:
    """Ask for the index lines of a row."""
    _near(state.callers_slots, mix(caller, 0))
    _near(state.callees_slots, mix(callee, 0))
    _near(state.called_slots, mix(callee, caller))
    if id_low != 0:
        _near(state.repeats_slots, mix(signed(id_high), signed(id_low)))


def touch_records(state: VelocityState, caller: int, callee: int, id_high: np.uint64, id_low: np.uint64) -> None:
    """Ask for the records of a row, whose index lines are near by now."""
    record = _likely(state.callers_slots, mix(caller, 0)) * stride_of(CALLERS)
    prefetch(state.callers, record)
    prefetch(state.callers, record + LINE)
    prefetch(state.callees, _likely(state.callees_slots, mix(callee, 0)) * stride_of(CALLEES))
    prefetch(state.called, _likely(state.called_slots, mix(callee, caller)) * CALLED_STRIDE)
    if id_low != 0:
        found = _likely(state.repeats_slots, mix(signed(id_high), signed(id_low)))
        prefetch(state.repeats, found * REPEATS_STRIDE)


def touch_stores(state: VelocityState, caller: int, callee: int) -> None:
    """Ask for the stores of a row, whose records are near by now."""
    _touch_store(state, CALLERS, _likely(state.callers_slots, mix(caller, 0)))
    _touch_store(state, CALLEES, _likely(state.callees_slots, mix(callee, 0)))


def _touch_store(state: VelocityState, side: int, record: int) -> None:
    words, base = table_of(state, side), record * stride_of(side)
    if base < 0 or base + stride_of(side) > len(words):
        return
    class_ = class_of(words[base + STAMP])
    if class_ == 0:
        return
    store = words[base + LINK] * stride_of(class_ + 1)
    stores = table_of(state, class_ + 1)
    if class_ == 3:
        prefetch(stores, store + COUNT)
        prefetch(stores, store + LINE)
        prefetch(stores, store + SUMS)
        prefetch(stores, store + SLOTS)
        return
    for line in range(store, store + stride_of(class_ + 1), LINE):
        prefetch(stores, line)


def _near(slots: View, mixed: int) -> None:
    prefetch(slots, mixed & (len(slots) - 1))


def _likely(slots: View, mixed: int) -> int:
    """The record at a key's first place in the index, when its print fits there or next to it; else -1."""
    mask = len(slots) - 1
    mark = mixed & PRINT_BITS
    for step in range(4):
        cell = slots[(mark + step) & mask]
        if cell >> 32 == mark and cell != 0:
            return int(cell & LOW_32) - 1
    return -1
