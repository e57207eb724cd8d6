"""One deed of a subscriber: rows of the own registration or lists, changed together, told, and undone together.

In come the rows that are wanted, or (null) to be taken out; out go the changes. Every way of saying what one wants ends
here, so that each is confirmed by message and none passes the guardian: what would weaken protection is kept and asked
instead (`guardians`), and AwaitsGuardian is raised.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from wurao.control.accounts.messages import send
from wurao.control.message_words import first_word
from wurao.control.registry import record, rows
from wurao.control.registry.models import Change
from wurao.control.registry.record import Author, refuse_overtaken, stood_before
from wurao.control.registry.rows import Wanted
from wurao.control.registry.turns import writing
from wurao.control.waiting import AwaitsGuardian
from wurao.control.wishes import guardians
from wurao.control.wishes.registered import Registered, of_row
from wurao.control.wishes.weakening import weakens, weakens_lists
from wurao.control.wishes.words import Words
from wurao.errors import Refused

TABLES = ("subscribers", "lists")
UNDONE_WITHIN = timedelta(days=30)
CONFIRMED = (
    "【勿扰】您的设置已修改：{zh}。不是您本人或想撤销，回复 {undo}。Wurao: changed: {en}. To undo, reply {undo}."
)
UNDONE = "【勿扰】已撤销上一次修改。Wurao: your last change was undone."
UNDOING = ("撤销上一次修改", "undo the last change")


def do(
    number: int,
    table: str,
    wanted: Wanted,
    author: Author,
    said: tuple[str, str],
    *,
    seen: int | None = None,
    stood: Registered | None = None,
) -> list[Change]:
    """Change rows that are a subscriber's own; `said`: what changes, in both languages.

    ChangedMeanwhile where another change than `seen` was the last; AwaitsGuardian where a guardian must agree. `stood`:
    what was registered as of `seen`, where the caller has read it.
    """
    _ask_guardian(number, table, wanted, author, said, seen, stood)
    return carry_out(number, table, wanted, author, confirmed(said), seen=seen)


def confirmed(said: Words) -> str:
    """What a subscriber is told of a deed, and how to undo it; `said`: what changes, in both languages."""
    return CONFIRMED.format(zh=said[0], en=said[1], undo=first_word("undo"))


def carry_out(
    number: int, table: str, wanted: Wanted, author: Author, text: str, *, seen: int | None = None
) -> list[Change]:
    """The same without asking anybody; `text` is sent to the subscriber."""
    with writing():
        changes = record.change_within(table, wanted, author, seen=seen)
        send(number, text)
    return changes


def undo_last(number: int, author: Author, now: datetime | None = None) -> Change:
    """Put back what stood before the last deed, all of it; Refused where there is none lately."""
    deed = last_deed(number)
    if not deed or deed[0].made_at < (now or datetime.now(UTC)) - UNDONE_WITHIN:
        raise Refused("there is no change to undo", right="a change can be undone for 30 days")
    return undo(number, deed, author)


def undo(number: int, deed: Sequence[Change], author: Author) -> Change:
    """Put back what stood before some changes on one table; ChangedMeanwhile where they are no longer the last."""
    table, stood = deed[0].table, stood_before(deed)
    seen = deed[-1].seq if len(stood) == 1 else None
    _ask_guardian(number, table, stood, author, UNDOING, seen)
    with writing():
        refuse_overtaken(deed)
        return carry_out(number, table, stood, author, UNDONE, seen=seen)[-1]


def last_deed(number: int) -> list[Change]:
    """The changes of the last deed on what a number wants."""
    own = Change.objects.filter(whose=number, table__in=TABLES)
    last = own.order_by("-seq").first()
    return [] if last is None else list(own.filter(made_at=last.made_at, table=last.table).order_by("seq"))


def _ask_guardian(
    number: int,
    table: str,
    wanted: Wanted,
    author: Author,
    said: tuple[str, str],
    seen: int | None,
    stood: Registered | None = None,
) -> None:
    """AwaitsGuardian, once asked, where the number has a guardian and what is wanted weakens its protection."""
    if stood is None:
        row = rows.row_of("subscribers", (number,))
        stood = of_row(row) if row else Registered()
    if stood.guardian is None or not _weakens(table, stood, wanted):
        return
    raise AwaitsGuardian(guardians.ask_about(number, stood.guardian, table, wanted, author, said, seen).pk)


def _weakens(table: str, before: Registered, wanted: Wanted) -> bool:
    if table == "subscribers":
        after = wanted[0][1]
        return weakens(before, of_row(after) if after else Registered(), datetime.now(UTC))
    stood = rows.rows_of(table, [key for key, _ in wanted])
    return any(weakens_lists(stood.get(key), after) for key, after in wanted)
