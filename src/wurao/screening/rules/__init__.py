"""The twelve rules, one file each, and the words they speak (DESIGN 5).

A rule is one small pure function, named as its file, from `Facts` to an action and a reason; `READS` beside it names
every fact that it reads. A rule that has nothing to say says `NOTHING_TO_SAY`. `precedence` holds the list, in order,
and asks them; `explain` runs the same functions with a recorder. The rows of the guard table stand here, each with
what is done at the levels off, label, standard and strict.
"""

from __future__ import annotations

from wurao.verdicts import Action, Reason

Said = tuple[Action, Reason]
"""What a rule says."""

SILENT = Action.SILENT
ALLOW = Action.ALLOW
LABEL = Action.LABEL
DIVERT = Action.DIVERT
BLOCK = Action.BLOCK

NOTHING_TO_SAY = (SILENT, Reason.NOTHING_SPOKE)

TIER_PROTECTED, TIER_NEVER = 1, 2
ORDER_LIMITS, ORDER_BLOCKS = 1, 2
"""The places of limit and block in `tables.VERBS`."""
LIST_ALLOWS, LIST_DENIES = 0, 1
"""The places of allow and deny in `tables.LIST_ACTIONS`."""

STRANGER_VELOCITY = (SILENT, LABEL, DIVERT, BLOCK)
SENDER_ABOVE_CEILING = (SILENT, LABEL, LABEL, DIVERT)
TEXT_ABOVE_BLOCK = (SILENT, LABEL, BLOCK, BLOCK)
TEXT_ABOVE_LABEL = (SILENT, LABEL, LABEL, DIVERT)
DOMAIN_BLOCKED = (SILENT, LABEL, BLOCK, BLOCK)
UNREGISTERED = (SILENT, LABEL, LABEL, BLOCK)


def by_guard(row: tuple[Action, Action, Action, Action], guard: int, reason: Reason) -> Said:
    """What a row of the guard table says for a reason at the subscriber's guard level."""
    action = row[guard]
    if action == SILENT:
        return NOTHING_TO_SAY
    return action, reason


def by_order(verb: int, over_limit: bool, reason: Reason) -> Said:
    """What an order says: a block blocks, a limit diverts what exceeds it, a release is silent."""
    if verb == ORDER_BLOCKS:
        return BLOCK, reason
    if verb == ORDER_LIMITS and over_limit:
        return DIVERT, Reason.ORDER_LIMIT
    return NOTHING_TO_SAY
