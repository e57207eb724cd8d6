"""What the authorities ordered against harassment (DESIGN 5, rule 5).

As rule 2, but after the subscriber's own lists: whom a subscriber lets in, only fraud keeps out.
"""

from __future__ import annotations

from wurao.screening.facts import Facts
from wurao.screening.rules import Said, by_order
from wurao.verdicts import Reason

READS = ("harassment.verb", "harassment.over_limit")


def order_harassment(facts: Facts) -> Said:
    return by_order(facts.harassment.verb, facts.harassment.over_limit, Reason.ORDER_HARASSMENT)
