"""Twelve rules asked in order: every pair of them, every label before every later rule, the rescuers ringing back."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest
from hypothesis import given

import wurao.screening.rules
from tests.screening.made import NOON, QUIET, any_facts, but, changed
from wurao.compiled import compiled
from wurao.events.columns import Attestation
from wurao.numbering.number import Kind
from wurao.screening.facts import NONE
from wurao.screening.precedence import RULE_NAMES, RULES, Decision, decide, unroll
from wurao.screening.rules import ALLOW, BLOCK, DIVERT, LABEL, NOTHING_TO_SAY, SILENT
from wurao.verdicts import Reason
from wurao.wishes import Category, Channel, Guard

FLOOD = {"stranger": True, "velocity.attempts_hour": 10_000}
CEILING = {"sender.known": True, "velocity.sender_hour": 1_000}
FRAUD_TEXT = {"channel": Channel.MESSAGE, "template.matched": True, "wish.content_protection": True, "text.score": 0.99}
UNREGISTERED = {"caller.commercial": True}
NO_TEMPLATE = {"sender.known": True, "channel": Channel.MESSAGE}
UNSIGNED = {"trunk.attestation_required": True}
NO_MARKETING = {"category": Category.FINANCE, "wish.marketing": 0}

WAYS: dict[str, list[dict[str, object]]] = {
    "public_safety": [
        {"callee_tier": 2},
        {"trunk.alerts": True},
        {"caller.tier": 2, "attestation": Attestation.A},
    ],
    "order_fraud": [{"fraud.verb": 2}, {"fraud.verb": 1, "fraud.over_limit": True}],
    "identity": [{"caller.kind": Kind.IMPOSSIBLE}, {"caller.tier": 2, "trunk.carries_caller": False}],
    "my_lists": [{"listed": 0}, {"listed": 1}],
    "order_harassment": [{"harassment.verb": 2}, {"harassment.verb": 1, "harassment.over_limit": True}],
    "only_my_list": [{"wish.only_my_list": True}],
    "velocity": [
        *(FLOOD | {"wish.guard": guard} for guard in (Guard.LABEL, Guard.STANDARD, Guard.STRICT)),
        *(CEILING | {"wish.guard": guard} for guard in (Guard.STANDARD, Guard.STRICT)),
        {"stranger": True, "wish.shield_until": NOON + 1},
    ],
    "content": [FRAUD_TEXT | {"wish.guard": guard} for guard in (Guard.LABEL, Guard.STRICT)],
    "registration": [
        *(UNREGISTERED | {"wish.guard": guard} for guard in (Guard.LABEL, Guard.STRICT)),
        UNREGISTERED | {"wish.unregistered": False},
        *(NO_TEMPLATE | {"wish.guard": guard} for guard in (Guard.LABEL, Guard.STANDARD, Guard.STRICT)),
        *(UNSIGNED | {"wish.guard": guard} for guard in (Guard.STANDARD, Guard.STRICT)),
    ],
    "consent": [{"sender.known": True, "category": Category.FINANCE, "consent.category": True}],
    "wishes": [NO_MARKETING, {"overseas": True, "wish.overseas_calls": False, "wish.overseas_messages": False}],
    "nothing_spoke": [{}],
}
"""What makes each rule speak, once for each thing that it may say."""


def said(facts):
    """What every rule says of these facts by itself."""
    return [rule(facts) for rule in RULES]


def both(earlier, later):
    """Facts in which, beside rule 12, just these two rules speak: every way that their causes go together."""
    wanted = {RULE_NAMES.index(earlier), RULE_NAMES.index(later), 11}
    for one in WAYS[earlier]:
        for other in WAYS[later]:
            if all(other[name] == value for name, value in one.items() if name in other):
                facts = changed(QUIET, one | other)
                if {place for place, (action, _) in enumerate(said(facts)) if action != SILENT} == wanted:
                    yield facts


def expected(first, second, places):
    """DESIGN 5, told again for two rules that speak, of which the second ends it where the first labels."""
    (action, reason), (later_action, later_reason) = first, second
    if action != LABEL:
        return Decision(action, reason, NONE, places[0])
    if later_action == LABEL or later_reason == Reason.NOTHING_SPOKE:
        return Decision(LABEL, reason, reason, 11)
    if later_action == ALLOW:
        return Decision(LABEL, later_reason, reason, places[1])
    return Decision(later_action, later_reason, reason, places[1])


PAIRS = [(one, other) for place, one in enumerate(RULE_NAMES) for other in RULE_NAMES[place + 1 :]]
LABELLERS = ("velocity", "content", "registration")


def test_quiet_facts_come_through():
    assert decide(QUIET) == Decision(ALLOW, Reason.NOTHING_SPOKE, NONE, 11)


@pytest.mark.parametrize(("earlier", "later"), PAIRS)
def test_of_two_rules_that_speak_the_earlier_decides_and_a_label_lets_the_later_speak(earlier, later):
    places = RULE_NAMES.index(earlier), RULE_NAMES.index(later)
    found = list(both(earlier, later))
    assert found, "no facts make both speak"
    for facts in found:
        each = said(facts)
        assert decide(facts) == expected(each[places[0]], each[places[1]], places)


@pytest.mark.parametrize(("earlier", "later"), [(one, other) for one, other in PAIRS if one in LABELLERS])
def test_every_label_is_tried_before_every_later_rule(earlier, later):
    place = RULE_NAMES.index(earlier)
    assert any(said(facts)[place][0] == LABEL for facts in both(earlier, later))


def test_of_three_labels_the_first_is_kept():
    facts = but(**(FLOOD | FRAUD_TEXT | UNREGISTERED))
    assert [action for action, _ in said(facts)].count(LABEL) == 3
    assert decide(facts) == Decision(LABEL, Reason.VELOCITY_CALLER, Reason.VELOCITY_CALLER, 11)


RESCUE = {"velocity.rescue_since": NOON, "velocity.rescue_until": NOON + 1}
STOPS = [
    (name, way)
    for name in RULE_NAMES[3:11]
    for way in WAYS[name]
    if RULES[RULE_NAMES.index(name)](but(**way))[0] >= DIVERT and way.get("channel") != Channel.MESSAGE
]


@pytest.mark.parametrize("channel", [Channel.CALL, Channel.AUTOCALL])
@pytest.mark.parametrize(("name", "way"), STOPS)
def test_the_ambulance_rings_back_from_any_phone(name, way, channel):
    facts = but(**(way | RESCUE | {"channel": channel}))
    assert decide(facts) == Decision(LABEL, Reason.RESCUE_CALLBACK, Reason.RESCUE_CALLBACK, 0)


@pytest.mark.parametrize("name", RULE_NAMES[3:11])
def test_every_rule_from_4_to_11_that_stops_is_tried(name):
    assert name in ("content", "consent") or any(stop == name for stop, _ in STOPS)


def test_what_a_text_rule_would_stop_of_a_call_comes_through_too():
    facts = but(**(FRAUD_TEXT | RESCUE | {"channel": Channel.CALL, "wish.guard": Guard.STRICT}))
    assert decide(facts).reason == Reason.RESCUE_CALLBACK


@pytest.mark.parametrize("name", ["order_fraud", "identity"])
def test_fraud_and_fakes_are_stopped_even_then(name):
    for way in WAYS[name]:
        assert decide(but(**way, **RESCUE)) == decide(but(**way))
        assert decide(but(**way)).action >= DIVERT


@pytest.mark.parametrize(("name", "way"), STOPS)
def test_after_the_four_hours_all_is_as_before(name, way):
    over = but(**way, **{"velocity.rescue_since": NOON - 1, "velocity.rescue_until": NOON})
    assert decide(over) == decide(but(**way))
    assert decide(over).action >= DIVERT


@pytest.mark.parametrize(("name", "way"), STOPS)
def test_before_the_call_for_help_nobody_rings_back(name, way):
    early = but(**way, **{"velocity.rescue_since": NOON + 1, "velocity.rescue_until": NOON + 2})
    assert decide(early) == decide(but(**way))
    assert decide(early).action >= DIVERT


@pytest.mark.parametrize(("name", "way"), STOPS)
def test_no_rescuer_comes_by_message(name, way):
    message = way | {"channel": Channel.MESSAGE}
    assert decide(but(**message, **RESCUE)) == decide(but(**message))


def test_a_label_before_the_rescue_is_kept():
    facts = but(**(FLOOD | NO_MARKETING | RESCUE))
    assert decide(facts) == Decision(LABEL, Reason.RESCUE_CALLBACK, Reason.VELOCITY_CALLER, 0)


def test_what_would_come_through_anyway_needs_no_rescue():
    assert decide(but(**RESCUE)) == decide(QUIET)
    assert decide(but(**RESCUE, listed=0)).reason == Reason.MY_ALLOW_LIST
    assert decide(but(**RESCUE, **FLOOD)) == decide(but(**FLOOD))


compiled_decide = compiled(decide)


@given(any_facts)
def test_compiled_and_plain_decide_alike(facts):
    assert tuple(compiled_decide(facts)) == tuple(decide(facts))


@given(any_facts)
def test_every_decision_says_something_and_names_its_rule(facts):
    decision = decide(facts)
    assert ALLOW <= decision.action <= BLOCK
    assert 0 <= decision.rule < len(RULES)
    assert (decision.action == LABEL) <= (decision.label != NONE)


def raising(facts):
    """A rule that fails on events of 1970."""
    if facts.at == 0:
        raise ValueError("a rule of a test")
    return NOTHING_TO_SAY


raising.__module__ = "wurao.screening.rules"


@pytest.mark.parametrize("place", range(len(RULES)))
def test_a_rule_that_raises_is_heard_of_at_every_place(place):
    ordered = unroll((*RULES[:place], raising, *RULES[place:]))
    with pytest.raises(ValueError, match="a rule of a test"):
        ordered(but(at=0))
    assert ordered(QUIET) == decide(QUIET)._replace(rule=12)


def test_other_rules_are_other_machine_code():
    with_one_more = unroll((raising, *RULES))
    assert with_one_more.__name__ != decide.__name__
    with pytest.raises(ValueError, match="a rule of a test"):
        compiled(with_one_more)(but(at=0))
    assert tuple(compiled_decide(but(at=0))) == tuple(decide(but(at=0)))


def test_every_file_among_the_rules_is_one_rule_in_its_place():
    files = {file.stem for file in Path(wurao.screening.rules.__file__).parent.glob("[a-z]*.py")}
    assert files == set(RULE_NAMES)
    for number, rule in enumerate(RULES, 1):
        module = importlib.import_module(f"wurao.screening.rules.{rule.__name__}")
        assert getattr(module, rule.__name__) is rule
        assert f"(DESIGN 5, rule {number})" in module.__doc__
