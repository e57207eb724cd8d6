"""How an attempt came out, and when that counts (CONTRACTS, Velocity).

An answered call counts when it ends, at + ring_s + duration_s, or at + 60 s where either is unknown; an unanswered one
at + 60 s. An unknown outcome, a message's, and that of a stopped attempt never count.
"""

from __future__ import annotations

import math

from wurao.screening.velocity.log import ANSWERED, LONGEST_DELTA, NO_OUTCOME, ONE_RING, UNANSWERED, entry_of

UNKNOWN_MS = 60_000
LONGEST_S = 67_000.0


def flag_of(answered: int, ring_s: float, one_ring_us: int) -> int:
    """The outcome of an attempt by what is known of it; -1 for answered: nothing."""
    if answered < 0:
        return NO_OUTCOME
    if answered > 0:
        return ANSWERED
    return ONE_RING if ring_s * 1_000_000.0 < one_ring_us else UNANSWERED


def lasting_ms(flag: int, ring_s: float, duration_s: float) -> int:
    """How long after the attempt its outcome counts."""
    lasted = ring_s + duration_s
    if flag != ANSWERED or not lasted >= 0.0:
        return UNKNOWN_MS
    return math.ceil(min(lasted, LONGEST_S) * 1000.0)


def attempt_entry(at: int, flag: int, ring_s: float, duration_s: float) -> int:
    """The log entry of an attempt: its time (ms), its outcome and when that counts, in ticks of 128 ms rounded up."""
    if flag == NO_OUTCOME:
        return entry_of(at, 0, NO_OUTCOME)
    tick = (at + lasting_ms(flag, ring_s, duration_s) + 127) >> 7
    return entry_of(at, min(tick - (at >> 7), LONGEST_DELTA), flag)
