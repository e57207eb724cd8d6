"""A request of the API that comes twice with the same `Idempotency-Key` is done once, and answered alike.

A decorator of calls that change something: under `router.put(...)`, above the call. Used by the `api` of each app.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from ninja.errors import HttpError

from wurao.control.accounts.guard import actor_of, kept_whatever_happens
from wurao.control.accounts.models import Answered
from wurao.control.problems import PROBLEM, problem_json
from wurao.control.registry.turns import writing
from wurao.control.waiting import AwaitsGuardian, WrongCode

HEADER = "Idempotency-Key"
LONGEST_KEY = 200
PATTERN = r"^[!-~]+$"
"""What can stand in a header and comes through unchanged."""
_KEY = re.compile(f"[!-~]{{1,{LONGEST_KEY}}}")
JSON = "application/json; charset=utf-8"


def once(call: Callable[..., Any]) -> Callable[..., Any]:
    """Do a request once for each `Idempotency-Key`, and answer it alike when it comes again.

    The answer is kept in the transaction of what it answers, so that there is never one without the other.
    """

    @wraps(call)
    def answered(request: HttpRequest, *arguments: Any, **named: Any) -> Any:
        given = request.headers.get(HEADER)
        if given is None:
            return call(request, *arguments, **named)
        if not _KEY.fullmatch(given):
            raise HttpError(400, f"{HEADER}: write 1 to {LONGEST_KEY} of the characters ! to ~")
        person = actor_of(request).person
        key = _hashed(f"{person.pk if person else 0}:{given}")
        asked = _hashed(f"{request.method} {request.get_full_path()} ".encode() + _sent(request))
        try:
            with kept_whatever_happens(), writing():
                before = Answered.objects.filter(key=key).first()
                if before is not None:
                    return _again(before, asked)
                status, text = _answer(call, request, *arguments, **named)
                Answered.objects.create(key=key, request=asked, status=status, body=text)
                return _answered(text, status)
        except IntegrityError:
            return _again(Answered.objects.get(key=key), asked)

    return answered


def _answer(call: Callable[..., Any], *arguments: Any, **named: Any) -> tuple[int, str]:
    """What a call answers. That a guardian was asked, or a code is wrong, is an answer too: what was written stays."""
    try:
        return 200, call(*arguments, **named).model_dump_json()
    except AwaitsGuardian as waits:
        return 202, json.dumps(waits.as_dict())
    except WrongCode as error:
        return 422, problem_json(422, str(error)).content.decode()


def _again(before: Answered, asked: str) -> HttpResponse:
    if before.request != asked:
        return problem_json(422, "this Idempotency-Key was used for another request")
    return _answered(before.body, before.status)


def _answered(text: str, status: int) -> HttpResponse:
    return HttpResponse(text, status=status, content_type=PROBLEM if status >= 400 else JSON)


def _sent(request: HttpRequest) -> bytes:
    """What was sent: the body, or of a form with files, which was read already, the hashes of what is in it."""
    if request.content_type != "multipart/form-data":
        return request.body
    found = [repr(sorted(request.POST.lists())).encode()]
    for name in sorted(request.FILES):
        for file in request.FILES.getlist(name):
            file.seek(0)
            found += [name.encode(), hashlib.file_digest(file, "sha256").digest()]
            file.seek(0)
    return b" ".join(found)


def _hashed(text: str | bytes) -> str:
    return hashlib.sha256(text.encode() if isinstance(text, str) else text).hexdigest()
