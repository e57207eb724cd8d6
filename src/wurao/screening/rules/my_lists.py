"""The subscriber's own lists of numbers and prefixes (DESIGN 5, rule 4).

The longest matching entry, of two equal ones the one that allows, was found when the facts were gathered. What the
subscriber lets in or keeps out stands above everything but public safety, fraud and a fake number.
"""

from __future__ import annotations

from wurao.screening.facts import Facts
from wurao.screening.rules import ALLOW, BLOCK, LIST_ALLOWS, LIST_DENIES, NOTHING_TO_SAY, Said
from wurao.verdicts import Reason

READS = ("listed",)


def my_lists(facts: Facts) -> Said:
    if facts.listed == LIST_ALLOWS:
        return ALLOW, Reason.MY_ALLOW_LIST
    if facts.listed == LIST_DENIES:
        return BLOCK, Reason.MY_DENY_LIST
    return NOTHING_TO_SAY
