"""What yesterday would have been under a changed wish, before it is saved: the own last day, decided again.

A Number and what it would want come in. The events lie on the shelf `recent`; both the wish in force and the changed
one decide them by `at_hand`, with what verdicts tell of texts that were read. Velocity sees the own events only, so
what was stopped for calling very many others is left out, and counted. Called by `views` and `api`.
"""

from __future__ import annotations

import functools
import tempfile
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import parquet

from wurao.at_hand import AtHand
from wurao.compiled import as_it_stands
from wurao.control.registry.rows import written_row
from wurao.control.stops import shelf
from wurao.control.wishes.registered import TABLE, Registered, row_with
from wurao.reasons import Wording, wordings
from wurao.records.by_callee import as_verdicts
from wurao.settings.places import data_directory, default_store
from wurao.verdicts import Action, Reason

DAY = timedelta(days=1)
MOST = 5_000
"""So many of the newest events of a day are decided again."""
BY_OTHERS = ("VELOCITY_CALLER", "ONE_RING", "SENDER_CEILING")
"""Reasons that rest on what a caller did to others."""


@dataclass(frozen=True, slots=True)
class Line:
    """One event that would be decided otherwise."""

    at: datetime
    channel: str
    caller: int
    action: str
    reason: Reason

    @property
    def wording(self) -> Wording:
        """Why, in both languages."""
        return wordings()[self.reason]


@dataclass(frozen=True, slots=True)
class Preview:
    """What would have been."""

    since: datetime | None
    until: datetime | None
    events: int
    stopped: list[Line]
    """Let through as things are, stopped then; why then."""
    freed: list[Line]
    """Stopped as things are, let through then; why they are stopped now."""
    left_out: int
    """Stopped for what their callers did to others."""


def preview(number: int, wanted: Registered) -> Preview:
    """Decide the own last day again."""
    until = shelf.newest(shelf.RECENT)
    events = shelf.look_up(shelf.RECENT, number) if until is not None else None
    if events is None or until is None:
        return Preview(None, until, 0, [], [], 0)
    day = _last_day(events, until)
    found = {row["event_id"]: row for row in day.select(["event_id", "at", "channel", "caller"]).to_pylist()}
    row = written_row(TABLE, row_with(number, wanted))
    stopped, freed = [], []
    with tempfile.TemporaryDirectory(dir=data_directory(), prefix=".preview-") as aside:
        file = Path(aside) / "day.parquet"
        with as_it_stands():
            parquet.write_table(as_verdicts(day), file)
        for each in at_hand().turned_by({TABLE: [row]}, file, len(day)):
            if each.after >= Action.DIVERT:
                stopped.append(_line(found[each.event_id], each.after, each.after_reason))
            else:
                freed.append(_line(found[each.event_id], each.after, each.before_reason))
    by_others = pc.is_in(day.column("reason").cast(pa.string()), value_set=pa.array(BY_OTHERS))
    return Preview(until - DAY, until, len(day), stopped, freed, pc.sum(by_others).as_py() or 0)


def at_hand() -> AtHand:
    """The engine that this process has at hand."""
    return _at_hand(default_store())


@functools.lru_cache(maxsize=1)
def _at_hand(store: Path) -> AtHand:
    return AtHand(store)


def _last_day(events: pa.Table, until: datetime) -> pa.Table:
    """The newest events of the last day, each once, in order."""
    day = events.filter(pc.field("at") > pa.scalar(until - DAY, events.schema.field("at").type))
    first: dict[str, int] = {}
    for place, event_id in enumerate(day.column("event_id").to_pylist()):
        first.setdefault(event_id, place)
    once = day.take(pa.array(first.values(), pa.int64()))
    return once.take(pc.sort_indices(once, [("at", "ascending")])[-MOST:])


def _line(row: dict[str, Any], action: Action, reason: Reason) -> Line:
    return Line(row["at"], row["channel"], row["caller"], action.code, reason)
