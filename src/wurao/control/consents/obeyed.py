"""Whom a firm may ask for a consent: nobody whose wish or lists already say no.

Asked by `asking` before a subscriber is written to. The firm is not told: a request that reached nobody looks, to the
firm, like one that was not answered.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from wurao.control.consents.models import Request
from wurao.control.consents.terms import Terms
from wurao.control.registry import rows
from wurao.control.registry.models import MODELS
from wurao.control.wishes.registration import Registered, registered
from wurao.numbering.number import length_of, prefix_of
from wurao.tables import LIST_ACTIONS
from wurao.wishes import Category, Channel

MOST_A_DAY = 3
"""So many requests of all firms together reach one subscriber in a day."""
DENY = LIST_ACTIONS.index("deny")


def may_be_asked(number: int, sender_id: str, terms: Terms, now: datetime) -> bool:
    """Whether a sender may write to a subscriber for a consent of these terms."""
    return not (
        _wish_says_no(registered(number), terms, now)
        or _denied(number, sender_id, now)
        or _said_no_before(number, sender_id)
        or _asked_enough(number, now)
    )


def _wish_says_no(now_registered: Registered, terms: Terms, now: datetime) -> bool:
    """Only my list, or one of the purposes is refused at any hour."""
    wish, until = now_registered.wish, now_registered.only_my_list_until
    if wish.only_my_list or (until is not None and until > now):
        return True
    for category, channel in terms.purposes():
        if category == Category.DEBT_COLLECTION:
            if not wish.debt_collection:
                return True
        elif not wish.allows_marketing(Category(category), Channel(channel)):
            return True
    return False


def _denied(number: int, sender_id: str, now: datetime) -> bool:
    """One of the sender's headers is on the subscriber's deny list."""
    found = MODELS["lists"].objects.filter(subscriber=number, action=DENY)
    denied = {row["entry"] for row in found.values("entry", "until") if row["until"] is None or row["until"] > now}
    if not denied:
        return False
    for row in rows.rows_where("headers", sender_id=sender_id):
        header = row["header"]
        above = [prefix_of(header, length) for length in range(1, length_of(header) + 1)] if row["match"] == 0 else []
        if denied & {header, *above}:
            return True
    return False


def _said_no_before(number: int, sender_id: str) -> bool:
    """The subscriber took a consent back from this sender, or declined a request."""
    revoked = MODELS["consents"].objects.filter(subscriber=number, sender_id=sender_id, revoked__isnull=False)
    declined = Request.objects.filter(subscriber=number, sender_id=sender_id, state="declined")
    return bool(revoked.exists() or declined.exists())


def _asked_enough(number: int, now: datetime) -> bool:
    lately = Request.objects.filter(subscriber=number, reached=True, asked_at__gt=now - timedelta(days=1))
    return bool(lately.count() >= MOST_A_DAY)
