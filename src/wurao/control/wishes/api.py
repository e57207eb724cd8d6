"""The calls of a subscriber's wishes, and the one by which an operator hands over a subscriber's short message.

A wish is a JSON object with the columns of `subscribers`; `marketing` and `hours` name what is let through. Saving
answers at once with the change's `seq`; whether it is in force everywhere is asked by `GET changes/{seq}`.
"""

from dataclasses import replace
from datetime import datetime
from typing import Annotated, Literal

from django.http import Http404, HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from wurao.control.accounts.codes import subscriber_number
from wurao.control.accounts.guard import Actor, actor_of, record
from wurao.control.bodies import Strict
from wurao.control.once import once
from wurao.control.registry.models import Change
from wurao.control.registry.record import Author
from wurao.control.registry.rows import key_text
from wurao.control.registry.standing import Standing, standing_of
from wurao.control.wishes import keywords, lists, registration
from wurao.control.wishes.differences import difference
from wurao.control.wishes.forms import bits_of, names_of
from wurao.control.wishes.registration import Registered
from wurao.control.wishes.words import SWITCH_WORDS
from wurao.errors import Refused
from wurao.numbering import masked
from wurao.tables import HOURS_COLUMNS, MARKETING_COLUMNS
from wurao.wishes import GUARDS, NOTICES, Guard, Notice, Wish

router = Router(tags=["wishes"])
A_PAGE = 100
Marketing = Literal[MARKETING_COLUMNS]  # type: ignore[valid-type]
Hours = Literal[HOURS_COLUMNS]  # type: ignore[valid-type]
Guards = Literal[GUARDS]  # type: ignore[valid-type]
Notices = Literal[NOTICES]  # type: ignore[valid-type]
Seq = Annotated[int, Field(ge=0, lt=2**63)]


class WishBody(Strict):
    """What a subscriber wants. `seen` is the `seq` that was read: another change since then is a conflict (409)."""

    marketing: list[Marketing]
    hours: list[Hours]
    overseas_calls: bool
    overseas_messages: bool
    unregistered: bool
    debt_collection: bool
    only_my_list: bool
    content_protection: bool
    guard: Guards
    notice: Notices
    seen: Seq | None = None


class WishSeen(WishBody):
    """The same as it stands."""

    shield_until: datetime | None = None
    only_my_list_until: datetime | None = None


class ShieldBody(Strict):
    """For how many hours the flood shield is up; 0 takes it down."""

    hours: Literal[0, 1, 6, 24]


class EntryBody(Strict):
    """A number, or the beginning of numbers with a star: `1069*`."""

    entry: Annotated[str, Field(min_length=1, max_length=40)]
    action: Literal["allow", "deny"]


class EntrySeen(Schema):
    """An entry as it stands."""

    entry: str
    match: str
    action: str


class Entries(Schema):
    """Some entries; `next` is the `after` of the next page."""

    items: list[EntrySeen]
    next: str | None = None


class Saved(Schema):
    """A change: its place, and how far it has come (`saved`, or `in_force` everywhere)."""

    seq: int
    standing: str


class ChangeSeen(Saved):
    """A change in the history."""

    made_at: datetime
    way: str
    op: str


class Changes(Schema):
    """Some changes, the newest first; `next` is the `before` of the next page."""

    items: list[ChangeSeen]
    next: int | None = None


class MessageBody(Strict):
    """A short message from a subscriber, as the operator received it."""

    number: Annotated[str, Field(min_length=1, max_length=40)]
    text: Annotated[str, Field(max_length=1000)]


class Replied(Schema):
    """What is answered to the subscriber."""

    text: str
    seq: int | None = None


@router.get("wishes", response=WishSeen, url_name="wishes")
def see_wishes(request: HttpRequest) -> WishSeen:
    """What I want."""
    return _seen(registration.registered(actor_of(request).number))


@router.put("wishes", response=Saved, url_name="wishes")
@once
def save_wishes(request: HttpRequest, body: WishBody) -> Saved:
    """Save what I want, whole."""
    actor = actor_of(request)
    before = registration.registered(actor.number)
    wish = Wish(
        marketing=bits_of(body.marketing, MARKETING_COLUMNS),
        hours=bits_of(body.hours, HOURS_COLUMNS),
        only_my_list=body.only_my_list,
        content_protection=body.content_protection,
        guard=Guard(GUARDS.index(body.guard)),
        **{name: getattr(body, name) for name in SWITCH_WORDS},
    )
    wanted = replace(before, wish=wish, notice=Notice(NOTICES.index(body.notice)))
    if body.seen is not None:
        wanted = replace(wanted, seen=body.seen)
    return _save(actor, before, wanted, body.seen is not None)


@router.post("shield", response=Saved, url_name="shield")
@once
def raise_shield(request: HttpRequest, body: ShieldBody) -> Saved:
    """The flood shield, up or down."""
    actor = actor_of(request)
    before = registration.registered(actor.number)
    return _save(actor, before, registration.with_shield(before, body.hours), False)


@router.get("lists", response=Entries, url_name="lists")
def see_lists(request: HttpRequest, after: Annotated[str, Query(max_length=40)] = "") -> Entries:
    """My lists, a page at a time."""
    found = list(lists.entries(actor_of(request).number))
    start = next((place + 1 for place, each in enumerate(found) if _cursor(each) == after), 0) if after else 0
    page = found[start : start + A_PAGE]
    items = [EntrySeen(entry=each.text, match=each.match, action=each.action) for each in page]
    return Entries(items=items, next=_cursor(page[-1]) if start + A_PAGE < len(found) else None)


@router.post("lists", response=Saved, url_name="lists")
@once
def put_entry(request: HttpRequest, body: EntryBody) -> Saved:
    """Put one entry on my allow or deny list."""
    actor = actor_of(request)
    change = lists.put_one(actor.number, body.entry, body.action, actor.author())
    if change is None:
        raise Refused(
            f"{body.entry!r} is no number", where="entry", right="write a number, or its beginning and a star"
        )
    return _saved(change)


@router.get("changes", response=Changes, url_name="changes")
def see_changes(request: HttpRequest, before: Annotated[int | None, Query(ge=1, lt=2**63)] = None) -> Changes:
    """What was changed of what I want, the newest first."""
    found = registration.history(actor_of(request).number, before, A_PAGE + 1)
    items = [
        ChangeSeen(seq=each.seq, standing=standing_of(each).code, made_at=each.made_at, way=each.way, op=each.op)
        for each in found[:A_PAGE]
    ]
    return Changes(items=items, next=items[-1].seq if len(found) > A_PAGE else None)


@router.get("changes/{seq}", response=Saved, url_name="change")
def see_change(request: HttpRequest, seq: Seq) -> Saved:
    """How far one of my changes has come."""
    key = key_text(registration.TABLE, (actor_of(request).number,))
    change = Change.objects.filter(seq=seq, table=registration.TABLE, key=key).first()
    if change is None:
        raise Http404
    return Saved(seq=change.seq, standing=standing_of(change).code)


@router.post("undo", response=Saved, url_name="undo")
@once
def undo(request: HttpRequest) -> Saved:
    """Undo my last change."""
    actor = actor_of(request)
    return _saved(registration.undo_last(actor.number, actor.author("undo")))


@router.post("messages", response=Replied, url_name="message")
@once
def take_message(request: HttpRequest, body: MessageBody) -> Replied:
    """Carry out a subscriber's short message to the service; the reply is what to send back.

    An operator's staff may hand over those of the operator's own subscribers.
    """
    actor = actor_of(request)
    number = subscriber_number(body.number)
    if number is None:
        raise Refused(f"{body.number[:8]!r} is no subscriber's number", where="number", right="write +8613803510001")
    before = registration.registered(number)
    own = actor.person.operator if actor.person else ""
    if before.operator not in (None, own):
        record(actor, "refused", masked(number))
        raise Http404
    author = Author("subscriber", "message", actor.person.pk if actor.person else None)
    reply = keywords.carry_out(number, body.text, author)
    return Replied(text=reply.text, seq=reply.change.seq if reply.change else None)


def _save(actor: Actor, before: Registered, wanted: Registered, checked: bool) -> Saved:
    said = difference(before, wanted)
    return _saved(registration.save(actor.number, wanted, actor.author(), said, checked=checked))


def _saved(change: Change) -> Saved:
    """What is answered to a change at the moment that it is saved: it cannot be in force yet."""
    return Saved(seq=change.seq, standing=Standing.SAVED.code)


def _seen(now: Registered) -> WishSeen:
    wish = now.wish
    switches = {name: getattr(wish, name) for name in SWITCH_WORDS}
    return WishSeen(
        marketing=names_of(wish.marketing, MARKETING_COLUMNS),
        hours=names_of(wish.hours, HOURS_COLUMNS),
        only_my_list=wish.only_my_list,
        content_protection=wish.content_protection,
        guard=GUARDS[wish.guard],
        notice=NOTICES[now.notice],
        seen=now.seen,
        shield_until=now.shield_until,
        only_my_list_until=now.only_my_list_until,
        **switches,
    )


def _cursor(entry: lists.Entry) -> str:
    return f"{entry.text}*" if entry.match == "prefix" else entry.text
