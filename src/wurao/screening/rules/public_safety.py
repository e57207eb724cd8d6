"""Nothing comes between people and those who save lives (DESIGN 5, rule 1).

To a number of the tier *never* everything goes; from one, what comes by a trunk registered for it, or by a domestic
trunk with attestation A (RFC 8588); and every alert by a trunk marked for alerts. Whoever else shows such a number
is dealt with by rule 3. The four hours after a call for help are the doing of `precedence`, which names this rule.
"""

from __future__ import annotations

from wurao.events.columns import Attestation
from wurao.screening.facts import Facts
from wurao.screening.rules import ALLOW, NOTHING_TO_SAY, TIER_NEVER, Said
from wurao.verdicts import Reason

READS = ("callee_tier", "caller.tier", "trunk.carries_caller", "trunk.overseas", "attestation", "trunk.alerts")


def public_safety(facts: Facts) -> Said:
    if facts.callee_tier == TIER_NEVER:
        return ALLOW, Reason.PUBLIC_SAFETY
    if facts.caller.tier == TIER_NEVER:
        vouched = not facts.trunk.overseas and facts.attestation == Attestation.A
        if facts.trunk.carries_caller or vouched:
            return ALLOW, Reason.PUBLIC_SAFETY
    if facts.trunk.alerts:
        return ALLOW, Reason.PUBLIC_ALERT
    return NOTHING_TO_SAY
