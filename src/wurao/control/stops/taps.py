"""What a subscriber answers to a stop at one tap: let through next time, never again, this was fraud; and takes back.

Lists and wishes change by `wishes.lists` and `wishes.registration`, as from everywhere else. Called by `views` and
`api`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Literal

from wurao.control.registry import rows
from wurao.control.registry.models import MODELS, Change
from wurao.control.registry.record import Author
from wurao.control.stops.found import Stop
from wurao.control.stops.models import FraudReport
from wurao.control.stops.remedies import Way, can_be_denied, remedy_of
from wurao.control.wishes import lists, registration
from wurao.control.wishes.differences import difference
from wurao.errors import Refused
from wurao.numbering import canonical

Entry = Literal["allow", "deny"]
ENTRIES: tuple[Entry, Entry] = ("allow", "deny")
"""As `LIST_ACTIONS`."""


def let_through(stop: Stop, author: Author) -> Change:
    """Let the same through from now on; Refused, with the reason, where that is not the subscriber's to decide."""
    remedy = remedy_of(stop)
    if remedy.way is Way.ENTRY:
        return _enter(stop, "allow", author)
    if remedy.change is None:
        raise Refused("cannot be let through by its callee", where=stop.event, right=remedy.words[1])
    before = registration.registered(stop.callee)
    wanted = remedy.change(before)
    return registration.save(stop.callee, wanted, author, difference(before, wanted))


def never_again(stop: Stop, author: Author) -> Change:
    """Keep the caller out from now on."""
    if not can_be_denied(stop):
        right = "it is stopped already, and the number shown is not the caller's"
        raise Refused("an entry would not keep it out", where=stop.event, right=right)
    return _enter(stop, "deny", author)


def undo(number: int, seq: int, author: Author) -> Change | None:
    """Put back what stood before one of the own taps; null where it was none. ChangedMeanwhile after another."""
    change = registration.own_change(number, seq)
    return None if change is None else registration.undo(number, change, author)


def report_fraud(stop: Stop, author: Author) -> FraudReport:
    """Keep that this was fraud; saying it twice is saying it once."""
    given = {
        "event_id": stop.event_id,
        "at": stop.at,
        "caller": stop.caller,
        "channel": stop.channel,
        "action": stop.action,
        "reason": stop.reason.name,
        "sender_id": stop.sender_id or "",
        "way": author.way,
        "withdrawn_at": None,
    }
    report, _ = FraudReport.objects.update_or_create(number=stop.callee, event=stop.event, defaults=given)
    return report


def withdraw_report(stop: Stop) -> bool:
    """Take a report back; whether there was one."""
    standing = FraudReport.objects.filter(number=stop.callee, event=stop.event, withdrawn_at=None)
    return bool(standing.update(withdrawn_at=datetime.now(UTC)))


def reported(number: int, events: list[str]) -> set[str]:
    """Which of some stops the subscriber called fraud."""
    standing = FraudReport.objects.filter(number=number, event__in=events, withdrawn_at=None)
    return set(standing.values_list("event", flat=True))


def entries_of(number: int, callers: Iterable[int]) -> dict[int, tuple[Entry, int | None]]:
    """What the own list says of some callers, and the `seq` of the last change that said it, by which it is undone."""
    held = MODELS[lists.TABLE].objects.filter(subscriber=number, entry__in=callers, match=lists.EXACT)
    actions = dict(held.values_list("entry", "action"))
    keys = {rows.key_text(lists.TABLE, (number, caller, lists.EXACT)): caller for caller in actions}
    changes = Change.objects.filter(table=lists.TABLE, key__in=keys).order_by("seq").values_list("key", "seq")
    last = {keys[key]: seq for key, seq in changes}
    return {caller: (ENTRIES[action], last.get(caller)) for caller, action in actions.items()}


def _enter(stop: Stop, action: str, author: Author) -> Change:
    change = lists.put_one(stop.callee, canonical(stop.caller), action, author)
    assert change is not None  # a caller with a number, which `remedies` saw to
    return change
