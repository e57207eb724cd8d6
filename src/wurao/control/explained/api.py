"""The call that explains: an event as a file of events has it, answered rule by rule. Nothing of it is kept."""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from django.http import Http404, HttpRequest
from ninja import Router, Schema
from ninja.errors import HttpError
from pydantic import AwareDatetime, Field

from wurao.control.accounts.guard import actor_of
from wurao.control.bodies import Strict
from wurao.control.explained.asking import explained
from wurao.control.explained.forms import CHINA, LONGEST_TEXT
from wurao.control.rights import Role
from wurao.events.columns import ATTESTATIONS, ROAMINGS
from wurao.numbering import canonical
from wurao.settings.places import default_store
from wurao.snapshot import snapshot_ids
from wurao.wishes import CATEGORIES, WISH_CHANNELS

router = Router(tags=["explain"])
Short = Annotated[str, Field(max_length=80)]


class EventBody(Strict):
    """An event. `to_number` may be left out by a subscriber, who asks about the own number."""

    to_number: Short | None = None
    from_number: Short | None = None
    at: Annotated[AwareDatetime | None, Field(strict=False)] = None
    channel: Literal[WISH_CHANNELS] = "call"  # type: ignore[valid-type]
    text: Annotated[str, Field(max_length=LONGEST_TEXT)] | None = None
    trunk: Short | None = None
    template_id: Short | None = None
    category: Literal[CATEGORIES] | None = None  # type: ignore[valid-type]
    attestation: Literal[ATTESTATIONS] | None = None  # type: ignore[valid-type]
    roaming: Literal[ROAMINGS] | None = None  # type: ignore[valid-type]


class RuleSeen(Schema):
    """One rule."""

    rule: str
    asked: bool
    looked_at: dict[str, bool | int | float | str | None]
    said: dict[str, str] | None
    decided: bool


class ExplanationSeen(Schema):
    """The verdict and how it came about, as `wurao explain --json` prints it."""

    action: str
    reason: str
    label: str | None
    sentence_zh: str
    sentence_en: str
    overseas_mark: bool
    rules: list[RuleSeen]


@router.post("explain", response=ExplanationSeen, url_name="explain")
def explain(request: HttpRequest, body: EventBody) -> dict[str, Any]:
    """What would become of an event, and why."""
    if not snapshot_ids(default_store()):
        raise HttpError(503, "there is no snapshot yet")
    actor = actor_of(request)
    given = body.model_dump()
    if actor.role is Role.SUBSCRIBER and body.to_number is None:
        given["to_number"] = canonical(actor.number)
    given["at"] = (body.at or datetime.now(UTC)).astimezone(CHINA).isoformat()
    answer = explained(actor, given)
    if answer is None:
        raise Http404
    return answer.as_dict()
