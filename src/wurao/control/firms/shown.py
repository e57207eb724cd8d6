"""Firms and applications as the calls give them."""

from typing import Any

from django.http import Http404

from wurao.control.firms import applications, registered
from wurao.control.firms.certificates import certificate_of
from wurao.control.firms.kinds.header import written
from wurao.control.firms.models import Application, Firm
from wurao.control.firms.schemas import (
    ApplicationSeen,
    Done,
    FindingSeen,
    FirmSeen,
    HeaderSeen,
    StepSeen,
    TemplateSeen,
)
from wurao.control.firms.words import categories_of
from wurao.control.registry.models import Change
from wurao.control.registry.standing import Standing
from wurao.tables import PURPOSES
from wurao.wishes import CATEGORIES


def findings_shown(found: list[dict[str, Any]]) -> list[FindingSeen]:
    """What a pre-check said."""
    return [FindingSeen(**each) for each in found]


def changed(change: Change | None) -> Done:
    """A change that was saved; 404 where nothing was there to change."""
    if change is None:
        raise Http404
    return Done(state=Standing.SAVED.code, seq=change.seq)


def application_shown(application: Application) -> ApplicationSeen:
    """An application."""
    return ApplicationSeen(
        id=application.pk,
        kind=application.kind,
        state=application.state,
        round=application.round,
        operator=application.operator,
        sender_id=application.firm_id,
        submitted_at=application.submitted_at,
        reason=application.reason,
        content=applications.masked_content(application),
        notes=findings_shown(application.notes),
        steps=[
            StepSeen(at=each.at, what=each.what, role=each.role, reason=each.reason)
            for each in applications.steps_of(application)
        ],
    )


def firm_shown(firm: Firm) -> FirmSeen:
    """What is registered of a firm."""
    found = certificate_of(firm)
    if found is None:
        raise Http404
    return FirmSeen(
        sender_id=firm.sender_id,
        name=found.sender["name"],
        credit_code=found.sender["credit_code"],
        state=found.state,
        operator=firm.operator,
        categories=categories_of(found.sender["categories"]),
        valid_until=firm.valid_until,
        certificate=firm.certificate,
        headers=[
            HeaderSeen(
                header=written(each),
                category=None if each["category"] is None else CATEGORIES[each["category"]],
                start=each["start"],
                end=each["end"],
            )
            for each in registered.headers(firm)
        ],
        templates=[
            TemplateSeen(
                template_id=each["template_id"],
                category=CATEGORIES[each["category"]],
                purpose=PURPOSES[each["purpose"]],
                body=each["body"],
            )
            for each in registered.templates(firm)
        ],
        trunks=registered.trunks(firm),
    )
