"""The reviewers' pages: the inbox, a decision, a firm with its trunks and suspension, a document.

An operator's staff decide what is before their operator; the regulator and the auditor look on, and the regulator may
suspend. What is another operator's is not there.
"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from wurao.control.accounts.guard import Actor, actor_of, record
from wurao.control.firms import applications, registered
from wurao.control.firms.certificates import certificate_of
from wurao.control.firms.findings import Finding, NotRight
from wurao.control.firms.found import own_firms, reviewed, seen_firm
from wurao.control.firms.given import asked, plain, posted
from wurao.control.firms.kinds import KINDS
from wurao.control.firms.kinds.header import written
from wurao.control.firms.models import Application, Firm, Proof, Step
from wurao.control.firms.public import invitation_url
from wurao.control.firms.template_check import variables
from wurao.control.firms.words import STATE_WORDS, categories_of
from wurao.control.problems import problem
from wurao.control.registry import rows
from wurao.control.registry.models import MODELS
from wurao.control.registry.record import ChangedMeanwhile
from wurao.control.registry.standing import wait_for
from wurao.control.rights import Role, may

A_PAGE = 50


def reviews(request: HttpRequest) -> HttpResponse:
    """What waits, the oldest first."""
    page = Paginator(applications.inbox(actor_of(request)), A_PAGE).get_page(request.GET.get("page"))
    shown = [(each, KINDS[each.kind], KINDS[each.kind].title(each.content)) for each in page]
    return render(request, "firms/reviews.html", {"page": page, "shown": shown})


def review(request: HttpRequest, pk: int) -> HttpResponse:
    """Look at one application, and decide."""
    actor = actor_of(request)
    application = reviewed(actor, pk)
    if application is None:
        return problem(request, 404)
    findings: list[Finding] = []
    if request.method == "POST":
        try:
            return _decided(request, application, actor)
        except NotRight as wrong:
            findings = wrong.findings
        except ChangedMeanwhile:
            return problem(request, 409)
    firm = application.firm
    context: dict[str, Any] = {
        "application": application,
        "words": KINDS[application.kind].words,
        "state": STATE_WORDS[application.state],
        "sender": rows.row_of("senders", (firm.sender_id,)) if firm else None,
        "findings": findings,
        "steps": applications.steps_of(application),
        "may_decide": application.state == "waiting" and may(actor.role, "review", True),
    }
    if application.kind == "template":
        context["variables"] = variables(application.content["body"])
    return render(request, "firms/review.html", context, status=422 if findings else 200)


def proof(request: HttpRequest, sha256: str) -> HttpResponse:
    """A document, to those who may see an application that has it; never shown by the browser itself."""
    actor = actor_of(request)
    if actor.role is Role.FIRM:
        seen = Application.objects.filter(firm_id=actor.person.sender_id if actor.person else "")
    else:
        seen = applications.reviewable(actor)
    found = Proof.objects.filter(sha256=plain(sha256)).first()
    if found is None or not seen.filter(content__proof=found.sha256).exists():
        record(actor, "refused", "proof")
        return problem(request, 404)
    answer = HttpResponse(bytes(found.octets), content_type="application/octet-stream")
    answer.headers["Content-Disposition"] = f'attachment; filename="{sha256[:16]}"'
    return answer


def firms(request: HttpRequest) -> HttpResponse:
    """The firms that are registered: of an operator's staff those that it may suspend."""
    actor = actor_of(request)
    found = own_firms(actor).order_by("sender_id")
    named = asked(request, "name", 80).strip()
    if named:
        senders = MODELS["senders"].objects.filter(Q(name__contains=named) | Q(credit_code=named))
        found = found.filter(sender_id__in=senders.values("sender_id"))
    page = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    held = rows.rows_of("senders", [(each.sender_id,) for each in page])
    shown = [(each, held.get((each.sender_id,))) for each in page]
    return render(request, "firms/firms.html", {"page": page, "shown": shown, "asked": named})


def firm_seen(request: HttpRequest, sender_id: str) -> HttpResponse:
    """One firm: what it has registered, what was done with it."""
    found = seen_firm(actor_of(request), sender_id)
    if found is None:
        return problem(request, 404)
    return _firm_page(request, found)


def firm_suspension(request: HttpRequest, sender_id: str) -> HttpResponse:
    """Suspend a firm, or lift that, for a reason."""
    found = seen_firm(actor_of(request), sender_id)
    if found is None:
        return problem(request, 404)
    suspended = request.POST.get("suspended") == "1"
    try:
        change = registered.set_suspended(found, suspended, posted(request, "reason", 500), actor_of(request))
    except NotRight as wrong:
        return _firm_page(request, found, wrong.findings)
    except ChangedMeanwhile:
        return problem(request, 409)
    wait_for(change)
    messages.success(request, "已暂停。Suspended." if suspended else "已恢复。Lifted.")
    return redirect("firm_seen", sender_id=sender_id)


def firm_trunk(request: HttpRequest, sender_id: str) -> HttpResponse:
    """Give a firm one of the own operator's trunks, or take it."""
    found = seen_firm(actor_of(request), sender_id)
    if found is None:
        return problem(request, 404)
    try:
        given = request.POST.get("given") == "1"
        change = registered.give_trunk(found, posted(request, "trunk"), given, actor_of(request))
    except NotRight as wrong:
        return _firm_page(request, found, wrong.findings)
    wait_for(change)
    return redirect("firm_seen", sender_id=sender_id)


def _firm_page(request: HttpRequest, found: Firm, findings: list[Finding] | None = None) -> HttpResponse:
    actor = actor_of(request)
    certificate = certificate_of(found)
    assert certificate is not None
    held = registered.trunks(found)
    context = {
        "firm": found,
        "sender": certificate.sender,
        "is_suspended": certificate.state == "suspended",
        "state": STATE_WORDS[certificate.state],
        "categories": categories_of(certificate.sender["categories"]),
        "headers": [(written(each), each) for each in registered.headers(found)],
        "templates": registered.templates(found),
        "trunks": held,
        "own_trunks": [(each, each in held) for each in registered.own_trunks(actor)]
        if may(actor.role, "firm_trunk", True)
        else [],
        "may_suspend": may(actor.role, "firm_suspension", True),
        "steps": Step.objects.filter(firm=found).order_by("-pk")[:A_PAGE],
        "findings": findings or [],
    }
    return render(request, "firms/firm_seen.html", context, status=422 if findings else 200)


def _decided(request: HttpRequest, application: Application, actor: Actor) -> HttpResponse:
    seen = request.POST.get("round", "")
    if not seen.isdecimal():
        return problem(request, 422)
    decision = request.POST.get("decision")
    if decision == "refuse":
        applications.refuse(application, int(seen[:4]), posted(request, "reason", 500), actor)
        messages.success(request, "已退回。It was refused.")
        return redirect("reviews")
    if decision != "accept":
        return problem(request, 422)
    assigned = "assigned" in request.POST
    change = applications.accept(application, int(seen[:4]), actor, invitation_url(request), assigned)
    wait_for(change)
    messages.success(request, "已通过并登记。It was accepted and is registered.")
    return redirect("reviews")
