"""How facts are gathered: every look-up that one event needs, in the order in which one leads to the next.

Plain scalar code over the two registries, compiled by the engine. `look` finds what the event alone and the registry
tell; `facts_of` adds what the velocity windows hold and makes the `Facts` that rules read.
"""

from __future__ import annotations

from typing import NamedTuple

from wurao.compiled import View
from wurao.content.classes import CLASSES, ILLEGAL
from wurao.events.columns import EventColumns
from wurao.numbering.number import length_of, prefix_of
from wurao.numbering.protected import LONGEST_PREFIX, SHORTEST_PREFIX
from wurao.screening.facts import (
    NONE,
    CallerFacts,
    ConsentFacts,
    Facts,
    Measures,
    OrderFacts,
    SenderFacts,
    TemplateFacts,
    TextFacts,
    TrunkFacts,
    WishFacts,
)
from wurao.settings.thresholds import Thresholds
from wurao.snapshot.callers import header_orders, header_word, look_at_caller
from wurao.snapshot.hashing import find, may_hold
from wurao.snapshot.orders import OVERLAY, in_force, slice_word
from wurao.snapshot.pages import GONE as GONE_SUBSCRIBER
from wurao.snapshot.pages import find_rank, profile_number
from wurao.snapshot.personal import consented, listed, only_my_list_until, shield_until
from wurao.snapshot.registry import Registry
from wurao.snapshot.senders import (
    ALERTS,
    ATTESTATION_REQUIRED,
    GONE,
    OVERSEAS,
    OWN,
    SUSPENDED,
    comes_by_its_trunk,
    trunk_carries,
)
from wurao.snapshot.times import CHINA, DAY, HOUR
from wurao.wishes import BAND_OF_HOUR, CATEGORIES, CONTENT_PROTECTION_BIT, DEFAULT_PROFILE

CATEGORY_COUNT = len(CATEGORIES)
OTHER, OF_SERVICE, OF_CODES = (CATEGORIES.index(each) for each in ("other", "service", "transaction"))
SERVICE, OTP, MARKETING = (CLASSES.index(each) for each in ("service", "otp", "marketing"))
LIMIT = 1
"""The place of `limit` in `tables.VERBS`."""


class Looked(NamedTuple):
    """What was found for one event before its velocity is measured."""

    rank: int
    """The callee's, with `OVERLAY` where it stands there; -1 who registered nothing."""
    profile: int
    caller_tier: int
    callee_tier: int
    commercial: bool
    do_not_originate: bool
    unallocated: bool
    trunk_flags: int
    carries_caller: bool
    sender: int
    known: bool
    sender_flags: int
    header_over: bool
    ceiling: int
    matched: bool
    otp: bool
    category: int
    fraud: int
    """The slice of the fraud order that speaks, as `orders.in_force` gives it; -1 for none."""
    harassment: int
    listed: int
    consented: int
    """The categories, a bit each, of the callee's consents to the sender."""
    sender_mark: int
    """What names the known sender whatever the snapshot; -1 for none."""


def look(base: Registry, overlay: Registry, events: EventColumns, row: int) -> Looked:
    """Everything the registries know of one event."""
    at = events.at[row]
    channel = events.channel[row]
    caller = events.caller[row]
    callee = events.callee[row]
    trunk = events.trunk[row]
    rank = rank_of(base, overlay, callee)
    profile = profile_of(base, overlay, rank)
    found = look_at_caller(base, overlay, caller, at)
    tier = tier_of(base.tiers, caller)
    sender = -1 if found.header < 0 else header_word(base, overlay, found.header, 0)
    flags = GONE if found.header < 0 else overlay.senders[5 * sender]
    known = (
        (flags & GONE) == 0
        and channel != 3
        and (events.attestation[row] == 0 or comes_by_its_trunk(overlay, sender, trunk))
    )
    trunk_flags = 0 if trunk < 0 else overlay.trunks[4 * trunk]
    template = events.template[row]
    protected = (profile >> CONTENT_PROTECTION_BIT) & 1 == 1
    matched = (
        known
        and channel == 1
        and template >= 0
        and overlay.templates[3 * template] == sender
        and (not protected or events.fits[row] != 0)
    )
    kind = caller >> 59
    commercial = (kind >= 4 and kind <= 7 and tier == 0) or channel == 2 or found.header >= 0 or found.over >= 0
    category = NONE
    if matched:
        category = overlay.templates[3 * template + 1]
    elif known:
        category = header_word(base, overlay, found.header, 1)
    if category == NONE and protected:
        category = category_of_text(events, row, known)
    if category == NONE and commercial:
        category = OTHER
    if category < NONE or category >= CATEGORY_COUNT:
        raise IndexError("a category is none of the categories")
    fraud = found.fraud
    harassment = found.harassment
    ordered = found.header if found.header >= 0 else found.over
    if ordered >= 0:
        reference = header_orders(base, overlay, ordered)
        fraud = fraud if fraud >= 0 else in_force(base, overlay, reference, 0, at)
        harassment = harassment if harassment >= 0 else in_force(base, overlay, reference, 1, at)
    if known:
        reference = overlay.senders[5 * sender + 3]
        fraud = fraud if fraud >= 0 else in_force(base, overlay, reference, 0, at)
        harassment = harassment if harassment >= 0 else in_force(base, overlay, reference, 1, at)
    if trunk >= 0:
        reference = overlay.trunks[4 * trunk + 2]
        fraud = fraud if fraud >= 0 else in_force(base, overlay, reference, 0, at)
        harassment = harassment if harassment >= 0 else in_force(base, overlay, reference, 1, at)
    says = -1
    categories = 0
    if (profile >> 62) & 1:
        of = overlay if rank >= OVERLAY else base
        place = rank - OVERLAY if rank >= OVERLAY else rank
        says = listed(of, place, caller, at) if kind >= 2 else -1
        categories = consented(of, place, sender, channel, at) if known else 0
    return Looked(
        rank,
        profile,
        tier,
        tier_of(base.tiers, callee),
        commercial,
        found.do_not_originate,
        found.unallocated,
        trunk_flags,
        tier == 2 and trunk_carries(overlay, trunk, caller),
        sender if known else -1,
        known,
        flags,
        found.over >= 0 and found.header < 0,
        overlay.senders[5 * sender + 1] if known else -1,
        matched,
        matched and overlay.templates[3 * template + 2] == 1,
        category,
        fraud,
        harassment,
        says,
        categories,
        overlay.senders[5 * sender + 4] if known else -1,
    )


def category_of_text(events: EventColumns, row: int, known: bool) -> int:
    """The category that what was read in a message's text gives it (DESIGN 5); none where it gives none."""
    text = events.reading[row]
    if text < 0:
        return NONE
    class_of = events.text_class_known[text] if known else events.text_class[text]
    if class_of == MARKETING:
        return events.text_kind_known[text] if known else events.text_kind[text]
    if class_of == SERVICE:
        return OF_SERVICE
    return OF_CODES if class_of == OTP else NONE


def text_facts(events: EventColumns, row: int, known: bool) -> TextFacts:
    """What rule 8 sees of a text, from a known sender or another; nothing where none was read."""
    text = events.reading[row]
    if text < 0:
        return TextFacts(0.0, False, False)
    score = events.text_score_known[text] if known else events.text_score[text]
    class_of = events.text_class_known[text] if known else events.text_class[text]
    return TextFacts(score, class_of == ILLEGAL, events.listed[row] != 0)


def rank_of(base: Registry, overlay: Registry, number: int) -> int:
    """A subscriber's rank, with `OVERLAY` where the overlay has it; -1 for one who registered nothing."""
    if may_hold(overlay.changed, number):
        rank = find_rank(overlay, number)
        if rank >= 0:
            return rank + OVERLAY
        if rank == GONE_SUBSCRIBER:
            return -1
    return find_rank(base, number)


def profile_of(base: Registry, overlay: Registry, rank: int) -> int:
    """A subscriber's profile; that of whoever has registered nothing for -1."""
    if rank < 0:
        return DEFAULT_PROFILE
    if rank >= OVERLAY:
        return overlay.profiles[profile_number(overlay, rank - OVERLAY)]
    return base.profiles[profile_number(base, rank)]


def tier_of(tiers: View, number: int) -> int:
    """Whether a number is protected: 0 no, 1 protected, 2 never; what `numbering.tier_in` says, by a table."""
    kind = number >> 59
    if kind != 4 and kind != 5:
        return 0
    entry = find(tiers, 2, number)
    length = min(length_of(number) - 1, LONGEST_PREFIX)
    while entry < 0 and length >= SHORTEST_PREFIX:
        entry = find(tiers, 2, prefix_of(number, length))
        length -= 1
    return tiers[entry + 1] if entry >= 0 else 0


def wish_of(base: Registry, overlay: Registry, rank: int, profile: int) -> WishFacts:
    """The callee's wish, unpacked; the times of a timed one looked up only where there is one."""
    only_until = 0
    shield = 0
    if profile < 0:
        of = overlay if rank >= OVERLAY else base
        place = rank - OVERLAY if rank >= OVERLAY else rank
        only_until = only_my_list_until(of, place)
        shield = shield_until(of, place)
    return WishFacts(
        profile & 0x7FFFFFF,
        (profile >> 27) & 0x7FFFFFF,
        (profile >> 54) & 1 == 1,
        (profile >> 55) & 1 == 1,
        (profile >> 56) & 1 == 1,
        (profile >> 57) & 1 == 1,
        (profile >> 58) & 1 == 1,
        only_until,
        (profile >> 59) & 1 == 1,
        (profile >> 60) & 3,
        shield,
    )


def order_facts(base: Registry, overlay: Registry, place: int, passed: int) -> OrderFacts:
    """What an order's slice says; `passed` is how many a limit let through in the last hour."""
    if place < 0:
        return OrderFacts(NONE, False)
    word = slice_word(base, overlay, place, 2)
    if (word & 0xFFFFFFFF) >= (overlay.order_count[0] if place >= OVERLAY else base.order_count[0]):
        raise IndexError("an order is none of the orders")
    verb = (word >> 32) & 0xFF
    return OrderFacts(verb, verb == LIMIT and passed >= slice_word(base, overlay, place, 3))


def facts_of(
    base: Registry,
    overlay: Registry,
    events: EventColumns,
    row: int,
    looked: Looked,
    measures: Measures,
    thresholds: Thresholds,
) -> Facts:
    """The facts of one event."""
    local = events.at[row] + CHINA
    caller = events.caller[row]
    trunk_overseas = (looked.trunk_flags & OVERSEAS) != 0
    declared = events.declared[row]
    day_type = overlay.day_types[local // DAY]
    if day_type < 0 or day_type > 2:
        raise IndexError("a day is of no type of day")
    return Facts(
        events.at[row],
        events.channel[row],
        day_type,
        BAND_OF_HOUR[local % DAY // HOUR],
        looked.callee_tier,
        events.attestation[row],
        events.roaming[row],
        looked.category,
        declared,
        trunk_overseas or (caller >> 59) == 10,
        not looked.known and looked.listed != 0 and not measures.called_by_callee,
        looked.listed,
        CallerFacts(
            caller,
            caller >> 59,
            looked.caller_tier,
            looked.do_not_originate,
            looked.unallocated,
            looked.commercial,
        ),
        TrunkFacts(
            trunk_overseas,
            (looked.trunk_flags & ALERTS) != 0,
            (looked.trunk_flags & ATTESTATION_REQUIRED) != 0,
            looked.carries_caller,
        ),
        SenderFacts(
            looked.known,
            (looked.sender_flags & SUSPENDED) != 0,
            looked.header_over,
            looked.known and (looked.sender_flags & OWN) != 0,
            looked.ceiling if looked.ceiling >= 0 else thresholds.sender_ceiling_per_hour,
        ),
        TemplateFacts(looked.matched, looked.otp),
        wish_of(base, overlay, looked.rank, looked.profile),
        order_facts(base, overlay, looked.fraud, measures.fraud_order_hour),
        order_facts(base, overlay, looked.harassment, measures.harassment_order_hour),
        ConsentFacts(
            looked.category >= 0 and (looked.consented >> looked.category) & 1 == 1,
            declared >= 0 and (looked.consented >> declared) & 1 == 1,
        ),
        text_facts(events, row, looked.known),
        measures,
        thresholds,
    )
