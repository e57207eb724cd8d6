"""What was asked and answered: a record of every asking, for good; the answers themselves, for their day."""

from __future__ import annotations

from django.db import models
from django.utils import timezone


class Asking(models.Model):
    """One list that a firm asked about; written, never changed. It holds no list, only a sample to know it by."""

    at = models.DateTimeField(default=timezone.now, db_index=True)
    sender_id = models.CharField(max_length=80, db_index=True)
    person = models.BigIntegerField(null=True)
    way = models.CharField(max_length=20)
    address = models.CharField(max_length=64)
    category = models.SmallIntegerField()
    channel = models.SmallIntegerField()
    lines = models.IntegerField()
    """Good lines of the file."""
    asked = models.IntegerField()
    """Distinct numbers."""
    repeated = models.IntegerField()
    """Of these, answered before on the same day."""
    callable = models.IntegerField()
    """Of the others, those that might be called: what the mark was taken from."""
    withheld = models.IntegerField()
    told = models.IntegerField()
    """Numbers in the answer."""
    threshold = models.BigIntegerField()
    """No number in the answer has a mark below this (`marking`); 0 where nothing was withheld."""
    snapshot = models.CharField(max_length=80)
    list_sha256 = models.CharField(max_length=64)
    """Of the distinct numbers, in order."""
    sample = models.BinaryField()
    """Some of the answer's numbers, the same some for every asking (`leaks.sample_of`)."""


class Answers(models.Model):
    """What one firm was answered for one purpose on one day; only the day's own is kept."""

    sender_id = models.CharField(max_length=80)
    category = models.SmallIntegerField()
    channel = models.SmallIntegerField()
    day = models.DateField(db_index=True)
    version = models.IntegerField(default=1)
    callable = models.IntegerField(default=0)
    """So many of them might be called,"""
    withheld = models.IntegerField(default=0)
    """of which so many were withheld."""
    held = models.BinaryField()
    """As `answers.packed`."""

    class Meta:
        """One a firm, purpose and day."""

        constraints = (
            models.UniqueConstraint(fields=["sender_id", "category", "channel", "day"], name="answered_once_a_day"),
        )
