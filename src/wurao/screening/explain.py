"""The same rules, run with a recorder: what each was asked, looked at and said, and which one decided.

`explain` takes the `Facts` of one event, as the engine gathers them, and unrolls the list of `precedence` with a
recorder around every rule, so that precedence is never told twice. Out comes an `Explanation`; `as_dict` is what
`wurao explain --json` prints. The command line, the API and the console call it through the engine.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any, cast

from wurao.content.explaining import Moved
from wurao.content.extract import Find
from wurao.events.columns import ATTESTATIONS, ROAMINGS
from wurao.numbering.number import KINDS
from wurao.reasons import wordings
from wurao.screening.facts import NONE, Facts
from wurao.screening.precedence import RESCUE_READS, RULES, Decision, Rule, unroll
from wurao.screening.rules import Said
from wurao.screening.words import RULES_EN, RULES_ZH
from wurao.tables.declared import LIST_ACTIONS, VERBS
from wurao.verdicts import Action, Reason
from wurao.wishes import (
    BANDS,
    CATEGORIES,
    CHANNELS,
    DAY_TYPES,
    EVERYTHING,
    GUARDS,
    MARKETING_CATEGORIES,
    WISH_CHANNELS,
)

Value = bool | int | float | str | None
"""A fact as people read it."""

BAND_NAMES = tuple(f"{first}-{last}" for first, last in zip(BANDS, (*BANDS[1:], "24"), strict=True))

_TIERS = (None, "protected", "never")
_CODES: Mapping[str, tuple[str | None, ...]] = {
    "channel": CHANNELS,
    "day_type": DAY_TYPES,
    "band": BAND_NAMES,
    "callee_tier": _TIERS,
    "attestation": ATTESTATIONS,
    "roaming": ROAMINGS,
    "category": CATEGORIES,
    "declared": CATEGORIES,
    "listed": LIST_ACTIONS,
    "caller.kind": KINDS,
    "caller.tier": _TIERS,
    "wish.guard": GUARDS,
    "fraud.verb": VERBS,
    "harassment.verb": VERBS,
}
_BITS = {
    "wish.marketing": tuple(f"{category}_{channel}" for category in MARKETING_CATEGORIES for channel in WISH_CHANNELS),
    "wish.hours": tuple(f"{day}_{band}" for day in DAY_TYPES for band in BAND_NAMES),
}
_TIMES = ("at", "wish.only_my_list_until", "wish.shield_until", "velocity.rescue_since", "velocity.rescue_until")
_CHINA = timezone(timedelta(hours=8))
_EPOCH = datetime(1970, 1, 1, 8, tzinfo=_CHINA)


@dataclass(slots=True)
class RuleRecord:
    """One rule: whether it was asked, what it looked at, what it said, whether it decided."""

    rule: str
    asked: bool = False
    looked_at: dict[str, Value] = field(default_factory=dict)
    """Field → value, in the order of looking."""
    said: dict[str, str] | None = None
    """Its action and reason; None where it was silent."""
    decided: bool = False

    @property
    def words(self) -> tuple[str, str]:
        """What people call the rule, Chinese and English."""
        return RULES_ZH[self.rule], RULES_EN[self.rule]


@dataclass(frozen=True, slots=True)
class TextTold:
    """What was read of a text."""

    class_of: str | None
    kind: str | None
    score: float
    """The one that rule 8 looked at: a known sender's, or anybody else's."""
    links: tuple[str, ...]
    finds: tuple[Find, ...]
    """Links, numbers, codes and the like, in the order in which they stand in the plain text."""
    templates: tuple[str, ...]
    """The registered templates that it fits, the first few, whoever's they are."""
    moved: tuple[Moved, ...] = ()
    """The claims, requests and words that moved the score, the strongest first."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """A verdict, and how it came about."""

    action: Action
    reason: Reason
    label: Reason | None
    overseas_mark: bool
    rules: tuple[RuleRecord, ...]
    """All twelve, in order."""
    text: TextTold | None = None
    """What was read of the message's text, where it may be read."""

    def as_dict(self) -> dict[str, Any]:
        """What `wurao explain --json` prints (CONTRACTS, Commands)."""
        wording = wordings()[self.reason]
        return {
            "action": self.action.code,
            "reason": self.reason.name,
            "label": self.label.name if self.label is not None else None,
            "sentence_zh": wording.sentence_zh,
            "sentence_en": wording.sentence_en,
            "overseas_mark": self.overseas_mark,
            "rules": [asdict(record) for record in self.rules],
        }


def explain(facts: Facts, rules: tuple[Rule, ...] = RULES) -> Explanation:
    """Ask the rules and keep account. A rule that raises gives what screening gives: allow, with reason FAULT."""
    records = tuple(RuleRecord(rule.__name__) for rule in rules)
    asked = tuple(_recorded(rule, record) for rule, record in zip(rules, records, strict=True))
    try:
        decision = unroll(asked)(facts)
    except Exception:
        decision = Decision(Action.ALLOW.value, Reason.FAULT.value, NONE, NONE)
    if decision.rule != NONE:
        records[decision.rule].decided = True
    if decision.reason == Reason.RESCUE_CALLBACK:
        recorder = _Recorder(facts, records[decision.rule].looked_at)
        for name in RESCUE_READS:
            functools.reduce(getattr, name.split("."), recorder)
    label = Reason(decision.label) if decision.label != NONE else None
    return Explanation(Action(decision.action), Reason(decision.reason), label, bool(facts.overseas), records)


def shown(name: str, value: Any) -> Value:
    """A fact as people read it: codes by name, times in China Standard Time, wishes by what they refuse.

    What a damaged page may hold, a code or a time that is none, is shown as the number that it is.
    """
    if name in _TIMES:
        return _time(int(value)) if value or name == "at" else None
    if name in _CODES:
        codes = _CODES[name]
        return None if value == NONE else codes[value] if 0 <= value < len(codes) else int(value)
    if name in _BITS:
        return _refused(int(value), _BITS[name])
    if hasattr(value, "item"):
        return cast(Value, value.item())
    return cast(Value, value)


def _time(moment: int) -> Value:
    try:
        return (_EPOCH + timedelta(microseconds=moment)).isoformat()
    except OverflowError:
        return moment


def _refused(bits: int, codes: tuple[str, ...]) -> str:
    if bits == EVERYTHING:
        return "refuses nothing"
    if bits == 0:
        return "refuses everything"
    return "refuses " + " ".join(code for place, code in enumerate(codes) if not bits >> place & 1)


class _Recorder:
    """Facts that note what is read of them."""

    def __init__(self, facts: Any, looked_at: dict[str, Value], prefix: str = "") -> None:
        self._facts, self._looked_at, self._prefix = facts, looked_at, prefix

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._facts, name)
        full = self._prefix + name
        if hasattr(value, "_fields"):
            return _Recorder(value, self._looked_at, f"{full}.")
        self._looked_at[full] = shown(full, value)
        return value


def _recorded(rule: Rule, record: RuleRecord) -> Callable[[Facts], Said]:
    @functools.wraps(rule)
    def asked(facts: Facts) -> Said:
        record.asked = True
        action, reason = rule(cast(Facts, _Recorder(facts, record.looked_at)))
        if action != Action.SILENT:
            record.said = {"action": action.code, "reason": reason.name}
        return action, reason

    return asked
