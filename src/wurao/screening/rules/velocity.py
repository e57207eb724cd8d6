"""One to very many, many to one, one ring, and the flood shield (DESIGN 5, rule 7).

Strangers are measured by what they and the callee's callers did before; a known sender only against its ceiling, for
a school that calls 5,000 parents is not fraud. Measures do not hold this attempt itself (CONTRACTS, Velocity): an
attempt that comes on top of as many as are allowed is one too many, while of different people only those already
counted count, since nobody knows whether this one is new.
"""

from __future__ import annotations

from wurao.screening.facts import Facts
from wurao.screening.rules import (
    BLOCK,
    DIVERT,
    NOTHING_TO_SAY,
    SENDER_ABOVE_CEILING,
    STRANGER_VELOCITY,
    Said,
    by_guard,
)
from wurao.verdicts import Reason

READS = (
    "at",
    "stranger",
    "sender.known",
    "sender.own",
    "sender.ceiling",
    "template.matched",
    "template.otp",
    "wish.guard",
    "wish.shield_until",
    "velocity.attempts_minute",
    "velocity.attempts_hour",
    "velocity.attempts_day",
    "velocity.callees_minute",
    "velocity.callees_hour",
    "velocity.callees_day",
    "velocity.answered_hour",
    "velocity.answered_day",
    "velocity.ended_hour",
    "velocity.ended_day",
    "velocity.one_ring_hour",
    "velocity.one_ring_day",
    "velocity.callers_minute",
    "velocity.callers_hour",
    "velocity.callers_day",
    "velocity.sender_hour",
    "velocity.otp_window",
    "thresholds.caller_attempts_per_minute",
    "thresholds.caller_attempts_per_hour",
    "thresholds.caller_attempts_per_day",
    "thresholds.caller_callees_per_minute",
    "thresholds.caller_callees_per_hour",
    "thresholds.caller_callees_per_day",
    "thresholds.answered_share",
    "thresholds.answered_share_attempts",
    "thresholds.answered_share_callees_per_hour",
    "thresholds.answered_share_callees_per_day",
    "thresholds.one_ring_share",
    "thresholds.one_ring_attempts",
    "thresholds.one_ring_callees",
    "thresholds.callee_callers_per_minute",
    "thresholds.callee_callers_per_hour",
    "thresholds.callee_callers_per_day",
    "thresholds.otp_silenced",
)


def velocity(facts: Facts) -> Said:
    if facts.sender.known:
        return _of_known_sender(facts)
    if facts.stranger:
        return _of_stranger(facts)
    return NOTHING_TO_SAY


def _of_known_sender(facts: Facts) -> Said:
    if facts.sender.own:
        return NOTHING_TO_SAY
    if facts.template.matched and facts.template.otp:
        if facts.velocity.otp_window < facts.thresholds.otp_silenced:
            return NOTHING_TO_SAY
        if facts.at < facts.wish.shield_until:
            return DIVERT, Reason.FLOOD_SHIELD
    if facts.velocity.sender_hour >= facts.sender.ceiling:
        return by_guard(SENDER_ABOVE_CEILING, facts.wish.guard, Reason.SENDER_CEILING)
    return NOTHING_TO_SAY


def _of_stranger(facts: Facts) -> Said:
    reason = _measured(facts)
    said = NOTHING_TO_SAY
    if reason != Reason.NOTHING_SPOKE:
        said = by_guard(STRANGER_VELOCITY, facts.wish.guard, reason)
    if said[0] != BLOCK and facts.at < facts.wish.shield_until:
        return DIVERT, Reason.FLOOD_SHIELD
    return said


def _measured(facts: Facts) -> Reason:
    """What a stranger's measures show. Few answers come last: one-ring calls have few too, and are called so."""
    if _calls_very_many(facts):
        return Reason.VELOCITY_CALLER
    if _many_call_one(facts):
        return Reason.VELOCITY_CALLEE
    if _rings_once(facts):
        return Reason.ONE_RING
    if _few_answer(facts):
        return Reason.VELOCITY_CALLER
    return Reason.NOTHING_SPOKE


def _calls_very_many(facts: Facts) -> bool:
    seen, most = facts.velocity, facts.thresholds
    return (
        seen.attempts_minute >= most.caller_attempts_per_minute
        or seen.attempts_hour >= most.caller_attempts_per_hour
        or seen.attempts_day >= most.caller_attempts_per_day
        or seen.callees_minute > most.caller_callees_per_minute
        or seen.callees_hour > most.caller_callees_per_hour
        or seen.callees_day > most.caller_callees_per_day
    )


def _many_call_one(facts: Facts) -> bool:
    seen, most = facts.velocity, facts.thresholds
    return (
        seen.callers_minute > most.callee_callers_per_minute
        or seen.callers_hour > most.callee_callers_per_hour
        or seen.callers_day > most.callee_callers_per_day
    )


def _rings_once(facts: Facts) -> bool:
    """Most attempts of an hour or a day ended unanswered after one ring, and went to many."""
    seen, least = facts.velocity, facts.thresholds
    in_hour = (
        seen.ended_hour >= least.one_ring_attempts
        and seen.callees_hour >= least.one_ring_callees
        and seen.one_ring_hour >= seen.ended_hour * least.one_ring_share
    )
    return in_hour or (
        seen.ended_day >= least.one_ring_attempts
        and seen.callees_day >= least.one_ring_callees
        and seen.one_ring_day >= seen.ended_day * least.one_ring_share
    )


def _few_answer(facts: Facts) -> bool:
    """Too small a share of an hour's or a day's attempts was answered, and they went to many."""
    seen, least = facts.velocity, facts.thresholds
    in_hour = (
        seen.ended_hour >= least.answered_share_attempts
        and seen.callees_hour >= least.answered_share_callees_per_hour
        and seen.answered_hour < seen.ended_hour * least.answered_share
    )
    return in_hour or (
        seen.ended_day >= least.answered_share_attempts
        and seen.callees_day >= least.answered_share_callees_per_day
        and seen.answered_day < seen.ended_day * least.answered_share
    )
