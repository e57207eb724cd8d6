"""The subscriber's explicit yes to one sender comes through, whatever the wish and the hour (DESIGN 5, rule 10).

Rules on Short Message Services (MIIT order 31, 2015): no commercial message without consent or request. The facts hold
only consents in force at the event's time, for its channel. A declared category is tried as well and the stricter
answer stands, so that a consent to one category carries no other.
"""

from __future__ import annotations

from wurao.screening.facts import NONE, Facts
from wurao.screening.rules import ALLOW, NOTHING_TO_SAY, Said
from wurao.verdicts import Reason

READS = ("category", "declared", "sender.known", "consent.category", "consent.declared")


def consent(facts: Facts) -> Said:
    if facts.category == NONE or not facts.sender.known or not facts.consent.category:
        return NOTHING_TO_SAY
    if facts.declared == NONE or facts.consent.declared:
        return ALLOW, Reason.CONSENT
    return NOTHING_TO_SAY
