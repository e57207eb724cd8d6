"""Before every view: who asks, and may they? `control.rights` decides; what it refuses is recorded.

In comes a request; it leaves with `actor`, or is answered here: a visitor is sent to sign in (a program: 401), staff
without a second factor to set one up, anybody else gets 403, and what is not in the table is not there (404). A key of
the API opens only the calls that it is for, and only so many a minute (429).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode

from wurao.control.accounts import limits
from wurao.control.accounts.models import AccessRecord, ApiKey, Person
from wurao.control.problems import is_api, problem
from wurao.control.registry.record import Author
from wurao.control.rights import RIGHTS, STAFF, Role

SAFE = ("GET", "HEAD", "OPTIONS")
_BEARER = "Bearer "
_noted: ContextVar[list[AccessRecord] | None] = ContextVar("noted", default=None)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks."""

    role: Role
    address: str
    person: Person | None = None
    way: str = "web"
    may_change: bool = True
    key: ApiKey | None = None

    @property
    def number(self) -> int:
        """A subscriber's own number."""
        assert self.person is not None
        assert self.person.number is not None
        return self.person.number

    def author(self, purpose: str = "") -> Author:
        """The same, as the history of the registry has it."""
        return Author(self.role.value, self.way, self.person.pk if self.person else None, purpose)


def actor_of(request: HttpRequest) -> Actor:
    """Who asks; every view may rely on it."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def record(actor: Actor, what: str, subject: str = "", purpose: str = "") -> None:
    """Keep something about access."""
    made = AccessRecord.objects.create(
        what=what,
        role=actor.role.value,
        person=actor.person.pk if actor.person else None,
        address=actor.address,
        subject=subject[:200],
        purpose=purpose,
    )
    noted = _noted.get()
    if noted is not None:
        noted.append(made)


@contextmanager
def kept_whatever_happens() -> Iterator[None]:
    """What is recorded within stays recorded, though what it was recorded in is undone by an error."""
    noted: list[AccessRecord] = []
    token = _noted.set(noted)
    try:
        yield
    except BaseException:
        for each in noted:
            each.pk = None
        AccessRecord.objects.bulk_create(noted)
        raise
    finally:
        _noted.reset(token)


class Guard:
    """The middleware."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Find out who asks."""
        request.actor = _actor(request)  # type: ignore[attr-defined]
        answer = self._get_response(request)
        if answer.status_code == 405 and is_api(request):
            answer = problem(request, 405)
            answer["Allow"] = ", ".join(_methods_of(request))
        return answer

    def process_view(self, request: HttpRequest, view: object, args: object, kwargs: Any) -> HttpResponse | None:
        """Let the view answer, or answer instead of it."""
        actor, name = actor_of(request), request.resolver_match.view_name if request.resolver_match else ""
        sends = request.method not in SAFE
        right = RIGHTS.get(name)
        if right is None:
            record(actor, "refused", name or request.path)
            return problem(request, 404)
        if actor.role not in (right.roles(sends) if actor.may_change or not sends else right.ask):
            return _refused(request, actor, name, bool(right.roles(sends)))
        if actor.key is not None and (refused := _refused_to_key(request, actor, actor.key, name)):
            return refused
        if not right.bare and actor.role in STAFF and actor.way == "web" and not _has_second_factor(request, actor):
            return HttpResponseRedirect(reverse("mfa_index"))
        return None


def _actor(request: HttpRequest) -> Actor:
    address = str(request.META.get("REMOTE_ADDR", ""))
    if is_api(request):
        given = request.headers.get("Authorization", "")
        key = ApiKey.found(given.removeprefix(_BEARER)) if given.startswith(_BEARER) else None
        if key is None:
            return Actor(Role.NOBODY, address, way="api")
        return Actor(Role(key.person.role), address, key.person, "api", key.changes, key)
    user = request.user
    if isinstance(user, AnonymousUser) or not isinstance(user, Person):
        return Actor(Role.NOBODY, address)
    return Actor(Role(user.role), address, user)


def _refused(request: HttpRequest, actor: Actor, name: str, is_for_somebody: bool) -> HttpResponse:
    if not is_for_somebody:
        return problem(request, 405)
    if actor.role is Role.NOBODY and not is_api(request) and request.method in SAFE:
        return HttpResponseRedirect(f"{reverse('enter')}?{urlencode({'next': request.get_full_path()})}")
    record(actor, "refused", name)
    return problem(request, 401 if actor.role is Role.NOBODY and is_api(request) else 403)


def _methods_of(request: HttpRequest) -> list[str]:
    from wurao.control.api import api

    return api.methods_of(request.resolver_match.url_name or "") if request.resolver_match else []


def _refused_to_key(request: HttpRequest, actor: Actor, key: ApiKey, name: str) -> HttpResponse | None:
    """The answer to a call that the key is not for, or one too many; null for any other."""
    if not key.is_for(name):
        record(actor, "refused", name)
        return problem(request, 403, "this key is not for this call")
    wait = limits.take(key.pk, key.per_minute)
    if not wait:
        return None
    if not limits.take(key.pk, 1, limits.TOLD):
        record(actor, "too_many_calls", f"key {key.pk}")
    answer = problem(request, 429, f"this key may make {key.per_minute} calls a minute")
    answer["Retry-After"] = str(math.ceil(wait))
    return answer


def _has_second_factor(request: HttpRequest, actor: Actor) -> bool:
    from allauth.mfa.utils import is_mfa_enabled

    return bool(is_mfa_enabled(actor.person))
