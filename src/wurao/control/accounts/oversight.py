"""What administrators and auditors do with people's access: end it, and count who saw numbers whole.

Called by the pages (`views`), the API (`api`), and by whatever closes somebody's account.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.sessions.models import Session
from django.db.models import Count, Max

from wurao.control.accounts.guard import Actor, record
from wurao.control.accounts.models import AccessRecord, ApiKey, Person


@dataclass(frozen=True, slots=True)
class Counted:
    """How often somebody saw numbers whole, and the last time."""

    person: int | None
    name: str
    role: str
    count: int
    last: object


def counted_unmaskings(most: int) -> list[Counted]:
    """Who saw numbers whole, whoever did so most often first."""
    unmasked = AccessRecord.objects.filter(what="unmasked").values("person", "role")
    found = list(unmasked.annotate(count=Count("pk"), last=Max("at")).order_by("-count")[:most])
    names = dict(Person.objects.filter(pk__in=[each["person"] for each in found]).values_list("pk", "username"))
    return [
        Counted(each["person"], names.get(each["person"] or 0) or "–", each["role"], each["count"], each["last"])
        for each in found
    ]


def sign_out(actor: Actor, person: Person, *, close: bool) -> int:
    """End every session of somebody, and where asked close the account with its keys; how many sessions there were."""
    ended = end_sessions(person)
    if close and (actor.person is None or person.pk != actor.person.pk):
        Person.objects.filter(pk=person.pk).update(is_active=False)
        ApiKey.objects.filter(person=person).update(ended=True)
    record(actor, "signed_out", str(person))
    return ended


def end_sessions(person: Person) -> int:
    """End every session of somebody; how many."""
    from allauth.usersessions.models import UserSession

    keys = list(UserSession.objects.filter(user=person).values_list("session_key", flat=True))
    UserSession.objects.filter(user=person).delete()
    return Session.objects.filter(session_key__in=keys).delete()[0]
