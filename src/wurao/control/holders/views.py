"""The page of the own data (PIPL, Articles 44 to 47), and the operator's page of numbers that changed hands."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import logout
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render

from wurao.control.accounts.codes import ERASE, send_code, try_code
from wurao.control.accounts.guard import actor_of, record
from wurao.control.holders import ending
from wurao.control.holders.correcting import OPERATORS, correct
from wurao.control.holders.keeping_times import EVERYTHING
from wurao.control.holders.mine import all_of
from wurao.control.problems import problem
from wurao.control.wishes.own import own_subscriber
from wurao.control.wishes.registered import registered
from wurao.errors import Refused
from wurao.numbering import masked

SHORTEST_PURPOSE = 4


def my_data(request: HttpRequest) -> HttpResponse:
    """What is kept of me, how long and why; correct it."""
    actor = actor_of(request)
    if request.method == "POST":
        try:
            correct(actor.number, request.POST.get("operator", ""), actor.author())
        except Refused:
            return problem(request, 422)
        messages.success(request, "已更正。Corrected.", extra_tags="undo")
        return redirect("my_data")
    now = registered(actor.number)
    context = {
        "masked": masked(actor.number),
        "registered": now,
        "kept": EVERYTHING,
        "operators": sorted({*OPERATORS, *([now.operator] if now.operator else [])}),
    }
    return render(request, "holders/my_data.html", context)


def mine(request: HttpRequest) -> HttpResponse:
    """All that is kept about the own number, as a file (PIPL, Article 45)."""
    held = all_of(actor_of(request).number)
    answer = JsonResponse(held, json_dumps_params={"ensure_ascii": False, "indent": 1})
    answer["Content-Disposition"] = 'attachment; filename="wurao-mine.json"'
    return answer


def erase_code(request: HttpRequest) -> HttpResponse:
    """Send the code without which nothing is erased."""
    actor = actor_of(request)
    if not send_code(actor.number, actor.address, ERASE):
        record(actor, "code_refused", masked(actor.number))
        return problem(request, 429)
    messages.info(request, "验证码已发送。A code was sent.")
    return redirect("my_data")


def erase(request: HttpRequest) -> HttpResponse:
    """Erase all that is kept of me, with the code."""
    actor = actor_of(request)
    if registered(actor.number).guardian is not None:
        messages.warning(request, "请先经监护人同意结束监护。End the guardianship first, as your guardian must agree.")
        return redirect("my_data")
    if not try_code(actor.number, request.POST.get("code", "")[:20], ERASE):
        record(actor, "code_wrong", masked(actor.number))
        messages.warning(request, "验证码不对或已过期。The code is not right, or too old.")
        return redirect("my_data")
    ending.erase(actor.number, actor.author())
    record(actor, "erased", masked(actor.number))
    logout(request)
    return render(request, "holders/erased.html")


def handed_over(request: HttpRequest) -> HttpResponse:
    """Operator staff say that a number has another holder."""
    if request.method == "POST":
        actor, purpose = actor_of(request), request.POST.get("purpose", "").strip()[:500]
        if len(purpose) < SHORTEST_PURPOSE:
            return problem(request, 422, "请写明依据。Say on what ground.")
        try:
            number = own_subscriber(actor, request.POST.get("number", ""))
        except Http404:
            return problem(request, 404)
        except Refused:
            messages.warning(request, "请填写号码。Write the number.")
            return redirect("handed_over")
        ending.change_hands(number, actor.author(purpose))
        record(actor, "handed_over", masked(number), purpose)
        messages.success(request, f"已办理 {masked(number)}。Done.")
        return redirect("handed_over")
    return render(request, "holders/handed_over.html")
