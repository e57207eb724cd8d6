"""Rule 1: to and from the numbers that save lives, and alerts."""

from __future__ import annotations

from hypothesis import given

from tests.screening.made import any_facts, but
from wurao.events.columns import Attestation
from wurao.screening.rules import ALLOW, NOTHING_TO_SAY
from wurao.screening.rules.public_safety import public_safety
from wurao.verdicts import Reason

FROM_110 = {"caller.tier": 2}


def test_a_call_to_110_always_comes_through():
    assert public_safety(but(callee_tier=2)) == (ALLOW, Reason.PUBLIC_SAFETY)


def test_a_call_to_a_merely_protected_number_is_left_to_the_other_rules():
    assert public_safety(but(callee_tier=1)) == NOTHING_TO_SAY


def test_110_is_believed_on_its_own_trunk():
    assert public_safety(but(**FROM_110, **{"trunk.carries_caller": True})) == (ALLOW, Reason.PUBLIC_SAFETY)


def test_110_is_believed_on_a_domestic_trunk_with_attestation_a():
    assert public_safety(but(**FROM_110, attestation=Attestation.A)) == (ALLOW, Reason.PUBLIC_SAFETY)


def test_110_is_not_believed_on_an_overseas_trunk_even_with_attestation_a():
    facts = but(**FROM_110, attestation=Attestation.A, **{"trunk.overseas": True})
    assert public_safety(facts) == NOTHING_TO_SAY


def test_110_is_not_believed_with_any_lesser_attestation():
    for attestation in (-1, *(each for each in Attestation if each is not Attestation.A)):
        assert public_safety(but(**FROM_110, attestation=attestation)) == NOTHING_TO_SAY


def test_a_protected_number_has_no_claim_of_its_own():
    assert public_safety(but(attestation=Attestation.A, **{"caller.tier": 1})) == NOTHING_TO_SAY


def test_an_alert_by_the_trunk_for_alerts_comes_through():
    assert public_safety(but(**{"trunk.alerts": True})) == (ALLOW, Reason.PUBLIC_ALERT)


@given(any_facts)
def test_it_never_stops_anything(facts):
    assert public_safety(facts)[0] in (ALLOW, NOTHING_TO_SAY[0])
