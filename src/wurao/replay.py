"""The same traffic under other orders, wishes, lists or consents: whom would they stop, whom set free.

In go two engines, one as things are and one with the rows of some tables put over, and files of events or of verdicts;
out comes an `Effect`. Both decide every event in order, each with a velocity of its own, so that what follows from a
change (a flood that no longer counts, a callback now known) is in the answer. Called by the command `replay` and,
before an order takes effect, by its preview.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
from pyarrow import compute

from wurao.events.raw import Findings
from wurao.events.read import BATCH_ROWS, Batch, Input, read_events
from wurao.numbering.canonical import canonical
from wurao.numbering.number import KIND_SHIFT, WITHHELD, Kind
from wurao.numbering.protected import tier_of
from wurao.screening.pipeline import ROOM, Screens
from wurao.screening.stored import are_stored
from wurao.screening.threads import Ahead
from wurao.verdicts import REASONS, Action, Reason

pc: Any = compute

WITH = ("orders", "subscribers", "lists", "consents")
"""The tables whose rows may be put over the snapshot."""
Ints = npt.NDArray[np.int64]


@dataclass(slots=True)
class Effect:
    """What the other rows would change. Stopped is diverted or blocked."""

    events: int = 0
    rejected: int = 0
    newly_stopped: int = 0
    newly_freed: int = 0
    callees: int = 0
    """Different callees of the newly stopped."""
    answered: int = 0
    """How many of the newly stopped had been answered."""
    answered_seconds: float = 0.0
    """How long those had talked, as far as the events tell."""
    by_reason: dict[str, int] = field(default_factory=dict)
    """The reasons of the newly stopped."""
    protected_hit: list[str] = field(default_factory=list)
    """The protected numbers among the newly stopped callers and their callees, canonical and sorted."""
    of_verdicts: int = 0
    """How many events came from files of verdicts, which have no texts: what was read of these when they were screened
    stands for them.
    """


class _Gathering:
    """The effect while it is reckoned."""

    def __init__(self) -> None:
        self.effect = Effect()
        self._callees = np.empty(0, np.int64)
        self._protected: set[str] = set()

    def add(self, batch: Batch, before: Any, after: Any) -> None:
        """One batch, decided both ways."""
        effect, events = self.effect, batch.events
        effect.events += len(events)
        effect.rejected += len(batch.rejected)
        effect.of_verdicts += len(events) if are_stored(events) else 0
        was, is_now = (verdicts.array("action") >= Action.DIVERT for verdicts in (before, after))
        stopped = np.flatnonzero(is_now & ~was)
        effect.newly_freed += int(np.count_nonzero(was & ~is_now))
        if not len(stopped):
            return
        effect.newly_stopped += len(stopped)
        found = np.bincount(after.array("reason")[stopped], minlength=len(REASONS))
        for name, count in zip(REASONS, found.tolist(), strict=True):
            if count:
                effect.by_reason[name] = effect.by_reason.get(name, 0) + count
        self._add_answered(batch, stopped)
        callers, callees = (events.column(name).to_numpy()[stopped] for name in ("from_number", "to_number"))
        self._callees = np.union1d(self._callees, callees[callees != WITHHELD])
        self._protected |= protected_among(np.concatenate([callers, callees]))

    def _add_answered(self, batch: Batch, stopped: Ints) -> None:
        answered = stopped[batch.events.column("answered").to_numpy()[stopped] == 1]
        seconds = pc.sum(batch.events.column("duration_s").take(answered)).as_py()
        self.effect.answered += len(answered)
        self.effect.answered_seconds += seconds or 0.0

    def result(self) -> Effect:
        """All of it."""
        self.effect.callees = len(self._callees)
        self.effect.answered_seconds = round(self.effect.answered_seconds, 3)
        self.effect.protected_hit = sorted(self._protected)
        return self.effect


def replay(
    engine: Screens,
    other: Screens,
    inputs: Sequence[Input],
    findings: Findings,
    *,
    batch_rows: int = BATCH_ROWS,
    advance: Callable[[int], None] = lambda rows: None,
) -> Effect:
    """Screen the inputs by both engines, and compare the actions event by event; nothing is written."""
    gathering = _Gathering()

    def prepared() -> Iterator[tuple[Batch, Any, Any]]:
        for batch in read_events(inputs, findings, batch_rows=batch_rows):
            yield batch, engine.prepare(batch.events), other.prepare(batch.events)

    with closing(Ahead(prepared(), ROOM)) as batches:
        for batch, this, that in batches:
            gathering.add(batch, engine.decide(this), other.decide(that))
            advance(batch.rows)
    return gathering.result()


@dataclass(frozen=True, slots=True)
class Turned:
    """One event that the other rows would stop or set free, and what either way says of it."""

    event_id: str
    before: Action
    before_reason: Reason
    after: Action
    after_reason: Reason


def turned(engine: Screens, other: Screens, inputs: Sequence[Input], findings: Findings) -> Iterator[Turned]:
    """The events of a few inputs that the two engines decide differently: stopped by one, and not by the other."""
    for batch in read_events(inputs, findings):
        before, after = engine.decide(engine.prepare(batch.events)), other.decide(other.prepare(batch.events))
        said = [verdicts.array(name) for verdicts in (before, after) for name in ("action", "reason")]
        stops = [actions >= Action.DIVERT for actions in (said[0], said[2])]
        for row in np.flatnonzero(stops[0] != stops[1]).tolist():
            was, why, is_now, because = (int(column[row]) for column in said)
            event_id = batch.events.column("event_id")[row].as_py()
            yield Turned(event_id, Action(was), Reason(why), Action(is_now), Reason(because))


def protected_among(numbers: Ints) -> set[str]:
    """The protected ones among some numbers, canonical; none but short and freephone numbers are."""
    kinds = numbers >> KIND_SHIFT
    possible = np.unique(numbers[(kinds == Kind.SHORT) | (kinds == Kind.FREEPHONE)])
    return {canonical(number) for number in possible.tolist() if tier_of(number)}
