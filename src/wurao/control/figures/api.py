"""The call of figures: the counts of the last days, split one way, as far as they are one's own."""

from datetime import date
from typing import Annotated, Literal

from django.http import HttpRequest
from ninja import Query, Router, Schema

from wurao.control.accounts.guard import actor_of
from wurao.control.figures.counting import last_days, own_counts, split
from wurao.control.stops.sums import SPLITS
from wurao.verdicts import ACTIONS
from wurao.wishes import CHANNELS

router = Router(tags=["figures"])


class RowSeen(Schema):
    """How many events of one kind came to which action."""

    name: str
    allow: int
    label: int
    divert: int
    block: int


class Figures(Schema):
    """The counts of some days."""

    by: str
    first: date | None
    last: date | None
    items: list[RowSeen]


@router.get("figures", response=Figures, url_name="figures")
def see_figures(
    request: HttpRequest,
    by: Literal[SPLITS] = "day",  # type: ignore[valid-type]
    days: Annotated[int, Query(ge=1, le=366)] = 30,
    channel: Literal[CHANNELS] | None = None,  # type: ignore[valid-type]
) -> Figures:
    """Counts of verdicts, split by one of their columns."""
    counts, first, last = last_days(own_counts(actor_of(request)), days, channel)
    items = [RowSeen(name=row.name, **dict(zip(ACTIONS, row.counts, strict=True))) for row in split(counts, by)[by]]
    return Figures(by=by, first=first, last=last, items=items)
