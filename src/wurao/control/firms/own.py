"""A firm's own pages: what it has registered, what it applies for, its certificate. Everything is the own firm's.

Every view gets the firm of whoever is signed in; where the registry no longer has it, there is no such page.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from wurao.control.accounts.guard import Actor, actor_of, record
from wurao.control.accounts.models import Invitation
from wurao.control.firms import applications, registered
from wurao.control.firms.certificates import certificate_of
from wurao.control.firms.findings import Finding, NotRight
from wurao.control.firms.forms import FORMS, kept
from wurao.control.firms.found import own_application
from wurao.control.firms.given import posted
from wurao.control.firms.kinds import KINDS
from wurao.control.firms.kinds.header import written
from wurao.control.firms.models import Application, Firm, Step
from wurao.control.firms.public import invitation_url
from wurao.control.firms.template_check import variables
from wurao.control.firms.words import STATE_WORDS, categories_of
from wurao.control.problems import problem
from wurao.control.registry import rows
from wurao.control.registry.record import ChangedMeanwhile
from wurao.control.registry.standing import wait_for
from wurao.control.rights import Role
from wurao.errors import Refused
from wurao.tables import PURPOSES
from wurao.wishes import CATEGORIES

NEW = ("header", "template", "renewal")
RECENT = 100

Sender = dict[str, Any]
View = Callable[..., HttpResponse]


def firm_of(actor: Actor) -> tuple[Firm, Sender] | None:
    """The firm of one of its staff, and its row among the senders; null where there is none."""
    sender_id = actor.person.sender_id if actor.person else ""
    sender = rows.row_of("senders", (sender_id,)) if sender_id else None
    return None if sender is None else (Firm.of(sender_id), sender)


def of_firm(view: View) -> View:
    """A view of the own firm."""

    @wraps(view)
    def answered(request: HttpRequest, *arguments: Any, **named: Any) -> HttpResponse:
        found = firm_of(actor_of(request))
        return problem(request, 404) if found is None else view(request, *found, *arguments, **named)

    return answered


@of_firm
def firm(request: HttpRequest, own: Firm, sender: Sender) -> HttpResponse:
    """What the firm has registered, and what waits."""
    certificate = certificate_of(own)
    assert certificate is not None
    own_applications = Application.objects.filter(firm=own).order_by("-pk")
    context = {
        "firm": own,
        "sender": sender,
        "state": STATE_WORDS[certificate.state],
        "categories": categories_of(sender["categories"]),
        "headers": [
            (written(each), CATEGORIES[each["category"]] if each["category"] is not None else "", each)
            for each in registered.headers(own)
        ],
        "templates": [
            (each, CATEGORIES[each["category"]], PURPOSES[each["purpose"]]) for each in registered.templates(own)
        ],
        "trunks": registered.trunks(own),
        "applications": [(each, KINDS[each.kind]) for each in own_applications[:RECENT]],
        "steps": Step.objects.filter(firm=own, application=None).order_by("-pk")[:RECENT],
    }
    return render(request, "firms/firm.html", context)


@of_firm
def firm_new(request: HttpRequest, own: Firm, sender: Sender, kind: str) -> HttpResponse:
    """Apply for a header, a template or a renewal; or have a template only checked."""
    if kind not in NEW:
        return problem(request, 404)
    initial: dict[str, Any] = {"operator": own.operator}
    if kind == "renewal":
        initial |= {"name": sender["name"], "contact_name": own.contact_name}
    form = FORMS[kind](request.POST or None, request.FILES or None, operators=applications.operators(), initial=initial)
    findings: list[Finding] = []
    checked: dict[str, Any] | None = None
    if request.method == "POST" and form.is_valid():
        given = kept(form)
        try:
            if "check" in request.POST:
                checked, findings = applications.check(kind, own, given)
            else:
                made = applications.submit(kind, own, given["operator"], given, actor_of(request))
                messages.success(request, "已提交，等待审核。Submitted; it waits for review.")
                return redirect("firm_application", pk=made.pk)
        except NotRight as wrong:
            findings = wrong.findings
        except Refused as wrong:
            return problem(request, 429, str(wrong))
    context = {"kind": kind, "words": KINDS[kind].words, "form": form, "findings": findings, "checked": checked}
    if checked and kind == "template":
        context["variables"] = variables(checked["body"])
    status = 422 if form.errors or (findings and checked is None) else 200
    return render(request, "firms/new.html", context, status=status)


@of_firm
def firm_application(request: HttpRequest, own: Firm, sender: Sender, pk: int) -> HttpResponse:
    """One of the own applications; a refused one is mended and submitted again."""
    application = own_application(actor_of(request), own, pk)
    if application is None:
        return problem(request, 404)
    form, findings = None, []
    if application.state == "refused" and application.kind != "registration":
        form = FORMS[application.kind](
            request.POST or None,
            request.FILES or None,
            operators=applications.operators(),
            initial=application.content | {"operator": application.operator},
        )
        if request.method == "POST" and form.is_valid():
            given = kept(form)
            given["proof"] = given.get("proof") or application.content.get("proof", "")
            try:
                applications.mend(application, given, actor_of(request), given["operator"])
                messages.success(request, "已再次提交。Submitted again.")
                return redirect("firm_application", pk=pk)
            except NotRight as wrong:
                findings = wrong.findings
            except ChangedMeanwhile:
                return problem(request, 409)
    elif request.method == "POST":
        return problem(request, 409)
    context = {
        "application": application,
        "words": KINDS[application.kind].words,
        "form": form,
        "findings": findings,
        "steps": applications.steps_of(application),
    }
    status = 422 if findings or (form is not None and form.errors) else 200
    return render(request, "firms/application.html", context, status=status)


@of_firm
def firm_application_withdrawn(request: HttpRequest, own: Firm, sender: Sender, pk: int) -> HttpResponse:
    """The firm wants one of its applications no more."""
    application = own_application(actor_of(request), own, pk)
    if application is None:
        return problem(request, 404)
    try:
        applications.withdraw(application, actor_of(request))
    except ChangedMeanwhile:
        return problem(request, 409)
    return redirect("firm")


@of_firm
def firm_header_ended(request: HttpRequest, own: Firm, sender: Sender) -> HttpResponse:
    """Give a header back."""
    change = registered.end_header(own, posted(request, "header"), actor_of(request))
    if change is None:
        return problem(request, 404)
    wait_for(change)
    messages.success(request, "号码已终止。The header is ended.")
    return redirect("firm")


@of_firm
def firm_template_withdrawn(request: HttpRequest, own: Firm, sender: Sender) -> HttpResponse:
    """Withdraw a template."""
    change = registered.withdraw_template(own, posted(request, "template_id"), actor_of(request))
    if change is None:
        return problem(request, 404)
    wait_for(change)
    messages.success(request, "模板已撤销。The template is withdrawn.")
    return redirect("firm")


@of_firm
def firm_certificate(request: HttpRequest, own: Firm, sender: Sender) -> HttpResponse:
    """The certificate of registration, to print."""
    found = certificate_of(own)
    assert found is not None
    context = {
        "certificate": found,
        "state": STATE_WORDS[found.state],
        "categories": categories_of(sender["categories"]),
        "headers": [written(each) for each in found.headers],
    }
    return render(request, "firms/certificate.html", context)


@of_firm
def firm_colleague(request: HttpRequest, own: Firm, sender: Sender) -> HttpResponse:
    """Invite a colleague: a link, good once."""
    return render(request, "firms/colleague.html", {"link": colleague_link(request, own)})


def colleague_link(request: HttpRequest, own: Firm) -> str:
    """A link that makes a colleague's account, good once."""
    token = Invitation.make(Role.FIRM, sender_id=own.sender_id)
    record(actor_of(request), "invited", Role.FIRM.value)
    return str(invitation_url(request)(token))
