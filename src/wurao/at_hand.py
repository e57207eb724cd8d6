"""An engine at hand, in a process that serves people: asked now and then about one event, or about one person's few.

`AtHand` opens a store at the first question and catches up with it at each: the current snapshot, and every change
acknowledged so far. A few events are decided uncompiled, so that a web process need not load machine code for them; it
answers one question at a time. It reports to nobody and stops nothing: it is no worker. The console's pages call it.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import pyarrow as pa

from wurao.changes import about_past
from wurao.compiled import as_it_stands
from wurao.events.raw import Findings
from wurao.events.read import find_inputs
from wurao.replay import WITH, Turned, turned
from wurao.screening.engine import Engine
from wurao.screening.explain import Explanation
from wurao.screening.following import Following
from wurao.screening.sight import Sight
from wurao.settings import Settings, load
from wurao.snapshot import Changed, about_pending
from wurao.snapshot.changed import no_change
from wurao.tables import check_rows

FEW_CHANGES = 300
"""So many changes are laid over a snapshot, and"""
FEW_EVENTS = 200
"""so many events decided, by plain Python before machine code, and Numba with it, is loaded."""
Rows = Mapping[str, Sequence[Mapping[str, object]]]
"""Of some tables, whole rows as JSON has them."""


class AtHand:
    """The engine of one store; any thread may ask."""

    def __init__(self, store: Path, settings: Settings | None = None) -> None:
        self._store, self._settings = store, settings or load()
        self._turn = threading.Lock()
        self._following: Following | None = None
        self._engine: Engine | None = None

    def explain(self, event: Mapping[str, str | None]) -> Explanation:
        """The verdict on one event as if it stood alone, rule by rule; Refused where it, or the store, cannot be read.

        The text is read as screening reads it, and not kept.
        """
        with self._turn:
            engine = self._caught_up()
            with as_it_stands():
                return engine.explain(event)

    def turned_by(self, rows: Rows, events: Path, count: int) -> list[Turned]:
        """Which events of a small file would be stopped, or set free, with some rows put over what is in force.

        `count`: how many events there are. Velocity begins with the first of them, both ways.
        """
        with self._turn:
            sight = self._caught_up().sight
            with _plainly(count <= FEW_EVENTS):
                changed = {name: Changed(_checked(name, some), no_change(name).gone) for name, some in rows.items()}
                as_it_is, other = self._one_of(sight), self._one_of(sight.with_changes(changed, sight.seq))
                return list(turned(as_it_is, other, find_inputs([str(events)]), Findings(_not_told)))

    def _one_of(self, sight: Sight) -> Engine:
        """An engine with a velocity of its own, which has seen nothing yet."""
        engine = Engine(sight, self._settings, alarms=False)
        engine.texts = self._opened().texts
        return engine

    def _caught_up(self) -> Engine:
        engine = self._opened()
        assert self._following is not None
        with _plainly(about_past(self._store, self._following.newest.seq) <= FEW_CHANGES):
            self._following.look()
        engine.sight = self._following.newest
        return engine

    def _opened(self) -> Engine:
        if self._engine is None:
            with _plainly(about_pending(self._store) <= FEW_CHANGES):
                self._following = Following(self._store)
                self._engine = Engine(self._following.newest, self._settings, alarms=False)
        return self._engine


def _plainly(few: bool) -> AbstractContextManager[None]:
    return as_it_stands() if few else nullcontext()


def _checked(name: str, rows: Sequence[Mapping[str, object]]) -> pa.Table:
    if name not in WITH:
        raise ValueError(f"{name}: only rows of {', '.join(WITH)} can be tried")
    table, bad = check_rows(name, rows)
    if bad.count:
        raise ValueError(str(bad.kept[0]))
    return table


def _not_told(said: str) -> None:
    """What a reader finds strange in a file that we wrote ourselves is of no interest to a person."""
