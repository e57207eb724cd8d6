"""Somebody of each role, signed in, for tests of pages."""

from __future__ import annotations

from typing import Any

NUMBER = "+8613835110001"
OTHER = "+8613835110002"
PASSWORD = "correct horse battery"
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def browser(person: Any = None) -> Any:
    """A browser, of somebody who is signed in or of a visitor; forms must carry their token, as in real life."""
    from django.test import Client

    client = Client(HTTP_HOST="127.0.0.1")
    if person is not None:
        client.force_login(person, backend=BACKEND)
    return client


def subscriber(number: str = NUMBER) -> Any:
    """The subscriber of a number."""
    from wurao.control.accounts.models import Person
    from wurao.numbering import parse_text

    return Person.objects.subscriber(parse_text(number))


def staff(role: str, name: str = "", second_factor: bool = True, **more: str) -> Any:
    """One of the staff, with a second factor set up unless told otherwise."""
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    from wurao.control.accounts.models import Person
    from wurao.control.rights import Role

    person = Person.objects.staff(name or role, PASSWORD, Role(role), **more)
    if second_factor:
        TOTP.activate(person, generate_totp_secret())
    return person


def key_of(person: Any, changes: bool = True) -> str:
    """A key of the API."""
    from wurao.control.accounts.models import ApiKey

    return ApiKey.make(person, "test", 1, changes)[1]
