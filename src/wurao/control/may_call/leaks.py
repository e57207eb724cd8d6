"""Who asked: a list that turned up where it should not, held against the mark of every firm that ever asked.

**The statistics.** No number of a firm's answer has a mark below the asking's threshold, under the firm's own key. To
any other firm's key the same numbers look random: each lies below with probability p = 0.45%. Of n leaked numbers an
innocent firm has Binomial(n, p) hits, n·p on average; the one who asked has none, or as few as foreign numbers mixed in
bring. The chance that an innocent firm has as few as h is the lower tail, for h = 0 (1 - p)^n ≈ e^(-np). With M firms
tried, M times that bounds the chance that any of them is wrongly pointed at; a firm is pointed at below `WRONG`. So it
works from n ≥ ln(M ÷ WRONG) ÷ p on: 100 firms need 2,560 leaked numbers, 1,000 firms 3,080; of a tenth of a list the
answer had 25,600 or 30,800. No scheme that only withholds, 0.5% at most, could do with less than nine tenths
of that, since a number tells -ln(1 - p) at most. Measured: docs/decisions/0028.

Two firms that lay their answers together lose both marks; one firm that lays its own together does not. Which asking of
a firm it was is told by samples: of every answer the same 64th of all numbers is kept.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from wurao.control.may_call.marking import SHARE, SPACE, key_of, marks_of
from wurao.control.may_call.models import Asking

Ints = npt.NDArray[np.int64]

WRONG = 0.001
"""A firm is pointed at where the chance that this is wrong, of all firms tried, is below."""
SAMPLED = 64
_EVERYBODY = b"may-call sample."
SHOWN = 20


@dataclass(frozen=True, slots=True)
class AskingSeen:
    """One asking of a firm, and how much of the leaked list was in its answer."""

    asking: Asking
    share: float
    """Of the leaked list's sample; a rough figure for a short list."""

    @property
    def share_shown(self) -> str:
        """As a page shows it."""
        return f"{self.share:.0%}"


@dataclass(frozen=True, slots=True)
class Suspect:
    """One firm held against the list."""

    sender_id: str
    hits: int
    """Leaked numbers that its answers never had."""
    expected: float
    """So many an innocent firm has on average."""
    chance: float
    """That any innocent firm of those tried looks like this, at most."""
    askings: list[AskingSeen] = field(default_factory=list)

    @property
    def is_pointed_at(self) -> bool:
        """Whether the list came from this firm."""
        return self.chance < WRONG

    @property
    def chance_shown(self) -> str:
        """As a page shows it."""
        return f"{self.chance:.1e}" if self.chance < WRONG else f"{self.chance:.2f}"


@dataclass(frozen=True, slots=True)
class Traced:
    """What a leaked list tells."""

    numbers: int
    tried: int
    """Firms and thresholds tried."""
    needed: int
    """From so many numbers on a firm can be pointed at."""
    suspects: list[Suspect]
    """The likeliest first."""


def trace(numbers: Ints) -> Traced:
    """Hold distinct leaked numbers against every firm that asked."""
    thresholds: dict[str, set[int]] = {}
    for sender_id, threshold in Asking.objects.filter(threshold__gt=0).values_list("sender_id", "threshold").distinct():
        thresholds.setdefault(sender_id, set()).add(threshold)
    tried = sum(map(len, thresholds.values()))
    suspects = []
    for sender_id, each in thresholds.items():
        marks = marks_of(numbers, key_of(sender_id))
        found = [_held_against(sender_id, marks, threshold, tried) for threshold in each]
        suspects.append(min(found, key=lambda suspect: suspect.chance))
    suspects.sort(key=lambda suspect: suspect.chance)
    for suspect in suspects[:SHOWN]:
        if suspect.is_pointed_at:
            suspect.askings.extend(_askings(suspect.sender_id, sample_of(numbers)))
    return Traced(len(numbers), tried, numbers_needed(max(tried, 1)), suspects[:SHOWN])


def numbers_needed(tried: int) -> int:
    """How many leaked numbers it takes among so many firms."""
    return math.ceil(math.log(tried / WRONG) / -math.log1p(-SHARE))


def sample_of(numbers: Ints) -> Ints:
    """A 64th of some numbers, in rising order: the same ones whoever asks."""
    return np.sort(numbers[marks_of(numbers, _EVERYBODY) < SPACE // SAMPLED])


def lower_tail(hits: int, count: int, share: float) -> float:
    """The chance of at most so many hits among a count, each with the same share; 1 for as many as usual."""
    if hits >= count * share:
        return 1.0
    logs = [
        math.lgamma(count + 1)
        - math.lgamma(each + 1)
        - math.lgamma(count - each + 1)
        + each * math.log(share)
        + (count - each) * math.log1p(-share)
        for each in range(hits + 1)
    ]
    highest = max(logs)
    return math.exp(highest) * math.fsum(math.exp(each - highest) for each in logs)


def _held_against(sender_id: str, marks: Ints, threshold: int, tried: int) -> Suspect:
    hits, share = int(np.count_nonzero(marks < threshold)), threshold / SPACE
    chance = min(1.0, tried * lower_tail(hits, len(marks), share))
    return Suspect(sender_id, hits, len(marks) * share, chance)


def _askings(sender_id: str, sample: Ints) -> list[AskingSeen]:
    """The askings of a firm, those whose answers held most of the list first."""
    found = []
    for asking in Asking.objects.filter(sender_id=sender_id).order_by("-at").iterator():
        held = np.frombuffer(bytes(asking.sample), "<i8")
        common = np.intersect1d(sample, held, assume_unique=True)
        if len(common):
            found.append(AskingSeen(asking, len(common) / len(sample)))
    return sorted(found, key=lambda seen: -seen.share)[:SHOWN]
