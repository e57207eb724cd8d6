"""The same rules with a recorder: what they read, what they said, and which one decided."""

from __future__ import annotations

import importlib
from random import Random

import pytest
from hypothesis import given

from tests.screening.made import DEFAULTS, NOON, QUIET, any_facts, but, random_facts
from wurao.events.columns import Attestation
from wurao.screening.explain import explain, shown
from wurao.screening.facts import NONE
from wurao.screening.precedence import RESCUE_READS, RULE_NAMES, RULES, decide
from wurao.screening.rules.nothing_spoke import nothing_spoke
from wurao.settings import load
from wurao.settings.thresholds import setting_of
from wurao.verdicts import Action, Reason
from wurao.wishes import EVERYTHING, Category, Guard

READS = {name: importlib.import_module(f"wurao.screening.rules.{name}").READS for name in RULE_NAMES}


def looked_at(rule, facts):
    """The names of what one rule reads of these facts."""
    return set(explain(facts, (rule, nothing_spoke)).rules[0].looked_at)


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_reads_only_what_it_declares(rule):
    @given(any_facts)
    def reads_only_that(facts):
        without_rescue = facts._replace(velocity=facts.velocity._replace(rescue_since=0, rescue_until=0))
        assert looked_at(rule, without_rescue) <= set(READS[rule.__name__])

    reads_only_that()


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_reads_all_that_it_declares(rule):
    random, unread = Random(rule.__name__), set(READS[rule.__name__])
    for _ in range(2_000):
        unread -= looked_at(rule, random_facts(random))
        if not unread:
            break
    assert not unread


@given(any_facts)
def test_the_explanation_ends_as_the_decision_does(facts):
    explanation, decision = explain(facts), decide(facts)
    assert (explanation.action, explanation.reason) == decision[:2]
    assert (NONE if explanation.label is None else explanation.label) == decision.label
    assert [record.decided for record in explanation.rules].index(True) == decision.rule
    assert explanation.overseas_mark == facts.overseas


@given(any_facts)
def test_every_rule_up_to_the_last_asked_was_asked_and_none_after(facts):
    records = explain(facts).rules
    asked = [record.asked for record in records]
    assert tuple(record.rule for record in records) == RULE_NAMES
    assert asked == sorted(asked, reverse=True)
    for record in records:
        assert record.asked or not (record.said or record.looked_at)
    last = [record for record in records if record.asked][-1]
    assert last.said is not None
    assert last.said["action"] != "label"


def test_a_rule_says_its_action_and_reason_and_the_silent_one_nothing():
    records = explain(but(listed=1)).rules
    assert records[2].said is None
    assert records[3].said == {"action": "block", "reason": "MY_DENY_LIST"}
    assert [record.decided for record in records].index(True) == 3


def test_of_a_rescue_the_rule_that_would_stop_is_shown_and_rule_1_decides():
    explanation = explain(but(listed=1, **{"velocity.rescue_until": NOON + 60_000_000}))
    assert (explanation.action, explanation.reason) == (Action.LABEL, Reason.RESCUE_CALLBACK)
    assert explanation.rules[0].decided
    assert set(RESCUE_READS) <= set(explanation.rules[0].looked_at)
    assert explanation.rules[3].said == {"action": "block", "reason": "MY_DENY_LIST"}
    assert not explanation.rules[3].decided
    assert not explanation.rules[4].asked


@pytest.mark.parametrize("place", range(len(RULES)))
def test_a_rule_that_raises_lets_the_event_through_as_a_fault(place):
    def raising(facts):
        raise IndexError("an index points outside its page")

    explanation = explain(QUIET, (*RULES[:place], raising, *RULES[place:]))
    assert (explanation.action, explanation.reason, explanation.label) == (Action.ALLOW, Reason.FAULT, None)
    assert [record.asked for record in explanation.rules] == [number <= place for number in range(13)]
    assert not any(record.decided for record in explanation.rules)


def test_the_json_form_is_that_of_the_contract():
    printed = explain(but(attestation=Attestation.OTHER, overseas=True)).as_dict()
    assert list(printed) == ["action", "reason", "label", "sentence_zh", "sentence_en", "overseas_mark", "rules"]
    assert (printed["action"], printed["reason"], printed["label"]) == ("block", "SIGNED_FOR_ANOTHER", None)
    assert printed["overseas_mark"] is True
    assert all(list(rule) == ["rule", "asked", "looked_at", "said", "decided"] for rule in printed["rules"])
    assert printed["rules"][2]["looked_at"]["attestation"] == "other"


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("at", 0, "1970-01-01T08:00:00+08:00"),
        ("wish.shield_until", 0, None),
        ("wish.shield_until", 2**62, 2**62),
        ("category", Category.DEBT_COLLECTION.value, "debt_collection"),
        ("category", -1, None),
        ("category", 99, 99),
        ("band", 8, "21-24"),
        ("callee_tier", 2, "never"),
        ("wish.guard", Guard.STRICT.value, "strict"),
        ("wish.marketing", EVERYTHING, "refuses nothing"),
        ("wish.marketing", 0, "refuses everything"),
        ("wish.marketing", EVERYTHING & ~0b100010, "refuses finance_message property_autocall"),
        ("wish.hours", EVERYTHING & ~(1 << 26), "refuses public_holiday_21-24"),
        ("velocity.attempts_hour", 7, 7),
    ],
)
def test_facts_are_shown_as_people_read_them(name, value, text):
    assert shown(name, value) == text


@pytest.mark.parametrize("name", [name for reads in READS.values() for name in reads if name.startswith("thresholds.")])
def test_every_threshold_that_a_rule_reads_is_found_among_the_settings(name):
    field = name.removeprefix("thresholds.")
    assert load().value(setting_of(field)) == getattr(DEFAULTS, field)
