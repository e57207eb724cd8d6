"""What a message says, read only for whoever switched content protection on (DESIGN 5, rule 8).

Constitution, article 40, and the Telecommunications Regulations: text is read on the subscriber's own, separate and
withdrawable consent. A one-time code by a matched template keeps its way whatever its score, but no text covers for a
blocked domain. This rule never says allow.
"""

from __future__ import annotations

from wurao.screening.facts import Facts
from wurao.screening.rules import (
    DOMAIN_BLOCKED,
    NOTHING_TO_SAY,
    TEXT_ABOVE_BLOCK,
    TEXT_ABOVE_LABEL,
    Said,
    by_guard,
)
from wurao.verdicts import Reason

READS = (
    "wish.content_protection",
    "wish.guard",
    "template.matched",
    "template.otp",
    "text.score",
    "text.illegal",
    "text.blocked_domain",
    "thresholds.block_threshold",
    "thresholds.label_threshold",
)


def content(facts: Facts) -> Said:
    if not facts.wish.content_protection:
        return NOTHING_TO_SAY
    scored = not (facts.template.matched and facts.template.otp)
    reason = Reason.TEXT_ILLEGAL if facts.text.illegal else Reason.TEXT_FRAUD
    if scored and facts.text.score >= facts.thresholds.block_threshold:
        return by_guard(TEXT_ABOVE_BLOCK, facts.wish.guard, reason)
    if facts.text.blocked_domain:  # before the lower threshold, so that the stricter of the two speaks
        return by_guard(DOMAIN_BLOCKED, facts.wish.guard, Reason.BLOCKED_DOMAIN)
    if scored and facts.text.score >= facts.thresholds.label_threshold:
        return by_guard(TEXT_ABOVE_LABEL, facts.wish.guard, reason)
    return NOTHING_TO_SAY
