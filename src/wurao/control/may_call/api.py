"""The calls of "May I call?": a list in, as text, a number a line; those that may be called out, alike."""

from datetime import datetime
from typing import Annotated, Any, Literal

import numpy as np
from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema

from wurao.control.accounts.guard import actor_of, record
from wurao.control.bodies import NO_NUL
from wurao.control.firms.api import own_firm
from wurao.control.firms.findings import NotRight
from wurao.control.may_call import asking, leaks
from wurao.control.may_call.models import Asking
from wurao.control.numbers import read_numbers
from wurao.control.paging import Before, newest_first
from wurao.control.problems import problem_json
from wurao.errors import Refused
from wurao.wishes import CATEGORIES, MARKETING_CATEGORIES, WISH_CHANNELS

router = Router(tags=["may call"])
Marketing = Literal[MARKETING_CATEGORIES]  # type: ignore[valid-type]
Channel = Literal[WISH_CHANNELS]  # type: ignore[valid-type]
Header = Annotated[str, Query(max_length=60, pattern=NO_NUL)]
AS_TEXT: dict[str, Any] = {
    "requestBody": {"required": True, "content": {"text/plain": {"schema": {"type": "string"}}}},
}
ANSWERED: dict[str, Any] = {
    "responses": {
        200: {"description": "A number a line", "content": {"text/plain": {"schema": {"type": "string"}}}},
    }
}


class AskingSeen(Schema):
    """One asking."""

    id: int
    at: datetime
    sender_id: str
    category: str
    channel: str
    asked: int
    told: int


class Askings(Schema):
    """Some askings, the newest first; `next` is the `before` of the next page."""

    items: list[AskingSeen]
    next: int | None = None


class SuspectSeen(Schema):
    """One firm held against a leaked list."""

    sender_id: str
    points_to_it: bool
    hits: int
    expected: float
    chance: float
    askings: list[int]


class TracedSeen(Schema):
    """What a leaked list tells."""

    numbers: int
    needed: int
    suspects: list[SuspectSeen]


@router.post("firm/may-call", url_name="may_call", openapi_extra=AS_TEXT | ANSWERED)
def may_call(request: HttpRequest, category: Marketing, channel: Channel, header: Header = "") -> HttpResponse:
    """Which of these numbers may be called now; a number is answered once a day and purpose."""
    try:
        answer = asking.ask(own_firm(request), request.body, category, channel, actor_of(request), header)
    except NotRight:
        raise
    except asking.AskedTooMuch as wrong:
        return problem_json(429, str(wrong))
    except Refused as wrong:
        return problem_json(422 if wrong.where == "numbers" else 503, str(wrong))
    found = HttpResponse(answer.as_text(), content_type="text/plain; charset=utf-8")
    found.headers["Wurao-Asking"] = str(answer.asking.pk)
    found.headers["Wurao-Bad-Lines"] = str(len(answer.bad))
    return found


@router.get("firm/may-call", response=Askings, url_name="may_call")
def see_own_askings(request: HttpRequest, before: Before = None) -> Askings:
    """What my firm asked."""
    return _askings(Asking.objects.filter(sender_id=own_firm(request).sender_id), before)


@router.get("may-call/askings", response=Askings, url_name="may_call_askings")
def see_askings(request: HttpRequest, before: Before = None) -> Askings:
    """What all firms asked."""
    return _askings(Asking.objects.all(), before)


@router.post("may-call/leak", response=TracedSeen, url_name="may_call_leak", openapi_extra=AS_TEXT)
def trace_leak(
    request: HttpRequest, purpose: Annotated[str, Query(min_length=4, max_length=200, pattern=NO_NUL)]
) -> TracedSeen:
    """Whose answer a list is that turned up where it should not."""
    traced = leaks.trace(np.unique(read_numbers(request.body).numbers))
    record(actor_of(request), "leak_traced", f"{traced.numbers} numbers", purpose)
    suspects = [
        SuspectSeen(
            sender_id=each.sender_id,
            points_to_it=each.is_pointed_at,
            hits=each.hits,
            expected=each.expected,
            chance=each.chance,
            askings=[seen.asking.pk for seen in each.askings],
        )
        for each in traced.suspects
    ]
    return TracedSeen(numbers=traced.numbers, needed=traced.needed, suspects=suspects)


def _askings(found: Any, before: int | None) -> Askings:
    page, following = newest_first(found.defer("sample"), before)
    items = [
        AskingSeen(
            id=each.pk,
            at=each.at,
            sender_id=each.sender_id,
            category=CATEGORIES[each.category],
            channel=WISH_CHANNELS[each.channel],
            asked=each.asked,
            told=each.told,
        )
        for each in page
    ]
    return Askings(items=items, next=following)
