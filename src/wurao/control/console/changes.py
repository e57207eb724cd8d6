"""What was changed in the registry, for the staff: newest first, masked, and only what is theirs to see.

An operator's staff see their own subscribers, a police liaison those of the own city, the regulator and the auditor
everything. To see a number whole one gives a purpose, which is recorded and counted on the auditor's page.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

import numpy as np
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from wurao.control.accounts.guard import Actor, actor_of, record
from wurao.control.problems import problem
from wurao.control.registry.models import Change
from wurao.control.registry.standing import Standing, standings_of
from wurao.control.rights import Role
from wurao.log import masked
from wurao.numbering import parse_text, plan

A_PAGE = 50
LOOKED_AT = 2_000
"""So many of the newest changes are looked through for those of a city."""
SHORTEST_PURPOSE = 4


@dataclass(frozen=True, slots=True)
class Shown:
    """A change as the page shows it."""

    change: Change
    key: str
    standing: Standing


def registry_changes(request: HttpRequest) -> HttpResponse:
    """A page of changes; `before`: older ones than a `seq`."""
    before = request.GET.get("before", "")
    changes, older = a_page(actor_of(request), int(before) if before.isdecimal() and len(before) < 19 else None)
    standings = standings_of(changes)
    shown = [Shown(each, masked(each.key), standing) for each, standing in zip(changes, standings, strict=True)]
    return render(request, "console/changes.html", {"shown": shown, "older": older})


def unmask(request: HttpRequest, seq: int) -> HttpResponse:
    """Whose row one change was, whole, for a purpose."""
    actor = actor_of(request)
    purpose = request.POST.get("purpose", "").strip()
    change = found_change(actor, seq)
    if change is None:
        return problem(request, 404)
    if len(purpose) < SHORTEST_PURPOSE:
        return problem(request, 422, "请写明查看号码的目的。Say for what purpose.")
    record(actor, "unmasked", masked(change.key), purpose)
    return render(
        request, "console/unmasked.html", {"change": change, "key": json.loads(change.key), "purpose": purpose}
    )


def a_page(actor: Actor, before: int | None) -> tuple[list[Change], int | None]:
    """The newest changes that somebody may see, of those before a `seq`; and the `before` of the next page."""
    found = own_changes(actor)
    if before is not None:
        found = found.filter(seq__lt=before)
    if actor.role is Role.POLICE:
        return _a_page_of_city(actor, found)
    page = list(found.order_by("-seq")[:A_PAGE])
    return page, page[-1].seq if len(page) == A_PAGE else None


def _a_page_of_city(actor: Actor, found: QuerySet[Change]) -> tuple[list[Change], int | None]:
    """The newest of the own city among so many; whole only those, and where each belongs is looked up at once."""
    looked_at = list(found.order_by("-seq").values_list("seq", "whose", "key")[:LOOKED_AT])
    numbers = [parse_text(json.loads(key)[0]) if whose is None else whose for _, whose, key in looked_at]
    assert actor.person is not None
    places = plan.current()
    cities = places.city_of(np.array(numbers, np.int64)).tolist()
    own = [
        seq
        for (seq, *_), city in zip(looked_at, cities, strict=True)
        if city >= 0 and places.cities[city] == actor.person.city
    ]
    page = list(Change.objects.filter(seq__in=own[:A_PAGE]).order_by("-seq"))
    if len(own) > A_PAGE:
        return page, own[A_PAGE - 1]
    return page, looked_at[-1][0] if len(looked_at) == LOOKED_AT else None


def found_change(actor: Actor, seq: int) -> Change | None:
    """A change that somebody may see; null, and recorded, where there is none."""
    change = own_changes(actor).filter(seq=seq).first()
    if change is None or not is_own(actor, change):
        record(actor, "refused", f"unmask {seq}")
        return None
    return change


def own_changes(actor: Actor) -> QuerySet[Change]:
    """The changes that somebody may see, as far as the database can tell."""
    found = Change.objects.all()
    person = actor.person
    assert person is not None
    if actor.role in (Role.OPERATOR, Role.POLICE):
        # What was put aside for the law alone is nobody's daily work.
        found = found.filter(aside=None)
    if actor.role is Role.OPERATOR:
        own = Q(row__operator=person.operator) | Q(row=None, before__operator=person.operator)
        return found.filter(own, table="subscribers")
    if actor.role is Role.POLICE:
        return found.filter(table__in=("subscribers", "lists", "ported"))
    return found


def is_own(actor: Actor, change: Change) -> bool:
    """What the database cannot tell: of a police liaison, whether the number belongs to the own city."""
    if actor.role is not Role.POLICE:
        return True
    assert actor.person is not None
    return actor.person.city == plan.current().place_names(parse_text(json.loads(change.key)[0]))[1]
