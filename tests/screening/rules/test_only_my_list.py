"""Rule 6: only my list."""

from __future__ import annotations

from tests.screening.made import NOON, but
from wurao.screening.rules import BLOCK, NOTHING_TO_SAY
from wurao.screening.rules.only_my_list import only_my_list
from wurao.verdicts import Reason

BLOCKED = (BLOCK, Reason.NOT_ON_MY_LIST)


def test_a_standing_wish_for_my_list_alone_blocks():
    assert only_my_list(but(**{"wish.only_my_list": True})) == BLOCKED


def test_a_timed_wish_holds_until_its_end_and_no_longer():
    assert only_my_list(but(**{"wish.only_my_list_until": NOON + 1})) == BLOCKED
    assert only_my_list(but(**{"wish.only_my_list_until": NOON})) == NOTHING_TO_SAY


def test_a_timed_wish_that_is_over_does_not_end_the_standing_one():
    assert only_my_list(but(**{"wish.only_my_list": True, "wish.only_my_list_until": NOON - 1})) == BLOCKED


def test_without_the_wish_it_is_silent():
    assert only_my_list(but()) == NOTHING_TO_SAY
