"""Pages for whoever has no account: a firm applies and follows its application; anybody checks a certificate.

An application is followed by its link alone. Once it is accepted, the invitation goes to the contact's number and
nowhere else, so the link opens no account.
"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from wurao.control.accounts.guard import actor_of, record
from wurao.control.firms import applications
from wurao.control.firms.certificates import certificate
from wurao.control.firms.findings import Finding, NotRight
from wurao.control.firms.forms import MendedRegistrationForm, RegistrationForm
from wurao.control.firms.given import asked
from wurao.control.firms.kinds.header import written
from wurao.control.firms.models import Application
from wurao.control.firms.words import STATE_WORDS
from wurao.control.problems import problem
from wurao.control.registry.record import ChangedMeanwhile
from wurao.numbering import masked, parse_text


def firm_apply(request: HttpRequest) -> HttpResponse:
    """A firm applies to be registered."""
    operators = applications.operators()
    form = RegistrationForm(request.POST or None, operators=operators)
    findings: list[Finding] = []
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            made = applications.apply(given, given["operator"], actor_of(request))
        except NotRight as wrong:
            findings = wrong.findings
        else:
            if made is None:
                record(actor_of(request), "code_refused", "firm_apply")
                return problem(request, 429)
            return redirect("firm_follow", token=made[1])
    context = {"form": form, "findings": findings, "operators": operators}
    status = 422 if request.method == "POST" else 200
    return render(request, "firms/apply.html", context, status=status)


def firm_follow(request: HttpRequest, token: str) -> HttpResponse:
    """How far an application has come; a refused one is mended and submitted again."""
    application = Application.followed(token)
    if application is None:
        record(actor_of(request), "refused", "firm_follow")
        return problem(request, 404)
    form, findings = None, []
    if application.state == "refused":
        form = MendedRegistrationForm(request.POST or None, operators=[], initial=application.content)
        if request.method == "POST" and form.is_valid():
            try:
                applications.mend(application, form.cleaned_data, actor_of(request))
                return redirect("firm_follow", token=token)
            except NotRight as wrong:
                findings = wrong.findings
            except ChangedMeanwhile:
                return problem(request, 409)
    elif request.method == "POST":
        return problem(request, 409)
    context: dict[str, Any] = {
        "application": application,
        "token": token,
        "form": form,
        "findings": findings,
        "steps": applications.steps_of(application),
        "masked": masked(parse_text(application.content["contact_number"])),
    }
    return render(request, "firms/follow.html", context, status=422 if findings or (form and form.errors) else 200)


def firm_follow_code(request: HttpRequest, token: str) -> HttpResponse:
    """The code that the contact received."""
    application = Application.followed(token)
    if application is None or application.state != "unconfirmed":
        record(actor_of(request), "refused", "firm_follow_code")
        return problem(request, 404)
    if not applications.confirm(application, request.POST.get("code", ""), actor_of(request)):
        record(actor_of(request), "code_wrong", f"application {application.pk}")
        messages.error(request, "验证码不对或已作废。The code is not right, or void.")
    return redirect("firm_follow", token=token)


def firm_follow_invite(request: HttpRequest, token: str) -> HttpResponse:
    """Send the contact the invitation once more."""
    application = Application.followed(token)
    if application is None or application.state != "accepted":
        record(actor_of(request), "refused", "firm_follow_invite")
        return problem(request, 404)
    if applications.send_invitation(application, invitation_url(request)):
        messages.success(request, "邀请已发到联系人的号码。The invitation was sent to the contact's number.")
    else:
        messages.info(request, "账户已设立，或刚刚发送过。There is an account already, or it was sent just now.")
    return redirect("firm_follow", token=token)


def certificates(request: HttpRequest) -> HttpResponse:
    """Whether a certificate's number is one, and what it says today."""
    number = asked(request, "number", 40)
    found = certificate(number) if number else None
    context: dict[str, Any] = {"number": number, "certificate": found}
    if found is not None:
        context |= {"state": STATE_WORDS[found.state], "headers": [written(each) for each in found.headers]}
    return render(request, "firms/certificates.html", context, status=404 if number and found is None else 200)


def invitation_url(request: HttpRequest) -> Any:
    """Makes the token of an invitation the URL that is sent."""
    return lambda token: request.build_absolute_uri(reverse("invited", args=[token]))
