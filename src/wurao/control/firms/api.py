"""The calls of firms: whoever has no account applies and follows; a firm applies for more.

The same steps as on the pages, by `applications` and `registered`. What the pre-check refuses comes back as problem
details with every reason in both languages.
"""

from typing import Annotated

from django.http import Http404, HttpRequest
from ninja import Router
from ninja.errors import HttpError
from pydantic import Field

from wurao.control.accounts.guard import actor_of, record
from wurao.control.firms import applications, own, public, registered
from wurao.control.firms.certificates import certificate
from wurao.control.firms.found import own_application
from wurao.control.firms.kinds.header import written
from wurao.control.firms.models import MOST_OCTETS, Application, Firm, Proof
from wurao.control.firms.schemas import (
    ApplicationBody,
    Applications,
    ApplicationSeen,
    Applied,
    CertificateSeen,
    CodeBody,
    Done,
    FirmSeen,
    HeaderBody,
    Link,
    MendBody,
    RegistrationBody,
    Sha,
    TemplateBody,
    Token,
)
from wurao.control.firms.shown import application_shown, changed, findings_shown, firm_shown
from wurao.control.once import once
from wurao.control.paging import Before, Place, newest_first

router = Router(tags=["firms"])


@router.post("firms/applications", response=Applied, url_name="firm_apply")
def firm_apply(request: HttpRequest, body: RegistrationBody) -> Applied:
    """Apply to be registered; a code goes to the contact's number.

    Sent twice it applies twice: an answer with a token in it is kept nowhere.
    """
    _known_operator(body.operator)
    made = applications.apply(body.model_dump(), body.operator, actor_of(request))
    if made is None:
        record(actor_of(request), "code_refused", "firm_apply")
        raise HttpError(429, "too many codes were asked for")
    return Applied(token=made[1], state=made[0].state)


@router.get("firms/applications/{token}", response=ApplicationSeen, url_name="firm_follow")
def firm_follow(request: HttpRequest, token: Token) -> ApplicationSeen:
    """How far a registration has come."""
    return application_shown(_followed(request, token))


@router.put("firms/applications/{token}", response=Done, url_name="firm_follow")
@once
def firm_mend_registration(request: HttpRequest, token: Token, body: MendBody) -> Done:
    """Submit a refused registration again, mended."""
    application = _followed(request, token)
    return Done(state=applications.mend(application, body.content.model_dump(), actor_of(request)).state)


@router.post("firms/applications/{token}/code", response=Done, url_name="firm_follow_code")
@once
def firm_follow_code(request: HttpRequest, token: Token, body: CodeBody) -> Done:
    """Give the contact's code back."""
    application = _followed(request, token)
    if application.state != "unconfirmed":
        raise Http404
    if not applications.confirm(application, body.code, actor_of(request)):
        record(actor_of(request), "code_wrong", f"application {application.pk}")
        raise HttpError(422, "the code is not right, or void")
    return Done(state=application.state)


@router.post("firms/applications/{token}/invitation", response=Done, url_name="firm_follow_invite")
@once
def firm_follow_invite(request: HttpRequest, token: Token) -> Done:
    """Send the contact of an accepted registration the invitation once more."""
    application = _followed(request, token)
    if application.state != "accepted":
        raise Http404
    sent = applications.send_invitation(application, public.invitation_url(request))
    return Done(state="sent" if sent else "not_sent")


@router.get("certificates/{number}", response=CertificateSeen, url_name="certificates")
def see_certificate(request: HttpRequest, number: Annotated[str, Field(max_length=40)]) -> CertificateSeen:
    """What a certificate says today."""
    found = certificate(number)
    if found is None:
        raise Http404
    return CertificateSeen(
        number=found.firm.certificate,
        state=found.state,
        name=found.sender["name"],
        credit_code=found.sender["credit_code"],
        since=found.sender["since"],
        valid_until=found.firm.valid_until,
        headers=[written(each) for each in found.headers],
    )


@router.get("firm", response=FirmSeen, url_name="firm")
def see_firm(request: HttpRequest) -> FirmSeen:
    """What is registered of my firm."""
    return firm_shown(own_firm(request))


@router.get("firm/applications", response=Applications, url_name="firm_applications")
def see_applications(request: HttpRequest, before: Before = None) -> Applications:
    """What my firm applied for, the newest first."""
    found, following = newest_first(Application.objects.filter(firm=own_firm(request)), before)
    return Applications(items=[application_shown(each) for each in found], next=following)


@router.post("firm/applications", response=Done, url_name="firm_applications")
@once
def apply_for(request: HttpRequest, body: ApplicationBody) -> Done:
    """Apply for a header, a template or a renewal; or have it only checked."""
    firm, given = own_firm(request), body.content.model_dump()
    _known_operator(body.operator)
    if body.check:
        findings = applications.check(body.kind, firm, given)[1]
        return Done(state="checked", findings=findings_shown([each.as_dict() for each in findings]))
    made = applications.submit(body.kind, firm, body.operator, given, actor_of(request))
    return Done(state=made.state, findings=findings_shown(made.notes), id=made.pk)


@router.get("firm/applications/{pk}", response=ApplicationSeen, url_name="firm_application")
def see_application(request: HttpRequest, pk: Place) -> ApplicationSeen:
    """One of my firm's applications."""
    return application_shown(_own_application(request, pk))


@router.put("firm/applications/{pk}", response=Done, url_name="firm_application")
@once
def mend_application(request: HttpRequest, pk: Place, body: MendBody) -> Done:
    """Submit a refused one again, mended."""
    application = _own_application(request, pk)
    if body.operator:
        _known_operator(body.operator)
    mended = applications.mend(application, body.content.model_dump(), actor_of(request), body.operator)
    return Done(state=mended.state, id=pk)


@router.post("firm/applications/{pk}/withdrawal", response=Done, url_name="firm_application_withdrawn")
@once
def withdraw_application(request: HttpRequest, pk: Place) -> Done:
    """Want one no more."""
    application = _own_application(request, pk)
    applications.withdraw(application, actor_of(request))
    return Done(state=application.state, id=pk)


@router.post("firm/proofs", response=Sha, url_name="firm_proofs")
def keep_proof(request: HttpRequest) -> Sha:
    """Hand in a document, as the body; name it in an application by its SHA-256."""
    own_firm(request)
    if not 0 < len(request.body) <= MOST_OCTETS:
        raise HttpError(422, f"a document has 1 to {MOST_OCTETS} octets")
    return Sha(sha256=Proof.keep("document", request.body))


@router.post("firm/headers/end", response=Done, url_name="firm_header_ended")
@once
def end_header(request: HttpRequest, body: HeaderBody) -> Done:
    """Give a header back."""
    return changed(registered.end_header(own_firm(request), body.header, actor_of(request)))


@router.post("firm/templates/withdrawal", response=Done, url_name="firm_template_withdrawn")
@once
def withdraw_template(request: HttpRequest, body: TemplateBody) -> Done:
    """Withdraw a template."""
    return changed(registered.withdraw_template(own_firm(request), body.template_id, actor_of(request)))


@router.post("firm/colleagues", response=Link, url_name="firm_colleague")
def invite_colleague(request: HttpRequest) -> Link:
    """A link that makes a colleague's account, good once, for 24 hours."""
    return Link(url=own.colleague_link(request, own_firm(request)))


def own_firm(request: HttpRequest) -> Firm:
    """The firm of whoever asks; 404 where the registry has none."""
    found = own.firm_of(actor_of(request))
    if found is None:
        raise Http404
    return found[0]


def _followed(request: HttpRequest, token: str) -> Application:
    found = Application.followed(token)
    if found is None:
        record(actor_of(request), "refused", "firm_follow")
        raise Http404
    return found


def _own_application(request: HttpRequest, pk: int) -> Application:
    found = own_application(actor_of(request), own_firm(request), pk)
    if found is None:
        raise Http404
    return found


def _known_operator(operator: str) -> None:
    known = applications.operators()
    if operator not in known:
        raise HttpError(
            422, f"operator: write one of {', '.join(known)}" if known else "no operator takes applications"
        )
