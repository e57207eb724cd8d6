"""The guard asked once more, right before a list goes to the resolvers (DESIGN 5, Orders).

Names that the guard refuses, or holds for a second person who is not named, are left out and counted; one that it
allows only by itself goes out by itself. Called by the publisher's commands with whatever is to be published.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from wurao.domains import Decision, Entries, Guard, Listed, agreed_by
from wurao.gateways.dns.knot import ZONES
from wurao.gateways.dns.written import those_that_fit


@dataclass(frozen=True, slots=True)
class Publishable:
    """What may go out, and how many names may not."""

    entries: Entries
    refused: int
    waiting: int
    """Held for a second person."""


def publishable(listed: Listed, entries: Entries, guard: Guard) -> Publishable:
    """What of the entries of a list the guard lets out."""
    decided = guard.decide(entries.names, ~entries.below)
    held = np.flatnonzero(decided.decision == Decision.SECOND_PERSON)
    agreed = np.zeros(len(entries), bool)
    agreed[held] = [_is_agreed(listed, entries.names[int(row)].as_py()) for row in held]
    decision = guard.decide(entries.names, ~entries.below, agreed).decision if agreed.any() else decided.decision
    goes = decision <= Decision.LIST_EXACT
    out = Entries(entries.names, entries.below & (decision == Decision.LIST)).taken(goes)
    fitting = those_that_fit(ZONES, out)
    waiting = int((decision == Decision.SECOND_PERSON).sum())
    return Publishable(fitting, len(entries) - waiting - len(fitting), waiting)


def _is_agreed(listed: Listed, name: str) -> bool:
    """Whether a second person is named in a row that lists the name."""
    rows = listed.rows_of(name)
    column = {key: pa.array([row[key] for row in rows], pa.string()) for key in ("second_person", "source")}
    return bool(agreed_by(column["second_person"], column["source"]).any())
