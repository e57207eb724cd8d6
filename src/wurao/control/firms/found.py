"""What somebody may look at of firms, by the name that a page or a call was given; null, and recorded, for all else.

What is another's is not there: whoever asks is told no more than of what does not exist. Called by the pages and the
calls of firms and of those who review them.
"""

from __future__ import annotations

from typing import Any, TypeVar

from django.db.models import Q

from wurao.control.accounts.guard import Actor, record
from wurao.control.firms import applications
from wurao.control.firms.given import plain
from wurao.control.firms.models import Application, Firm
from wurao.control.registry import rows
from wurao.control.rights import Role

_Found = TypeVar("_Found", Application, Firm)


def own_application(actor: Actor, own: Firm, pk: int) -> Application | None:
    """An application of the own firm's."""
    return _or_recorded(actor, Application.objects.filter(firm=own, pk=pk).first(), f"application {pk}")


def reviewed(actor: Actor, pk: int) -> Application | None:
    """An application that one of the staff may see."""
    return _or_recorded(actor, applications.reviewable(actor).filter(pk=pk).first(), f"application {pk}")


def own_firms(actor: Actor) -> Any:
    """The firms that one of the staff may see."""
    found = Firm.objects.all()
    if actor.role is Role.OPERATOR:
        assert actor.person is not None
        return found.filter(~Q(operator=""), operator=actor.person.operator)
    return found


def seen_firm(actor: Actor, sender_id: str) -> Firm | None:
    """One of these, as far as it is registered."""
    found: Firm | None = own_firms(actor).filter(sender_id=plain(sender_id)).first()
    if found is not None and rows.row_of("senders", (found.sender_id,)) is None:
        found = None
    return _or_recorded(actor, found, f"firm {plain(sender_id)}")


def _or_recorded(actor: Actor, found: _Found | None, asked: str) -> _Found | None:
    if found is None:
        record(actor, "refused", asked)
    return found
