"""The calls of access: the own sessions and keys; for administrators and auditors people and the record of access.

A key of the API makes no key that could do more, or longer, than itself.
"""

from datetime import datetime, timedelta
from typing import Annotated, Literal, cast

from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils import timezone
from ninja import Query, Router, Schema
from pydantic import Field

from wurao.control.accounts.forms import MOST_PER_MINUTE, InvitationForm
from wurao.control.accounts.guard import actor_of, record
from wurao.control.accounts.models import CALLS_PER_MINUTE, AccessRecord, ApiKey, Invitation, Person
from wurao.control.accounts.oversight import end_sessions, sign_out
from wurao.control.bodies import NO_NUL, Strict
from wurao.control.once import once
from wurao.control.paging import Before, Place, newest_first
from wurao.control.rights import STAFF, Role, calls_of
from wurao.errors import Refused

router = Router(tags=["accounts"])
Name = Annotated[str, Field(min_length=1, max_length=80, pattern=NO_NUL)]
Whose = Annotated[str, Field(max_length=40, pattern=NO_NUL)]
Invited = Literal[tuple(role.value for role in Role if role in STAFF)]  # type: ignore[valid-type]


class SessionSeen(Schema):
    """Where somebody is signed in."""

    id: int
    since: datetime
    address: str
    browser: str


class Sessions(Schema):
    """Some sessions; `next` is the `before` of the next page."""

    items: list[SessionSeen]
    next: int | None = None


class Ended(Schema):
    """How many were ended."""

    ended: int


class KeyBody(Strict):
    """A new key. `calls`: the names of what it is for; all that its owner may where there are none."""

    name: Name
    days: Annotated[int, Field(ge=1, le=366)] = 90
    changes: bool = False
    calls: Annotated[list[Annotated[str, Field(max_length=60, pattern=NO_NUL)]], Field(max_length=200)] = Field([])
    per_minute: Annotated[int, Field(ge=1, le=MOST_PER_MINUTE)] = CALLS_PER_MINUTE


class KeySeen(Schema):
    """A key; never its text."""

    id: int
    name: str
    changes: bool
    calls: list[str]
    per_minute: int
    until: datetime


class KeyMade(KeySeen):
    """A new key, with its text, this once."""

    key: str


class Keys(Schema):
    """Some keys; `next` is the `before` of the next page."""

    items: list[KeySeen]
    next: int | None = None


class PersonSeen(Schema):
    """One of the staff."""

    id: int
    username: str
    role: str
    operator: str
    city: str
    sender_id: str
    is_active: bool


class PeopleSeen(Schema):
    """Some of the staff; `next` is the `before` of the next page."""

    items: list[PersonSeen]
    next: int | None = None


class InvitationBody(Strict):
    """Whom to invite; operator staff need `operator`, police `city`, a firm `sender_id`."""

    role: Invited  # type: ignore[valid-type]
    operator: Whose = ""
    city: Whose = ""
    sender_id: Annotated[str, Field(max_length=80, pattern=NO_NUL)] = ""


class InvitationMade(Schema):
    """The link to hand over: good once, for a day."""

    link: str


class SignOutBody(Strict):
    """`close`: the account is closed as well."""

    close: bool = False


class RecordSeen(Schema):
    """Something about access that was kept."""

    id: int
    at: datetime
    what: str
    role: str
    person: int | None
    address: str
    subject: str
    purpose: str


class Records(Schema):
    """Some records; `next` is the `before` of the next page."""

    items: list[RecordSeen]
    next: int | None = None


@router.get("sessions", response=Sessions, url_name="sessions")
def see_sessions(request: HttpRequest, before: Before = None) -> Sessions:
    """Where I am signed in."""
    from allauth.usersessions.models import UserSession

    found, following = newest_first(UserSession.objects.filter(user=_self(request)), before)
    items = [SessionSeen(id=each.pk, since=each.created_at, address=each.ip, browser=each.user_agent) for each in found]
    return Sessions(items=items, next=following)


@router.delete("sessions", response=Ended, url_name="sessions")
@once
def end_my_sessions(request: HttpRequest) -> Ended:
    """Sign me out everywhere; keys stay."""
    ended = end_sessions(_self(request))
    record(actor_of(request), "signed_out", str(_self(request)))
    return Ended(ended=ended)


@router.get("keys", response=Keys, url_name="keys")
def see_keys(request: HttpRequest, before: Before = None) -> Keys:
    """My keys."""
    found, following = newest_first(ApiKey.objects.filter(person=_self(request), ended=False), before)
    return Keys(items=[_key_seen(each) for each in found], next=following)


@router.post("keys", response=KeyMade, url_name="keys")
@once
def make_key(request: HttpRequest, body: KeyBody) -> KeyMade:
    """Make a key, for no more than this one is for."""
    own, person = actor_of(request).key, _self(request)
    assert own is not None
    known = calls_of(Role(person.role))
    wrong = [name for name in body.calls if name not in known or not own.is_for(name)]
    if wrong:
        raise Refused(f"{wrong[0]!r} is no call of this key", where="calls", right=f"choose among {', '.join(known)}")
    calls = " ".join(body.calls) or own.calls
    until = min(own.until, timezone.now() + timedelta(days=body.days))
    per_minute = min(own.per_minute, body.per_minute)
    changes = body.changes and own.changes
    key, shown = ApiKey.make(person, body.name, body.days, changes, calls=calls, per_minute=per_minute, until=until)
    record(actor_of(request), "key_made", body.name)
    return KeyMade(key=shown, **_key_seen(key).dict())


@router.post("keys/{key}/end", response=Ended, url_name="key_ended")
@once
def end_key(request: HttpRequest, key: Place) -> Ended:
    """End one of my keys."""
    if not ApiKey.objects.filter(pk=key, person=_self(request)).update(ended=True):
        record(actor_of(request), "refused", "key_ended")
        raise Http404
    record(actor_of(request), "key_ended", str(key))
    return Ended(ended=1)


@router.get("people", response=PeopleSeen, url_name="people")
def see_people(request: HttpRequest, before: Before = None) -> PeopleSeen:
    """The staff."""
    found, following = newest_first(Person.objects.exclude(role=Role.SUBSCRIBER.value), before)
    items = [
        PersonSeen(
            id=each.pk,
            username=each.username or "",
            role=each.role,
            operator=each.operator,
            city=each.city,
            sender_id=each.sender_id,
            is_active=each.is_active,
        )
        for each in found
    ]
    return PeopleSeen(items=items, next=following)


@router.post("invitations", response=InvitationMade, url_name="invitations")
@once
def invite(request: HttpRequest, body: InvitationBody) -> InvitationMade:
    """Invite somebody to the staff."""
    form = InvitationForm(body.dict())
    if not form.is_valid():
        field = next(iter(form.errors))
        raise Refused("this role needs it", where=field, right=f"write {field}")
    given = form.cleaned_data
    token = Invitation.make(Role(given["role"]), **{name: given[name] for name in ("operator", "city", "sender_id")})
    record(actor_of(request), "invited", given["role"])
    return InvitationMade(link=request.build_absolute_uri(reverse("invited", args=[token])))


@router.post("people/{person}/sign-out", response=Ended, url_name="sign_out_person")
@once
def sign_somebody_out(request: HttpRequest, person: Place, body: SignOutBody) -> Ended:
    """End every session of one of the staff."""
    found = Person.objects.filter(pk=person).exclude(role=Role.SUBSCRIBER.value).first()
    if found is None:
        raise Http404
    return Ended(ended=sign_out(actor_of(request), found, close=body.close))


@router.get("access-records", response=Records, url_name="access_records")
def see_access_records(
    request: HttpRequest,
    before: Before = None,
    what: Annotated[str, Query(max_length=30, pattern=NO_NUL)] = "",
) -> Records:
    """Who came in, was refused, saw a number whole."""
    found = AccessRecord.objects.filter(what=what) if what else AccessRecord.objects.all()
    rows, following = newest_first(found, before)
    names = [name for name in RecordSeen.model_fields if name != "id"]
    items = [RecordSeen(id=each.pk, **{name: getattr(each, name) for name in names}) for each in rows]
    return Records(items=items, next=following)


def _self(request: HttpRequest) -> Person:
    return cast(Person, actor_of(request).person)


def _key_seen(key: ApiKey) -> KeySeen:
    return KeySeen(
        id=key.pk,
        name=key.name,
        changes=key.changes,
        calls=key.calls.split(),
        per_minute=key.per_minute,
        until=key.until,
    )
