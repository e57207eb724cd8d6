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

from wurao.control.accounts.guard import actor_of, kept_whatever_happens
from wurao.control.accounts.models import Answered
from wurao.control.problems import PROBLEM, problem_json
from wurao.control.registry.turns import writing
from wurao.control.waiting import AwaitsGuardian, WrongCode

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


def _hashed(text: str | bytes) -> str:
    return hashlib.sha256(text.encode() if isinstance(text, str) else text).hexdigest()
