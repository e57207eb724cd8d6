"""Pages of "May I call?": a firm asks about a list; overseers see what was asked; the regulator traces a leak."""

from __future__ import annotations

import numpy as np
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from wurao.control.accounts.guard import actor_of, record
from wurao.control.consents.texts import firm_name
from wurao.control.firms.findings import Finding, NotRight
from wurao.control.firms.models import Firm
from wurao.control.firms.own import Sender, of_firm
from wurao.control.may_call import approaching, asking, leaks
from wurao.control.may_call.forms import LeakForm, MayCallForm
from wurao.control.may_call.models import Asking
from wurao.control.numbers import read_numbers
from wurao.control.problems import problem
from wurao.errors import Refused
from wurao.wishes import CATEGORIES, WISH_CHANNELS

A_PAGE = 50


@of_firm
def may_call(request: HttpRequest, own: Firm, sender: Sender) -> HttpResponse:
    """Ask which numbers of a list may be called now; the answer is a file."""
    form = MayCallForm(request.POST or None, request.FILES or None, headers=approaching.written(own))
    findings: list[Finding] = []
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            answer = asking.ask(
                own,
                given["numbers"].read(),
                given["category"],
                given["channel"],
                actor_of(request),
                given["header"],
            )
        except NotRight as wrong:
            findings = wrong.findings
        except asking.AskedTooMuch as wrong:
            return problem(request, 429, str(wrong))
        except Refused as wrong:
            return problem(request, 422 if wrong.where == "numbers" else 503, str(wrong))
        else:
            file = HttpResponse(answer.as_text(), content_type="text/plain; charset=utf-8")
            file.headers["Content-Disposition"] = f'attachment; filename="wurao-may-call-{answer.asking.pk}.txt"'
            return file
    page = Paginator(_own_askings(own), A_PAGE).get_page(request.GET.get("page"))
    shown = [(each, CATEGORIES[each.category], WISH_CHANNELS[each.channel]) for each in page]
    context = {
        "form": form,
        "findings": findings,
        "page": page,
        "shown": shown,
        "fewest": asking.FEWEST,
        "most": asking.MOST,
    }
    return render(request, "may_call/may_call.html", context, status=422 if request.method == "POST" else 200)


def may_call_askings(request: HttpRequest) -> HttpResponse:
    """What all firms asked, the newest first."""
    page = Paginator(Asking.objects.defer("sample").order_by("-pk"), A_PAGE).get_page(request.GET.get("page"))
    shown = [(each, firm_name(each.sender_id), CATEGORIES[each.category], WISH_CHANNELS[each.channel]) for each in page]
    return render(request, "may_call/askings.html", {"page": page, "shown": shown})


def may_call_leak(request: HttpRequest) -> HttpResponse:
    """Whose answer a list is that turned up where it should not."""
    form, traced = LeakForm(request.POST or None, request.FILES or None), None
    if request.method == "POST" and form.is_valid():
        try:
            lines = read_numbers(form.cleaned_data["numbers"].read())
        except Refused as wrong:
            return problem(request, 422, str(wrong))
        traced = leaks.trace(np.unique(lines.numbers))
        record(actor_of(request), "leak_traced", f"{traced.numbers} numbers", form.cleaned_data["purpose"])
    context = {
        "form": form,
        "traced": traced,
        "shown": [(each, firm_name(each.sender_id)) for each in traced.suspects] if traced else [],
    }
    return render(request, "may_call/leak.html", context, status=422 if form.errors else 200)


def _own_askings(own: Firm) -> QuerySet[Asking]:
    return Asking.objects.filter(sender_id=own.sender_id).defer("sample").order_by("-pk")
