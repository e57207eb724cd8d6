"""All that is kept about one number, as JSON: for its holder (PIPL, Article 45)."""

from __future__ import annotations

from typing import Any

from wurao.control.holders.ending import OWN
from wurao.control.registry import rows
from wurao.control.registry.models import Change
from wurao.control.stops import forgetting

MOST_CHANGES = 10_000


def all_of(number: int) -> dict[str, Any]:
    """The rows of each table that is a subscriber's, as the history writes them, the changes on them, and the stops."""
    held = {
        table: [rows.written_row(table, row) for row in rows.rows_where(table, **{column: number})]
        for table, column in OWN.items()
    }
    changes = Change.objects.filter(whose=number).order_by("-seq")[:MOST_CHANGES]
    return {
        "subscribers": next(iter(held["subscribers"]), None),
        "lists": held["lists"],
        "consents": held["consents"],
        "changes": [
            {
                "seq": each.seq,
                "made_at": each.made_at.isoformat(),
                "way": each.way,
                "table": each.table,
                "row": each.row,
            }
            for each in changes
        ],
        **forgetting.held(number),
    }
