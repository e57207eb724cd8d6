"""Pages of consents: a subscriber sees, gives and takes back; a firm asks and hands in."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from wurao.control.accounts.guard import actor_of, record
from wurao.control.consents import asking, bulk, given
from wurao.control.consents.forms import AskForm, BulkForm
from wurao.control.consents.models import Bulk, Request
from wurao.control.consents.terms import places
from wurao.control.consents.texts import firm_name
from wurao.control.firms.findings import Finding, NotRight
from wurao.control.firms.models import Firm
from wurao.control.firms.own import Sender, of_firm
from wurao.control.message_words import first_word
from wurao.control.problems import problem
from wurao.control.registry.models import MODELS, Change
from wurao.control.registry.record import ChangedMeanwhile
from wurao.control.registry.standing import wait_for
from wurao.control.waiting import AwaitsGuardian, TooOften
from wurao.control.wishes.views import awaits
from wurao.errors import Refused
from wurao.wishes import CATEGORIES, WISH_CHANNELS

A_PAGE = 50
REVOKED = "consents_revoked"
"""In the session: the changes that the last revocation made, for undo at one tap."""
BY_MESSAGE = (
    "也可以发短信：{word} 撤回全部，后面写企业名称或号码只撤回一家。",
    "By message too: {word} takes back all, with a firm's name or number behind it those to this firm.",
)


def consents(request: HttpRequest) -> HttpResponse:
    """All that I said yes to, and what I am being asked."""
    number, now = actor_of(request).number, datetime.now(UTC)
    held = given.consents_of(number)
    by_firm: dict[str, list[given.Given]] = {}
    for each in held:
        if each.is_in_force(now):
            by_firm.setdefault(each.sender_id, []).append(each)
    context = {
        "by_firm": [(found[0].firm, sender_id, found) for sender_id, found in by_firm.items()],
        "ended": [each for each in held if not each.is_in_force(now)][:A_PAGE],
        "asked": [(each, firm_name(each.sender_id), *_codes(each)) for each in asking.waiting_for(number)],
        "awaiting": [(each, firm_name(each.sender_id), *_codes(each)) for each in asking.awaiting_guardian(number)],
        "undo": request.session.get(REVOKED, []),
        "by_message": tuple(each.format(word=first_word("revoke")) for each in BY_MESSAGE),
    }
    return render(request, "consents/consents.html", context)


def consents_revoked(request: HttpRequest) -> HttpResponse:
    """Take one back, or all of a firm."""
    actor = actor_of(request)
    one, firm = request.POST.get("consent_id"), request.POST.get("sender_id")
    changes = given.revoke(actor.number, actor.author("revoked"), consent_id=one or None, sender_id=firm or None)
    if not changes:
        return problem(request, 404)
    request.session[REVOKED] = [each.seq for each in changes]
    return _settled(request, changes, f"已撤回 {len(changes)} 项同意。{len(changes)} consents are taken back.")


def consents_undo(request: HttpRequest) -> HttpResponse:
    """Put back what the last revocation took."""
    actor = actor_of(request)
    try:
        changes = given.undo(actor.number, request.session.pop(REVOKED, []), actor.author("undo"))
    except ChangedMeanwhile:
        return problem(request, 409)
    except AwaitsGuardian:
        return awaits(request, "consents")
    except TooOften:
        return problem(request, 429)
    except Refused:
        messages.info(request, "没有可以恢复的撤回。There is nothing to undo.")
        return redirect("consents")
    return _settled(request, changes, "已恢复。They are in force again.")


def consent_answered(request: HttpRequest, request_id: uuid.UUID) -> HttpResponse:
    """Agree to what a firm asks, or decline."""
    actor = actor_of(request)
    asked = asking.waiting_for(actor.number).filter(pk=request_id).first()
    if asked is None:
        return problem(request, 404)
    try:
        change = asking.answer(asked, request.POST.get("answer") == "yes", actor.author(f"request {request_id}"))
    except AwaitsGuardian:
        return awaits(request, "consents")
    except TooOften:
        return problem(request, 429)
    if change is not None:
        return _settled(request, [change], "已同意，随时可以撤回。Agreed; take it back at any time.")
    messages.success(request, "已拒绝，对方不会再就此征求。Declined; you will not be asked for this again.")
    return redirect("consents")


@of_firm
def firm_consents(request: HttpRequest, own: Firm, sender: Sender) -> HttpResponse:
    """What a firm asked for and handed in; ask one subscriber."""
    form, findings = AskForm(request.POST or None), []
    if request.method == "POST" and form.is_valid():
        try:
            asking.ask(own, form.cleaned_data["number"], form.cleaned_data, actor_of(request))
            messages.success(
                request,
                "已受理。用户把验证码告诉您后，填在下面。Taken; hand in the code below once the person gave it.",
            )
            return redirect("firm_consents")
        except NotRight as wrong:
            findings = wrong.findings
    return _firm_page(request, own, form, BulkForm(auto_id="bulk_%s"), findings)


@of_firm
def firm_consents_bulk(request: HttpRequest, own: Firm, sender: Sender) -> HttpResponse:
    """Hand in many that can be proved."""
    form = BulkForm(request.POST, request.FILES, auto_id="bulk_%s")
    findings: list[Finding] = []
    if form.is_valid():
        try:
            taken = bulk.take(own, form.cleaned_data["numbers"].read(), form.cleaned_data, actor_of(request))
        except NotRight as wrong:
            findings = wrong.findings
        except Refused as wrong:
            return problem(request, 422, str(wrong))
        else:
            added = taken.bulk.added
            messages.success(request, f"已登记 {added} 项同意。{added} consents were registered.")
            for place, text in taken.bad:
                messages.warning(request, f"第 {place} 行不是用户号码：{text}。Line {place} is no subscriber's number.")
            return redirect("firm_consents")
    return _firm_page(request, own, AskForm(), form, findings)


@of_firm
def firm_consent_code(request: HttpRequest, own: Firm, sender: Sender, request_id: uuid.UUID) -> HttpResponse:
    """Hand in the code that a person gave the firm."""
    asked = Request.objects.filter(pk=request_id, sender_id=own.sender_id).first()
    if asked is None:
        record(actor_of(request), "refused", "firm_consent_code")
        return problem(request, 404)
    try:
        change = asking.hand_in(asked, request.POST.get("code", ""), actor_of(request))
    except AwaitsGuardian:
        messages.success(request, "已收下，登记后在此显示。Taken; once it is registered it is shown here.")
        return redirect("firm_consents")
    except TooOften:
        return problem(request, 429)
    if change is None:
        messages.error(request, "验证码不对，或已作废。The code is not right, or void.")
        return redirect("firm_consents")
    wait_for(change)
    messages.success(request, "同意已登记。The consent is registered.")
    return redirect("firm_consents")


def _firm_page(
    request: HttpRequest, own: Firm, ask_form: AskForm, bulk_form: BulkForm, findings: list[Finding]
) -> HttpResponse:
    asked = Request.objects.filter(sender_id=own.sender_id).order_by("-asked_at")
    page = Paginator(asked, A_PAGE).get_page(request.GET.get("page"))
    held = MODELS["consents"].objects.filter(sender_id=own.sender_id)
    context: dict[str, Any] = {
        "page": page,
        "shown": [(each, asking.seen_by_firm(each), *_codes(each)) for each in page],
        "bulks": Bulk.objects.filter(sender_id=own.sender_id).order_by("-pk")[:A_PAGE],
        "held": held.count(),
        "revoked": held.filter(revoked__isnull=False).count(),
        "form": ask_form,
        "bulk_form": bulk_form,
        "findings": findings,
    }
    wrong = request.method == "POST"
    return render(request, "consents/firm_consents.html", context, status=422 if wrong else 200)


def _settled(request: HttpRequest, changes: list[Change], said: str) -> HttpResponse:
    wait_for(changes[-1])
    messages.success(request, said)
    return redirect("consents")


def _codes(asked: Request) -> tuple[list[str], list[str]]:
    categories = [CATEGORIES[place] for place in places(asked.categories)]
    return categories, [WISH_CHANNELS[place] for place in places(asked.channels)]
