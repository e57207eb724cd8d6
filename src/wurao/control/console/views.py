"""The front page, each role's home, how large pages are, and whether the service is well."""

from __future__ import annotations

from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from wurao.control.accounts.guard import actor_of
from wurao.control.console.context import LARGE
from wurao.control.problems import problem
from wurao.control.registry import rows
from wurao.control.registry.models import Change
from wurao.control.rights import Role

YEAR_S = 365 * 86_400


def front(request: HttpRequest) -> HttpResponse:
    """What this is, and where to come in."""
    return render(request, "console/front.html")


def home(request: HttpRequest) -> HttpResponse:
    """Where each role begins."""
    if actor_of(request).role is Role.SUBSCRIBER:
        return redirect("wishes")
    if actor_of(request).role is Role.FIRM:
        return redirect("firm")
    counts = {name: rows.count(name) for name in ("senders", "headers", "consents", "orders")}
    waiting = Change.objects.filter(log_seq=None).count()
    return render(request, "console/home.html", {"counts": counts, "waiting": waiting})


def look(request: HttpRequest) -> HttpResponse:
    """Large, or as usual; kept in a cookie of its own, so that it needs no sign-in."""
    back = request.POST.get("back", "")
    safe = back.startswith("/") and url_has_allowed_host_and_scheme(back, None)
    answer = redirect(back if safe else reverse("front"))
    large = "1" if request.POST.get("large") == "1" else "0"
    answer.set_cookie(LARGE, large, max_age=YEAR_S, samesite="Lax", httponly=True, secure=request.is_secure())
    return answer


def health(request: HttpRequest) -> HttpResponse:
    """For whoever watches the service: 200 while the database answers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"ok": True})


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that was not ours, or is too old."""
    return problem(request, 403, "表单已过期，请返回重试。The form is too old; go back and try again.")
