"""A caller's number that is shown not to be the caller's own (DESIGN 5, rule 3).

Anti-Telecom and Online Fraud Law, article 13: true caller numbers; changed ones are blocked and traced. What rule 1
did not allow from a number of the tier *never* is a fake on any trunk. A missing or failed attestation (RFC 8224,
8588) is no disproof, since forwarding breaks it: rule 9 deals with that.
"""

from __future__ import annotations

from wurao.events.columns import Attestation, Roaming
from wurao.numbering.number import Kind
from wurao.screening.facts import Facts
from wurao.screening.rules import BLOCK, NOTHING_TO_SAY, TIER_NEVER, TIER_PROTECTED, Said
from wurao.verdicts import Reason

READS = (
    "caller.tier",
    "caller.kind",
    "caller.unallocated",
    "caller.do_not_originate",
    "attestation",
    "trunk.overseas",
    "roaming",
)


def identity(facts: Facts) -> Said:
    caller = facts.caller
    if caller.tier == TIER_NEVER or (caller.tier == TIER_PROTECTED and facts.trunk.overseas):
        return BLOCK, Reason.SPOOFED_PUBLIC_SERVICE
    if caller.kind == Kind.IMPOSSIBLE:
        return BLOCK, Reason.IMPOSSIBLE_NUMBER
    if caller.unallocated:
        return BLOCK, Reason.UNALLOCATED_NUMBER
    if caller.do_not_originate:
        return BLOCK, Reason.DO_NOT_ORIGINATE
    if facts.attestation == Attestation.OTHER:
        return BLOCK, Reason.SIGNED_FOR_ANOTHER
    if facts.trunk.overseas and _belongs_at_home(caller.kind, facts.roaming):
        return BLOCK, Reason.DOMESTIC_FROM_OVERSEAS
    return NOTHING_TO_SAY


def _belongs_at_home(kind: int, roaming: int) -> bool:
    """Whether a domestic number cannot come from abroad; a mobile one can, unless it is known not to be roaming."""
    if kind == Kind.MOBILE:
        return roaming == Roaming.NO
    return (
        kind == Kind.FIXED
        or kind == Kind.SHORT
        or kind == Kind.FREEPHONE
        or kind == Kind.MESSAGE_PORT
        or kind == Kind.IOT
    )
