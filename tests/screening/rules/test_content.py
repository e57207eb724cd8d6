"""Rule 8: what a message says, where content protection is on."""

from __future__ import annotations

import pytest
from hypothesis import given

from tests.screening.made import DEFAULTS, any_facts, but
from wurao.screening.rules import BLOCK, DIVERT, LABEL, NOTHING_TO_SAY
from wurao.screening.rules.content import content
from wurao.verdicts import Action, Reason
from wurao.wishes import Channel, Guard

READ = {"channel": Channel.MESSAGE, "wish.content_protection": True, "wish.guard": Guard.STANDARD}
SURE, DOUBTFUL = DEFAULTS.block_threshold, DEFAULTS.label_threshold
CODE = {"template.matched": True, "template.otp": True}
SILENT = Action.SILENT
ROWS = [
    ({"text.score": SURE}, Reason.TEXT_FRAUD, (SILENT, LABEL, BLOCK, BLOCK)),
    ({"text.score": SURE, "text.illegal": True}, Reason.TEXT_ILLEGAL, (SILENT, LABEL, BLOCK, BLOCK)),
    ({"text.score": DOUBTFUL}, Reason.TEXT_FRAUD, (SILENT, LABEL, LABEL, DIVERT)),
    ({"text.score": DOUBTFUL, "text.illegal": True}, Reason.TEXT_ILLEGAL, (SILENT, LABEL, LABEL, DIVERT)),
    ({"text.blocked_domain": True}, Reason.BLOCKED_DOMAIN, (SILENT, LABEL, BLOCK, BLOCK)),
]


@pytest.mark.parametrize("guard", Guard)
@pytest.mark.parametrize(("text", "reason", "row"), ROWS)
def test_each_row_of_the_guard_table(text, reason, row, guard):
    said = NOTHING_TO_SAY if row[guard] == SILENT else (row[guard], reason)
    assert content(but(**(READ | text | {"wish.guard": guard}))) == said


def test_a_text_below_the_thresholds_says_nothing():
    assert content(but(**READ, **{"text.score": DOUBTFUL - 0.01})) == NOTHING_TO_SAY


@given(any_facts)
def test_without_content_protection_it_is_silent_whatever_was_read(facts):
    facts = facts._replace(wish=facts.wish._replace(content_protection=False))
    assert content(facts) == NOTHING_TO_SAY


def test_a_one_time_code_keeps_its_way_whatever_its_score():
    assert content(but(**READ, **CODE, **{"text.score": 1.0})) == NOTHING_TO_SAY


def test_a_one_time_code_by_no_matched_template_is_judged_like_any_text():
    assert content(but(**READ, **{"template.otp": True, "text.score": 1.0})) == (BLOCK, Reason.TEXT_FRAUD)


def test_a_blocked_domain_speaks_even_in_a_one_time_code():
    assert content(but(**READ, **CODE, **{"text.score": 1.0, "text.blocked_domain": True})) == (
        BLOCK,
        Reason.BLOCKED_DOMAIN,
    )


def test_of_a_doubtful_text_and_a_blocked_domain_the_stricter_speaks():
    both = {"text.score": DOUBTFUL, "text.blocked_domain": True}
    assert content(but(**READ, **both)) == (BLOCK, Reason.BLOCKED_DOMAIN)


@given(any_facts)
def test_it_never_allows(facts):
    assert content(facts)[0] != Action.ALLOW
