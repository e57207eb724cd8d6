"""What is kept of firms beside the registry: contacts and terms, applications with all their steps, documents.

What is registered (name, code, state, headers, templates, trunks) stands in the registry's tables and nowhere else.
Whoever has no account yet follows an application by a link, of which a keyed hash is kept.
"""

from __future__ import annotations

import hashlib
import secrets
from typing import Any

from django.db import models
from django.utils import timezone

from wurao.control.accounts.models import digest

STATES = ("unconfirmed", "waiting", "refused", "accepted", "withdrawn")
KINDS = ("registration", "header", "template", "renewal")
MOST_OCTETS = 2 << 20
"""A document is at most so large."""


class Firm(models.Model):
    """A registered sender: what the registry's row does not hold."""

    sender_id = models.CharField(primary_key=True, max_length=80)
    operator = models.CharField(max_length=40, default="")
    """Whose staff reviewed its registration, and may suspend it."""
    contact_name = models.CharField(max_length=80, default="")
    contact_number = models.BigIntegerField(null=True)
    certificate = models.CharField(max_length=20, unique=True)
    since = models.DateTimeField(default=timezone.now)
    valid_until = models.DateTimeField(null=True)
    """Null for one that was loaded from files and has no term."""

    @classmethod
    def of(cls, sender_id: str) -> Firm:
        """The firm of a sender; one that was loaded from files gets its certificate now."""
        from wurao.control.firms.certificates import new_number

        found: Firm = cls.objects.get_or_create(sender_id=sender_id, defaults={"certificate": new_number()})[0]
        return found


class Application(models.Model):
    """Something applied for: what, by whom, before which operator, and how far it has come."""

    kind = models.CharField(max_length=20, choices=[(each, each) for each in KINDS])
    firm = models.ForeignKey(Firm, on_delete=models.CASCADE, null=True)
    """Null while it is a registration that is not accepted."""
    operator = models.CharField(max_length=40, db_index=True)
    state = models.CharField(max_length=20, choices=[(each, each) for each in STATES], db_index=True)
    content = models.JSONField()
    round = models.SmallIntegerField(default=1)
    """How often it was submitted: whoever decides says which round they read."""
    made_at = models.DateTimeField(default=timezone.now)
    submitted_at = models.DateTimeField(default=timezone.now, db_index=True)
    reason = models.TextField(default="")
    """Why it was refused."""
    link = models.CharField(max_length=64, null=True, unique=True)
    code = models.CharField(max_length=64, default="")
    """A keyed hash of the code sent to the contact's number, until it came back."""
    tries = models.SmallIntegerField(default=0)
    address = models.CharField(max_length=64, default="")
    """From where a registration was applied for."""
    notes = models.JSONField(default=list)
    """What the pre-check noted for the reviewer."""

    def give_link(self) -> str:
        """A new link by which an applicant without an account follows it; its token, which is kept nowhere."""
        token = secrets.token_urlsafe(32)
        self.link = digest("application", token)
        return token

    @classmethod
    def followed(cls, token: str) -> Application | None:
        """The application of a link."""
        return cls.objects.filter(link=digest("application", token)).first()


class Step(models.Model):
    """One thing that was done with an application or a firm; written, never changed."""

    firm = models.ForeignKey(Firm, on_delete=models.CASCADE, null=True, db_index=True)
    application = models.ForeignKey(Application, on_delete=models.CASCADE, null=True)
    at = models.DateTimeField(default=timezone.now)
    what = models.CharField(max_length=20)
    """submitted, refused, accepted, withdrawn, suspended, lifted, trunk_given, trunk_taken, ended."""
    role = models.CharField(max_length=20)
    person = models.BigIntegerField(null=True)
    reason = models.TextField(default="")
    content = models.JSONField(null=True)
    """What was submitted in that round."""


class Proof(models.Model):
    """A document that was handed in with an application; kept once, by its SHA-256."""

    sha256 = models.CharField(primary_key=True, max_length=64)
    name = models.CharField(max_length=120)
    octets = models.BinaryField()
    made_at = models.DateTimeField(default=timezone.now)

    @classmethod
    def keep(cls, name: str, octets: bytes) -> str:
        """Keep a document; its SHA-256."""
        found = hashlib.sha256(octets).hexdigest()
        plain = "".join(each for each in name if each.isprintable() and each not in '/\\"')[-100:]
        kept: dict[str, Any] = {"name": plain or "document", "octets": octets}
        cls.objects.get_or_create(sha256=found, defaults=kept)
        return found
