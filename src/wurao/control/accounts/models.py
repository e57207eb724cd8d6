"""People, and what shows that they are who they say: one-time codes, invitations, keys; and the record of access.

Nothing that opens a door is kept as it is: codes, invitations and keys are kept as keyed hashes. Times are of the
database's own kind, since none of this goes to the data plane.
"""

from __future__ import annotations

import functools
import hashlib
import hmac
import secrets
from datetime import timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import connection, models
from django.utils import timezone

from wurao.control.rights import Role
from wurao.control.straight import ask, fields_of, instance_of, selected

CALLS_PER_MINUTE = 6_000
"""Of a key that says nothing else."""
ROLES = [(role.value, role.value) for role in Role if role is not Role.NOBODY]


def digest(kind: str, secret: str) -> str:
    """What is kept of a secret: its HMAC under this installation's key."""
    return hmac.new(settings.SECRET_KEY.encode(), f"{kind}:{secret}".encode(), hashlib.sha256).hexdigest()


class People(BaseUserManager["Person"]):
    """How people are made."""

    def staff(self, username: str, password: str, role: Role, **more: Any) -> Person:
        """One of the staff, with a password."""
        person = self.model(username=username, role=role.value, **more)
        person.set_password(password)
        person.save(using=self._db)
        return person

    def subscriber(self, number: int) -> Person:
        """The subscriber of a number, made where it is the first time."""
        person, made = self.get_or_create(number=number, defaults={"role": Role.SUBSCRIBER.value})
        if made:
            person.set_unusable_password()
            person.save(update_fields=["password"])
        return person


class Person(AbstractBaseUser):
    """A subscriber, by number, or one of the staff, by name; each has one role."""

    username = models.CharField(max_length=80, unique=True, null=True)
    number = models.BigIntegerField(unique=True, null=True)
    name = models.CharField(max_length=80, default="", blank=True)
    role = models.CharField(max_length=20, choices=ROLES)
    operator = models.CharField(max_length=40, default="", blank=True)
    """Of an operator's staff: whose."""
    city = models.CharField(max_length=40, default="", blank=True)
    """Of a police liaison: where."""
    sender_id = models.CharField(max_length=80, default="", blank=True)
    """Of a firm: which."""
    is_active = models.BooleanField(default=True)
    made_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[People] = People()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    def __str__(self) -> str:
        return self.username or f"subscriber {self.pk}"


class OneTimeCode(models.Model):
    """A code sent to a number; good once, for a few minutes and a few tries."""

    number = models.BigIntegerField(db_index=True)
    purpose = models.CharField(max_length=20, default="enter")
    """What it is good for: a code for one thing opens no other."""
    digest = models.CharField(max_length=64)
    address = models.CharField(max_length=64, db_index=True)
    made_at = models.DateTimeField(default=timezone.now, db_index=True)
    tries = models.SmallIntegerField(default=0)
    used = models.BooleanField(default=False)


class ShownMessage(models.Model):
    """A text that the default sender would have sent, for the demo's screen; only the last few are kept."""

    number = models.BigIntegerField()
    text = models.TextField()
    made_at = models.DateTimeField(default=timezone.now)


class Invitation(models.Model):
    """A link that makes one member of the staff, once."""

    digest = models.CharField(max_length=64, unique=True)
    role = models.CharField(max_length=20, choices=ROLES)
    operator = models.CharField(max_length=40, default="", blank=True)
    city = models.CharField(max_length=40, default="", blank=True)
    sender_id = models.CharField(max_length=80, default="", blank=True)
    made_at = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField()
    used = models.BooleanField(default=False)

    @classmethod
    def make(cls, role: Role, hours: int = 24, **more: str) -> str:
        """A new invitation; its token, which is kept nowhere."""
        token = secrets.token_urlsafe(32)
        until = timezone.now() + timedelta(hours=hours)
        cls.objects.create(digest=digest("invitation", token), role=role.value, until=until, **more)
        return token

    @classmethod
    def found(cls, token: str) -> Invitation | None:
        """The invitation of a token, while it is good."""
        return cls.objects.filter(digest=digest("invitation", token), used=False, until__gt=timezone.now()).first()


class ApiKey(models.Model):
    """A key of the API: whose, for what, until when."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE)
    name = models.CharField(max_length=80)
    digest = models.CharField(max_length=64, unique=True)
    changes = models.BooleanField(default=False)
    """Whether it may change something, or only see and ask."""
    calls = models.TextField(default="", blank=True)
    """The calls that it is for, by name, parted by blanks; all that the role may make where it is empty."""
    per_minute = models.IntegerField(default=CALLS_PER_MINUTE)
    """So many calls a minute are answered."""
    made_at = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField()
    ended = models.BooleanField(default=False)

    @classmethod
    def make(cls, person: Person, name: str, days: int, changes: bool, **more: Any) -> tuple[ApiKey, str]:
        """A new key, and its text, which is shown once; `more`: `calls` and `per_minute`."""
        text = f"wurao_{secrets.token_urlsafe(32)}"
        more.setdefault("until", timezone.now() + timedelta(days=days))
        key = cls.objects.create(person=person, name=name, digest=digest("key", text), changes=changes, **more)
        return key, text

    def is_for(self, call: str) -> bool:
        """Whether it is for a call, by the name of its URL."""
        return not self.calls or call in self.calls.split()

    @classmethod
    def found(cls, text: str) -> ApiKey | None:
        """The key of a text, while it is good."""
        now = cls.until.field.get_db_prep_value(timezone.now(), connection)
        found = ask(_good_key(), [digest("key", text), now])
        if not found:
            return None
        own = len(fields_of(cls))
        key = instance_of(cls, found[0][:own])
        key.person = instance_of(Person, found[0][own:])
        return key


@functools.cache
def _good_key() -> str:
    return (
        f"SELECT {selected(ApiKey, 'k')}, {selected(Person, 'p')} "
        f'FROM "{ApiKey._meta.db_table}" AS "k" JOIN "{Person._meta.db_table}" AS "p" ON "p"."id" = "k"."person_id" '
        'WHERE "k"."digest" = %s AND NOT "k"."ended" AND "k"."until" > %s AND "p"."is_active"'
    )


class Answered(models.Model):
    """The answer to a request with an idempotency key: the same request again gets the same answer."""

    key = models.CharField(max_length=64, primary_key=True)
    """Whose, and which: hashed."""
    request = models.CharField(max_length=64)
    status = models.SmallIntegerField()
    body = models.TextField()
    made_at = models.DateTimeField(default=timezone.now)


class AccessRecord(models.Model):
    """Something about access that is kept: signing in, being refused, unmasking; written, never changed."""

    at = models.DateTimeField(default=timezone.now, db_index=True)
    what = models.CharField(max_length=30, db_index=True)
    role = models.CharField(max_length=20)
    person = models.BigIntegerField(null=True)
    address = models.CharField(max_length=64)
    subject = models.CharField(max_length=200, default="")
    """What it was about: a URL's name, a masked number."""
    purpose = models.TextField(default="")
