"""What the subscriber registered not to want: overseas, category and channel, day and hour (DESIGN 5, rule 11).

The ministry's do-not-disturb by registered wish. A declared category is tried beside the event's own and the stricter
answer stands: what a sender declares never opens a door, and what it declares to be service is judged by its own
category.
"""

from __future__ import annotations

from wurao.screening.facts import NONE, Facts
from wurao.screening.rules import BLOCK, NOTHING_TO_SAY, Said
from wurao.verdicts import Reason
from wurao.wishes import Category, Channel

READS = (
    "channel",
    "day_type",
    "band",
    "category",
    "declared",
    "overseas",
    "caller.commercial",
    "sender.known",
    "wish.overseas_calls",
    "wish.overseas_messages",
    "wish.marketing",
    "wish.debt_collection",
    "wish.hours",
)

BANDS_A_DAY = 9
WISH_CHANNELS = 3


def wishes(facts: Facts) -> Said:
    if facts.overseas:
        by_message = facts.channel == Channel.MESSAGE
        if not (facts.wish.overseas_messages if by_message else facts.wish.overseas_calls):
            return BLOCK, Reason.OVERSEAS
    own, declared = _own_category(facts), facts.declared
    if _refused(facts, own) or _refused(facts, declared):
        return BLOCK, Reason.WISH_CATEGORY
    if (_is_marketing(own) or _is_marketing(declared)) and _hour_refused(facts):
        return BLOCK, Reason.WISH_HOURS
    return NOTHING_TO_SAY


def _own_category(facts: Facts) -> int:
    """The event's category; what a text alone shows to be service is, of an unknown commercial sender, `other`."""
    serves = facts.category >= Category.SERVICE and facts.category <= Category.GOVERNMENT
    if serves and facts.caller.commercial and not facts.sender.known:
        return Category.OTHER.value
    return facts.category


def _is_marketing(category: int) -> bool:
    return category != NONE and category < Category.SERVICE


def _refused(facts: Facts, category: int) -> bool:
    """Whether the wish refuses a category on the event's channel, at any hour."""
    if category == Category.DEBT_COLLECTION:
        return not facts.wish.debt_collection
    if not _is_marketing(category):
        return False
    return (facts.wish.marketing >> (category * WISH_CHANNELS + facts.channel)) & 1 == 0


def _hour_refused(facts: Facts) -> bool:
    return (facts.wish.hours >> (facts.day_type * BANDS_A_DAY + facts.band)) & 1 == 0
