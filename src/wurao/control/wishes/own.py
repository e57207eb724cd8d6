"""Whose subscribers an operator's staff may act for: those registered with the own operator, or with none yet."""

from __future__ import annotations

from django.http import Http404

from wurao.control.accounts.codes import subscriber_number
from wurao.control.accounts.guard import Actor, record
from wurao.control.wishes.registered import registered
from wurao.errors import Refused
from wurao.numbering import masked


def own_subscriber(actor: Actor, written: str) -> int:
    """The Number of an own subscriber; Refused for what is none, Http404 and recorded for another operator's."""
    number = subscriber_number(written)
    if number is None:
        raise Refused(f"{written[:8]!r} is no subscriber's number", where="number", right="write +8613803510001")
    if registered(number).operator not in (None, operator_of(actor)):
        record(actor, "refused", masked(number))
        raise Http404
    return number


def operator_of(actor: Actor) -> str:
    """Whose staff somebody is."""
    return actor.person.operator if actor.person else ""
