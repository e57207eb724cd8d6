"""The builder as a process: makes a snapshot of the registry when one is due.

Due is the first one, then one whenever there are `snapshot_changes` changes that are not in the last, or any and the
last is `snapshot_minutes` old. It reads the database by ADBC (`registry.arrow`) and never loads Django.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import FrameType
from typing import NoReturn

from wurao.changes import about_past
from wurao.control.database import Database, database
from wurao.control.registry.arrow import read_registry
from wurao.control.registry.loading import LOADED
from wurao.errors import WuraoError
from wurao.log import logger
from wurao.settings.reading import load
from wurao.settings.sections import Control
from wurao.snapshot.build import Built, build_checked
from wurao.snapshot.store import open_current, snapshot_ids
from wurao.tables import held_tables

LOOK_S = 2.0
BEHIND = 10
"""So much nicer than the other parts is the builder, which takes a whole processor for seconds."""
_log = logger("build")


def main() -> None:
    """Build when due until told to stop; `argv`: the store."""
    signal.signal(signal.SIGTERM, _leave)
    os.nice(BEHIND)  # whoever waits for an answer, or for a change to be in force, goes first
    store, chosen, settings = Path(sys.argv[1]), database(), load()
    while True:
        try:
            if is_due(store, settings.control):
                built = build_from(chosen, store, settings.screening.own_sender_id)
                _log.info("snapshot built", snapshot=built.id, seconds=round(built.seconds, 1))
        except WuraoError as error:
            _log.error("snapshot not built; the one before serves", alarm=True, wrong=error)
        time.sleep(LOOK_S)


def is_due(store: Path, control: Control, now: datetime | None = None) -> bool:
    """Whether a snapshot is to be built now."""
    if not snapshot_ids(store) or (store / LOADED).exists():
        return True
    current = open_current(store)
    waiting = about_past(store, current.seq)
    age = (now or datetime.now(UTC)) - datetime.fromisoformat(current.manifest.created)
    return waiting >= control.snapshot_changes or (waiting > 0 and age >= timedelta(minutes=control.snapshot_minutes))


def build_from(chosen: Database, store: Path, own_sender: str) -> Built:
    """Build a snapshot of what a registry's database holds, and make it the current one."""
    from wurao.content.registered import compiled_bodies
    from wurao.domains.guarding import guarded_rows

    loaded = _touched(store / LOADED)
    tables, seq = read_registry(chosen)
    checked = held_tables(tables, "registry")
    del tables
    built = build_checked(
        checked,
        chosen.shown(),
        store,
        own_sender=own_sender,
        after=seq,
        bodies=compiled_bodies,
        guarding=guarded_rows,
    )
    # Only once it is built: a builder that was killed builds again. What was loaded meanwhile is built the next time.
    if _touched(store / LOADED) == loaded:
        (store / LOADED).unlink(missing_ok=True)
    return built


def _touched(file: Path) -> int:
    """When a file was last touched; 0 where there is none."""
    try:
        return file.stat().st_mtime_ns
    except FileNotFoundError:
        return 0


def _leave(number: int, frame: FrameType | None) -> NoReturn:
    raise SystemExit(0)


if __name__ == "__main__":
    main()
