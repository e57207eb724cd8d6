"""The page that explains: an event is described, and every rule answers in order. POST, so that no address holds it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from wurao.control.accounts.guard import actor_of
from wurao.control.explained.asking import explained
from wurao.control.explained.forms import EventForm
from wurao.control.problems import problem
from wurao.control.rights import Role
from wurao.errors import Refused
from wurao.numbering import canonical, masked
from wurao.reasons import wordings
from wurao.settings.places import default_store
from wurao.snapshot import snapshot_ids


def explain(request: HttpRequest) -> HttpResponse:
    """Describe an event, and see what each rule looked at and said."""
    actor = actor_of(request)
    own = actor.number if actor.role is Role.SUBSCRIBER else None
    form = EventForm(request.POST or None)
    context: dict[str, Any] = {"form": form, "own": masked(own) if own is not None else None}
    if request.method != "POST":
        return render(request, "explained/explain.html", context)
    if not snapshot_ids(default_store()):
        return problem(request, 503, "还没有快照。There is no snapshot yet.")
    if form.is_valid():
        event = form.event(form.cleaned_data["to_number"] if own is None else canonical(own))
        try:
            answer = explained(actor, event)
        except Refused as error:
            form.add_error(error.where if error.where in form.fields else None, f"{error.wrong}; {error.right}")
        else:
            if answer is None:
                return problem(request, 404)
            context |= {"answer": answer, "wording": wordings()[answer.reason]}
    return render(request, "explained/explain.html", context, status=422 if form.errors else 200)
