"""What of access is kept no longer than it is needed: old codes, answers, sessions and invitations go.

Called every minute by the deliverer. Records of access stay; how long they must be kept is for the law to say.
"""

from __future__ import annotations

from datetime import timedelta

from django.contrib.sessions.models import Session
from django.utils import timezone

from wurao.control.accounts.models import Answered, Invitation, OneTimeCode

KEPT = timedelta(days=1)
"""Codes count against limits for an hour; an answer is given again for a day."""


def clear_old() -> int:
    """Take away what is no longer needed; how many rows."""
    now = timezone.now()
    old = (
        OneTimeCode.objects.filter(made_at__lt=now - KEPT),
        Answered.objects.filter(made_at__lt=now - KEPT),
        Invitation.objects.filter(until__lt=now - KEPT),
        Session.objects.filter(expire_date__lt=now),
    )
    return sum(each.delete()[0] for each in old if each.exists())
