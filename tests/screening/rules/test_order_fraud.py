"""Rules 2 and 5: orders of the authorities."""

from __future__ import annotations

import pytest

from tests.screening.made import but
from wurao.screening.rules import BLOCK, DIVERT, LIST_ALLOWS, LIST_DENIES, NOTHING_TO_SAY, ORDER_BLOCKS, ORDER_LIMITS
from wurao.screening.rules.order_fraud import order_fraud
from wurao.tables import LIST_ACTIONS, VERBS
from wurao.verdicts import Reason


def test_the_places_of_the_codes_are_those_of_the_tables():
    assert (VERBS[ORDER_LIMITS], VERBS[ORDER_BLOCKS]) == ("limit", "block")
    assert (LIST_ACTIONS[LIST_ALLOWS], LIST_ACTIONS[LIST_DENIES]) == ("allow", "deny")


def test_a_block_for_fraud_blocks():
    assert order_fraud(but(**{"fraud.verb": VERBS.index("block")})) == (BLOCK, Reason.ORDER_FRAUD)


@pytest.mark.parametrize(("over", "said"), [(False, NOTHING_TO_SAY), (True, (DIVERT, Reason.ORDER_LIMIT))])
def test_a_limit_lets_its_rate_through_and_diverts_the_rest(over, said):
    assert order_fraud(but(**{"fraud.verb": VERBS.index("limit"), "fraud.over_limit": over})) == said


def test_a_release_is_silent_and_does_not_allow():
    assert order_fraud(but(**{"fraud.verb": VERBS.index("release"), "fraud.over_limit": True})) == NOTHING_TO_SAY


def test_without_an_order_it_is_silent():
    assert order_fraud(but()) == NOTHING_TO_SAY


def test_an_order_for_harassment_is_none_of_its_business():
    assert order_fraud(but(**{"harassment.verb": VERBS.index("block")})) == NOTHING_TO_SAY
