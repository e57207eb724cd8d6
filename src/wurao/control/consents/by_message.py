"""Which firm a subscriber means who takes consents back by short message.

A firm is named by one of its headers, as the message that one wants no more shows it, or by its name or a part of it.
Only firms that the subscriber agreed to come into question. Called by `wishes.keywords`.
"""

from __future__ import annotations

from wurao.control.consents.given import in_force
from wurao.control.consents.texts import firm_name
from wurao.control.message_words import plain
from wurao.control.registry import rows
from wurao.numbering import parse_text
from wurao.numbering.number import starts_with
from wurao.tables import MATCHES

SHORTEST_PART = 2
_EXACT = MATCHES.index("exact")


def firms_named(number: int, named: str) -> dict[str, str]:
    """The firms that may be meant, by `sender_id`, with what they are called; `named` is as `plain` leaves a text."""
    agreed = {sender_id: firm_name(sender_id) for sender_id in {row["sender_id"] for row in in_force(number)}}
    header = parse_text(named)
    found = {sender_id: name for sender_id, name in agreed.items() if _has_header(sender_id, header)}
    found = found or {sender_id: name for sender_id, name in agreed.items() if plain(name) == named}
    if found or len(named) < SHORTEST_PART:
        return found
    return {sender_id: name for sender_id, name in agreed.items() if named in plain(name)}


def _has_header(sender_id: str, header: int) -> bool:
    return any(
        row["header"] == header if row["match"] == _EXACT else starts_with(header, row["header"])
        for row in rows.rows_where("headers", sender_id=sender_id)
    )
