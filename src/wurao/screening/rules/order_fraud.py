"""What the authorities ordered against fraud (DESIGN 5, rule 2).

Anti-Telecom and Online Fraud Law, articles 13 and 32: whoever is cut off is told why and how to appeal. Which order
speaks, of all that are in force on number, prefix, header, sender or trunk, was settled when the facts were gathered.
"""

from __future__ import annotations

from wurao.screening.facts import Facts
from wurao.screening.rules import Said, by_order
from wurao.verdicts import Reason

READS = ("fraud.verb", "fraud.over_limit")


def order_fraud(facts: Facts) -> Said:
    return by_order(facts.fraud.verb, facts.fraud.over_limit, Reason.ORDER_FRAUD)
