"""What was asked of whom, and what was handed in: the consents themselves stand in the registry alone."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils import timezone

STATES = ("waiting", "agreed", "given", "declined")
"""Agreed: by the subscriber, and the guardian was asked."""


class Request(models.Model):
    """A firm's one request to one subscriber; what is not answered in time is a no."""

    request_id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    sender_id = models.CharField(max_length=80, db_index=True)
    subscriber = models.BigIntegerField(db_index=True)
    categories = models.IntegerField()
    channels = models.IntegerField()
    max_per_day = models.IntegerField(null=True)
    expires = models.DateTimeField()
    """When the consent would end."""
    wording = models.TextField()
    asked_at = models.DateTimeField(default=timezone.now, db_index=True)
    until = models.DateTimeField()
    """Until when it may be answered."""
    state = models.CharField(max_length=20, default="waiting", choices=[(each, each) for each in STATES])
    reached = models.BooleanField()
    """Whether the subscriber was asked; a firm never learns it."""
    code = models.CharField(max_length=64, default="")
    tries = models.SmallIntegerField(default=0)


class Purpose(models.Model):
    """One category by one channel of which a sender asked a subscriber: once, for ever."""

    request = models.ForeignKey(Request, on_delete=models.CASCADE)
    sender_id = models.CharField(max_length=80)
    subscriber = models.BigIntegerField()
    category = models.SmallIntegerField()
    channel = models.SmallIntegerField()

    class Meta:
        """Asked once."""

        constraints = (
            models.UniqueConstraint(fields=["sender_id", "subscriber", "category", "channel"], name="asked_once"),
        )


class Bulk(models.Model):
    """Consents that a firm handed in at once, and what came of them."""

    sender_id = models.CharField(max_length=80, db_index=True)
    at = models.DateTimeField(default=timezone.now)
    person = models.BigIntegerField(null=True)
    proof_sha256 = models.CharField(max_length=64)
    categories = models.IntegerField()
    channels = models.IntegerField()
    lines = models.IntegerField()
    added = models.IntegerField()
    known = models.IntegerField()
    """Handed in before."""
    left_out = models.IntegerField()
    """Taken back by the subscriber since, or a guardian's to agree to: which of both no firm is told."""
    bad = models.IntegerField()
