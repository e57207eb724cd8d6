"""What need not be kept any longer goes: histories put aside, records of access, questions to guardians.

`keeping_times` says when. Called every minute by the deliverer; a change that the change log does not have yet stays.
"""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from wurao.control.accounts.models import AccessRecord, Person
from wurao.control.holders.keeping_times import ACCESS, HANDLING, OF_ACCESS, QUESTIONS
from wurao.control.holders.models import Aside
from wurao.control.registry.models import Change
from wurao.control.wishes.models import Asked


def purge(now: datetime | None = None) -> int:
    """Take away what is due; how many rows."""
    now = now or timezone.now()
    gone = sum(_purge_aside(each) for each in Aside.objects.filter(until__lte=now))
    assert ACCESS.time is not None
    assert HANDLING.time is not None
    assert QUESTIONS.time is not None
    due = (
        AccessRecord.objects.filter(what__in=OF_ACCESS, at__lte=now - ACCESS.time),
        AccessRecord.objects.exclude(what__in=OF_ACCESS).filter(at__lte=now - HANDLING.time),
        Asked.objects.filter(made_at__lte=now - QUESTIONS.time),
    )
    return gone + sum(each.delete()[0] for each in due if each.exists())


def _purge_aside(aside: Aside) -> int:
    history = Change.objects.filter(aside=aside.pk)
    if history.filter(log_seq=None).exists():
        return 0
    gone = history.delete()[0]
    if aside.person is not None:
        Person.objects.filter(pk=aside.person, number=None).delete()
    aside.delete()
    return gone + 1
