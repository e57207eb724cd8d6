"""Sums over the counts of verdicts by day: what happened to events, split one way, within what somebody may see.

An operator's staff see what came to the operator's subscribers, a police liaison what came to the own city, regulator
and auditor everything. Called by `views` and `api`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import QuerySet, Sum

from wurao.control.accounts.guard import Actor
from wurao.control.rights import Role
from wurao.control.stops.models import DayCount
from wurao.numbering.operators import operator_name
from wurao.verdicts import ACTIONS

SPLITS = ("day", "reason", "category", "operator", "city", "channel")
SPANS = (1, 7, 30, 90, 366)
"""So many days may be asked for."""


@dataclass(frozen=True, slots=True)
class Row:
    """What happened to the events of one kind; the counts stand in the order of `ACTIONS`."""

    name: str
    counts: tuple[int, ...]

    @property
    def stopped(self) -> int:
        """What was not simply let through."""
        return sum(self.counts[1:])


def own_counts(actor: Actor) -> QuerySet[DayCount]:
    """The counts that somebody may see."""
    found = DayCount.objects.all()
    person = actor.person
    assert person is not None
    if actor.role is Role.OPERATOR:
        return found.filter(operator=operator_name(person.operator))
    if actor.role is Role.POLICE:
        return found.filter(city=person.city)
    return found


def last_days(counts: QuerySet[DayCount], days: int) -> tuple[QuerySet[DayCount], date | None, date | None]:
    """The counts of so many days up to the newest, its first day and its last; null where there are none."""
    last = counts.order_by("-day").values_list("day", flat=True).first()
    if last is None:
        return counts, None, None
    first = last - timedelta(days=days - 1)
    return counts.filter(day__gte=first), first, last


def split(counts: QuerySet[DayCount], by: str) -> list[Row]:
    """What happened, split by a column: days in order, of everything else the most stopped first."""
    sums: dict[str, list[int]] = {}
    for name, action, count in counts.values_list(by, "action").annotate(Sum("count")).order_by(by):
        sums.setdefault(str(name), [0] * len(ACTIONS))[ACTIONS.index(action)] += count
    rows = [Row(name, tuple(found)) for name, found in sums.items()]
    return rows if by == "day" else sorted(rows, key=lambda row: (-row.stopped, row.name))


def total(counts: QuerySet[DayCount]) -> Row:
    """What happened to all of them."""
    found = dict(counts.values_list("action").annotate(Sum("count")).order_by("action"))
    return Row("", tuple(found.get(action, 0) for action in ACTIONS))
