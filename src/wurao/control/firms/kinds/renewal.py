"""A firm renews its registration: the name and contact as they are now; its term, and that of its headers, goes on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from wurao.control.accounts.codes import subscriber_number
from wurao.control.firms.findings import Finding, NotRight
from wurao.control.firms.kinds.registration import TERM
from wurao.control.firms.models import Application, Firm
from wurao.control.registry import record, rows
from wurao.control.registry.models import Change
from wurao.control.registry.record import Author
from wurao.errors import Refused
from wurao.numbering import canonical, parse_text

EARLIEST = timedelta(days=90)
"""So long before its end a term may be renewed."""


def read(given: Mapping[str, Any]) -> dict[str, Any]:
    """What is kept of it."""
    number = subscriber_number(str(given.get("contact_number", "")))
    content = {
        "name": " ".join(str(given.get("name", "")).split()),
        "contact_name": " ".join(str(given.get("contact_name", "")).split()),
        "contact_number": "" if number is None else canonical(number),
    }
    if not all(content.values()):
        raise NotRight(
            [Finding("请填写名称、联系人和联系人自己的号码", "write name, contact and the contact's number")]
        )
    return content


def check(firm: Firm | None, content: dict[str, Any]) -> list[Finding]:
    """Whether it is time."""
    assert firm is not None
    if firm.valid_until is None:
        return [Finding("贵单位的登记没有期限，无需续期", "your registration has no term")]
    if datetime.now(UTC) < firm.valid_until - EARLIEST:
        until = firm.valid_until.date().isoformat()
        return [
            Finding(
                f"登记到 {until}，到期前 {EARLIEST.days} 天起可续期",
                f"it holds until {until}; renew in its last 90 days",
            )
        ]
    return []


def accept(application: Application, author: Author) -> Change:
    """The term goes on, and with it every header that is in use."""
    firm, content = application.firm, application.content
    assert firm is not None
    sender = rows.row_of("senders", (firm.sender_id,))
    if sender is None or firm.valid_until is None:
        raise Refused("is registered no more", where=firm.sender_id, right="register anew")
    before, now = firm.valid_until, datetime.now(UTC)
    firm.valid_until = max(before, now) + TERM
    firm.contact_name, firm.contact_number = content["contact_name"], parse_text(content["contact_number"])
    firm.save()
    headers = rows.rows_where("headers", sender_id=firm.sender_id)
    going_on = [row | {"end": firm.valid_until} for row in headers if row["end"] is not None and row["end"] >= before]
    if going_on:
        record.put_all("headers", going_on, author)
    return record.put("senders", sender | {"name": content["name"]}, author)


def title(content: dict[str, Any]) -> str:
    """Its line in a list."""
    return str(content["name"])
