"""The subscriber's pages: what I want, my lists, what was changed. Everything is the signed-in number's own.

Every change is saved by `registration`, shown with how far it has come, and undone at one tap.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render

from wurao.control.accounts.guard import actor_of
from wurao.control.problems import problem
from wurao.control.registry.models import Change
from wurao.control.registry.record import ChangedMeanwhile
from wurao.control.registry.standing import standing_of, wait_for
from wurao.control.waiting import AwaitsGuardian
from wurao.control.wishes import lists, registration, words
from wurao.control.wishes.choices import CHOICE_MEANS, CHOICE_WORDS, Choice, choice_of
from wurao.control.wishes.differences import difference
from wurao.control.wishes.forms import WishForm, names_of
from wurao.control.wishes.registration import SHIELD_HOURS, Registered
from wurao.errors import Refused
from wurao.numbering import masked
from wurao.tables import HOURS_COLUMNS, LIST_ACTIONS, MARKETING_COLUMNS
from wurao.wishes import BANDS, GUARDS, NOTICES

A_PAGE = 100
ONLY_LIST_HOURS = ((1, "1 小时", "1 hour"), (8, "8 小时", "8 hours"), (24, "1 天", "1 day"), (168, "7 天", "7 days"))


def wishes(request: HttpRequest) -> HttpResponse:
    """The one page: see, and save all details at once."""
    actor = actor_of(request)
    before = registration.registered(actor.number)
    if request.method == "POST":
        form = WishForm(request.POST)
        if not form.is_valid():
            return problem(request, 422)
        wanted = form.wanted(before)
        said = difference(before, wanted)
        return _saved(request, lambda: registration.save(actor.number, wanted, actor.author(), said))
    return render(request, "wishes/wishes.html", _context(actor.number, before))


def wishes_choice(request: HttpRequest) -> HttpResponse:
    """One of the three big choices."""
    try:
        choice = Choice(request.POST.get("choice", ""))
    except ValueError:
        return problem(request, 422)
    return _amended(request, partial(registration.with_choice, choice=choice))


def wishes_shield(request: HttpRequest) -> HttpResponse:
    """The flood shield, up for some hours or down."""
    return _for_hours(request, registration.with_shield)


def wishes_only_list(request: HttpRequest) -> HttpResponse:
    """Only the own list, for some hours or no longer."""
    return _for_hours(request, registration.with_only_my_list)


def wishes_undo(request: HttpRequest) -> HttpResponse:
    """Put back what stood before."""
    actor = actor_of(request)
    try:
        change = registration.undo_last(actor.number, actor.author("undo"))
    except ChangedMeanwhile:
        return problem(request, 409)
    except AwaitsGuardian:
        return awaits(request)
    except Refused:
        messages.info(request, "没有可以撤销的修改。There is nothing to undo.")
        return redirect(_back(request))
    wait_for(change)
    messages.success(request, "已撤销上一次修改。Your last change was undone.")
    return redirect(_back(request))


def wishes_standing(request: HttpRequest, seq: int) -> HttpResponse:
    """How far one of the own changes has come; asked by the page while it is not yet everywhere."""
    change = registration.own_change(actor_of(request).number, seq)
    if change is None:
        return problem(request, 404)
    standing = standing_of(change)
    return JsonResponse({"standing": standing.code, "zh": standing.zh, "en": standing.en})


def wishes_history(request: HttpRequest) -> HttpResponse:
    """Every change on what I want: when, by what way, what."""
    changes = registration.history(actor_of(request).number, most=1000)
    page = Paginator(changes, A_PAGE).get_page(request.GET.get("page"))
    return render(request, "wishes/history.html", {"page": page})


def my_lists(request: HttpRequest) -> HttpResponse:
    """The own lists: seen, pasted to, imported."""
    actor = actor_of(request)
    if request.method == "POST":
        action = request.POST.get("action", "")
        if action not in LIST_ACTIONS:
            return problem(request, 422)
        try:
            pasted = lists.paste(actor.number, request.POST.get("text", ""), action, actor.author())
            upload = request.FILES.get("file")
            if upload is not None:
                pasted = lists.take_file(actor.number, upload.read().decode("utf-8-sig", "replace"), actor.author())
        except AwaitsGuardian:
            return awaits(request, "lists")
        messages.success(request, f"已加入 {pasted.added} 条。{pasted.added} entries were added.", extra_tags="undo")
        for place, text in pasted.bad[:20]:
            messages.warning(request, f"第 {place} 条不是号码：{text}。Entry {place} is no number.")
        return redirect("lists")
    found = list(lists.entries(actor.number))
    page = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    return render(request, "wishes/lists.html", {"page": page, "count": len(found)})


def lists_removed(request: HttpRequest) -> HttpResponse:
    """Take one entry out."""
    actor = actor_of(request)
    try:
        entry, match = request.POST.get("entry", ""), request.POST.get("match", "")
        if not lists.remove(actor.number, entry, match, actor.author()):
            return problem(request, 404)
    except AwaitsGuardian:
        return awaits(request, "lists")
    messages.success(request, f"已移出 {entry}。{entry} was taken off.", extra_tags="undo")
    return redirect("lists")


def lists_export(request: HttpRequest) -> HttpResponse:
    """The own lists as a file that can be imported again."""
    answer = HttpResponse(lists.exported(actor_of(request).number), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="wurao-lists.csv"'
    return answer


def awaits(request: HttpRequest, page: str = "wishes") -> HttpResponse:
    """What is said when the guardian was asked instead."""
    messages.info(request, "这会放宽防护，已请您的监护人同意。This weakens protection; your guardian was asked.")
    return redirect(page)


def _saved(request: HttpRequest, save: Callable[[], Change]) -> HttpResponse:
    try:
        change = save()
    except ChangedMeanwhile:
        return problem(request, 409)
    except AwaitsGuardian:
        return awaits(request)
    wait_for(change)
    messages.success(request, "已保存。Saved.", extra_tags="undo")
    return redirect("wishes")


def _amended(request: HttpRequest, how: Callable[[Registered], Registered]) -> HttpResponse:
    actor = actor_of(request)
    return _saved(request, lambda: registration.amend(actor.number, how, actor.author()))


def _for_hours(request: HttpRequest, with_hours: Callable[..., Registered]) -> HttpResponse:
    try:
        hours = int(request.POST.get("hours", ""))
        with_hours(Registered(), hours)
    except (ValueError, Refused):
        return problem(request, 422)
    return _amended(request, partial(with_hours, hours=hours))


def _back(request: HttpRequest) -> str:
    """Where undo was tapped."""
    return "lists" if request.POST.get("from") == "lists" else "wishes"


def _context(number: int, now: Registered) -> dict[str, Any]:
    last = next(iter(registration.history(number, most=1)), None)
    listed = now.only_my_list_until
    shield = now.shield_until if now.shield_until and now.shield_until > datetime.now(UTC) else None
    return {
        "masked": masked(number),
        "registered": now,
        "wish": now.wish,
        "choice": choice_of(now.wish),
        "choices": [(each, CHOICE_WORDS[each], CHOICE_MEANS[each]) for each in Choice],
        "marketing": set(names_of(now.wish.marketing, MARKETING_COLUMNS)),
        "hours": set(names_of(now.wish.hours, HOURS_COLUMNS)),
        "guard": GUARDS[now.wish.guard],
        "notice": NOTICES[now.notice],
        "categories": words.CATEGORIES,
        "channels": words.CHANNELS,
        "days": words.DAYS,
        "bands": list(zip(BANDS, words.BAND_WORDS, strict=True)),
        "switches": [(name, each, getattr(now.wish, name)) for name, each in words.SWITCH_WORDS.items()],
        "guards": words.GUARD_CHOICES,
        "notices": words.NOTICE_CHOICES,
        "consent": words.CONTENT_CONSENT,
        "shield_until": shield,
        "shield_hours": SHIELD_HOURS,
        "only_list_until": listed if listed and listed > datetime.now(UTC) else None,
        "only_list_hours": ONLY_LIST_HOURS,
        "last": last,
        "standing": standing_of(last) if last else None,
    }
