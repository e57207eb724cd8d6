"""The page of guardians: who mine is, whose I am, what waits for an answer; and every answer."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from wurao.control.accounts.codes import subscriber_number
from wurao.control.accounts.guard import Actor, actor_of, record
from wurao.control.accounts.models import digest
from wurao.control.problems import problem
from wurao.control.waiting import TooOften
from wurao.control.wishes import guardians
from wurao.control.wishes.registered import registered
from wurao.errors import Refused
from wurao.numbering import masked

A_PAGE = 100


def guardian(request: HttpRequest) -> HttpResponse:
    """See it; name somebody."""
    actor = actor_of(request)
    if request.method == "POST":
        number = subscriber_number(request.POST.get("number", ""))
        if number is None:
            return problem(request, 422, "请填写监护人自己的号码。Write the guardian's own number.")
        return _done(
            request, lambda: guardians.name(actor.number, number, actor.author()), "已请对方同意。They were asked."
        )
    context = {
        "guardian": registered(actor.number).guardian,
        "asked": guardians.opened(ward=actor.number)[:A_PAGE],
        "awaiting": guardians.opened(guardian=actor.number)[:A_PAGE],
        "wards": [(ward_id(each), masked(each)) for each in guardians.wards_of(actor.number)],
    }
    return render(request, "wishes/guardian.html", context)


def guardian_end(request: HttpRequest) -> HttpResponse:
    """Ask the guardian to agree to the end."""
    actor = actor_of(request)
    said = "已请监护人同意。Your guardian was asked."
    return _done(request, lambda: guardians.ask_to_end(actor.number, actor.author()), said)


def guardian_code(request: HttpRequest) -> HttpResponse:
    """The code that the guardian passed on."""
    actor = actor_of(request)

    def tried() -> None:
        if not guardians.answer_with_code(actor.number, request.POST.get("code", "")[:20], actor.author()):
            record(actor, "code_wrong", masked(actor.number))
            raise Refused("数字不对或已过期。The code is not right, or too old")

    return _done(request, tried, "监护人已同意，已办理。Agreed, and done.")


def guardian_answer(request: HttpRequest, asked: int) -> HttpResponse:
    """The guardian's answer."""
    actor = actor_of(request)
    found = guardians.opened(guardian=actor.number).filter(pk=asked).first()
    if found is None:
        record(actor, "refused", f"guardian_answer {asked}")
        return problem(request, 404)
    agrees = request.POST.get("agrees") == "1"
    return _done(request, lambda: guardians.answer(found, agrees, actor.author("guardian")), "已办理。Done.")


def guardian_resign(request: HttpRequest) -> HttpResponse:
    """A guardian goes."""
    actor = actor_of(request)
    ward = found_ward(actor, request.POST.get("ward", ""))
    if ward is None:
        return problem(request, 404)
    said = "您已退出监护。You are the guardian no longer."
    return _done(request, lambda: guardians.resign(actor.number, ward, actor.author()), said)


def ward_id(ward: int) -> str:
    """What stands for a ward on a page, as the number is not shown whole."""
    return digest("ward", str(ward))[:20]


def found_ward(actor: Actor, given: str) -> int | None:
    """The own ward that an id stands for; null, and recorded, where there is none."""
    found = next((each for each in guardians.wards_of(actor.number) if ward_id(each) == given), None)
    if found is None:
        record(actor, "refused", "guardian_resign")
    return found


def _done(request: HttpRequest, what: Callable[[], object], said: str) -> HttpResponse:
    try:
        what()
    except TooOften:
        return problem(request, 429)
    except Refused as error:
        messages.warning(request, f"没有办成：{error.wrong}。Not done: {error.right or error.wrong}.")
    else:
        messages.success(request, said)
    return redirect("guardian")
