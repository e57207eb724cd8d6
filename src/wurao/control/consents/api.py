"""The calls of consents: a subscriber sees, answers, takes back; a firm asks, hands in codes and whole files."""

import uuid
from datetime import UTC, datetime
from typing import Annotated, Literal

from django.http import Http404, HttpRequest
from ninja import Query, Router, Schema
from ninja.errors import HttpError
from pydantic import Field

from wurao.control.accounts.guard import actor_of, record
from wurao.control.bodies import NO_NUL, Strict
from wurao.control.consents import asking, bulk, given
from wurao.control.consents.models import Request
from wurao.control.consents.terms import ASKABLE, MOST_PER_DAY, places
from wurao.control.firms.api import own_firm
from wurao.control.once import once
from wurao.control.paging import A_PAGE
from wurao.control.waiting import STANDING, AwaitsGuardian, TooOften
from wurao.control.wishes.api import Awaits
from wurao.numbering import masked
from wurao.wishes import CATEGORIES, WISH_CHANNELS

router = Router(tags=["consents"])
Askable = Annotated[list[Literal[ASKABLE]], Field(min_length=1, max_length=len(ASKABLE))]  # type: ignore[valid-type]
Channels = Annotated[list[Literal[WISH_CHANNELS]], Field(min_length=1, max_length=3)]  # type: ignore[valid-type]
Line = Annotated[str, Field(max_length=200, pattern=NO_NUL)]


class TermsBody(Strict):
    """To what a subscriber says yes."""

    categories: Askable
    channels: Channels
    max_per_day: Annotated[int, Field(ge=1, le=MOST_PER_DAY)] | None = None
    days: Annotated[int, Field(ge=1, le=730)]
    wording: Annotated[str, Field(min_length=10, max_length=500, pattern=NO_NUL)]


class AskBody(TermsBody):
    """One subscriber is asked."""

    number: Line


class BulkBody(TermsBody):
    """Many at once, with the SHA-256 of what proves it."""

    numbers: Annotated[list[Line], Field(min_length=1, max_length=bulk.MOST)]
    given_at: Annotated[datetime, Field(strict=False)]
    proof_sha256: Annotated[str, Field(pattern=r"^[0-9a-fA-F]{64}$")]


class RevokeBody(Strict):
    """One consent, or all to a sender."""

    consent_id: Line | None = None
    sender_id: Line | None = None


class UndoBody(Strict):
    """The changes that a revocation made."""

    seqs: Annotated[list[Annotated[int, Field(ge=1, lt=2**63)]], Field(min_length=1, max_length=10_000)]


class AnswerBody(Strict):
    """A subscriber's answer to a request."""

    answer: Literal["yes", "no"]


class CodeBody(Strict):
    """The code that the subscriber gave the firm."""

    code: Annotated[str, Field(max_length=20, pattern=NO_NUL)]


class ConsentSeen(Schema):
    """A consent as its subscriber sees it."""

    consent_id: str
    sender_id: str
    firm: str
    categories: list[str]
    channels: list[str]
    max_per_day: int | None
    given: datetime
    expires: datetime | None
    revoked: datetime | None
    wording: str | None
    proof_sha256: str | None
    in_force: bool


class RequestSeen(Schema):
    """A request, the number masked: to its subscriber `waiting` or `awaits_guardian`; to its firm open, given or no."""

    request_id: uuid.UUID
    sender_id: str
    number: str
    categories: list[str]
    channels: list[str]
    max_per_day: int | None
    expires: datetime
    wording: str
    until: datetime
    state: str


class Consents(Schema):
    """All consents of a subscriber, and what is being asked."""

    items: list[ConsentSeen]
    asked: list[RequestSeen]


class Requests(Schema):
    """Some requests, the newest first; `next` is the `before` of the next page."""

    items: list[RequestSeen]
    next: datetime | None = None


class Settled(Schema):
    """The changes that were made; none where a no changed nothing, or (`open`) the consent is not registered yet."""

    seqs: list[int]
    standing: Literal["saved", "open"]


SETTLED = {200: Settled, 202: Awaits}


class BulkSeen(Schema):
    """What came of many."""

    added: int
    known: int
    left_out: int
    bad: int
    first_bad: list[str]


@router.get("consents", response=Consents, url_name="consents")
def see_consents(request: HttpRequest) -> Consents:
    """All that I said yes to, and what I am being asked."""
    number, now = actor_of(request).number, datetime.now(UTC)
    items = [
        ConsentSeen(in_force=each.is_in_force(now), **{name: getattr(each, name) for name in each.__slots__})
        for each in given.consents_of(number)
    ]
    asked = [_seen(each, "waiting") for each in asking.waiting_for(number)]
    awaiting = [_seen(each, STANDING) for each in asking.awaiting_guardian(number)]
    return Consents(items=items, asked=asked + awaiting)


@router.post("consents/revocations", response=Settled, url_name="consents_revoked")
@once
def revoke(request: HttpRequest, body: RevokeBody) -> Settled:
    """Take one back, or all of a firm."""
    actor = actor_of(request)
    one, firm = body.consent_id or None, body.sender_id or None
    changes = given.revoke(actor.number, actor.author("revoked"), consent_id=one, sender_id=firm)
    if not changes:
        raise Http404
    return Settled(seqs=[each.seq for each in changes], standing="saved")


@router.post("consents/undo", response=SETTLED, url_name="consents_undo")
@once
def undo(request: HttpRequest, body: UndoBody) -> Settled:
    """Put back what was taken back."""
    actor = actor_of(request)
    changes = given.undo(actor.number, body.seqs, actor.author("undo"))
    return Settled(seqs=[each.seq for each in changes], standing="saved")


@router.post("consents/requests/{request_id}", response=SETTLED, url_name="consent_answered")
@once
def answer(request: HttpRequest, request_id: uuid.UUID, body: AnswerBody) -> Settled:
    """Agree to what a firm asks, or decline."""
    actor = actor_of(request)
    asked = asking.waiting_for(actor.number).filter(pk=request_id).first()
    if asked is None:
        raise Http404
    change = asking.answer(asked, body.answer == "yes", actor.author(f"request {request_id}"))
    return Settled(seqs=[change.seq] if change else [], standing="saved")


@router.get("firm/consents/requests", response=Requests, url_name="firm_consents")
def see_requests(request: HttpRequest, before: Annotated[datetime | None, Query()] = None) -> Requests:
    """What my firm asked for, the newest first."""
    found = Request.objects.filter(sender_id=own_firm(request).sender_id).order_by("-asked_at")
    if before is not None:
        if before.tzinfo is None:
            raise HttpError(422, "before: write a time with its offset")
        found = found.filter(asked_at__lt=before)
    page = list(found[: A_PAGE + 1])
    items = [_seen(each, asking.seen_by_firm(each)) for each in page[:A_PAGE]]
    return Requests(items=items, next=page[A_PAGE - 1].asked_at if len(page) > A_PAGE else None)


@router.post("firm/consents/requests", response=RequestSeen, url_name="firm_consents")
@once
def ask(request: HttpRequest, body: AskBody) -> RequestSeen:
    """Ask one subscriber, once for a purpose; no answer within seven days is a no."""
    made = asking.ask(own_firm(request), body.number, body.model_dump(), actor_of(request))
    return _seen(made, asking.seen_by_firm(made))


@router.post("firm/consents/requests/{request_id}/code", response=Settled, url_name="firm_consent_code")
@once
def hand_in(request: HttpRequest, request_id: uuid.UUID, body: CodeBody) -> Settled:
    """Hand in the code that the subscriber gave; standing `open`: taken, and registered later, or not."""
    asked = Request.objects.filter(pk=request_id, sender_id=own_firm(request).sender_id).first()
    if asked is None:
        record(actor_of(request), "refused", "firm_consent_code")
        raise Http404
    try:
        change = asking.hand_in(asked, body.code, actor_of(request))
    except AwaitsGuardian:
        return Settled(seqs=[], standing="open")
    except TooOften as error:
        raise TooOften("this was handed in too often", error.retry_s) from error
    if change is None:
        raise HttpError(422, "the code is not right, or void")
    return Settled(seqs=[change.seq], standing="saved")


@router.post("firm/consents/bulk", response=BulkSeen, url_name="firm_consents_bulk")
def hand_in_many(request: HttpRequest, body: BulkBody) -> BulkSeen:
    """Hand in many that can be proved; the same file twice is one."""
    text = "\n".join(each.replace("\n", " ") for each in body.numbers).encode()
    taken = bulk.take(own_firm(request), text, body.model_dump(), actor_of(request))
    return BulkSeen(
        added=taken.bulk.added,
        known=taken.bulk.known,
        left_out=taken.bulk.left_out,
        bad=taken.bulk.bad,
        first_bad=[text for _, text in taken.bad],
    )


def _seen(asked: Request, state: str) -> RequestSeen:
    return RequestSeen(
        request_id=asked.request_id,
        sender_id=asked.sender_id,
        number=masked(asked.subscriber),
        categories=[CATEGORIES[place] for place in places(asked.categories)],
        channels=[WISH_CHANNELS[place] for place in places(asked.channels)],
        max_per_day=asked.max_per_day,
        expires=asked.expires,
        wording=asked.wording,
        until=asked.until,
        state=state,
    )
