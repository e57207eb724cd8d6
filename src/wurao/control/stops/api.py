"""The calls of what was stopped: seen by cursor, answered, taken back.

Callers' numbers are masked; `POST stops/{event}/unmask` gives one whole, for a purpose that is kept. A tap that changes
a list or a wish answers with its change's `seq`, by which `POST stops/undo` takes it back.
"""

from datetime import datetime
from typing import Annotated, Literal

from django.http import Http404, HttpRequest
from ninja import Path, Query, Router, Schema
from ninja.errors import HttpError
from pydantic import Field

from wurao.control.accounts.guard import Actor, actor_of, record
from wurao.control.bodies import NO_NUL, Strict
from wurao.control.once import once
from wurao.control.paging import A_PAGE
from wurao.control.registry.models import Change
from wurao.control.registry.standing import Standing
from wurao.control.stops import taps
from wurao.control.stops.found import Stop, stop_of, stops_of
from wurao.control.stops.preview import Line, preview
from wurao.control.stops.views import SHORTEST_PURPOSE, Shown, as_shown
from wurao.control.wishes import registration
from wurao.control.wishes.api import WishBody, wanted_in
from wurao.numbering import canonical, masked
from wurao.settings.places import default_store
from wurao.snapshot import snapshot_ids

router = Router(tags=["stops"])
Event = Annotated[str, Path(max_length=40, pattern=r"^[0-9a-f]{1,16}-[0-9a-f]{12}$")]


class StopSeen(Schema):
    """One event that was stopped or labelled, and what was said to it."""

    event: str
    at: datetime
    channel: str
    from_masked: str
    sender_id: str | None
    sender: str | None
    action: Literal["label", "divert", "block"]
    reason: str
    sentence_zh: str
    sentence_en: str
    category: str | None
    overseas_mark: bool
    remedy: Literal["entry", "wish", "none"]
    remedy_zh: str
    remedy_en: str
    entry: Literal["allow", "deny"] | None
    reported: bool


class Stops(Schema):
    """Some stops, the newest first; `next` is the `before` of the next page."""

    items: list[StopSeen]
    next: str | None = None


class Tapped(Schema):
    """A change: its place, and that it is saved."""

    seq: int
    standing: str


class Reported(Schema):
    """Whether a report of fraud stands."""

    reported: bool


class UndoBody(Strict):
    """Which tap's change."""

    seq: Annotated[int, Field(ge=1, lt=2**63)]


class PurposeBody(Strict):
    """For what a number is to be seen whole."""

    purpose: Annotated[str, Field(min_length=SHORTEST_PURPOSE, max_length=500, pattern=NO_NUL)]


class Unmasked(Schema):
    """A caller's number, canonical."""

    from_number: str


class TurnedSeen(Schema):
    """An event that would be decided otherwise; the reason is why it would be, or is, stopped."""

    at: datetime
    channel: str
    from_masked: str
    action: str
    reason: str
    sentence_zh: str
    sentence_en: str


class Previewed(Schema):
    """What the last day would have been."""

    since: datetime | None
    until: datetime | None
    events: int
    newly_stopped: list[TurnedSeen]
    newly_freed: list[TurnedSeen]
    left_out: int


@router.get("stops", response=Stops, url_name="stops")
def see_stops(request: HttpRequest, before: Annotated[str, Query(max_length=40)] = "") -> Stops:
    """What was stopped or labelled, the newest first."""
    number = actor_of(request).number
    found = stops_of(number, before, A_PAGE + 1)
    items = [_seen(each) for each in as_shown(number, found[:A_PAGE])]
    return Stops(items=items, next=items[-1].event if len(found) > A_PAGE else None)


@router.post("stops/undo", response=Tapped, url_name="stops_undo")
@once
def undo_tap(request: HttpRequest, body: UndoBody) -> Tapped:
    """Put back what stood before a tap."""
    actor = actor_of(request)
    change = taps.undo(actor.number, body.seq, actor.author("undo"))
    if change is None:
        raise Http404
    return _tapped(change)


@router.post("stops/{event}/let-through", response=Tapped, url_name="stop_let_through")
@once
def let_through(request: HttpRequest, event: Event) -> Tapped:
    """Let the same through the next time."""
    actor = actor_of(request)
    return _tapped(taps.let_through(_own(actor, event), actor.author("let through")))


@router.post("stops/{event}/never", response=Tapped, url_name="stop_never")
@once
def never_again(request: HttpRequest, event: Event) -> Tapped:
    """Keep the caller out from now on."""
    actor = actor_of(request)
    return _tapped(taps.never_again(_own(actor, event), actor.author("never again")))


@router.post("stops/{event}/fraud", response=Reported, url_name="stop_fraud")
@once
def report_fraud(request: HttpRequest, event: Event) -> Reported:
    """Report a stop as fraud."""
    actor = actor_of(request)
    taps.report_fraud(_own(actor, event), actor.author())
    return Reported(reported=True)


@router.delete("stops/{event}/fraud", response=Reported, url_name="stop_fraud")
@once
def withdraw_report(request: HttpRequest, event: Event) -> Reported:
    """Take such a report back."""
    taps.withdraw_report(_own(actor_of(request), event))
    return Reported(reported=False)


@router.post("stops/{event}/unmask", response=Unmasked, url_name="stop_unmask")
def unmask(request: HttpRequest, event: Event, body: PurposeBody) -> Unmasked:
    """Who called, whole; the purpose is kept, and the auditor counts it."""
    actor = actor_of(request)
    stop = _own(actor, event)
    record(actor, "unmasked", stop.masked, body.purpose)
    return Unmasked(from_number=canonical(stop.caller))


@router.post("preview", response=Previewed, url_name="preview")
def preview_wish(request: HttpRequest, body: WishBody) -> Previewed:
    """What my last day would have been under another wish; nothing is saved."""
    if not snapshot_ids(default_store()):
        raise HttpError(503, "there is no snapshot yet")
    number = actor_of(request).number
    found = preview(number, wanted_in(body, registration.registered(number)))
    return Previewed(
        since=found.since,
        until=found.until,
        events=found.events,
        newly_stopped=[_turned(line) for line in found.stopped],
        newly_freed=[_turned(line) for line in found.freed],
        left_out=found.left_out,
    )


def _turned(line: Line) -> TurnedSeen:
    said = line.wording
    return TurnedSeen(
        at=line.at,
        channel=line.channel,
        from_masked=masked(line.caller),
        action=line.action,
        reason=line.reason.name,
        sentence_zh=said.sentence_zh,
        sentence_en=said.sentence_en,
    )


def _own(actor: Actor, event: str) -> Stop:
    stop = stop_of(actor.number, event)
    if stop is None:
        raise Http404
    return stop


def _tapped(change: Change) -> Tapped:
    return Tapped(seq=change.seq, standing=Standing.SAVED.code)


def _seen(shown: Shown) -> StopSeen:
    stop, remedy = shown.stop, shown.remedy
    return StopSeen(
        from_masked=stop.masked,
        reason=stop.reason.name,
        sentence_zh=stop.wording.sentence_zh,
        sentence_en=stop.wording.sentence_en,
        remedy=remedy.way.value,
        remedy_zh=remedy.words[0],
        remedy_en=remedy.words[1],
        entry=shown.entry,
        reported=shown.reported,
        **{
            name: getattr(stop, name)
            for name in ("event", "at", "channel", "sender_id", "sender", "action", "category", "overseas_mark")
        },
    )
