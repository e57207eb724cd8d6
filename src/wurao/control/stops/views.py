"""The subscriber's pages of what was stopped: seen, explained, answered at one tap and taken back at another.

Everything is the signed-in number's own. A caller's number is masked; to see it whole one gives a purpose.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode

from wurao.control.accounts.guard import Actor, actor_of, record
from wurao.control.problems import problem
from wurao.control.registry.models import Change
from wurao.control.registry.record import ChangedMeanwhile
from wurao.control.registry.standing import standing_of, wait_for
from wurao.control.stops import taps
from wurao.control.stops.found import Stop, stop_of, stops_of
from wurao.control.stops.preview import preview
from wurao.control.stops.remedies import Remedy, can_be_denied, remedy_of
from wurao.control.waiting import AwaitsGuardian
from wurao.control.wishes import registration
from wurao.control.wishes.choices import Choice, chosen
from wurao.control.wishes.differences import difference
from wurao.control.wishes.forms import WishForm
from wurao.control.wishes.views import awaits
from wurao.errors import Refused
from wurao.numbering import canonical
from wurao.settings.places import default_store
from wurao.snapshot import snapshot_ids

A_PAGE = 20
SHORTEST_PURPOSE = 4
LONGEST_NAME = 40
CSRF = "csrfmiddlewaretoken"


@dataclass(frozen=True, slots=True)
class Shown:
    """A stop as the page shows it."""

    stop: Stop
    remedy: Remedy
    can_be_denied: bool
    entry: Literal["allow", "deny"] | None
    """What the own list says of the caller by now."""
    undo: int | None
    """The change that said so."""
    reported: bool


def stops(request: HttpRequest) -> HttpResponse:
    """A page of stops, the newest first; `before`: those behind one; `done`: the change that a tap has just made."""
    actor = actor_of(request)
    before = _name_in(request.GET.get("before", ""))
    found = stops_of(actor.number, before, A_PAGE + 1)
    shown = as_shown(actor.number, found[:A_PAGE])
    older = found[A_PAGE - 1].event if len(found) > A_PAGE else None
    context = {"shown": shown, "older": older, "before": before, **_done(request, actor)}
    return render(request, "stops/stops.html", context)


def stop_let_through(request: HttpRequest, event: str) -> HttpResponse:
    """Let the same through the next time."""
    return _tapped(request, event, lambda stop, actor: taps.let_through(stop, actor.author("let through")))


def stop_never(request: HttpRequest, event: str) -> HttpResponse:
    """Keep the caller out from now on."""
    return _tapped(request, event, lambda stop, actor: taps.never_again(stop, actor.author("never again")))


def stop_fraud(request: HttpRequest, event: str) -> HttpResponse:
    """Report a stop as fraud; or, with `withdraw`, take the report back."""
    actor = actor_of(request)
    stop = stop_of(actor.number, event)
    if stop is None:
        return problem(request, 404)
    if "withdraw" in request.POST:
        taps.withdraw_report(stop)
        messages.success(request, "已撤回举报。Your report was taken back.")
    else:
        taps.report_fraud(stop, actor.author())
        messages.success(request, "已收到举报，谢谢。It was reported as fraud; thank you.")
    return redirect(_back(request, event))


def stops_undo(request: HttpRequest) -> HttpResponse:
    """Put back what stood before a tap."""
    actor, seq = actor_of(request), request.POST.get("seq", "")
    if not (seq.isdecimal() and len(seq) < 19):
        return problem(request, 422)
    try:
        change = taps.undo(actor.number, int(seq), actor.author("undo"))
    except ChangedMeanwhile:
        return problem(request, 409)
    if change is None:
        record(actor, "refused", "stops_undo")
        return problem(request, 404)
    wait_for(change)
    messages.success(request, "已撤销。It was undone.")
    return redirect(_back(request, ""))


def stops_standing(request: HttpRequest, seq: int) -> HttpResponse:
    """How far the change of a tap has come; asked by the page while it is not yet everywhere."""
    change = registration.own_change(actor_of(request).number, seq)
    if change is None:
        return problem(request, 404)
    standing = standing_of(change)
    return JsonResponse({"standing": standing.code, "zh": standing.zh, "en": standing.en})


def stop_unmask(request: HttpRequest, event: str) -> HttpResponse:
    """Who called, whole, for a purpose, which is kept."""
    actor = actor_of(request)
    stop, purpose = stop_of(actor.number, event), request.POST.get("purpose", "").replace("\0", "").strip()
    if stop is None:
        return problem(request, 404)
    if len(purpose) < SHORTEST_PURPOSE:
        return problem(request, 422, "请写明查看号码的目的。Say for what purpose.")
    record(actor, "unmasked", stop.masked, purpose)
    context = {"stop": stop, "number": canonical(stop.caller), "purpose": purpose}
    return render(request, "stops/unmasked.html", context)


def wishes_preview(request: HttpRequest) -> HttpResponse:
    """What yesterday would have been under what the page of wishes has chosen, before it is saved."""
    actor = actor_of(request)
    before = registration.registered(actor.number)
    if "choice" in request.POST:
        choice = next((each for each in Choice if each.value == request.POST["choice"]), None)
        wanted = None if choice is None else replace(before, wish=chosen(before.wish, choice))
    else:
        form = WishForm(request.POST)
        wanted = form.wanted(before) if form.is_valid() else None
    if wanted is None:
        return problem(request, 422)
    if not snapshot_ids(default_store()):
        return problem(request, 503, "还没有快照。There is no snapshot yet.")
    given = [(name, value) for name, values in request.POST.lists() if name != CSRF for value in values]
    context = {
        "preview": preview(actor.number, wanted),
        "said": difference(before, wanted),
        "given": given,
        "save_to": reverse("wishes_choice" if "choice" in request.POST else "wishes"),
    }
    return render(request, "stops/preview.html", context)


def as_shown(number: int, found: list[Stop]) -> list[Shown]:
    """Stops with what can be done about them, and what was."""
    entries = taps.entries_of(number, {stop.caller for stop in found})
    reported = taps.reported(number, [stop.event for stop in found])
    shown = []
    for stop in found:
        entry, undo = entries.get(stop.caller, (None, None))
        shown.append(Shown(stop, remedy_of(stop), can_be_denied(stop), entry, undo, stop.event in reported))
    return shown


def _tapped(request: HttpRequest, event: str, tap: Any) -> HttpResponse:
    actor = actor_of(request)
    stop = stop_of(actor.number, event)
    if stop is None:
        return problem(request, 404)
    try:
        change: Change = tap(stop, actor)
    except ChangedMeanwhile:
        return problem(request, 409)
    except AwaitsGuardian:
        return awaits(request, "stops")
    except Refused as error:
        return problem(request, 422, error.right)
    wait_for(change)
    return redirect(_back(request, event, done=str(change.seq), at=event))


def _done(request: HttpRequest, actor: Actor) -> dict[str, Any]:
    """The change that a tap has just made, and how far it has come."""
    seq = request.GET.get("done", "")
    if not (seq.isdecimal() and len(seq) < 19):
        return {}
    change = registration.own_change(actor.number, int(seq))
    at = request.GET.get("at", "")
    return {} if change is None else {"done": change, "done_at": at, "standing": standing_of(change)}


def _back(request: HttpRequest, event: str, **more: str) -> str:
    """The page of stops on which one was, at a stop."""
    before = _name_in(request.POST.get("before", ""))
    asked = urlencode(({"before": before} if before else {}) | more)
    return f"{reverse('stops')}{'?' if asked else ''}{asked}{'#' if event else ''}{event}"


def _name_in(text: str) -> str:
    """The name of a stop; empty where a text is none."""
    return text if len(text) <= LONGEST_NAME and text.replace("-", "").isalnum() and text.isascii() else ""
