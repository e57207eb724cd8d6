"""A request of the API that comes twice with the same `Idempotency-Key` is done once, and answered alike.

A decorator of calls that change something: under `router.put(...)`, above the call. Used by the `api` of each app.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from ninja.errors import HttpError

from wurao.control.accounts.guard import actor_of
from wurao.control.accounts.models import Answered
from wurao.control.problems import problem_json
from wurao.control.registry.turns import writing
from wurao.control.waiting import AwaitsGuardian

LONGEST_KEY = 200
JSON = "application/json; charset=utf-8"


def once(call: Callable[..., Any]) -> Callable[..., Any]:
    """Do a request once for each `Idempotency-Key`, and answer it alike when it comes again.

    The answer is kept in the transaction of what it answers, so that there is never one without the other.
    """

    @wraps(call)
    def answered(request: HttpRequest, *arguments: Any, **named: Any) -> Any:
        given = request.headers.get("Idempotency-Key")
        if given is None:
            return call(request, *arguments, **named)
        if not 0 < len(given) <= LONGEST_KEY:
            raise HttpError(400, f"Idempotency-Key: write 1 to {LONGEST_KEY} characters")
        person = actor_of(request).person
        key = _hashed(f"{person.pk if person else 0}:{given}")
        asked = _hashed(f"{request.method} {request.get_full_path()} ".encode() + request.body)
        try:
            with writing():
                before = Answered.objects.filter(key=key).first()
                if before is not None:
                    return _again(before, asked)
                status, text = _answer(call, request, *arguments, **named)
                Answered.objects.create(key=key, request=asked, status=status, body=text)
                return HttpResponse(text, status=status, content_type=JSON)
        except IntegrityError:
            return _again(Answered.objects.get(key=key), asked)

    return answered


def _answer(call: Callable[..., Any], *arguments: Any, **named: Any) -> tuple[int, str]:
    """What a call answers. That a guardian was asked is an answer too: it must stay, and be given again."""
    try:
        return 200, call(*arguments, **named).model_dump_json()
    except AwaitsGuardian as waits:
        return 202, json.dumps(waits.as_dict())


def _again(before: Answered, asked: str) -> HttpResponse:
    if before.request != asked:
        return problem_json(422, "this Idempotency-Key was used for another request")
    return HttpResponse(before.body, status=before.status, content_type=JSON)


def _hashed(text: str | bytes) -> str:
    return hashlib.sha256(text.encode() if isinstance(text, str) else text).hexdigest()
