"""The calls of the own data: see, correct and erase it; and the operator's one for a number that changed hands."""

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from wurao.control.accounts.codes import ERASE, send_code, try_code
from wurao.control.accounts.guard import actor_of, record
from wurao.control.bodies import NO_NUL, Strict
from wurao.control.holders import ending
from wurao.control.holders.correcting import OPERATORS, correct
from wurao.control.holders.keeping_times import EVERYTHING
from wurao.control.holders.mine import all_of
from wurao.control.holders.views import SHORTEST_PURPOSE
from wurao.control.once import once
from wurao.control.waiting import TooOften, WrongCode
from wurao.control.wishes.api import SAVED, Saved, saved
from wurao.control.wishes.own import own_subscriber
from wurao.control.wishes.registered import registered
from wurao.errors import Refused
from wurao.numbering import masked

router = Router(tags=["holders"])
Number = Annotated[str, Field(min_length=1, max_length=40, pattern=NO_NUL)]


class KeptSeen(Schema):
    """One kind of thing that is kept: how long, and by which law."""

    what_zh: str
    what_en: str
    how_long_zh: str
    how_long_en: str
    why_zh: str
    why_en: str


class Mine(Schema):
    """All that is kept of me, and what of it how long."""

    subscribers: dict[str, Any] | None
    lists: list[dict[str, Any]]
    consents: list[dict[str, Any]]
    changes: list[dict[str, Any]]
    kept: list[KeptSeen]


class CorrectionBody(Strict):
    """Which operator the number is with."""

    operator: Literal[OPERATORS]  # type: ignore[valid-type]


class CodeBody(Strict):
    """The code that was sent for this."""

    code: Annotated[str, Field(min_length=1, max_length=20, pattern=NO_NUL)]


class HandedOverBody(Strict):
    """A number that has another holder, and on what ground this is said."""

    number: Number
    purpose: Annotated[str, Field(min_length=SHORTEST_PURPOSE, max_length=500, pattern=NO_NUL)]


class Done(Schema):
    """What became of it."""

    done: bool


@router.get("mine", response=Mine, url_name="mine")
def see_mine(request: HttpRequest) -> Mine:
    """All that is kept of me."""
    kept = [
        KeptSeen(
            what_zh=each.what[0],
            what_en=each.what[1],
            how_long_zh=each.how_long[0],
            how_long_en=each.how_long[1],
            why_zh=each.why[0],
            why_en=each.why[1],
        )
        for each in EVERYTHING
    ]
    return Mine(kept=kept, **all_of(actor_of(request).number))


@router.post("mine/correct", response=SAVED, url_name="my_data")
@once
def correct_mine(request: HttpRequest, body: CorrectionBody) -> Saved:
    """Correct which operator my number is with."""
    actor = actor_of(request)
    return saved(correct(actor.number, body.operator, actor.author()))


@router.post("mine/erase/code", response=Done, url_name="erase_code")
@once
def send_erase_code(request: HttpRequest) -> Done:
    """Send me the code without which nothing is erased."""
    actor = actor_of(request)
    if not send_code(actor.number, actor.address, ERASE):
        raise TooOften("too many codes were asked for")
    return Done(done=True)


@router.post("mine/erase", response=Done, url_name="erase")
def erase_mine(request: HttpRequest, body: CodeBody) -> Done:
    """Erase all that is kept of me; my keys end with it."""
    actor = actor_of(request)
    if registered(actor.number).guardian is not None:
        raise Refused("there is a guardian", right="end the guardianship first")
    if not try_code(actor.number, body.code, ERASE):
        record(actor, "code_wrong", masked(actor.number))
        raise WrongCode("the code is not right, or too old", where="code", right="ask for another")
    ending.erase(actor.number, actor.author())
    record(actor, "erased", masked(actor.number))
    return Done(done=True)


@router.post("numbers/handed-over", response=Done, url_name="handed_over")
@once
def hand_over(request: HttpRequest, body: HandedOverBody) -> Done:
    """Say that a number has another holder: all that the former one had on it ends."""
    actor = actor_of(request)
    number = own_subscriber(actor, body.number)
    ending.change_hands(number, actor.author(body.purpose))
    record(actor, "handed_over", masked(number), body.purpose)
    return Done(done=True)
