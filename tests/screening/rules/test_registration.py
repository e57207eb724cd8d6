"""Rule 9: registered senders, registered templates, required signatures."""

from __future__ import annotations

import pytest

from tests.screening.made import but
from wurao.events.columns import Attestation
from wurao.screening.rules import BLOCK, LABEL, NOTHING_TO_SAY
from wurao.screening.rules.registration import registration
from wurao.verdicts import Reason
from wurao.wishes import Channel, Guard

UNREGISTERED = [
    {"caller.commercial": True},
    {"caller.commercial": True, "sender.known": True, "sender.suspended": True},
    {"caller.commercial": True, "sender.header_over": True},
]
NO_TEMPLATE = {"channel": Channel.MESSAGE, "caller.commercial": True, "sender.known": True}
UNSIGNED = {"trunk.attestation_required": True}
ROWS = [
    *((facts, Reason.UNREGISTERED_SENDER) for facts in UNREGISTERED),
    (NO_TEMPLATE, Reason.UNREGISTERED_TEMPLATE),
    (UNSIGNED, Reason.ATTESTATION_MISSING),
]


@pytest.mark.parametrize("guard", Guard)
@pytest.mark.parametrize(("changes", "reason"), ROWS)
def test_all_three_reasons_by_the_guard_table(changes, reason, guard):
    said = (NOTHING_TO_SAY, (LABEL, reason), (LABEL, reason), (BLOCK, reason))[guard]
    assert registration(but(**changes, **{"wish.guard": guard})) == said


@pytest.mark.parametrize("guard", Guard)
@pytest.mark.parametrize("changes", UNREGISTERED)
def test_whoever_wants_no_unregistered_senders_hears_from_none_at_any_guard_level(changes, guard):
    facts = but(**changes, **{"wish.guard": guard, "wish.unregistered": False})
    assert registration(facts) == (BLOCK, Reason.UNREGISTERED_SENDER)


@pytest.mark.parametrize("changes", [NO_TEMPLATE, UNSIGNED])
def test_that_wish_is_about_senders_only(changes):
    assert registration(but(**changes, **{"wish.unregistered": False}))[0] == LABEL


def test_a_private_number_needs_no_registration():
    assert registration(but(**{"wish.guard": Guard.STRICT, "wish.unregistered": False})) == NOTHING_TO_SAY


def test_a_known_sender_calls_freely_and_messages_by_template():
    strict = {"wish.guard": Guard.STRICT}
    assert registration(but(**(NO_TEMPLATE | strict | {"channel": Channel.CALL}))) == NOTHING_TO_SAY
    assert registration(but(**NO_TEMPLATE, **strict, **{"template.matched": True})) == NOTHING_TO_SAY


@pytest.mark.parametrize("attestation", [-1, *Attestation])
def test_only_a_missing_or_failed_signature_is_missed(attestation):
    said = registration(but(**UNSIGNED, attestation=attestation))
    missed = attestation in (-1, Attestation.NONE, Attestation.FAILED)
    assert said == ((LABEL, Reason.ATTESTATION_MISSING) if missed else NOTHING_TO_SAY)


def test_the_first_of_the_three_gives_the_reason():
    assert registration(but(**NO_TEMPLATE, **UNSIGNED))[1] == Reason.UNREGISTERED_TEMPLATE
    assert registration(but(**UNREGISTERED[0], **UNSIGNED))[1] == Reason.UNREGISTERED_SENDER
