"""Who calls or messages commercially is registered, its messages too, and its calls are signed (DESIGN 5, rule 9).

Rules on Short Message Services (MIIT order 31, 2015) for messages; RFC 8224 and 8588 for the signature that a trunk
may require. The wish to hear from no unregistered commercial sender is the subscriber's own and needs no guard level.
"""

from __future__ import annotations

from wurao.events.columns import Attestation
from wurao.screening.facts import NONE, Facts
from wurao.screening.rules import BLOCK, NOTHING_TO_SAY, UNREGISTERED, Said, by_guard
from wurao.verdicts import Reason
from wurao.wishes import Channel

READS = (
    "channel",
    "attestation",
    "caller.commercial",
    "trunk.attestation_required",
    "sender.known",
    "sender.suspended",
    "sender.header_over",
    "template.matched",
    "wish.unregistered",
    "wish.guard",
)


def registration(facts: Facts) -> Said:
    sender = facts.sender
    if (facts.caller.commercial and not sender.known) or sender.suspended or sender.header_over:
        if not facts.wish.unregistered:
            return BLOCK, Reason.UNREGISTERED_SENDER
        return by_guard(UNREGISTERED, facts.wish.guard, Reason.UNREGISTERED_SENDER)
    if sender.known and facts.channel == Channel.MESSAGE and not facts.template.matched:
        return by_guard(UNREGISTERED, facts.wish.guard, Reason.UNREGISTERED_TEMPLATE)
    if facts.trunk.attestation_required and _unsigned(facts.attestation):
        return by_guard(UNREGISTERED, facts.wish.guard, Reason.ATTESTATION_MISSING)
    return NOTHING_TO_SAY


def _unsigned(attestation: int) -> bool:
    return attestation == NONE or attestation == Attestation.NONE or attestation == Attestation.FAILED
