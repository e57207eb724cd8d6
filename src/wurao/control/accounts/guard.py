"""Before every view: who asks, and may they? `control.rights` decides; what it refuses is recorded.

In comes a request; it leaves with `actor`, or is answered here: a visitor is sent to sign in (a program: 401), staff
without a second factor to set one up, anybody else gets 403, and what is not in the table is not there (404).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode

from wurao.control.accounts.models import AccessRecord, ApiKey, Person
from wurao.control.problems import PROBLEM, is_api, problem
from wurao.control.registry.record import Author
from wurao.control.rights import RIGHTS, STAFF, Role

SAFE = ("GET", "HEAD", "OPTIONS")
_BEARER = "Bearer "


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks."""

    role: Role
    address: str
    person: Person | None = None
    way: str = "web"
    may_change: bool = True

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
    AccessRecord.objects.create(
        what=what,
        role=actor.role.value,
        person=actor.person.pk if actor.person else None,
        address=actor.address,
        subject=subject[:200],
        purpose=purpose,
    )


class Guard:
    """The middleware."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Find out who asks."""
        request.actor = _actor(request)  # type: ignore[attr-defined]
        answer = self._get_response(request)
        if answer.status_code == 405 and is_api(request) and answer.get("Content-Type") != PROBLEM:
            allowed, answer = answer.get("Allow", ""), problem(request, 405)
            answer["Allow"] = allowed
        return answer

    def process_view(self, request: HttpRequest, view: object, args: object, kwargs: Any) -> HttpResponse | None:
        """Let the view answer, or answer instead of it."""
        actor, name = actor_of(request), request.resolver_match.view_name if request.resolver_match else ""
        changes = request.method not in SAFE
        right = RIGHTS.get(name)
        if right is None:
            record(actor, "refused", name or request.path)
            return problem(request, 404)
        if actor.role not in right.roles(changes) or (changes and not actor.may_change):
            return _refused(request, actor, name, bool(right.roles(changes)))
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
        return Actor(Role(key.person.role), address, key.person, "api", key.changes)
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


def _has_second_factor(request: HttpRequest, actor: Actor) -> bool:
    from allauth.mfa.utils import is_mfa_enabled

    return bool(is_mfa_enabled(actor.person))
