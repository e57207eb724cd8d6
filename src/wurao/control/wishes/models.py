"""What a guardian is asked: to become one, to agree to a change or a consent, to end the guardianship."""

from __future__ import annotations

from datetime import timedelta

from django.db import models
from django.utils import timezone

ANSWERED_WITHIN = timedelta(days=7)


class Asked(models.Model):
    """One question to a guardian; it stands open until it is answered, replaced by a newer one, or too old."""

    BECOME, CHANGE, CONSENT, END = "become", "change", "consent", "end"
    OPEN, YES, NO, VOID = "open", "yes", "no", "void"

    ward = models.BigIntegerField(db_index=True)
    guardian = models.BigIntegerField(db_index=True)
    kind = models.CharField(max_length=10)
    table = models.CharField(max_length=40, default="")
    """Of a change: which table, and its rows as the history writes them: [key, row or null]."""
    wanted = models.JSONField(default=list)
    """Of a consent: what it is about, as `consents` knows it."""
    seen = models.BigIntegerField(null=True)
    zh = models.TextField(default="")
    en = models.TextField(default="")
    digest = models.CharField(max_length=64, default="")
    """Of the code that the guardian was sent, with which either of the two answers."""
    tries = models.SmallIntegerField(default=0)
    made_at = models.DateTimeField(default=timezone.now, db_index=True)
    role = models.CharField(max_length=20)
    way = models.CharField(max_length=20)
    person = models.BigIntegerField(null=True)
    answer = models.CharField(max_length=10, default=OPEN)
    answered_at = models.DateTimeField(null=True)

    @property
    def until(self) -> object:
        """Until when it can be answered."""
        return self.made_at + ANSWERED_WITHIN
