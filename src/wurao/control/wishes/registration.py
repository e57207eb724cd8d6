"""What a subscriber has registered, saved: the one way, whichever way somebody came by.

Comes in: a Number and what it wants. Goes out: a `Change` in the registry's history and outbox, and a text to the
subscriber that says what was changed and how to undo it. What would weaken the protection of somebody with a guardian
waits for the guardian instead (`deeds`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from wurao.control.registry.models import Change
from wurao.control.registry.record import Author, ChangedMeanwhile
from wurao.control.wishes import deeds
from wurao.control.wishes.choices import Choice, chosen
from wurao.control.wishes.differences import difference
from wurao.control.wishes.registered import TABLE, Registered, read_written, registered, row_with
from wurao.errors import Refused

__all__ = [
    "SHIELD_HOURS",
    "TABLE",
    "UNDONE",
    "Registered",
    "amend",
    "confirmed",
    "history",
    "own_change",
    "read_written",
    "registered",
    "save",
    "undo",
    "undo_last",
    "with_choice",
    "with_only_my_list",
    "with_shield",
]

SHIELD_HOURS = (1, 6, 24)
MOST_HOURS = 720
TRIES = 30
"""So often a change is tried over what others changed meanwhile."""
UNDONE, confirmed = deeds.UNDONE, deeds.confirmed


def save(
    number: int,
    wanted: Registered,
    author: Author,
    said: tuple[str, str],
    *,
    checked: bool = True,
    stood: Registered | None = None,
) -> Change:
    """Save what a number wants, and tell it so; `said`: what was changed, in both languages.

    `checked`: ChangedMeanwhile where somebody changed it since `wanted` was read. AwaitsGuardian where one must agree.
    `stood`: what stood as of `wanted.seen`, where the caller has read it; for `checked` alone.
    """
    seen = wanted.seen if checked else None
    row = row_with(number, wanted)
    return deeds.do(number, TABLE, [((number,), row)], author, said, seen=seen, stood=stood if checked else None)[0]


def amend(number: int, how: Callable[[Registered], Registered], author: Author) -> Change:
    """Change what a number wants by `how`, over whatever stands: nothing that others change meanwhile is lost."""
    for tries_left in reversed(range(TRIES)):
        before = registered(number)
        wanted = replace(how(before), seen=before.seen)
        try:
            return save(number, wanted, author, difference(before, wanted), stood=before)
        except ChangedMeanwhile:
            if not tries_left:
                raise
    raise AssertionError("unreachable")


def undo_last(number: int, author: Author, now: datetime | None = None) -> Change:
    """Put back what stood before the last change; Refused where there is none lately."""
    return deeds.undo_last(number, author, now)


def undo(number: int, change: Change, author: Author) -> Change:
    """Put back what stood before a change of the subscriber's; ChangedMeanwhile where it is no longer the last one."""
    return deeds.undo(number, [change], author)


def with_choice(wanted: Registered, choice: Choice) -> Registered:
    """The same with one of the three big choices."""
    return replace(wanted, wish=chosen(wanted.wish, choice))


def with_shield(wanted: Registered, hours: int, now: datetime | None = None) -> Registered:
    """The same with the flood shield up for so many hours; 0 takes it down."""
    if hours not in (0, *SHIELD_HOURS):
        right = f"choose {', '.join(map(str, SHIELD_HOURS))} hours, or 0 to take it down"
        raise Refused(f"{hours} hours are no choice", right=right)
    return replace(wanted, shield_until=(now or datetime.now(UTC)) + timedelta(hours=hours) if hours else None)


def with_only_my_list(wanted: Registered, hours: int, now: datetime | None = None) -> Registered:
    """The same with only the own list let through for so many hours; 0 ends it."""
    if not 0 <= hours <= MOST_HOURS:
        raise Refused(f"{hours} hours are no choice", right=f"choose 1 to {MOST_HOURS} hours, or 0 to end it")
    return replace(wanted, only_my_list_until=(now or datetime.now(UTC)) + timedelta(hours=hours) if hours else None)


def history(number: int, before: int | None = None, most: int = 50) -> list[Change]:
    """The changes on what a number wants and on its lists, the newest first; `before`: those older than a `seq`."""
    found = Change.objects.filter(whose=number, table__in=deeds.TABLES)
    if before is not None:
        found = found.filter(seq__lt=before)
    return list(found.order_by("-seq")[:most])


def own_change(number: int, seq: int) -> Change | None:
    """A change on what a number wants or on its lists; null where it is another's."""
    return Change.objects.filter(seq=seq, whose=number, table__in=deeds.TABLES).first()
