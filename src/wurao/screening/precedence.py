"""The twelve rules in order, and how one verdict comes of what they say (DESIGN 5).

`RULES` is the only list. `decide` takes `Facts` and asks the rules in turn; out comes a `Decision` of plain integers.
It is one source for one event and for a column of millions, compiled with the engine; since compiled code cannot walk
over a tuple of different functions, `unroll` writes the walk out as straight lines. The engine calls `decide`;
`explain` unrolls the same rules with a recorder around each.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from types import CodeType, FunctionType
from typing import NamedTuple

from wurao.screening.facts import NONE, Facts
from wurao.screening.rules import Said
from wurao.screening.rules.consent import consent
from wurao.screening.rules.content import content
from wurao.screening.rules.identity import identity
from wurao.screening.rules.my_lists import my_lists
from wurao.screening.rules.nothing_spoke import nothing_spoke
from wurao.screening.rules.only_my_list import only_my_list
from wurao.screening.rules.order_fraud import order_fraud
from wurao.screening.rules.order_harassment import order_harassment
from wurao.screening.rules.public_safety import public_safety
from wurao.screening.rules.registration import registration
from wurao.screening.rules.velocity import velocity
from wurao.screening.rules.wishes import wishes
from wurao.verdicts import Action, Reason
from wurao.wishes import Channel

Rule = Callable[[Facts], Said]

RULES: tuple[Rule, ...] = (
    public_safety,
    order_fraud,
    identity,
    my_lists,
    order_harassment,
    only_my_list,
    velocity,
    content,
    registration,
    consent,
    wishes,
    nothing_spoke,
)
"""Every rule, in the order in which they are asked."""

RULE_NAMES = tuple(rule.__name__ for rule in RULES)

RESCUED = frozenset(RULE_NAMES[3:11])
"""Rules 4 to 11: what they would stop comes through while rescuers may be ringing back."""

RESCUE_READS = ("at", "channel", "velocity.rescue_since", "velocity.rescue_until")
"""What `settle` reads to know whether they may."""


class Decision(NamedTuple):
    """What is done and why, as the integers of `Action` and `Reason`; `label` and its reason, or NONE."""

    action: int
    reason: int
    label: int
    """The first label's reason, NONE where no rule labelled."""
    rule: int
    """The place in the list of the rule that decided."""


def settle(facts: Facts, action: int, reason: int, label: int, place: int, rescued: bool) -> Decision:
    """What comes of the first rule that says allow, divert or block, given the first label before it.

    `rescued` says whether the rule is one of those that may not stop the rescue services ringing back.
    """
    if rescued and action >= Action.DIVERT and _may_be_rescue(facts):
        first = Reason.RESCUE_CALLBACK.value if label == NONE else label
        return Decision(Action.LABEL.value, Reason.RESCUE_CALLBACK.value, first, 0)
    if action == Action.ALLOW and label != NONE:
        kept = label if reason == Reason.NOTHING_SPOKE else reason
        return Decision(Action.LABEL.value, kept, label, place)
    return Decision(action, reason, label, place)


def _may_be_rescue(facts: Facts) -> bool:
    rescue = facts.velocity
    return facts.channel != Channel.MESSAGE and rescue.rescue_since <= facts.at < rescue.rescue_until


def unroll(rules: tuple[Rule, ...]) -> Callable[[Facts], Decision]:
    """The plain function that asks these rules in order; the last must not be silent.

    Its name tells the rules apart by their code, because machine code is kept under the name. A rule from outside the
    package may therefore call nothing and read no global but what the package has.
    """
    name = f"decide_{_fingerprint(rules)}"
    lines = [f"def {name}(facts):", "    label = -1"]
    for place, rule in enumerate(rules):
        lines += [
            f"    action, reason = rule_{place}(facts)",
            "    if action >= 0 and action != 1:",
            f"        return settle(facts, action.value, reason.value, label, {place}, {rule.__name__ in RESCUED})",
            "    if action == 1 and label < 0:",
            "        label = reason.value",
        ]
    lines.append("    raise ValueError('the last rule was silent')")
    made = compile("\n".join(lines), __file__, "exec")
    code = next(constant for constant in made.co_consts if isinstance(constant, CodeType))
    asked = {f"rule_{place}": rule for place, rule in enumerate(rules)}
    return FunctionType(code, {"__name__": __name__, "settle": settle, **asked})


def _fingerprint(rules: tuple[Rule, ...]) -> str:
    digest = hashlib.sha256()
    for rule in rules:
        code = rule.__code__
        cells = [cell.cell_contents for cell in rule.__closure__ or ()]
        said = (rule.__module__, rule.__qualname__, code.co_code, code.co_names, code.co_consts, cells)
        digest.update(repr(said).encode())
    return digest.hexdigest()[:12]


decide = unroll(RULES)
"""The decision on one event's facts; `wurao.compiled` compiles it with whatever calls it."""
