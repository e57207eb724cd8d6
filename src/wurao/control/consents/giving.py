"""A yes becomes a consent: at once, or when the guardian of whoever has one agreed, since a consent lets more through.

In comes a request that was agreed to, by the subscriber or by the code in the firm's hand (`give`), and later what the
guardian said (`settle`); out goes the registry's change. Called by `asking`, and by `apps` for a guardian's answer.
"""

from __future__ import annotations

from datetime import UTC, datetime

from wurao.control.accounts.messages import send
from wurao.control.consents.models import Request
from wurao.control.consents.texts import GIVEN, WANTED, told
from wurao.control.registry import record, rows
from wurao.control.registry.models import Change
from wurao.control.registry.record import Author, ChangedMeanwhile
from wurao.control.registry.turns import writing
from wurao.control.waiting import AwaitsGuardian
from wurao.control.wishes import guardians

REQUEST = "request"
"""What a question to a guardian is about."""


def give(request: Request, author: Author, now: datetime) -> Change | None:
    """The consent; null where the request waits no more. AwaitsGuardian, once asked, where a guardian must agree."""
    guardian = guardians.guardian_of(request.subscriber)
    with writing():
        waiting = Request.objects.filter(pk=request.pk, state="waiting", until__gt=now)
        if not waiting.update(state="given" if guardian is None else "agreed", code=""):
            return None
        if guardian is None:
            send(request.subscriber, told(GIVEN, request))
            return _registered(request, author, now)
        about, said = [REQUEST, request.pk.hex], (told(WANTED[0], request), told(WANTED[1], request))
        asked = guardians.ask_about_consent(request.subscriber, guardian, about, author, said)
    raise AwaitsGuardian(asked.pk)


def settle(request_id: str, agrees: bool, author: Author) -> None:
    """What the guardian said holds; ChangedMeanwhile for a yes to what the subscriber took back, or what is over."""
    now = datetime.now(UTC)
    agreed = Request.objects.filter(pk=request_id, state="agreed")
    if not agrees:
        agreed.update(state="declined")
        return
    if not agreed.filter(expires__gt=now).update(state="given"):
        raise ChangedMeanwhile("the consent is wanted no more", right="nothing is to be done")
    _registered(Request.objects.get(pk=request_id), author, now)


def _registered(request: Request, author: Author, now: datetime) -> Change:
    row = rows.blank_row(
        "consents",
        consent_id=request.request_id.hex,
        subscriber=request.subscriber,
        sender_id=request.sender_id,
        categories=request.categories,
        channels=request.channels,
        max_per_day=request.max_per_day,
        given=now,
        expires=request.expires,
        wording=request.wording,
    )
    return record.put("consents", row, author)
