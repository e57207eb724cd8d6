"""The calls of those who review firms: what waits, a decision, a firm suspended, its trunks."""

from typing import Annotated

from django.http import Http404, HttpRequest, HttpResponse
from ninja import Query, Router

from wurao.control.accounts.guard import actor_of
from wurao.control.bodies import NO_NUL
from wurao.control.firms import applications, public, registered, review
from wurao.control.firms.found import own_firms, reviewed, seen_firm
from wurao.control.firms.models import Application, Firm
from wurao.control.firms.schemas import (
    Applications,
    ApplicationSeen,
    DecisionBody,
    Done,
    Firms,
    FirmSeen,
    Line,
    SenderId,
    SuspensionBody,
    TrunkBody,
)
from wurao.control.firms.shown import application_shown, changed, firm_shown
from wurao.control.once import once
from wurao.control.paging import A_PAGE, Place

router = Router(tags=["firms"])


@router.get("reviews", response=Applications, url_name="reviews")
def see_reviews(request: HttpRequest, after: Annotated[int, Query(ge=0, lt=2**31)] = 0) -> Applications:
    """What waits for a decision, the oldest first; `after`: so many later."""
    found = list(applications.inbox(actor_of(request))[after : after + A_PAGE + 1])
    following = after + A_PAGE if len(found) > A_PAGE else None
    return Applications(items=[application_shown(each) for each in found[:A_PAGE]], next=following)


@router.get("reviews/{pk}", response=ApplicationSeen, url_name="review")
def see_review(request: HttpRequest, pk: Place) -> ApplicationSeen:
    """One application that I may see."""
    return application_shown(_reviewed(request, pk))


@router.post("reviews/{pk}", response=Done, url_name="review")
@once
def decide(request: HttpRequest, pk: Place, body: DecisionBody) -> Done:
    """Accept or refuse it."""
    actor, application = actor_of(request), _reviewed(request, pk)
    if body.decision == "refuse":
        applications.refuse(application, body.round, body.reason, actor)
        return Done(state=application.state, id=pk)
    invite = public.invitation_url(request)
    change = applications.accept(application, body.round, actor, invite, body.assigned)
    return Done(state=application.state, seq=change.seq, id=pk)


@router.get("proofs/{sha256}", url_name="proof")
def see_proof(request: HttpRequest, sha256: Line) -> HttpResponse:
    """A document of an application that I may see."""
    return review.proof(request, sha256)


@router.get("firms", response=Firms, url_name="firms")
def see_firms(request: HttpRequest, after: Annotated[str, Query(max_length=80, pattern=NO_NUL)] = "") -> Firms:
    """The firms that I may see, by `sender_id`."""
    found = own_firms(actor_of(request)).filter(sender_id__gt=after).order_by("sender_id")[: A_PAGE + 1]
    ids = [each.sender_id for each in found]
    return Firms(items=ids[:A_PAGE], next=ids[A_PAGE - 1] if len(ids) > A_PAGE else None)


@router.get("firms/{sender_id}", response=FirmSeen, url_name="firm_seen")
def see_one_firm(request: HttpRequest, sender_id: SenderId) -> FirmSeen:
    """One of them."""
    return firm_shown(_seen_firm(request, sender_id))


@router.post("firms/{sender_id}/suspension", response=Done, url_name="firm_suspension")
@once
def suspend(request: HttpRequest, sender_id: SenderId, body: SuspensionBody) -> Done:
    """Suspend a firm, or lift that."""
    firm = _seen_firm(request, sender_id)
    return changed(registered.set_suspended(firm, body.suspended, body.reason, actor_of(request)))


@router.post("firms/{sender_id}/trunks", response=Done, url_name="firm_trunk")
@once
def give_trunk(request: HttpRequest, sender_id: SenderId, body: TrunkBody) -> Done:
    """Give a firm one of the own operator's trunks, or take it."""
    firm = _seen_firm(request, sender_id)
    return changed(registered.give_trunk(firm, body.trunk, body.given, actor_of(request)))


def _reviewed(request: HttpRequest, pk: int) -> Application:
    found = reviewed(actor_of(request), pk)
    if found is None:
        raise Http404
    return found


def _seen_firm(request: HttpRequest, sender_id: str) -> Firm:
    found = seen_firm(actor_of(request), sender_id)
    if found is None:
        raise Http404
    return found
