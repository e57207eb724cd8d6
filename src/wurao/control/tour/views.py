"""The tour's page: what to look at in the own role, and each role at one click. Not there but in the demo."""

from __future__ import annotations

from django.contrib.auth import login, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from wurao.control.accounts.guard import actor_of, record
from wurao.control.accounts.models import ShownMessage
from wurao.control.accounts.views import BACKEND
from wurao.control.problems import problem
from wurao.control.rights import ROLE_WORDS, Role
from wurao.control.tour.demo import is_demo, somebody
from wurao.control.tour.steps import INTRODUCTIONS, STEPS

MESSAGES = 5


def tour(request: HttpRequest) -> HttpResponse:
    """What to look at, and who else one may be."""
    actor = actor_of(request)
    if not is_demo(actor.address):
        return problem(request, 404)
    shown = ShownMessage.objects.none()
    if actor.role is Role.SUBSCRIBER:
        shown = ShownMessage.objects.filter(number=actor.number).order_by("-pk")[:MESSAGES]
    roles = [(role, ROLE_WORDS[role], words) for role, words in INTRODUCTIONS.items()]
    context = {"roles": roles, "steps": STEPS.get(actor.role, ()), "shown": shown}
    return render(request, "tour/tour.html", context)


def tour_enter(request: HttpRequest) -> HttpResponse:
    """Be somebody of a role."""
    if not is_demo(actor_of(request).address):
        return problem(request, 404)
    role = next((each for each in INTRODUCTIONS if each.value == request.POST.get("role")), None)
    person = None if role is None else somebody(role)
    if person is None:
        return problem(request, 422)
    logout(request)
    login(request, person, backend=BACKEND)
    record(actor_of(request), "tour_entered", str(role))
    return redirect("tour")
