"""People of a registry for benchmarks, made by a process that has Django: `python -m benchmarks.people`.

What is wanted comes as JSON on standard input: `subscribers`, Numbers of those who get a key of the API; `signed_in`,
of each role whose session is wanted what belongs to them (`number`, `operator`, `city`, `sender_id`); `keys`, the same
of those of the staff who get a key. Out go the keys and cookies. The benchmark itself never loads Django, so that it
may read the database by ADBC.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import Any

from benchmarks.serving import Home

DAYS = 30
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
PASSWORD = "correct horse battery"


def keys_of(at: Home, numbers: Sequence[int]) -> list[str]:
    """A key of the API for each subscriber, in the same order."""
    found: list[str] = _made(at, {"subscribers": list(numbers)})["subscribers"]
    return found


def key_of_staff(at: Home, role: str, **more: str) -> str:
    """A key of the API for one of the staff."""
    return str(_made(at, {"keys": {role: more}})["keys"][role])


def cookies_of(at: Home, roles: dict[str, dict[str, Any]]) -> dict[str, str]:
    """The session of one person of each role, signed in just now, as a header `Cookie` has it."""
    found: dict[str, str] = _made(at, {"signed_in": roles})["signed_in"]
    return found


def _made(at: Home, wanted: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(at.run("benchmarks.people", given=json.dumps(wanted)).stdout)
    return found


def main() -> None:
    """Make them, and print what opens the doors."""
    from wurao.control.start import start

    wanted = json.load(sys.stdin)
    start()
    from django.db import transaction

    with transaction.atomic():
        made = {
            "subscribers": [_key(_subscriber(number)) for number in wanted.get("subscribers", ())],
            "keys": {role: _key(_staff(role, **more)) for role, more in wanted.get("keys", {}).items()},
            "signed_in": {role: _session(role, more) for role, more in wanted.get("signed_in", {}).items()},
        }
    print(json.dumps(made))


def _subscriber(number: int) -> Any:
    from wurao.control.accounts.models import Person

    return Person.objects.subscriber(number)


def _staff(role: str, **more: str) -> Any:
    """One of the staff with a second factor set up, and recovery codes."""
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    from wurao.control.accounts.models import Person
    from wurao.control.rights import Role

    person = Person.objects.staff(f"bench-{role}", PASSWORD, Role(role), **more)
    TOTP.activate(person, generate_totp_secret())
    RecoveryCodes.activate(person)
    return person


def _key(person: Any) -> str:
    from wurao.control.accounts.models import ApiKey

    return ApiKey.make(person, "bench", DAYS, changes=True)[1]


def _session(role: str, more: dict[str, Any]) -> str:
    from allauth.account.internal.flows.login import record_authentication
    from django.http import HttpRequest
    from django.test import Client

    caller = more.pop("caller", None)
    person = _subscriber(more["number"]) if role == "subscriber" else _staff(role, **more)
    client = Client(HTTP_HOST="127.0.0.1")
    client.force_login(person, backend=BACKEND)
    request = HttpRequest()
    request.session = client.session
    record_authentication(request, person, method="password", reauthenticated=True)
    if caller is not None:
        request.session["agent_caller"] = caller
    request.session.save()
    return f"session={client.cookies['session'].value}"


if __name__ == "__main__":
    main()
