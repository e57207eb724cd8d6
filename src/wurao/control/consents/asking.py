"""A firm asks one subscriber for a consent: once a purpose, by a one-time code; no answer is a no.

Double opt-in: the person told the firm so (a form, a shop), and shows it by handing on the code that the registry sent
to the number, or by agreeing on the own page or by message with that code. The code opens nothing else. A firm sees
a request as open until its time is over and then as a no, unless it was given; whether it reached anybody it does not
see.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError
from django.db.models import F, QuerySet

from wurao.control.accounts.bound import is_right, kept, new_code
from wurao.control.accounts.codes import subscriber_number
from wurao.control.accounts.guard import Actor
from wurao.control.accounts.messages import send
from wurao.control.consents.giving import give
from wurao.control.consents.models import Purpose, Request
from wurao.control.consents.obeyed import may_be_asked
from wurao.control.consents.terms import Terms, read_terms
from wurao.control.consents.texts import ASKED, DECLINED, told
from wurao.control.firms.findings import Finding, NotRight
from wurao.control.firms.models import Firm
from wurao.control.registry.models import Change
from wurao.control.registry.record import Author
from wurao.control.registry.turns import writing

ANSWERED_WITHIN = timedelta(days=7)


def ask(firm: Firm, number: str, given: Mapping[str, Any], actor: Actor, now: datetime | None = None) -> Request:
    """Ask a subscriber, if the subscriber's wish lets one ask; NotRight where the firm may not, or has asked before."""
    now = now or datetime.now(UTC)
    terms, subscriber = read_terms(firm, given, now), subscriber_number(number)
    if subscriber is None:
        raise NotRight([Finding("请填写用户的手机号或固定电话", "write a subscriber's mobile or fixed number")])
    reached = may_be_asked(subscriber, firm.sender_id, terms, now)
    request = Request(
        request_id=uuid.uuid4(),
        sender_id=firm.sender_id,
        subscriber=subscriber,
        categories=terms.categories,
        channels=terms.channels,
        max_per_day=terms.max_per_day,
        expires=terms.expires,
        wording=terms.wording,
        asked_at=now,
        until=now + ANSWERED_WITHIN,
        reached=reached,
    )
    code = new_code()
    request.code = kept(_bound_to(request), code) if reached else ""
    try:
        with writing():
            request.save(force_insert=True)
            Purpose.objects.bulk_create(_purposes(request, terms))
            if reached:
                send(subscriber, told(ASKED, request, code=code))
    except IntegrityError as error:
        said = Finding("这个用户已就此征求过一次，不再重复", "this subscriber was asked for this once, and not again")
        raise NotRight([said]) from error
    return request


def hand_in(request: Request, code: str, actor: Actor, now: datetime | None = None) -> Change | None:
    """The firm hands in the code that the person gave it; null where it is not right, too late, or tried too often.

    AwaitsGuardian where the subscriber's guardian was asked instead: the firm is not to be told of a guardian.
    """
    now = now or datetime.now(UTC)
    with writing():
        open_ = Request.objects.filter(
            pk=request.pk, state="waiting", until__gt=now, tries__lt=settings.CONTROL.code_tries
        )
        if not open_.update(tries=F("tries") + 1) or not is_right(request.code, _bound_to(request), code):
            return None
    return give(request, actor.author(f"request {request.pk}, by code"), now)


def answer(request: Request, yes: bool, author: Author, now: datetime | None = None) -> Change | None:
    """The subscriber agrees or declines; null where a no changed nothing, or it is too late.

    AwaitsGuardian where a yes is the guardian's to give.
    """
    if yes:
        return give(request, author, now or datetime.now(UTC))
    with writing():
        if Request.objects.filter(pk=request.pk, state="waiting").update(state="declined", code=""):
            send(request.subscriber, told(DECLINED, request))
    return None


def waiting_for(number: int, now: datetime | None = None) -> QuerySet[Request]:
    """What a subscriber is being asked."""
    found = Request.objects.filter(subscriber=number, state="waiting", reached=True)
    return found.filter(until__gt=now or datetime.now(UTC)).order_by("-asked_at")


def awaiting_guardian(number: int, now: datetime | None = None) -> QuerySet[Request]:
    """What a subscriber agreed to, and the guardian has not answered yet."""
    since = (now or datetime.now(UTC)) - ANSWERED_WITHIN
    return Request.objects.filter(subscriber=number, state="agreed", until__gt=since).order_by("-asked_at")


def with_code(requests: QuerySet[Request], code: str) -> list[Request]:
    """Those of some waiting requests that a code was sent with, but none that was tried too often.

    They are held until the transaction ends, as `guardians.with_code` holds questions.
    """
    held = requests.filter(tries__lt=settings.CONTROL.code_tries).select_for_update()
    return [each for each in held if is_right(each.code, _bound_to(each), code)]


def count_try(requests: QuerySet[Request]) -> None:
    """A wrong code counts against all that it could have been for."""
    requests.update(tries=F("tries") + 1)


def seen_by_firm(request: Request, now: datetime | None = None) -> str:
    """How a request stands, as the firm sees it: open, given, or no."""
    if request.state == "given":
        return "given"
    return "open" if request.until > (now or datetime.now(UTC)) else "no"


def _purposes(request: Request, terms: Terms) -> list[Purpose]:
    whose: dict[str, Any] = {"request": request, "sender_id": request.sender_id, "subscriber": request.subscriber}
    return [Purpose(category=category, channel=channel, **whose) for category, channel in terms.purposes()]


def _bound_to(request: Request) -> str:
    return f"request {request.request_id}"
