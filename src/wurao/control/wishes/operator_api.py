"""The calls of an operator's staff: a subscriber's short message, an agent's deed, a file of wishes."""

from typing import Annotated, Literal

from django.http import HttpRequest
from ninja import File, Router, Schema
from ninja.files import UploadedFile
from pydantic import Field

from wurao.control.accounts.guard import actor_of, record
from wurao.control.bodies import NO_NUL, Strict
from wurao.control.once import once
from wurao.control.registry.record import Author
from wurao.control.wishes import agent, bulk, keywords
from wurao.control.wishes.api import SAVED, Saved, saved
from wurao.control.wishes.operator_views import laid_down
from wurao.control.wishes.own import operator_of, own_subscriber

router = Router(tags=["operators"])
Number = Annotated[str, Field(min_length=1, max_length=40, pattern=NO_NUL)]
Deed = Literal[tuple(agent.DEEDS)]  # type: ignore[valid-type]


class MessageBody(Strict):
    """A short message from a subscriber, as the operator received it."""

    number: Number
    text: Annotated[str, Field(max_length=1000, pattern=NO_NUL)]


class Replied(Schema):
    """What is answered to the subscriber."""

    text: str
    seq: int | None = None


class CallerBody(Strict):
    """Who calls."""

    number: Number


class Sent(Schema):
    """A code is on its way."""

    sent: bool


class DeedBody(Strict):
    """What the caller wants, with the code that they told."""

    number: Number
    code: Annotated[str, Field(min_length=1, max_length=20, pattern=NO_NUL)]
    deed: Deed  # type: ignore[valid-type]


class BadLine(Schema):
    """A row that was not taken: where it stands, what is wrong, what would be right."""

    file: str
    line: int
    column: str
    value: str
    error: str
    expected: str


class ReportSeen(Schema):
    """What came of a file; of many bad rows the first are named."""

    taken: int
    unchanged: int
    asked: int
    bad: int
    rows: list[BadLine]
    warnings: list[str]


@router.post("messages", response=Replied, url_name="message")
@once
def take_message(request: HttpRequest, body: MessageBody) -> Replied:
    """Carry out a subscriber's short message to the service; the reply is what to send back.

    An operator's staff may hand over those of the operator's own subscribers.
    """
    actor = actor_of(request)
    number = own_subscriber(actor, body.number)
    author = Author("subscriber", "message", actor.person.pk if actor.person else None)
    reply = keywords.carry_out(number, body.text, author)
    return Replied(text=reply.text, seq=reply.change.seq if reply.change else None)


@router.post("agent/codes", response=Sent, url_name="agent_code")
@once
def send_agent_code(request: HttpRequest, body: CallerBody) -> Sent:
    """Send a caller the code by which an agent may act for them, once."""
    actor = actor_of(request)
    agent.begin(actor, own_subscriber(actor, body.number))
    return Sent(sent=True)


@router.post("agent/deeds", response=SAVED, url_name="agent_deed")
@once
def act_for_caller(request: HttpRequest, body: DeedBody) -> Saved:
    """Do one thing for a caller who told the code."""
    actor = actor_of(request)
    return saved(agent.act(actor, own_subscriber(actor, body.number), body.code, body.deed))


@router.post("wishes/bulk", response=ReportSeen, url_name="bulk")
@once
def take_bulk(request: HttpRequest, file: Annotated[UploadedFile, File()]) -> ReportSeen:
    """Take a CSV or Parquet file with columns of `subscribers`; good rows are taken, bad ones named."""
    actor = actor_of(request)
    with laid_down(file) as (path, name):
        report = bulk.take_file(path, name, operator_of(actor), actor.author("bulk"))
    record(actor, "bulk_wishes", f"{name}: {report.taken} taken, {report.bad.count} bad")
    return ReportSeen(
        taken=report.taken,
        unchanged=report.unchanged,
        asked=report.asked,
        bad=report.bad.count,
        rows=[BadLine.model_validate(each.as_dict()) for each in report.bad.kept],
        warnings=report.warnings,
    )
