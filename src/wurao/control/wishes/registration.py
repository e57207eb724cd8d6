"""What a subscriber has registered, read and saved: the one way, whichever way somebody came by.

Comes in: a Number and what it wants. Goes out: a `Change` in the registry's history and outbox, and a text to the
subscriber that says what was changed and how to undo it. What is read of somebody who never registered is what
`wurao.wishes` says of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from wurao.control.accounts.messages import send
from wurao.control.registry import record, rows
from wurao.control.registry.models import Change
from wurao.control.registry.record import Author
from wurao.control.registry.turns import writing
from wurao.errors import Refused
from wurao.wishes import GUARDS, NOTICES, Guard, Notice, Wish

TABLE = "subscribers"
SHIELD_HOURS = (1, 6, 24)
UNDONE_WITHIN = timedelta(days=30)
CONFIRMED = "【勿扰】您的设置已修改：{zh}。不是您本人或想撤销，回复 CXSZ。Wurao: changed: {en}. To undo, reply CXSZ."
UNDONE = "【勿扰】已撤销上一次修改。Wurao: your last change was undone."


@dataclass(frozen=True, slots=True)
class Registered:
    """All that stands in a row of `subscribers`, readable."""

    wish: Wish = field(default_factory=Wish)
    notice: Notice = Notice.NONE
    only_my_list_until: datetime | None = None
    shield_until: datetime | None = None
    guardian: int | None = None
    operator: str | None = None
    since: datetime | None = None
    seen: int = 0
    """The `seq` of the last change on it; 0 where there never was one."""


def registered(number: int) -> Registered:
    """What a number has registered."""
    last = record.last_change(TABLE, (number,))
    row = rows.row_of(TABLE, (number,))
    seen = last.seq if last else 0
    return replace(_of_row(row), seen=seen) if row else Registered(seen=seen)


def read_written(written: dict[str, Any] | None) -> Registered:
    """What a row says as the history has it; null: nothing was registered."""
    if written is None:
        return Registered()
    row = {**written, "guard": GUARDS.index(written["guard"]), "notice": NOTICES.index(written["notice"])}
    for name in ("only_my_list_until", "shield_until", "since"):
        row[name] = None if row[name] is None else datetime.fromisoformat(row[name])
    return _of_row(row | {"guardian": None})


def save(number: int, wanted: Registered, author: Author, said: tuple[str, str], *, checked: bool = True) -> Change:
    """Save what a number wants, and tell it so; `said`: what was changed, in both languages.

    `checked`: ChangedMeanwhile where somebody changed it since `wanted` was read.
    """
    seen = wanted.seen if checked else None
    with writing():
        change = record.put(TABLE, row_with(number, wanted), author, seen=seen)
        send(number, CONFIRMED.format(zh=said[0], en=said[1]))
    return change


def undo_last(number: int, author: Author, now: datetime | None = None) -> Change:
    """Put back what stood before the last change; Refused where there is none lately."""
    last = record.last_change(TABLE, (number,))
    if last is None or last.made_at < (now or datetime.now(UTC)) - UNDONE_WITHIN:
        raise Refused("there is no change to undo", right="a change can be undone for 30 days")
    return undo(number, last, author)


def undo(number: int, change: Change, author: Author) -> Change:
    """Put back what stood before a change; ChangedMeanwhile where it is no longer the last one."""
    with writing():
        undone = record.undo(change, author)
        send(number, UNDONE)
    return undone


def with_shield(wanted: Registered, hours: int, now: datetime | None = None) -> Registered:
    """The same with the flood shield up for so many hours; 0 takes it down."""
    if hours not in (0, *SHIELD_HOURS):
        right = f"choose {', '.join(map(str, SHIELD_HOURS))} hours, or 0 to take it down"
        raise Refused(f"{hours} hours are no choice", right=right)
    return replace(wanted, shield_until=(now or datetime.now(UTC)) + timedelta(hours=hours) if hours else None)


def history(number: int, before: int | None = None, most: int = 50) -> list[Change]:
    """The changes on what a number wants, the newest first; `before`: those older than a `seq`."""
    found = Change.objects.filter(table=TABLE, key=rows.key_text(TABLE, (number,)))
    if before is not None:
        found = found.filter(seq__lt=before)
    return list(found.order_by("-seq")[:most])


def _of_row(row: Mapping[str, Any]) -> Registered:
    wish = {each.name: row[each.name] for each in fields(Wish)}
    others = ("only_my_list_until", "shield_until", "guardian", "operator", "since")
    return Registered(
        wish=Wish(**wish | {"guard": Guard(row["guard"])}),
        notice=Notice(row["notice"]),
        **{name: row[name] for name in others},
    )


def row_with(number: int, wanted: Registered) -> dict[str, Any]:
    """The row of `subscribers` in which a number wants this."""
    row: dict[str, Any] = {each.name: getattr(wanted.wish, each.name) for each in fields(Wish)}
    others = ("only_my_list_until", "shield_until", "guardian", "operator", "since")
    row |= {name: getattr(wanted, name) for name in others}
    since = wanted.since or datetime.now(UTC)
    return row | {"number": number, "guard": int(wanted.wish.guard), "notice": int(wanted.notice), "since": since}
