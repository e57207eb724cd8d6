"""All that a subscriber said yes to, in one place: seen, taken back one by one or all of a firm, and that undone.

Rows of the registry's `consents` come out as `Given`; a revocation is the row with `revoked` set. Both kinds of change
are told to the subscriber by message. Taking back asks nobody; to undo it lets more through again, and the guardian of
whoever has one is asked instead.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from wurao.control.accounts.messages import send
from wurao.control.consents.models import Request
from wurao.control.consents.texts import firm_name
from wurao.control.registry import record, rows
from wurao.control.registry.models import Change
from wurao.control.registry.record import Author, refuse_overtaken
from wurao.control.registry.turns import writing
from wurao.control.waiting import AwaitsGuardian
from wurao.control.wishes import guardians
from wurao.errors import Refused
from wurao.numbering import parse_text
from wurao.wishes import CATEGORIES, WISH_CHANNELS

TABLE = "consents"
UNDONE_WITHIN = timedelta(days=30)
REVOKED = (
    "【勿扰】您已撤回对{firms}的 {count} 项同意。误操作可登录勿扰恢复。Wurao: {count} consents to {firms} taken back."
)
NAMED = 3
"""So many firms are named; of more it is said how many there are."""
REVOCATION = "revocation"
"""What a question to a guardian is about."""
WANTED = ("恢复对{firms}的 {count} 项同意", "put {count} consents to {firms} back in force")
UNDONE = "【勿扰】已恢复您刚才撤回的 {count} 项同意。Wurao: {count} consents are in force again."


@dataclass(frozen=True, slots=True)
class Given:
    """One consent as its subscriber sees it."""

    consent_id: str
    sender_id: str
    firm: str
    categories: list[str]
    channels: list[str]
    max_per_day: int | None
    given: datetime
    expires: datetime | None
    revoked: datetime | None
    wording: str | None
    proof_sha256: str | None

    def is_in_force(self, now: datetime) -> bool:
        """Whether it lets the sender through at a time."""
        ends = [each for each in (self.expires, self.revoked) if each is not None]
        return self.given <= now and all(now < each for each in ends)


def consents_of(number: int) -> list[Given]:
    """Everything that a number said yes to, the newest first; ended ones too."""
    names: dict[str, str] = {}
    found = []
    for row in rows.rows_where(TABLE, subscriber=number):
        sender = row["sender_id"]
        names[sender] = names.get(sender) or firm_name(sender)
        found.append(_given(row, names[sender]))
    return sorted(found, key=lambda each: each.given, reverse=True)


def in_force(number: int) -> list[dict[str, Any]]:
    """The rows of a number's consents that may still let somebody through: neither taken back nor expired."""
    now = datetime.now(UTC)
    held = rows.rows_where(TABLE, subscriber=number, revoked=None)
    return [row for row in held if row["expires"] is None or row["expires"] > now]


def revoke(
    number: int,
    author: Author,
    *,
    consent_id: str | None = None,
    sender_id: str | None = None,
    everything: bool = False,
) -> list[Change]:
    """Take back one consent, all to a sender, or all; none where there is nothing in force to take back."""
    now = datetime.now(UTC)
    with writing():
        # What waits for the guardian is wanted no more, either.
        agreed = Request.objects.filter(subscriber=number, state="agreed")
        (agreed if everything else agreed.filter(sender_id=sender_id)).update(state="declined")
        wanted = [
            row | {"revoked": max(now, row["given"])}
            for row in in_force(number)
            if everything or row["consent_id"] == consent_id or row["sender_id"] == sender_id
        ]
        if not wanted:
            return []
        changes = record.put_all(TABLE, wanted, author)
        send(number, told(changes))
    return changes


def told(revoked: Sequence[Change]) -> str:
    """What a subscriber is told of the consents that were taken back."""
    return REVOKED.format(**_named(revoked))


def undo(number: int, seqs: Iterable[int], author: Author) -> list[Change]:
    """Put back what these changes revoked; Refused where they are none of the number's, or raises as `record.undo`.

    AwaitsGuardian, once asked, where a guardian must agree.
    """
    chosen = sorted(set(seqs))
    found = list(Change.objects.filter(seq__in=chosen, table=TABLE))
    since = datetime.now(UTC) - UNDONE_WITHIN
    if not found or len(found) != len(chosen) or not all(_is_own_revocation(each, number, since) for each in found):
        raise Refused("there is nothing to undo", right="a revocation can be undone for 30 days")
    guardian = guardians.guardian_of(number)
    if guardian is not None:
        refuse_overtaken(found)
        said = (WANTED[0].format(**_named(found)), WANTED[1].format(**_named(found)))
        asked = guardians.ask_about_consent(number, guardian, [REVOCATION, *chosen], author, said)
        raise AwaitsGuardian(asked.pk)
    with writing():
        changes = put_back(chosen, author)
        send(number, UNDONE.format(count=len(changes)))
    return changes


def put_back(seqs: Iterable[int], author: Author) -> list[Change]:
    """The same without asking or telling anybody, as a guardian agreed to it; all or none."""
    with writing():
        revoked = Change.objects.filter(seq__in=list(seqs), table=TABLE).order_by("seq")
        return [record.undo(each, author) for each in revoked]


def _named(revoked: Sequence[Change]) -> dict[str, Any]:
    """The firms of some revocations and how many these are, as texts have it."""
    senders = dict.fromkeys(str(each.row["sender_id"]) for each in revoked if each.row)
    names = "、".join(firm_name(each) for each in list(senders)[:NAMED])
    return {"firms": names if len(senders) <= NAMED else f"{names}等 {len(senders)} 家企业", "count": len(revoked)}


def _is_own_revocation(change: Change, number: int, since: datetime) -> bool:
    row, before = change.row, change.before
    return bool(
        row
        and before
        and row["revoked"]
        and not before["revoked"]
        and parse_text(row["subscriber"]) == number
        and change.made_at >= since
    )


def _given(row: dict[str, Any], firm: str) -> Given:
    same = ("consent_id", "sender_id", "max_per_day", "given", "expires", "revoked", "wording", "proof_sha256")
    return Given(
        firm=firm,
        categories=[code for place, code in enumerate(CATEGORIES) if row["categories"] >> place & 1],
        channels=[code for place, code in enumerate(WISH_CHANNELS) if row["channels"] >> place & 1],
        **{name: row[name] for name in same},
    )
