"""Rule 10: the subscriber's explicit yes to one sender."""

from __future__ import annotations

from hypothesis import given

from tests.screening.made import any_facts, but
from wurao.screening.rules import ALLOW, NOTHING_TO_SAY
from wurao.screening.rules.consent import consent
from wurao.verdicts import Reason
from wurao.wishes import Category

AGREED = {"sender.known": True, "category": Category.FINANCE, "consent.category": True}


def test_a_consent_lets_the_sender_through():
    assert consent(but(**AGREED)) == (ALLOW, Reason.CONSENT)


def test_without_a_consent_in_force_it_is_silent():
    assert consent(but(**(AGREED | {"consent.category": False}))) == NOTHING_TO_SAY


def test_only_a_known_sender_profits_from_a_consent():
    assert consent(but(**(AGREED | {"sender.known": False}))) == NOTHING_TO_SAY


def test_without_a_category_it_is_silent():
    assert consent(but(**(AGREED | {"category": -1}))) == NOTHING_TO_SAY


def test_a_declared_category_has_to_be_consented_to_as_well():
    declared = AGREED | {"declared": Category.PROPERTY}
    assert consent(but(**declared)) == NOTHING_TO_SAY
    assert consent(but(**declared, **{"consent.declared": True})) == (ALLOW, Reason.CONSENT)


@given(any_facts)
def test_declaring_a_category_never_opens_a_door(facts):
    silent = facts._replace(declared=-1)
    if consent(silent) == NOTHING_TO_SAY:
        assert consent(facts) == NOTHING_TO_SAY
