"""Coming in and going out: a subscriber by number and code, staff by invitation; sessions, keys, people, records.

Staff sign in by allauth's views, with a second factor. Every page is allowed by `control.rights` before it gets here.
"""

from __future__ import annotations

from typing import cast

from allauth.account.internal.flows.login import record_authentication
from django.contrib import messages
from django.contrib.auth import login, logout
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from wurao.control.accounts.codes import send_code, try_code
from wurao.control.accounts.forms import CodeForm, InvitationForm, InvitedForm, KeyForm, NumberForm
from wurao.control.accounts.guard import actor_of, record
from wurao.control.accounts.models import AccessRecord, ApiKey, Invitation, Person
from wurao.control.accounts.oversight import counted_unmaskings, sign_out
from wurao.control.problems import problem
from wurao.control.rights import Role
from wurao.numbering import masked

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
ASKING = "number_asking"
NEXT = "enter_next"
A_PAGE = 50
RETRY_S = 3_600
"""Codes are counted by the hour."""


def enter(request: HttpRequest) -> HttpResponse:
    """A subscriber asks for a code. The answer is the same whoever has the number."""
    form = NumberForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        number = form.cleaned_data["number"]
        if not send_code(number, actor_of(request).address):
            record(actor_of(request), "code_refused", masked(number))
            answer = problem(request, 429)
            answer["Retry-After"] = str(RETRY_S)
            return answer
        request.session[ASKING] = number
        request.session[NEXT] = _safe_next(request)
        return redirect("enter_code")
    return render(request, "accounts/enter.html", {"form": form, "next": _safe_next(request)})


def enter_code(request: HttpRequest) -> HttpResponse:
    """The code comes back; a right one signs in."""
    number = request.session.get(ASKING)
    if number is None:
        return redirect("enter")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if try_code(number, form.cleaned_data["code"]):
            goes_to = request.session.pop(NEXT, "") or reverse("home")
            del request.session[ASKING]
            person = Person.objects.subscriber(number)
            if not person.is_active:
                return problem(request, 403)
            login(request, person, backend=BACKEND)
            record(actor_of(request), "signed_in", masked(number))
            return redirect(goes_to)
        record(actor_of(request), "sign_in_failed", masked(number))
        form.add_error("code", "验证码不对或已过期。The code is not right, or too old.")
    context = {"form": form, "masked": masked(number)}
    return render(request, "accounts/enter_code.html", context, status=422 if form.errors else 200)


def leave(request: HttpRequest) -> HttpResponse:
    """Sign out."""
    logout(request)
    return redirect("front")


def invited(request: HttpRequest, token: str) -> HttpResponse:
    """Somebody follows a one-time link to join the staff."""
    invitation = Invitation.found(token)
    if invitation is None:
        record(actor_of(request), "invitation_refused")
        return problem(request, 404)
    form = InvitedForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        # Marked first: of two who use the link at once, one is let in.
        if not Invitation.objects.filter(pk=invitation.pk, used=False).update(used=True):
            return problem(request, 404)
        given = form.cleaned_data
        whose = {name: getattr(invitation, name) for name in ("operator", "city", "sender_id")}
        role = Role(invitation.role)
        person = Person.objects.staff(given["username"], given["password"], role, name=given["name"], **whose)
        login(request, person, backend=BACKEND)
        record_authentication(request, person, method="password", reauthenticated=True)
        record(actor_of(request), "invitation_used", given["username"])
        return redirect("mfa_index")
    context = {"form": form, "role": invitation.role}
    return render(request, "accounts/invited.html", context, status=422 if form.errors else 200)


def people(request: HttpRequest) -> HttpResponse:
    """The staff: an administrator invites, everybody else who comes here looks on."""
    form, link = InvitationForm(request.POST or None), ""
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        whose = {name: given[name] for name in ("operator", "city", "sender_id")}
        token = Invitation.make(Role(given["role"]), **whose)
        link = request.build_absolute_uri(reverse("invited", args=[token]))
        record(actor_of(request), "invited", given["role"])
    staff = Person.objects.exclude(role=Role.SUBSCRIBER.value).order_by("username")
    page = Paginator(staff, A_PAGE).get_page(request.GET.get("page"))
    return render(request, "accounts/people.html", {"form": form, "link": link, "page": page})


def sign_out_person(request: HttpRequest, person: int) -> HttpResponse:
    """End every session of somebody, and, where asked, keep them out."""
    found = Person.objects.filter(pk=person).first()
    if found is None:
        return problem(request, 404)
    ended = sign_out(actor_of(request), found, close="close" in request.POST)
    messages.success(request, f"已结束 {ended} 个会话。{ended} sessions were ended.")
    return redirect("people")


def access_records(request: HttpRequest) -> HttpResponse:
    """Who came in, was refused, unmasked a number: the auditor's page."""
    found = AccessRecord.objects.order_by("-pk")
    what = request.GET.get("what", "")
    if what:
        found = found.filter(what=what)
    page = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    kinds = AccessRecord.objects.values_list("what", flat=True).distinct().order_by("what")
    context = {"page": page, "kinds": kinds, "what": what, "unmasked": counted_unmaskings(A_PAGE)}
    return render(request, "accounts/access_records.html", context)


def keys(request: HttpRequest) -> HttpResponse:
    """The own keys of the API; a new one is shown once."""
    person, shown = cast(Person, request.user), ""
    form = KeyForm(request.POST or None, Role(person.role))
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        calls, per_minute = " ".join(given["calls"]), given["per_minute"]
        made = ApiKey.make(person, given["name"], given["days"], given["changes"], calls=calls, per_minute=per_minute)
        shown = made[1]
        record(actor_of(request), "key_made", given["name"])
    own = ApiKey.objects.filter(person=person, ended=False).order_by("-pk")
    return render(request, "accounts/keys.html", {"form": form, "shown": shown, "keys": own})


def key_ended(request: HttpRequest, key: int) -> HttpResponse:
    """End one of the own keys."""
    if not ApiKey.objects.filter(pk=key, person=cast(Person, request.user)).update(ended=True):
        record(actor_of(request), "refused", "key_ended")
        return problem(request, 404)
    record(actor_of(request), "key_ended", str(key))
    return redirect("keys")


def _safe_next(request: HttpRequest) -> str:
    """Where to go after signing in: a page of ours only."""
    asked = request.POST.get("next") or request.GET.get("next") or ""
    return asked if url_has_allowed_host_and_scheme(asked, None) and asked.startswith("/") else ""
