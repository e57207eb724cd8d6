"""Where a row raised: which rule, or which step before the rules, from the traceback of its uncompiled run."""

from __future__ import annotations

import traceback
from pathlib import Path

RULES = Path(__file__).parent / "rules"


def where_it_raised(fault: BaseException) -> str:
    """The rule's name (its file's), else the module that raised."""
    frames = traceback.extract_tb(fault.__traceback__)
    for frame in reversed(frames):
        if Path(frame.filename).parent == RULES:
            return Path(frame.filename).stem
    return Path(frames[-1].filename).stem if frames else "unknown"
