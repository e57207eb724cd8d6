"""The calls of a subscriber's wishes and lists.

A wish is a JSON object with the columns of `subscribers`; `marketing` and `hours` name what is let through. Saving
answers at once with the change's `seq`; whether it is in force everywhere is asked by `GET changes/{seq}`.
"""

from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Annotated, Literal

from django.http import Http404, HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from wurao.control.accounts.guard import actor_of
from wurao.control.bodies import NO_NUL, Strict
from wurao.control.once import once
from wurao.control.paging import A_PAGE, Before, Place
from wurao.control.registry.models import Change
from wurao.control.registry.standing import Standing, standing_of
from wurao.control.wishes import lists, registration
from wurao.control.wishes.choices import Choice
from wurao.control.wishes.differences import difference
from wurao.control.wishes.forms import bits_of, names_of
from wurao.control.wishes.registration import Registered, with_choice
from wurao.control.wishes.words import SWITCH_WORDS
from wurao.errors import Refused
from wurao.tables import HOURS_COLUMNS, MARKETING_COLUMNS
from wurao.wishes import GUARDS, NOTICES, Guard, Notice, Wish

router = Router(tags=["wishes"])
Marketing = Literal[MARKETING_COLUMNS]  # type: ignore[valid-type]
Hours = Literal[HOURS_COLUMNS]  # type: ignore[valid-type]
Guards = Literal[GUARDS]  # type: ignore[valid-type]
Notices = Literal[NOTICES]  # type: ignore[valid-type]
Written = Annotated[str, Field(min_length=1, max_length=40, pattern=NO_NUL)]


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
    seen: Place | None = None


class WishSeen(WishBody):
    """The same as it stands."""

    shield_until: datetime | None = None
    only_my_list_until: datetime | None = None


class ShieldBody(Strict):
    """For how many hours the flood shield is up; 0 takes it down."""

    hours: Literal[0, 1, 6, 24]


class OnlyListBody(Strict):
    """For how many hours only the own list is let through; 0 ends it."""

    hours: Annotated[int, Field(ge=0, le=registration.MOST_HOURS)]


class ChoiceBody(Strict):
    """One of the three big choices: stop all marketing, let through what I choose, off."""

    choice: Literal["stop", "choose", "off"]


class EntryBody(Strict):
    """A number, or the beginning of numbers with a star: `1069*`."""

    entry: Written
    action: Literal["allow", "deny"]


class RemovedBody(Strict):
    """An entry as it is written in one: `1069*` is the beginning of numbers."""

    entry: Written


class EntriesBody(Strict):
    """Many of them for one list."""

    entries: Annotated[list[Written], Field(min_length=1, max_length=lists.MOST)]
    action: Literal["allow", "deny"]


class BadEntry(Schema):
    """What is no number, by its place."""

    place: int
    entry: str


class Pasted(Schema):
    """What came of many entries."""

    added: int
    bad: list[BadEntry]


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


class Awaits(Schema):
    """The change would weaken protection and waits for the guardian, who was asked."""

    seq: None
    standing: Literal["awaits_guardian"]
    asked: int


SAVED = {200: Saved, 202: Awaits}
PASTED = {200: Pasted, 202: Awaits}


class ChangeSeen(Saved):
    """A change in the history."""

    table: str

    made_at: datetime
    way: str
    op: str


class Changes(Schema):
    """Some changes, the newest first; `next` is the `before` of the next page."""

    items: list[ChangeSeen]
    next: int | None = None


@router.get("wishes", response=WishSeen, url_name="wishes")
def see_wishes(request: HttpRequest) -> WishSeen:
    """What I want."""
    return _seen(registration.registered(actor_of(request).number))


@router.put("wishes", response=SAVED, url_name="wishes")
@once
def save_wishes(request: HttpRequest, body: WishBody) -> Saved:
    """Save what I want, whole."""
    actor = actor_of(request)
    if body.seen is None:
        return saved(registration.amend(actor.number, partial(wanted_in, body), actor.author()))
    before = registration.registered(actor.number)
    wanted = replace(wanted_in(body, before), seen=body.seen)
    return saved(registration.save(actor.number, wanted, actor.author(), difference(before, wanted)))


@router.post("choice", response=SAVED, url_name="choice")
@once
def choose(request: HttpRequest, body: ChoiceBody) -> Saved:
    """One of the three big choices."""
    actor, choice = actor_of(request), Choice(body.choice)
    return saved(registration.amend(actor.number, partial(with_choice, choice=choice), actor.author()))


@router.post("shield", response=SAVED, url_name="shield")
@once
def raise_shield(request: HttpRequest, body: ShieldBody) -> Saved:
    """The flood shield, up or down."""
    actor, how = actor_of(request), partial(registration.with_shield, hours=body.hours)
    return saved(registration.amend(actor.number, how, actor.author()))


@router.post("only-my-list", response=SAVED, url_name="only_my_list")
@once
def only_my_list(request: HttpRequest, body: OnlyListBody) -> Saved:
    """Only my list for some hours, or no longer."""
    actor, how = actor_of(request), partial(registration.with_only_my_list, hours=body.hours)
    return saved(registration.amend(actor.number, how, actor.author()))


@router.get("lists", response=Entries, url_name="lists")
def see_lists(request: HttpRequest, after: Annotated[str, Query(max_length=40, pattern=NO_NUL)] = "") -> Entries:
    """My lists, a page at a time."""
    found = lists.a_page(actor_of(request).number, after, A_PAGE + 1)
    items = [EntrySeen(entry=each.text, match=each.match, action=each.action) for each in found[:A_PAGE]]
    return Entries(items=items, next=found[A_PAGE - 1].shown if len(found) > A_PAGE else None)


@router.post("lists", response=SAVED, url_name="lists")
@once
def put_entry(request: HttpRequest, body: EntryBody) -> Saved:
    """Put one entry on my allow or deny list."""
    actor = actor_of(request)
    change = lists.put_one(actor.number, body.entry, body.action, actor.author())
    if change is None:
        raise _no_entry(body.entry)
    return saved(change)


@router.post("lists/many", response=PASTED, url_name="lists_many")
@once
def put_entries(request: HttpRequest, body: EntriesBody) -> Pasted:
    """Put many entries on a list at once; what is none is named by its place."""
    actor = actor_of(request)
    pasted = lists.paste(actor.number, "\n".join(body.entries), body.action, actor.author())
    return Pasted(added=pasted.added, bad=[BadEntry(place=place, entry=text) for place, text in pasted.bad])


@router.post("lists/remove", response=SAVED, url_name="lists_removed")
@once
def remove_entry(request: HttpRequest, body: RemovedBody) -> Saved:
    """Take one entry off my lists."""
    actor = actor_of(request)
    if lists.read_entry(body.entry.strip()) is None:
        raise _no_entry(body.entry)
    change = lists.remove_one(actor.number, body.entry.strip(), actor.author())
    if change is None:
        raise Http404
    return saved(change)


@router.get("changes", response=Changes, url_name="changes")
def see_changes(request: HttpRequest, before: Before = None) -> Changes:
    """What was changed of what I want and of my lists, the newest first."""
    found = registration.history(actor_of(request).number, before, A_PAGE + 1)
    items = [
        ChangeSeen(
            seq=each.seq,
            standing=standing_of(each).code,
            made_at=each.made_at,
            way=each.way,
            op=each.op,
            table=each.table,
        )
        for each in found[:A_PAGE]
    ]
    return Changes(items=items, next=items[-1].seq if len(found) > A_PAGE else None)


@router.get("changes/{seq}", response=Saved, url_name="change")
def see_change(request: HttpRequest, seq: Place) -> Saved:
    """How far one of my changes has come."""
    change = registration.own_change(actor_of(request).number, seq)
    if change is None:
        raise Http404
    return Saved(seq=change.seq, standing=standing_of(change).code)


@router.post("undo", response=SAVED, url_name="undo")
@once
def undo(request: HttpRequest) -> Saved:
    """Undo my last change."""
    actor = actor_of(request)
    return saved(registration.undo_last(actor.number, actor.author("undo")))


def wanted_in(body: WishBody, before: Registered) -> Registered:
    """What a body wants, over what it does not speak of."""
    wish = Wish(
        marketing=bits_of(body.marketing, MARKETING_COLUMNS),
        hours=bits_of(body.hours, HOURS_COLUMNS),
        only_my_list=body.only_my_list,
        content_protection=body.content_protection,
        guard=Guard(GUARDS.index(body.guard)),
        **{name: getattr(body, name) for name in SWITCH_WORDS},
    )
    return replace(before, wish=wish, notice=Notice(NOTICES.index(body.notice)))


def saved(change: Change) -> Saved:
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


def _no_entry(text: str) -> Refused:
    right = "write a number, or its beginning and a star"
    return Refused(f"{text!r} is no number", where="entry", right=right)
