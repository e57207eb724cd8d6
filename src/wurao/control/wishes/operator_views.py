"""The pages of an operator's staff: act for a caller, and hand in a file of wishes; own subscribers only."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from wurao.control.accounts.guard import actor_of, record
from wurao.control.problems import problem
from wurao.control.registry.record import ChangedMeanwhile
from wurao.control.waiting import AwaitsGuardian, TooOften
from wurao.control.wishes import agent, bulk
from wurao.control.wishes.own import operator_of, own_subscriber
from wurao.errors import Refused
from wurao.numbering import masked

CALLER = "agent_caller"


def agent_begun(request: HttpRequest) -> HttpResponse:
    """Who calls: a code goes to that number."""
    if request.method == "POST":
        actor = actor_of(request)
        try:
            number = own_subscriber(actor, request.POST.get("number", ""))
            agent.begin(actor, number)
        except Http404:
            return problem(request, 404)
        except TooOften:
            return problem(request, 429)
        except Refused:
            messages.warning(request, "请填写来电用户的号码。Write the caller's number.")
            return redirect("agent")
        request.session[CALLER] = number
        messages.info(request, f"办理码已发送到 {masked(number)}。A code was sent to {masked(number)}.")
        return redirect("agent")
    caller = request.session.get(CALLER)
    context = {"caller": masked(caller) if caller is not None else "", "deeds": agent.DEEDS.items()}
    return render(request, "wishes/agent.html", context)


def agent_acted(request: HttpRequest) -> HttpResponse:
    """What the caller wants, with the code that they told."""
    actor, number = actor_of(request), request.session.get(CALLER)
    if number is None:
        return redirect("agent")
    try:
        agent.act(actor, number, request.POST.get("code", "")[:20], request.POST.get("deed", ""))
    except AwaitsGuardian:
        messages.info(request, "这会放宽防护，已请用户的监护人同意。Their guardian was asked.")
    except ChangedMeanwhile:
        return problem(request, 409)
    except Refused as error:
        messages.warning(request, f"没有办成：{error.right}。Not done: {error.wrong}.")
        return redirect("agent")
    else:
        messages.success(request, "已办理，并已短信告知用户。Done, and the caller was told by message.")
    del request.session[CALLER]
    return redirect("agent")


def bulk_wishes(request: HttpRequest) -> HttpResponse:
    """A file of wishes, and the report of what came of it."""
    report, wrong = None, ""
    upload = request.FILES.get("file")
    if request.method == "POST":
        if upload is None:
            return problem(request, 422, "请选择文件。Choose a file.")
        actor = actor_of(request)
        try:
            with laid_down(upload) as (path, name):
                report = bulk.take_file(path, name, operator_of(actor), actor.author("bulk"))
        except Refused as error:
            wrong = str(error)
        else:
            record(actor, "bulk_wishes", f"{name}: {report.taken} taken, {report.bad.count} bad")
    context = {"report": report, "wrong": wrong}
    return render(request, "wishes/bulk.html", context, status=422 if wrong else 200)


@contextmanager
def laid_down(upload: UploadedFile[Any]) -> Iterator[tuple[Path, str]]:
    """An upload as a file of a name of ours, gone afterwards; and what messages call it."""
    name = os.path.basename(upload.name or "")[:100]
    suffix = Path(name).suffix.lower()
    if suffix not in bulk.SUFFIXES:
        raise Refused("is neither CSV nor Parquet", where=name, right="name it .csv or .parquet")
    with tempfile.TemporaryDirectory(prefix="wurao-upload-") as aside:
        path = Path(aside) / f"subscribers{suffix}"
        with path.open("wb") as file:
            for piece in upload.chunks():
                file.write(piece)
        yield path, name
