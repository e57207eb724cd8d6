"""The calls of guardians: who mine is, whose I am, what waits for an answer, and every answer."""

from datetime import datetime
from typing import Annotated, Literal, cast

from django.http import Http404, HttpRequest
from ninja import Router, Schema
from pydantic import Field

from wurao.control.accounts.codes import subscriber_number
from wurao.control.accounts.guard import actor_of, record
from wurao.control.bodies import NO_NUL, Strict
from wurao.control.once import once
from wurao.control.paging import Before, Place, newest_first
from wurao.control.wishes import guardians
from wurao.control.wishes.guardian_views import found_ward, ward_id
from wurao.control.wishes.models import Asked
from wurao.control.wishes.registered import registered
from wurao.errors import Refused
from wurao.numbering import masked

router = Router(tags=["guardians"])
Kind = Literal["become", "change", "consent", "end"]
Short = Annotated[str, Field(min_length=1, max_length=40, pattern=NO_NUL)]


class Ward(Schema):
    """Somebody whose guardian I am; `id` stands for the number, which is masked."""

    id: str
    number: str


class GuardianSeen(Schema):
    """My guardian, masked, and my wards."""

    guardian: str | None
    wards: list[Ward]


class GuardianBody(Strict):
    """Whom to ask."""

    number: Short


class CodeBody(Strict):
    """The code that the guardian passed on."""

    code: Short


class AnswerBody(Strict):
    """What the guardian says."""

    agrees: bool


class QuestionSeen(Schema):
    """A question that stands open; `to_me`: I am to answer it."""

    id: int
    kind: Kind
    ward: str
    guardian: str
    to_me: bool
    zh: str
    en: str
    made_at: datetime


class Questions(Schema):
    """Some questions; `next` is the `before` of the next page."""

    items: list[QuestionSeen]
    next: int | None = None


class Question(Schema):
    """What was asked."""

    asked: int


class Answered(Schema):
    """What became of a question."""

    done: bool


@router.get("guardian", response=GuardianSeen, url_name="guardian")
def see_guardian(request: HttpRequest) -> GuardianSeen:
    """My guardian, and whose I am."""
    number = actor_of(request).number
    guardian = registered(number).guardian
    wards = [Ward(id=ward_id(each), number=masked(each)) for each in guardians.wards_of(number)]
    return GuardianSeen(guardian=None if guardian is None else masked(guardian), wards=wards)


@router.post("guardian", response=Question, url_name="guardian")
@once
def name_guardian(request: HttpRequest, body: GuardianBody) -> Question:
    """Ask somebody to become my guardian."""
    actor, number = actor_of(request), subscriber_number(body.number)
    if number is None:
        raise Refused(f"{body.number[:8]!r} is no subscriber's number", where="number", right="write +8613803510001")
    return Question(asked=guardians.name(actor.number, number, actor.author()).pk)


@router.post("guardian/end", response=Question, url_name="guardian_end")
@once
def end_guardian(request: HttpRequest) -> Question:
    """Ask my guardian to agree to the end."""
    actor = actor_of(request)
    return Question(asked=guardians.ask_to_end(actor.number, actor.author()).pk)


@router.post("guardian/code", response=Answered, url_name="guardian_code")
@once
def bring_code(request: HttpRequest, body: CodeBody) -> Answered:
    """Agreement, by the code that my guardian passed on."""
    actor = actor_of(request)
    done = guardians.answer_with_code(actor.number, body.code, actor.author())
    if not done:
        record(actor, "code_wrong", masked(actor.number))
    return Answered(done=done)


@router.get("guardian/questions", response=Questions, url_name="guardian_questions")
def see_questions(request: HttpRequest, before: Before = None) -> Questions:
    """What stands open, asked by me or of me."""
    number = actor_of(request).number
    found, following = newest_first(guardians.opened(ward=number) | guardians.opened(guardian=number), before)
    return Questions(items=[_seen(each, number) for each in found], next=following)


@router.post("guardian/questions/{asked}/answer", response=Answered, url_name="guardian_answer")
@once
def answer_question(request: HttpRequest, asked: Place, body: AnswerBody) -> Answered:
    """My answer as a guardian."""
    actor = actor_of(request)
    found = guardians.opened(guardian=actor.number).filter(pk=asked).first()
    if found is None:
        record(actor, "refused", f"guardian_answer {asked}")
        raise Http404
    guardians.answer(found, body.agrees, actor.author("guardian"))
    return Answered(done=True)


@router.post("guardian/wards/{ward}/resign", response=Answered, url_name="guardian_resign")
@once
def resign_guardian(request: HttpRequest, ward: Short) -> Answered:
    """Be somebody's guardian no longer."""
    actor = actor_of(request)
    found = found_ward(actor, ward)
    if found is None:
        raise Http404
    guardians.resign(actor.number, found, actor.author())
    return Answered(done=True)


def _seen(asked: Asked, number: int) -> QuestionSeen:
    return QuestionSeen(
        id=asked.pk,
        kind=cast(Kind, asked.kind),
        ward=masked(asked.ward),
        guardian=masked(asked.guardian),
        to_me=asked.guardian == number,
        zh=asked.zh,
        en=asked.en,
        made_at=asked.made_at,
    )
