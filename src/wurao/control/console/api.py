"""The calls by which the staff see what was changed in the registry, masked, and a number whole for a purpose."""

import json
from datetime import datetime
from typing import Annotated, Any

from django.http import Http404, HttpRequest
from ninja import Router, Schema
from pydantic import Field

from wurao.control.accounts.guard import actor_of, record
from wurao.control.bodies import NO_NUL, Strict
from wurao.control.console.changes import SHORTEST_PURPOSE, a_page, found_change
from wurao.control.once import once
from wurao.control.paging import Before, Place
from wurao.control.registry.standing import standings_of
from wurao.log import masked

router = Router(tags=["registry"])
Purpose = Annotated[str, Field(min_length=SHORTEST_PURPOSE, max_length=500, pattern=NO_NUL)]


class RegistryChangeSeen(Schema):
    """A change of the registry; numbers in `key` are masked."""

    seq: int
    made_at: datetime
    table: str
    key: str
    op: str
    role: str
    way: str
    standing: str
    """`saved`, or `in_force` everywhere: of the list of domains, at the resolvers too."""


class RegistryChanges(Schema):
    """Some changes, the newest first; `next` is the `before` of the next page."""

    items: list[RegistryChangeSeen]
    next: int | None = None


class PurposeBody(Strict):
    """For what a number must be seen whole; it is recorded and counted."""

    purpose: Purpose


class Unmasked(Schema):
    """The key of a change, whole."""

    key: list[Any]


@router.get("registry-changes", response=RegistryChanges, url_name="registry_changes")
def see_registry_changes(request: HttpRequest, before: Before = None) -> RegistryChanges:
    """What was changed, as far as it is mine to see."""
    changes, following = a_page(actor_of(request), before)
    names = [name for name in RegistryChangeSeen.model_fields if name not in ("key", "standing")]
    items = [
        RegistryChangeSeen(
            key=masked(each.key), standing=standing.code, **{name: getattr(each, name) for name in names}
        )
        for each, standing in zip(changes, standings_of(changes), strict=True)
    ]
    return RegistryChanges(items=items, next=following)


@router.post("registry-changes/{seq}/unmask", response=Unmasked, url_name="unmask")
@once
def unmask_change(request: HttpRequest, seq: Place, body: PurposeBody) -> Unmasked:
    """Whose row a change was, whole."""
    actor = actor_of(request)
    change = found_change(actor, seq)
    if change is None:
        raise Http404
    record(actor, "unmasked", masked(change.key), body.purpose)
    return Unmasked(key=json.loads(change.key))
