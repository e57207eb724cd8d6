"""What was taken of the verdicts, how many of which kind there were, whom to tell, and what subscribers said.

The stops themselves lie beside the database (`shelf`); what stands here is small, and what stands in one transaction
with a part having been taken: its run on the shelf, its counts, its notices. So a part counts once, whatever is killed.
"""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from wurao.control.registry.fields import MomentField


class TakenPart(models.Model):
    """A part of verdicts that was taken; known by what is in it, so that a copy of it is not taken again."""

    sha256 = models.CharField(max_length=64, primary_key=True)
    place = models.TextField()
    """Where it lay, below `verdicts/`."""
    rows = models.BigIntegerField()
    stops = models.BigIntegerField()
    shelved = models.BooleanField(default=True)
    """Whether its rows are on the shelves; not once files of these were lost, until it is taken up again."""
    taken_at = models.DateTimeField(default=timezone.now, db_index=True)


class PutAside(models.Model):
    """A part or a manifest that could not be taken, and why; tried again when the file is another."""

    place = models.TextField(unique=True)
    file = models.CharField(max_length=80)
    """What tells this state of the file from another: size and time of change."""
    wrong = models.TextField()
    at = models.DateTimeField(default=timezone.now)


class KeptRun(models.Model):
    """A run on a shelf."""

    number = models.BigAutoField(primary_key=True)
    shelf = models.CharField(max_length=10, db_index=True)
    file = models.CharField(max_length=60, unique=True)
    rows = models.BigIntegerField()
    size = models.BigIntegerField()
    last_at = MomentField()


class DayCount(models.Model):
    """So many verdicts on one day in China, split one way, within what somebody may see.

    `scope` is empty for everything, else `operator …` or `city …`; `by` is a column of verdicts and `name` its value,
    empty where a verdict does not say; `channel` is one, or `all`. Summed when a part is taken, so that a page reads
    some hundred rows a day.
    """

    scope = models.CharField(max_length=60)
    by = models.CharField(max_length=10)
    day = models.DateField()
    name = models.CharField(max_length=40)
    channel = models.CharField(max_length=10)
    action = models.CharField(max_length=10)
    count = models.BigIntegerField()

    class Meta:
        """One row a kind; the days that a page shows of one channel stand together."""

        constraints = (
            models.UniqueConstraint(fields=["scope", "by", "channel", "day", "name", "action"], name="day_count_of"),
        )


class Notice(models.Model):
    """A subscriber is to be told of a stop, or once a day of how many; told once.

    `waiting` until it is due; `handing` while the sender has it, then `sent` or, where the sender raised, `failed`.
    What a crash left in `handing` may have reached the subscriber and becomes `unknown`; of whoever no longer wants to
    be told it is `dropped`.
    """

    number = models.BigIntegerField()
    kind = models.CharField(max_length=5)
    """`each` or `daily`."""
    event = models.CharField(max_length=40, default="")
    """Of `each`: which stop."""
    text = models.TextField(default="")
    count = models.IntegerField(default=1)
    due = models.DateTimeField()
    state = models.CharField(max_length=8, default="waiting")
    settled_at = models.DateTimeField(null=True)

    class Meta:
        """One for each stop; and found by what is due."""

        constraints = (
            models.UniqueConstraint(fields=["number", "kind", "event", "due"], name="notice_once"),
            models.UniqueConstraint(
                fields=["number", "event"], condition=models.Q(kind="each"), name="notice_each_once"
            ),
        )
        indexes = (
            models.Index(fields=["due", "id"], name="notice_waits", condition=models.Q(state="waiting")),
            models.Index(fields=["state", "settled_at"], name="notice_state"),
        )


class FraudReport(models.Model):
    """A subscriber says of a stop: this was fraud. One a stop; kept for tracing, with what it rests on."""

    number = models.BigIntegerField()
    event = models.CharField(max_length=40)
    event_id = models.TextField()
    at = MomentField()
    caller = models.BigIntegerField()
    channel = models.CharField(max_length=10)
    action = models.CharField(max_length=10)
    reason = models.CharField(max_length=40)
    sender_id = models.TextField(default="")
    way = models.CharField(max_length=20)
    made_at = models.DateTimeField(default=timezone.now, db_index=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        """One a stop."""

        constraints = (models.UniqueConstraint(fields=["number", "event"], name="fraud_report_of"),)


class Forgotten(models.Model):
    """What came to a number before a moment is nobody's to see: its subscriber had it erased, or it changed hands."""

    number = models.BigIntegerField(primary_key=True)
    before = MomentField()
