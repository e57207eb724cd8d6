"""Rule 12: whom nothing speaks against comes through."""

from __future__ import annotations

from hypothesis import given

from tests.screening.made import any_facts
from wurao.screening.rules import ALLOW
from wurao.screening.rules.nothing_spoke import nothing_spoke
from wurao.verdicts import Reason


@given(any_facts)
def test_it_allows_always(facts):
    assert nothing_spoke(facts) == (ALLOW, Reason.NOTHING_SPOKE)
