"""What is wrong with an installation: each thing looked at, what was found, what would be right.

Called by `wurao doctor`. Nothing is changed, and one thing that is broken hides no other.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from wurao.changes import about_past, workers
from wurao.control.database import database
from wurao.control.safety import dangers
from wurao.errors import WuraoError
from wurao.settings.places import data_directory, default_store
from wurao.settings.reading import load
from wurao.snapshot.store import current_id, open_current, verify

LEAST_FREE = 1 << 30
WAITING_S = 5.0
"""A change that waits longer than this to be delivered is a fault."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    zh: str
    what: str
    ok: bool
    said: str
    right: str = ""

    def as_dict(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)


def examine() -> Iterator[Finding]:
    """Look at everything in turn."""
    looks: tuple[tuple[str, str, Callable[[], Finding | str]], ...] = (
        ("设置", "settings", _settings),
        ("数据库", "database", _database),
        ("待下发变更", "changes that wait", _waiting),
        ("快照", "snapshot", _snapshot),
        ("工作进程", "workers", _workers),
        ("处置结果", "verdicts", _verdicts),
        ("磁盘", "disk", _disk),
    )
    for zh, what, look in looks:
        try:
            found = look()
            yield Finding(zh, what, True, found) if isinstance(found, str) else found
        except WuraoError as error:
            yield Finding(zh, what, False, f"{error.where}: {error.wrong}".removeprefix(": "), error.right)
        except Exception as error:
            yield Finding(zh, what, False, repr(error))


def _settings() -> Finding | str:
    found = list(dangers(load(), database()))
    if found:
        return Finding("设置", "settings", False, "; ".join(found), "see docs/running.md")
    return "safe"


def _database() -> Finding | str:
    from wurao.control.start import start

    chosen = start()
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    left = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if left:
        said = f"{chosen.shown()}: {len(left)} migrations are left"
        return Finding("数据库", "database", False, said, "wurao serve carries them out when it starts")
    return f"{chosen.shown()}: answers, schema up to date"


def _waiting() -> Finding | str:
    from datetime import UTC, datetime

    from wurao.control.registry.models import Change

    waiting = Change.objects.filter(log_seq=None).order_by("seq")
    first = waiting.first()
    if first is None:
        return "none"
    age = (datetime.now(UTC) - first.made_at).total_seconds()
    said = f"{waiting.count():,}, the oldest for {age:.0f} s"
    right = "start wurao serve, or see what its deliverer says in the log"
    return Finding("待下发变更", "changes that wait", age <= WAITING_S, said, right)


def _snapshot() -> Finding | str:
    store = default_store()
    opened = open_current(store)
    damaged = [name for name, sound in verify(store, opened.id).items() if not sound]
    if damaged or opened.damaged:
        said = f"{current_id(store)} is damaged: {', '.join(damaged) or ', '.join(opened.damaged)}"
        return Finding("快照", "snapshot", False, said, "wurao serve builds a new one; or wurao snapshot build")
    return f"{opened.id}, sound, {about_past(store, opened.seq):,} changes past it"


def _workers() -> Finding | str:
    now = time.monotonic()
    found = workers(default_store())
    live = [each for each in found if each.is_live(now)]
    said = f"{len(live)} live, {len(found) - len(live)} silent"
    right = "start wurao serve or a gateway; without a live worker nothing comes into force"
    return Finding("工作进程", "workers", bool(live), said, right)


def _verdicts() -> Finding | str:
    from wurao.control.stops.models import PutAside, TakenPart

    aside = [each.place for each in PutAside.objects.order_by("place")[:3]]
    said = f"{TakenPart.objects.count():,} parts taken in"
    if not aside:
        return said
    right = "restore them, or screen anew; the page of figures says what is wrong with each"
    return Finding("处置结果", "verdicts", False, f"{said}; put aside: {', '.join(aside)}", right)


def _disk() -> Finding | str:
    free = shutil.disk_usage(data_directory()).free
    said = f"{free / 1e9:.1f} GB free in {data_directory()}"
    return Finding("磁盘", "disk", free >= LEAST_FREE, said, "make room: changes are refused when it is full")
