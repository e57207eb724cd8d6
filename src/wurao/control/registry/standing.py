"""How far a change has come: saved, or in force everywhere.

In force means that the change log has it durably and every live worker has reported that it decides with it; where no
worker lives there is nobody in whom it could be. Until then a page says "saved, not yet everywhere".
"""

from __future__ import annotations

import time
from enum import Enum
from pathlib import Path

from wurao.changes import in_force, workers
from wurao.control.registry.models import Change
from wurao.settings.places import default_store

PAUSE_S = 0.02
PAGE_S = 0.8
"""A page waits so long for a change to be in force before it says that it is not yet everywhere."""


class Standing(Enum):
    """How far a change has come, with what a page says of it."""

    SAVED = ("saved", "已保存，尚未全部生效", "Saved, not yet everywhere")
    IN_FORCE = ("in_force", "已全部生效", "In force")

    def __init__(self, code: str, zh: str, en: str) -> None:
        self.code, self.zh, self.en = code, zh, en


def standing_of(change: Change, store: Path | None = None) -> Standing:
    """How far a change has come by now; it is read anew from the database where it was not yet acknowledged."""
    if change.log_seq is None:
        change.refresh_from_db(fields=["log_seq"])
    if change.log_seq is None:
        return Standing.SAVED
    place = store or default_store()
    now = time.monotonic()
    someone = any(worker.is_live(now) for worker in workers(place))
    return Standing.IN_FORCE if someone and in_force(place, change.log_seq) else Standing.SAVED


def wait_for(change: Change, seconds: float = PAGE_S, store: Path | None = None) -> Standing:
    """How far a change has come, waiting at most so many seconds for it to be in force."""
    end = time.monotonic() + seconds
    while (standing := standing_of(change, store)) is Standing.SAVED and time.monotonic() < end:
        time.sleep(PAUSE_S)
    return standing
