"""Rule 3: a caller's number shown not to be the caller's own."""

from __future__ import annotations

import pytest

from tests.screening.made import but
from wurao.events.columns import Attestation, Roaming
from wurao.numbering.number import Kind
from wurao.screening.rules import BLOCK, NOTHING_TO_SAY
from wurao.screening.rules.identity import identity
from wurao.verdicts import Reason

IN_ORDER = [
    ({"caller.tier": 2}, Reason.SPOOFED_PUBLIC_SERVICE),
    ({"caller.kind": Kind.IMPOSSIBLE}, Reason.IMPOSSIBLE_NUMBER),
    ({"caller.unallocated": True}, Reason.UNALLOCATED_NUMBER),
    ({"caller.do_not_originate": True}, Reason.DO_NOT_ORIGINATE),
    ({"attestation": Attestation.OTHER}, Reason.SIGNED_FOR_ANOTHER),
    ({"caller.kind": Kind.FIXED, "trunk.overseas": True}, Reason.DOMESTIC_FROM_OVERSEAS),
]
AT_HOME = (Kind.FIXED, Kind.SHORT, Kind.FREEPHONE, Kind.MESSAGE_PORT, Kind.IOT)


@pytest.mark.parametrize(("changes", "reason"), IN_ORDER)
def test_each_disproof_blocks(changes, reason):
    assert identity(but(**changes)) == (BLOCK, reason)


@pytest.mark.parametrize("place", range(1, len(IN_ORDER)))
def test_the_first_disproof_gives_the_reason(place):
    earlier, reason = IN_ORDER[place - 1]
    later, _ = IN_ORDER[place]
    assert identity(but(**(later | earlier))) == (BLOCK, reason)


def test_a_protected_number_is_a_fake_only_from_overseas():
    from_overseas = but(**{"caller.tier": 1, "caller.kind": Kind.SHORT, "trunk.overseas": True})
    assert identity(from_overseas) == (BLOCK, Reason.SPOOFED_PUBLIC_SERVICE)
    assert identity(but(**{"caller.tier": 1, "caller.kind": Kind.SHORT})) == NOTHING_TO_SAY


@pytest.mark.parametrize("kind", Kind)
def test_what_belongs_at_home_does_not_come_from_overseas(kind):
    if kind is Kind.IMPOSSIBLE:
        return
    facts = but(overseas=True, **{"caller.kind": kind, "trunk.overseas": True})
    assert identity(facts) == ((BLOCK, Reason.DOMESTIC_FROM_OVERSEAS) if kind in AT_HOME else NOTHING_TO_SAY)


@pytest.mark.parametrize("roaming", [-1, Roaming.YES, Roaming.UNKNOWN])
def test_a_mobile_number_may_be_roaming(roaming):
    assert identity(but(roaming=roaming, **{"trunk.overseas": True})) == NOTHING_TO_SAY


def test_a_mobile_number_known_not_to_be_roaming_does_not_come_from_overseas():
    facts = but(roaming=Roaming.NO, **{"trunk.overseas": True})
    assert identity(facts) == (BLOCK, Reason.DOMESTIC_FROM_OVERSEAS)
    assert identity(but(roaming=Roaming.NO)) == NOTHING_TO_SAY


@pytest.mark.parametrize("attestation", [-1, *(each for each in Attestation if each is not Attestation.OTHER)])
def test_a_missing_or_failed_attestation_is_no_disproof(attestation):
    assert identity(but(attestation=attestation)) == NOTHING_TO_SAY


def test_a_withheld_number_is_no_disproof():
    assert identity(but(**{"caller.kind": Kind.WITHHELD})) == NOTHING_TO_SAY
