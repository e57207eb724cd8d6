"""What a subscriber has registered, read: a row of `subscribers` as a readable `Registered`, and back.

What is read of somebody who never registered is what `wurao.wishes` says of them. Called by all of this app.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime
from typing import Any

from wurao.control.registry import record, rows
from wurao.numbering import parse_text
from wurao.wishes import GUARDS, NOTICES, Guard, Notice, Wish

TABLE = "subscribers"


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
    seen = record.last_seq(TABLE, (number,))
    row = rows.row_of(TABLE, (number,))
    return replace(of_row(row), seen=seen) if row else Registered(seen=seen)


def read_written(written: dict[str, Any] | None) -> Registered:
    """What a row says as the history has it; null: nothing was registered."""
    if written is None:
        return Registered()
    row = {**written, "guard": GUARDS.index(written["guard"]), "notice": NOTICES.index(written["notice"])}
    for name in ("only_my_list_until", "shield_until", "since"):
        row[name] = None if row[name] is None else datetime.fromisoformat(row[name])
    row["guardian"] = None if row["guardian"] is None else parse_text(row["guardian"])
    return of_row(row)


def of_row(row: Mapping[str, Any]) -> Registered:
    """A row of `subscribers` in its inside form, readable."""
    wish = {each.name: row[each.name] for each in fields(Wish)}
    others = ("only_my_list_until", "shield_until", "guardian", "operator", "since")
    return Registered(
        wish=Wish(**wish | {"guard": Guard(row["guard"])}),
        notice=Notice(row["notice"]),
        **{name: row[name] for name in others},
    )


def row_with(number: int, wanted: Registered) -> dict[str, Any]:
    """The row of a number that wants this."""
    row: dict[str, Any] = {each.name: getattr(wanted.wish, each.name) for each in fields(Wish)}
    others = ("only_my_list_until", "shield_until", "guardian", "operator", "since")
    row |= {name: getattr(wanted, name) for name in others}
    since = wanted.since or datetime.now(UTC)
    return row | {"number": number, "guard": int(wanted.wish.guard), "notice": int(wanted.notice), "since": since}
