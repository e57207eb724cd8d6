"""Counts of verdicts by day within what somebody may see, split each way.

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
from wurao.control.stops.sums import ALL, scope_of_city, scope_of_operator
from wurao.verdicts import ACTIONS

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
    person = actor.person
    assert person is not None
    if actor.role is Role.OPERATOR:
        return DayCount.objects.filter(scope=scope_of_operator(person.operator)) if person.operator else _none()
    if actor.role is Role.POLICE:
        return DayCount.objects.filter(scope=scope_of_city(person.city)) if person.city else _none()
    return DayCount.objects.filter(scope="")


def last_days(
    counts: QuerySet[DayCount], days: int, channel: str | None = None
) -> tuple[QuerySet[DayCount], date | None, date | None]:
    """The counts of so many days up to the newest of all, of one channel or (null) of all; the first day and the last.

    No days where there are no counts.
    """
    last = counts.filter(by="day", channel=ALL).order_by("-day").values_list("day", flat=True).first()
    chosen = counts.filter(channel=channel or ALL)
    if last is None:
        return chosen, None, None
    first = last - timedelta(days=days - 1)
    return chosen.filter(day__gte=first), first, last


def split(counts: QuerySet[DayCount], *ways: str) -> dict[str, list[Row]]:
    """What happened, split each of some ways: days in order, of everything else the most stopped first."""
    sums: dict[str, dict[str, list[int]]] = {by: {} for by in ways}
    found = counts.filter(by__in=ways).values_list("by", "name", "action").annotate(Sum("count")).order_by("by", "name")
    for by, name, action, count in found:
        sums[by].setdefault(name, [0] * len(ACTIONS))[ACTIONS.index(action)] += count
    rows = {by: [Row(name, tuple(each)) for name, each in names.items()] for by, names in sums.items()}
    return {by: each if by == "day" else sorted(each, key=lambda row: -row.stopped) for by, each in rows.items()}


def total(rows: list[Row]) -> Row:
    """What happened to all of them."""
    return Row("", tuple(map(sum, zip(*(row.counts for row in rows), strict=True))) or (0,) * len(ACTIONS))


def _none() -> QuerySet[DayCount]:
    """Nothing: what belongs to no operator, or to no city, is not the own of whoever has none."""
    return DayCount.objects.none()
