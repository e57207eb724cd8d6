"""How far a change has come: saved, or in force everywhere.

In force means that the change log has it durably and every live worker has reported that it decides with it; where no
worker lives there is nobody in whom it could be. A change of the list of domains is in force once a publisher has it at
the resolvers, where any are set up; `wurao change` goes by the same answer (`domains.published`). Until then a page
says "saved, not yet everywhere", or "not yet at the resolvers".
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from enum import Enum
from pathlib import Path

from wurao.control.registry.models import Change
from wurao.domains.published import Horizon, Reached, horizon
from wurao.settings.places import default_store

PAUSE_S = 0.02
PAGE_S = 0.8
"""A page waits so long for a change to be in force before it says that it is not yet everywhere."""


class Standing(Enum):
    """How far a change has come, with what a page says of it."""

    SAVED = ("saved", "已保存，尚未全部生效", "Saved, not yet everywhere")
    NOT_AT_RESOLVERS = (
        "saved",
        "已保存，尚未确认送达解析服务器",
        "Saved, not yet at the resolvers as far as a publisher has said",
    )
    IN_FORCE = ("in_force", "已全部生效", "In force")

    def __init__(self, code: str, zh: str, en: str) -> None:
        self.code, self.zh, self.en = code, zh, en


_STANDINGS = {
    Reached.DURABLE: Standing.SAVED,
    Reached.NOT_AT_RESOLVERS: Standing.NOT_AT_RESOLVERS,
    Reached.IN_FORCE: Standing.IN_FORCE,
}


def standing_of(change: Change, store: Path | None = None) -> Standing:
    """How far a change has come by now; it is read anew from the database where it was not yet acknowledged."""
    if change.log_seq is None:
        change.refresh_from_db(fields=["log_seq"])
    return _standing(change, horizon(store or default_store()))


def standings_of(changes: Iterable[Change]) -> list[Standing]:
    """How far each of some changes had come when they were read, by one look at the workers."""
    by_now = horizon(default_store())
    return [_standing(each, by_now) for each in changes]


def wait_for(change: Change, seconds: float = PAGE_S, store: Path | None = None) -> Standing:
    """How far a change has come, waiting at most so many seconds for it to be in force."""
    end = time.monotonic() + seconds
    while (standing := standing_of(change, store)) is not Standing.IN_FORCE and time.monotonic() < end:
        time.sleep(PAUSE_S)
    return standing


def _standing(change: Change, by_now: Horizon) -> Standing:
    if change.log_seq is None or not by_now.workers:
        return Standing.SAVED
    return _STANDINGS[by_now.reached(change.log_seq, change.table)]
