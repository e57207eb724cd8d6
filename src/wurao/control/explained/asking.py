"""About whom somebody may ask why, and the answer.

A subscriber asks about the own number; an operator's staff about the operator's, a police liaison about the own city's,
regulator and auditor about any. What the staff ask is recorded, with the number masked, since the answer tells what a
subscriber wants.
"""

from __future__ import annotations

from collections.abc import Mapping

from wurao.control.accounts.guard import Actor, record
from wurao.control.registry.models import MODELS
from wurao.control.rights import Role
from wurao.control.stops.preview import at_hand
from wurao.numbering import masked, parse_text, plan
from wurao.numbering.operators import operator_name
from wurao.screening.explain import Explanation


def may_ask_about(actor: Actor, callee: int) -> bool:
    """Whether what befalls a number is somebody's business."""
    match actor.role:
        case Role.SUBSCRIBER:
            return callee == actor.number
        case Role.OPERATOR:
            return actor.person is not None and operator_name(actor.person.operator) == operator_of(callee)
        case Role.POLICE:
            return actor.person is not None and actor.person.city == plan.current().place_names(callee)[1]
    return True


def operator_of(number: int) -> str | None:
    """Whose subscriber a number is: as registered, as ported, or as the numbering plan has it."""
    for table in ("subscribers", "ported"):
        found = MODELS[table].objects.filter(number=number).values_list("operator", flat=True).first()
        if found:
            return operator_name(found)
    return plan.current().place_names(number)[2]


def explained(actor: Actor, event: Mapping[str, str | None]) -> Explanation | None:
    """The answer; null where the callee is none of the asker's business. Refused where the event cannot be read."""
    callee = parse_text(event.get("to_number"))
    if not may_ask_about(actor, callee):
        record(actor, "refused", f"explain {masked(callee)}")
        return None
    answer = at_hand().explain(event)
    if actor.role is not Role.SUBSCRIBER:
        record(actor, "explained", masked(callee))
    return answer
