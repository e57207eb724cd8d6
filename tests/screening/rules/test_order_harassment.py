"""Rule 5: as rule 2, for harassment."""

from __future__ import annotations

import pytest

from tests.screening.made import but
from wurao.screening.rules import BLOCK, DIVERT, NOTHING_TO_SAY
from wurao.screening.rules.order_harassment import order_harassment
from wurao.tables import VERBS
from wurao.verdicts import Reason


def test_a_block_for_harassment_blocks():
    assert order_harassment(but(**{"harassment.verb": VERBS.index("block")})) == (BLOCK, Reason.ORDER_HARASSMENT)


@pytest.mark.parametrize(("over", "said"), [(False, NOTHING_TO_SAY), (True, (DIVERT, Reason.ORDER_LIMIT))])
def test_a_limit_lets_its_rate_through_and_diverts_the_rest(over, said):
    facts = but(**{"harassment.verb": VERBS.index("limit"), "harassment.over_limit": over})
    assert order_harassment(facts) == said


def test_a_release_is_silent():
    assert order_harassment(but(**{"harassment.verb": VERBS.index("release")})) == NOTHING_TO_SAY


def test_an_order_for_fraud_is_none_of_its_business():
    assert order_harassment(but(**{"fraud.verb": VERBS.index("block")})) == NOTHING_TO_SAY
