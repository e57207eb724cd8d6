"""Where a row raised: which rule, or which step before the rules, from the traceback of its uncompiled run."""

from __future__ import annotations

import traceback
from pathlib import Path

RULES = Path(__file__).parent / "rules"
_VIEWS = "compiled"
"""The module of the views, which raise for whoever read outside them."""


def where_it_raised(fault: BaseException) -> str:
    """The rule's name (its file's), else the module that raised."""
    frames = traceback.extract_tb(fault.__traceback__)
    for frame in reversed(frames):
        if Path(frame.filename).parent == RULES:
            return Path(frame.filename).stem
    modules = [Path(frame.filename).stem for frame in reversed(frames)]
    return next((module for module in modules if module != _VIEWS), "unknown")
