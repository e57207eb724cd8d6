"""Compile ahead what a day of work calls beside the kernel: builds, openings, live changes, readers, writers.

`warm` does that work once on a few rows in a directory of its own, so that the machine code is made for the very types
that real work has (mapped columns, Arrow's buffers). The kernel, which takes longer than all else together, is
compiled by `engine.warm`, by another process at the same time; here it runs plain. `wurao compile` calls both.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np

from wurao.changes import ChangeWriter, puts
from wurao.compiled import Compiled
from wurao.content.registered import compiled_bodies
from wurao.events.raw import Findings
from wurao.events.read import find_inputs, read_events
from wurao.screening.engine import Engine
from wurao.screening.following import Following
from wurao.screening.kernel import screen_rows
from wurao.screening.rehearsal import ONE_EACH
from wurao.settings import load
from wurao.snapshot import build, diff, open_snapshot
from wurao.snapshot.hashing import FEW
from wurao.snapshot.profiles import profiles_of
from wurao.tables import read_tables

MANY = 2 * FEW
"""Enough that a table of them is not filled by plain code."""
EVENTS_CSV = """at,channel,from_number,to_number,name
2026-05-17T09:30:00+08:00,call,"10690001234567",13803510001,
2026-05-17T09:30:01+08:00,name,,,bad.example
"""
EVENTS_JSONL = '{"at": "2026-05-17T09:30:00+08:00", "channel": "call", "to_number": "13803510001"}\n'


class _Plain(Compiled):
    """A kernel that runs as it stands."""

    def __call__(self, *arguments: object) -> object:
        with np.errstate(over="ignore"):
            return self.plain(*arguments)


def warm() -> None:
    """Build a small snapshot, open it, compare it with itself, change it, and screen an event of each format."""
    with tempfile.TemporaryDirectory() as aside:
        here = Path(aside)
        tables, events, store = here / "tables", here / "events", here / "store"
        tables.mkdir()
        events.mkdir()
        subscribers = [f"+86138{3_510_000 + row * 7 % 10_000:08d}\n+86351{2_000_000 + row}" for row in range(MANY)]
        (tables / "subscribers.csv").write_text("\n".join(["number", *subscribers]) + "\n")
        for name, text in ONE_EACH.items():
            (tables / f"{name}.csv").write_text(text)
        (events / "day.csv").write_text(EVENTS_CSV)
        (events / "day.jsonl").write_text(EVENTS_JSONL)
        settings = load()
        build(tables, store, own_sender=settings.screening.own_sender_id, bodies=compiled_bodies)
        snapshot = open_snapshot(store)
        diff(snapshot, snapshot)
        profiles_of(snapshot.registry, np.zeros(1, dtype=np.int64))
        _follow(tables, store)
        engine = Engine(Engine.open(store).sight, settings, _Plain(screen_rows))
        engine.velocity.make_room(MANY)
        for batch in read_events(find_inputs([str(events)]), Findings()):
            engine.screen(batch.events)


def _follow(tables: Path, store: Path) -> None:
    """Lay very many live changes over the snapshot, and one of each table over those."""
    following = Following(store)
    rows = {name: checked.table for name, checked in read_tables(tables).items()}
    with ChangeWriter(store) as writer:
        for most in (MANY, 1):
            writer.append([change for name in rows for change in puts(name, rows[name].slice(0, most))])
            following.look()
