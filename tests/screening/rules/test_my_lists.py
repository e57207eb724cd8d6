"""Rule 4: the subscriber's own lists."""

from __future__ import annotations

from tests.screening.made import but
from wurao.screening.rules import ALLOW, BLOCK, NOTHING_TO_SAY
from wurao.screening.rules.my_lists import my_lists
from wurao.tables import LIST_ACTIONS
from wurao.verdicts import Reason


def test_whom_the_subscriber_lets_in_comes_through():
    assert my_lists(but(listed=LIST_ACTIONS.index("allow"))) == (ALLOW, Reason.MY_ALLOW_LIST)


def test_whom_the_subscriber_keeps_out_is_blocked():
    assert my_lists(but(listed=LIST_ACTIONS.index("deny"))) == (BLOCK, Reason.MY_DENY_LIST)


def test_whoever_is_on_no_list_is_left_to_the_other_rules():
    assert my_lists(but()) == NOTHING_TO_SAY
