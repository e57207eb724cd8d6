"""Whom a call of one kind would reach now: a column of numbers goes in, a yes or a no for each comes out.

The door through which the control plane asks what screening would do, before anybody calls (decision 0027). It is the
kernel's own path without velocity: each number as if it were asked about alone, by the same rules and the newest sight
of the store. Why a number says no never leaves this module. A number whose look-up raises is a no, and an alarm: what
nobody can tell is no permission to call.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from wurao.compiled import compiled
from wurao.events.columns import Attestation, EventColumns
from wurao.log import logger
from wurao.screening.following import Following
from wurao.screening.kernel import blank_verdicts, screen_still
from wurao.screening.sight import Sight
from wurao.screening.texts import nothing_read
from wurao.settings import Settings, load
from wurao.settings.thresholds import Thresholds, thresholds
from wurao.snapshot.columns import places
from wurao.snapshot.registry import Registry
from wurao.verdicts import Action

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

STILL = compiled(screen_still)
BLOCK = 65_536
"""So many rows are laid out at a time."""
_log = logger("screening")


@dataclass(frozen=True, slots=True)
class Approach:
    """One kind of call or message: from whom, by what, and what it says it is. It is signed as it should be."""

    at: int
    """Microseconds since 1970, UTC."""
    channel: int
    caller: int
    declared: int
    """A category, or -1."""
    trunk: str | None = None
    template: str | None = None
    """A message's, whose text fits it."""


class Reach:
    """Answers by the newest sight of a store; for any thread."""

    def __init__(self, store: Path, settings: Settings | None = None) -> None:
        """Refused where the store has no snapshot."""
        self._thresholds = thresholds(settings or load())
        self._following = Following(store)
        self._looking = threading.Lock()

    def ask(self, callees: Ints, approach: Approach) -> tuple[Mask, str]:
        """Whether each callee would be reached, a warning shown or not; and the stamp of the sight that says so."""
        with self._looking:
            self._following.look()
            sight = self._following.newest
        return reached(sight, callees, approach, self._thresholds), sight.stamp


def reached(sight: Sight, callees: Ints, approach: Approach, limits: Thresholds) -> Mask:
    """Whether each callee would be reached, as a sight has it."""
    found = np.empty(len(callees), bool)
    for first in range(0, len(callees), BLOCK):
        block = callees[first : first + BLOCK]
        found[first : first + BLOCK] = _decided(sight, _events(block, approach, sight), limits)
    return found


def _decided(sight: Sight, events: EventColumns, limits: Thresholds) -> Mask:
    """A row that raises is asked once more uncompiled, as in the engine; one that raises again is a no."""
    rows, first, told = len(events.at), 0, False
    base, overlay = sight.snapshot.registry, sight.overlaid.registry
    verdicts = blank_verdicts(rows)
    while first < rows:
        try:
            STILL(base, overlay, limits, events, verdicts, first, rows)
            break
        except Exception:
            first = verdicts.at_row[0]
        try:
            with np.errstate(over="ignore"):
                STILL.plain(base, overlay, limits, events, verdicts, first, first + 1)
        except Exception as fault:
            verdicts.array("action")[first] = Action.BLOCK
            if not told:
                _log.error("numbers could not be asked about", alarm=True, wrong=repr(fault))
            told = True
        first += 1
    return verdicts.array("action") < Action.DIVERT


def _events(callees: Ints, approach: Approach, sight: Sight) -> EventColumns:
    """The same call to each of the callees."""
    rows, names = len(callees), sight.overlaid.names
    same: dict[str, Any] = {
        "at": approach.at,
        "channel": approach.channel,
        "caller": approach.caller,
        "trunk": _place(names.trunks, approach.trunk),
        "template": _place(names.templates, approach.template),
        "declared": approach.declared,
        "attestation": Attestation.A,
        "roaming": -1,
        "answered": -1,
        "ring_s": np.nan,
        "duration_s": np.nan,
        "id_high": 0,
        "id_low": 0,
        "listed": 0,
    }
    columns = {name: np.full(rows, value, EventColumns.columns[name]) for name, value in same.items()}
    columns |= {"callee": np.ascontiguousarray(callees), "looked": np.empty(0, np.int64), **nothing_read(rows)}
    return EventColumns(**columns)


def _place(names: pa.Array, name: str | None) -> int:
    return -1 if name is None else int(places(pa.array([name], pa.string()), names)[0])


def warm() -> None:
    """Compile what asks."""
    nothing = Registry.without_rows()
    STILL(nothing, nothing, thresholds(load()), EventColumns.without_rows(), blank_verdicts(0, 0), 0, 0)
