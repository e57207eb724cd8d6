"""The subscriber hears only from numbers on the personal allow list (DESIGN 5, rule 6).

The subscriber's own choice, standing or for a time. Public safety and the subscriber's own lists have spoken
before, so whoever reaches this rule is on no allow list.
"""

from __future__ import annotations

from wurao.screening.facts import Facts
from wurao.screening.rules import BLOCK, NOTHING_TO_SAY, Said
from wurao.verdicts import Reason

READS = ("at", "wish.only_my_list", "wish.only_my_list_until")


def only_my_list(facts: Facts) -> Said:
    if facts.wish.only_my_list or facts.at < facts.wish.only_my_list_until:
        return BLOCK, Reason.NOT_ON_MY_LIST
    return NOTHING_TO_SAY
