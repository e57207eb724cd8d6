"""What is kept aside of a former holder: nothing but why, until when, and what marks it (`registry_change.aside`)."""

from __future__ import annotations

from django.db import models
from django.utils import timezone


class Aside(models.Model):
    """The history of one holder of a number, put aside when the number changed hands or everything was erased."""

    HANDED_OVER, ERASED = "handed_over", "erased"

    number = models.BigIntegerField(db_index=True)
    why = models.CharField(max_length=20)
    person = models.BigIntegerField(null=True)
    """The former holder's account, which no number leads to any more."""
    at = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField(db_index=True)
