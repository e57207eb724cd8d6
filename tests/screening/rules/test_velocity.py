"""Rule 7: velocity of strangers, the flood shield, the ceiling of known senders, one-time codes."""

from __future__ import annotations

import pytest
from hypothesis import given

from tests.screening.made import DEFAULTS, NOON, any_facts, but
from wurao.screening.rules import BLOCK, DIVERT, LABEL, NOTHING_TO_SAY
from wurao.screening.rules.velocity import velocity
from wurao.verdicts import Reason
from wurao.wishes import Guard

STRANGER = {"stranger": True, "wish.guard": Guard.STANDARD}
KNOWN = {"sender.known": True, "sender.ceiling": 100, "wish.guard": Guard.STRICT}
SHIELD = {"wish.shield_until": NOON + 1}
CODE = {"template.matched": True, "template.otp": True}
ONE_RING = {"velocity.ended_hour": 12, "velocity.callees_hour": 12, "velocity.one_ring_hour": 6}
FEW_ANSWERS = {"velocity.ended_hour": 20, "velocity.callees_hour": 20, "velocity.answered_hour": 4}


@pytest.mark.parametrize("window", ["minute", "hour", "day"])
def test_an_attempt_on_top_of_as_many_as_are_allowed_is_one_too_many(window):
    most = getattr(DEFAULTS, f"caller_attempts_per_{window}")
    assert velocity(but(**STRANGER, **{f"velocity.attempts_{window}": most - 1})) == NOTHING_TO_SAY
    assert velocity(but(**STRANGER, **{f"velocity.attempts_{window}": most})) == (DIVERT, Reason.VELOCITY_CALLER)


@pytest.mark.parametrize("window", ["minute", "hour", "day"])
@pytest.mark.parametrize(
    ("measure", "threshold", "reason"),
    [
        ("callees", "caller_callees", Reason.VELOCITY_CALLER),
        ("callers", "callee_callers", Reason.VELOCITY_CALLEE),
    ],
)
def test_more_different_people_than_allowed_speak(measure, threshold, reason, window):
    most = getattr(DEFAULTS, f"{threshold}_per_{window}")
    assert velocity(but(**STRANGER, **{f"velocity.{measure}_{window}": most})) == NOTHING_TO_SAY
    assert velocity(but(**STRANGER, **{f"velocity.{measure}_{window}": most + 1})) == (DIVERT, reason)


@pytest.mark.parametrize("window", ["hour", "day"])
def test_one_ring_calls_to_many_speak(window):
    calls = {name.replace("hour", window): value for name, value in ONE_RING.items()}
    assert velocity(but(**STRANGER, **calls)) == (DIVERT, Reason.ONE_RING)


@pytest.mark.parametrize(
    "missing",
    [{"velocity.one_ring_hour": 5}, {"velocity.callees_hour": 9}, {"velocity.ended_hour": 9}],
)
def test_few_one_ring_calls_or_to_few_people_say_nothing(missing):
    assert velocity(but(**(STRANGER | ONE_RING | missing))) == NOTHING_TO_SAY


@pytest.mark.parametrize(("window", "callees"), [("hour", 20), ("day", 60)])
def test_hardly_answered_by_many_speaks(window, callees):
    calls = {f"velocity.ended_{window}": 60, f"velocity.callees_{window}": callees, f"velocity.answered_{window}": 14}
    assert velocity(but(**STRANGER, **calls)) == (DIVERT, Reason.VELOCITY_CALLER)
    assert velocity(but(**STRANGER, **(calls | {f"velocity.answered_{window}": 15}))) == NOTHING_TO_SAY
    assert velocity(but(**STRANGER, **(calls | {f"velocity.callees_{window}": callees - 1}))) == NOTHING_TO_SAY


def test_a_handful_of_missed_calls_says_nothing():
    assert velocity(but(**(STRANGER | FEW_ANSWERS | {"velocity.ended_hour": 19}))) == NOTHING_TO_SAY


def test_one_ring_calls_are_called_so_though_few_answer_them():
    calls = FEW_ANSWERS | {"velocity.one_ring_hour": 16}
    assert velocity(but(**STRANGER, **calls)) == (DIVERT, Reason.ONE_RING)


def test_one_to_very_many_is_told_before_many_to_one():
    both = {"velocity.attempts_minute": 10_000, "velocity.callers_minute": 10_000}
    assert velocity(but(**STRANGER, **both, **ONE_RING)) == (DIVERT, Reason.VELOCITY_CALLER)
    assert velocity(but(**STRANGER, **ONE_RING, **{"velocity.callers_minute": 10_000}))[1] == Reason.VELOCITY_CALLEE


@pytest.mark.parametrize(
    ("guard", "said"),
    [
        (Guard.OFF, NOTHING_TO_SAY),
        (Guard.LABEL, (LABEL, Reason.VELOCITY_CALLER)),
        (Guard.STANDARD, (DIVERT, Reason.VELOCITY_CALLER)),
        (Guard.STRICT, (BLOCK, Reason.VELOCITY_CALLER)),
    ],
)
def test_a_strangers_velocity_by_the_guard_table(guard, said):
    facts = but(stranger=True, **{"velocity.attempts_hour": 10_000, "wish.guard": guard})
    assert velocity(facts) == said


@pytest.mark.parametrize("guard", Guard)
def test_while_the_shield_is_up_strangers_are_diverted_at_every_guard_level(guard):
    facts = but(stranger=True, **SHIELD, **{"wish.guard": guard})
    assert velocity(facts) == (DIVERT, Reason.FLOOD_SHIELD)


@pytest.mark.parametrize("guard", Guard)
def test_of_velocity_and_shield_the_stricter_speaks(guard):
    facts = but(stranger=True, **SHIELD, **{"wish.guard": guard, "velocity.attempts_hour": 10_000})
    strict = guard is Guard.STRICT
    assert velocity(facts) == ((BLOCK, Reason.VELOCITY_CALLER) if strict else (DIVERT, Reason.FLOOD_SHIELD))


def test_a_shield_is_down_from_its_end_on():
    assert velocity(but(stranger=True, **{"wish.shield_until": NOON})) == NOTHING_TO_SAY


def test_whoever_is_no_stranger_and_no_sender_is_not_measured():
    assert velocity(but(**SHIELD, **{"velocity.attempts_hour": 10_000, "wish.guard": Guard.STRICT})) == NOTHING_TO_SAY


def test_a_school_that_calls_its_parents_is_no_fraud():
    calls = {"velocity.attempts_hour": 5_000, "velocity.callees_hour": 5_000, "velocity.sender_hour": 5_000}
    assert velocity(but(**(KNOWN | SHIELD | calls | {"sender.ceiling": 20_000}))) == NOTHING_TO_SAY


@pytest.mark.parametrize(
    ("guard", "said"),
    [
        (Guard.OFF, NOTHING_TO_SAY),
        (Guard.LABEL, (LABEL, Reason.SENDER_CEILING)),
        (Guard.STANDARD, (LABEL, Reason.SENDER_CEILING)),
        (Guard.STRICT, (DIVERT, Reason.SENDER_CEILING)),
    ],
)
def test_a_senders_ceiling_by_the_guard_table(guard, said):
    above = KNOWN | {"velocity.sender_hour": 100, "wish.guard": guard}
    assert velocity(but(**above)) == said
    assert velocity(but(**(above | {"velocity.sender_hour": 99}))) == NOTHING_TO_SAY


def test_wuraos_own_sender_is_never_held_up():
    assert velocity(but(**KNOWN, **SHIELD, **{"sender.own": True, "velocity.sender_hour": 10_000})) == NOTHING_TO_SAY


def test_whoever_shows_wuraos_number_unknown_is_measured_as_a_stranger():
    assert velocity(but(**STRANGER, **SHIELD, **{"sender.own": True})) == (DIVERT, Reason.FLOOD_SHIELD)


@pytest.mark.parametrize("before", [0, 1, 2])
def test_the_first_three_one_time_codes_reach_the_subscriber_amid_a_flood(before):
    flood = {"velocity.otp_window": before, "velocity.sender_hour": 1_000_000, "velocity.callers_minute": 10_000}
    assert velocity(but(**KNOWN, **CODE, **SHIELD, **flood)) == NOTHING_TO_SAY


def test_further_one_time_codes_are_diverted_while_the_shield_is_up():
    assert velocity(but(**KNOWN, **CODE, **SHIELD, **{"velocity.otp_window": 3})) == (DIVERT, Reason.FLOOD_SHIELD)


def test_without_a_shield_further_one_time_codes_are_held_to_the_ceiling_alone():
    fourth = KNOWN | CODE | {"velocity.otp_window": 3}
    assert velocity(but(**fourth)) == NOTHING_TO_SAY
    assert velocity(but(**fourth, **{"velocity.sender_hour": 100})) == (DIVERT, Reason.SENDER_CEILING)


@given(any_facts)
def test_it_never_allows(facts):
    assert velocity(facts)[0].code != "allow"
