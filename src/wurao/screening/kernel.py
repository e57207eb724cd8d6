"""The kernel: event columns and two registries go in, verdict columns are filled, row by row in input order.

Plain scalar code that `engine` compiles; one event is a column of one row.
"""

from __future__ import annotations

from wurao.compiled import Bundle
from wurao.events.columns import EventColumns
from wurao.screening.facts import Measures
from wurao.screening.gather import facts_of, look
from wurao.screening.precedence import decide
from wurao.settings.thresholds import Thresholds
from wurao.snapshot.registry import Registry

NOTHING_MEASURED = Measures(*(0,) * 23, False)


class VerdictColumns(Bundle):
    """Verdicts as the engine writes them; -1 is null. `order` and its `OVERLAY` mark are those of slices."""

    columns = {  # noqa: RUF012 - declared ClassVar by Bundle
        "action": "i1",
        "reason": "i1",
        "label": "i1",
        "overseas_mark": "i1",
        "category": "i1",
        "sender": "i4",
        "order": "i8",
    }


def screen_still(
    base: Registry,
    overlay: Registry,
    thresholds: Thresholds,
    events: EventColumns,
    verdicts: VerdictColumns,
    start: int,
    stop: int,
) -> None:
    """Screen rows without velocity: every event as if it were the first of all."""
    for row in range(start, stop):
        looked = look(base, overlay, base.tiers, events, row)
        facts = facts_of(base, overlay, events, row, looked, NOTHING_MEASURED, thresholds)
        decision = decide(facts)
        verdicts.action[row] = decision.action
        verdicts.reason[row] = decision.reason
        verdicts.label[row] = decision.label
        verdicts.overseas_mark[row] = facts.overseas
        verdicts.category[row] = facts.category
        verdicts.sender[row] = looked.sender
        verdicts.order[row] = looked.fraud if decision.rule == 1 else (looked.harassment if decision.rule == 4 else -1)
