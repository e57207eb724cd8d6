"""A list of the API, a page at a time, by cursor: what was added or taken out meanwhile neither repeats nor hides one.

In comes a query in the order of a column that tells rows apart; out come some of its rows and the cursor behind the
last of them, null at the end. Used by the `api` of each app.
"""

from __future__ import annotations

from typing import Annotated, Any

from django.db.models import QuerySet
from ninja import Query
from pydantic import Field

A_PAGE = 100
Before = Annotated[int | None, Query(ge=1, lt=2**63, description="the `next` of the page before")]
Place = Annotated[int, Field(ge=0, lt=2**63)]
"""A number by which a row is known."""


def newest_first(found: QuerySet[Any], before: int | None, by: str = "pk") -> tuple[list[Any], int | None]:
    """A page of rows, the newest first, of those before a cursor; and the cursor of the next page."""
    if before is not None:
        found = found.filter(**{f"{by}__lt": before})
    rows = list(found.order_by(f"-{by}")[: A_PAGE + 1])
    return rows[:A_PAGE], getattr(rows[A_PAGE - 1], by) if len(rows) > A_PAGE else None
