"""Rule 11: what the subscriber registered not to want."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.screening.made import any_facts, but
from wurao.screening.rules import BLOCK, NOTHING_TO_SAY
from wurao.screening.rules.wishes import BANDS_A_DAY, WISH_CHANNELS, wishes
from wurao.verdicts import Reason
from wurao.wishes import BANDS, EVERYTHING, MARKETING_CATEGORIES, Category, Channel, DayType, unpack
from wurao.wishes import WISH_CHANNELS as CHANNELS_OF_A_WISH

MARKETING = [Category(place) for place in range(len(MARKETING_CATEGORIES))]
SERVING = [Category.SERVICE, Category.TRANSACTION, Category.GOVERNMENT]
NO_FINANCE = EVERYTHING & ~0b111
REFUSED, HOURS, OVERSEAS = ((BLOCK, each) for each in (Reason.WISH_CATEGORY, Reason.WISH_HOURS, Reason.OVERSEAS))


def test_the_bits_are_laid_out_as_in_the_profile():
    assert (BANDS_A_DAY, WISH_CHANNELS) == (len(BANDS), len(CHANNELS_OF_A_WISH))


@pytest.mark.parametrize("channel", [Channel.CALL, Channel.AUTOCALL, Channel.MESSAGE])
def test_overseas_is_refused_for_calls_and_for_messages_apart(channel):
    no_calls = but(overseas=True, channel=channel, **{"wish.overseas_calls": False})
    no_messages = but(overseas=True, channel=channel, **{"wish.overseas_messages": False})
    is_call = channel is not Channel.MESSAGE
    assert wishes(no_calls) == (OVERSEAS if is_call else NOTHING_TO_SAY)
    assert wishes(no_messages) == (NOTHING_TO_SAY if is_call else OVERSEAS)


def test_who_refuses_overseas_still_hears_from_home():
    assert wishes(but(**{"wish.overseas_calls": False, "wish.overseas_messages": False})) == NOTHING_TO_SAY


@pytest.mark.parametrize("channel", [Channel.CALL, Channel.MESSAGE, Channel.AUTOCALL])
@pytest.mark.parametrize("category", MARKETING)
def test_exactly_the_refused_category_and_channel_is_blocked(category, channel):
    for other in MARKETING:
        bit = 1 << (other * 3 + channel)
        facts = but(category=category, channel=channel, **{"wish.marketing": EVERYTHING & ~bit})
        assert wishes(facts) == (REFUSED if other is category else NOTHING_TO_SAY)


@pytest.mark.parametrize("day", DayType)
@pytest.mark.parametrize("band", range(len(BANDS)))
def test_exactly_the_refused_day_and_hour_is_blocked(day, band):
    only_this = EVERYTHING & ~(1 << (day * 9 + band))
    marketing = but(category=Category.TRAVEL, day_type=day, band=band, **{"wish.hours": only_this})
    assert wishes(marketing) == HOURS
    other_time = but(category=Category.TRAVEL, day_type=day, band=band, **{"wish.hours": EVERYTHING & ~only_this})
    assert wishes(other_time) == NOTHING_TO_SAY


@given(any_facts, st.sampled_from(MARKETING))
def test_marketing_passes_where_both_category_and_hour_allow(facts, category):
    facts = facts._replace(overseas=False, declared=-1, category=category.value)
    wish = unpack(facts.wish.marketing | facts.wish.hours << 27)
    allowed = wish.allows_marketing(Category(facts.category), Channel(facts.channel)) and wish.allows_hour(
        DayType(facts.day_type), facts.band
    )
    assert (wishes(facts) == NOTHING_TO_SAY) == allowed


@pytest.mark.parametrize("category", SERVING)
def test_service_of_a_known_sender_passes_whatever_the_wish_and_the_hour(category):
    facts = but(category=category, **{"sender.known": True, "caller.commercial": True, "wish.marketing": 0})
    assert wishes(facts._replace(wish=facts.wish._replace(hours=0))) == NOTHING_TO_SAY


@pytest.mark.parametrize("category", SERVING)
def test_what_an_unknown_sender_declares_to_be_service_is_judged_as_what_it_is(category):
    unknown = {"caller.commercial": True, "category": Category.OTHER, "declared": category}
    assert wishes(but(**unknown)) == NOTHING_TO_SAY
    assert wishes(but(**unknown, **{"wish.marketing": 0})) == REFUSED


@pytest.mark.parametrize("category", SERVING)
def test_a_text_that_looks_like_service_makes_an_unknown_commercial_sender_no_service(category):
    facts = but(category=category, **{"caller.commercial": True, "wish.marketing": 0})
    assert wishes(facts) == REFUSED
    assert wishes(but(category=category, **{"wish.marketing": 0})) == NOTHING_TO_SAY


def test_debt_collection_is_blocked_where_it_is_off_known_or_not():
    for known in (True, False):
        collection = {"category": Category.DEBT_COLLECTION, "sender.known": known, "wish.marketing": 0}
        assert wishes(but(**collection)) == NOTHING_TO_SAY
        assert wishes(but(**collection, **{"wish.debt_collection": False})) == REFUSED


def test_the_stricter_of_own_and_declared_category_stands():
    known = {"sender.known": True, "caller.commercial": True, "wish.marketing": NO_FINANCE}
    assert wishes(but(**known, category=Category.SERVICE, declared=Category.FINANCE)) == REFUSED
    assert wishes(but(**known, category=Category.FINANCE, declared=Category.SERVICE)) == REFUSED
    assert wishes(but(**known, category=Category.RETAIL, declared=Category.FOOD)) == NOTHING_TO_SAY


def test_marketing_declared_by_a_service_header_keeps_to_the_hours():
    facts = but(category=Category.SERVICE, declared=Category.FOOD, **{"sender.known": True, "wish.hours": 0})
    assert wishes(facts) == HOURS


def test_a_private_call_is_no_marketing():
    assert wishes(but(**{"wish.marketing": 0, "wish.hours": 0, "wish.debt_collection": False})) == NOTHING_TO_SAY


@given(any_facts)
def test_declaring_a_category_never_opens_a_door(facts):
    if wishes(facts._replace(declared=-1))[0] == BLOCK:
        assert wishes(facts)[0] == BLOCK
