"""Faults that let an event through: where it raised, from the traceback of its uncompiled run, counted and told of.

In goes what an event raised when it was asked once more, uncompiled; a fault is told of once a kind, with the rule, or
the step before the rules, and the event. Called by the engine for a batch and by `asking` for one event.
"""

from __future__ import annotations

import traceback
from collections import Counter
from pathlib import Path

from wurao.log import logger

RULES = Path(__file__).parent / "rules"
_VIEWS = "compiled"
"""The module of the views, which raise for whoever read outside them."""
_log = logger("screening")

Faults = Counter[tuple[str, str]]
"""How often each kind of fault was met: (rule or step, class of the error)."""


def tell_fault(faults: Faults, fault: Exception, **event: object) -> None:
    """Count a fault for which an event was let through; log the first of its kind, with what names the event."""
    kind = (where_it_raised(fault), type(fault).__name__)
    faults[kind] += 1
    if faults[kind] == 1:
        _log.error("fault; the event was let through", alarm=True, where=kind[0], error=repr(fault), **event)


def tell_text_fault(faults: Faults, fault: Exception, rows: int, **event: object) -> None:
    """Count the rows of a text that could not be read; log the first of its kind, with nothing that the text held."""
    kind = (where_it_raised(fault), type(fault).__name__)
    first = kind not in faults
    faults[kind] += rows
    if first:
        told = "fault; the text was not read, and its event screened without"
        _log.error(told, alarm=True, where=kind[0], error=kind[1], **event)


def where_it_raised(fault: BaseException) -> str:
    """The rule's name (its file's), else the module that raised."""
    frames = traceback.extract_tb(fault.__traceback__)
    for frame in reversed(frames):
        if Path(frame.filename).parent == RULES:
            return Path(frame.filename).stem
    modules = [Path(frame.filename).stem for frame in reversed(frames)]
    return next((module for module in modules if module != _VIEWS), "unknown")
