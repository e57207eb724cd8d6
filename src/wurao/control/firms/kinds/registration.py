"""A firm registers: name, unified social credit code, categories, and whom to talk to."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from wurao.control.accounts.codes import subscriber_number
from wurao.control.firms import credit_code
from wurao.control.firms.certificates import new_number
from wurao.control.firms.findings import Finding, NotRight
from wurao.control.firms.models import Application, Firm
from wurao.control.registry import record
from wurao.control.registry.models import MODELS, Change
from wurao.control.registry.record import Author
from wurao.numbering import canonical, parse_text
from wurao.wishes import CATEGORIES

TERM = timedelta(days=730)
"""So long a registration holds, and so far a renewal extends it."""
LONGEST_NAME = 80
_OF_THE_STATE = ("公安", "法院", "检察院", "税务局", "海关", "人民政府", "社会保险", "医疗保障局", "通信管理局")
_STATE_CODES = ("11", "12", "13", "19")
"""Registered with the office for the establishment of public bodies (GB 32100, the first two characters)."""


def read(given: Mapping[str, Any]) -> dict[str, Any]:
    """What is kept of a registration."""
    number = subscriber_number(str(given.get("contact_number", "")))
    content = {
        "name": " ".join(str(given.get("name", "")).split()),
        "credit_code": credit_code.read(str(given.get("credit_code", ""))),
        "categories": [each for each in CATEGORIES if each in given.get("categories", ())],
        "contact_name": " ".join(str(given.get("contact_name", "")).split()),
        "contact_number": "" if number is None else canonical(number),
    }
    missing = [
        Finding(f"请填写{zh}", f"{en} is missing")
        for key, zh, en in (
            ("name", "企业名称", "the firm's name"),
            ("categories", "类别", "a category"),
            ("contact_name", "联系人", "the contact's name"),
            ("contact_number", "联系人自己的号码", "the contact's own number"),
        )
        if not content[key]
    ]
    if missing:
        raise NotRight(missing)
    return content


def check(firm: Firm | None, content: dict[str, Any]) -> list[Finding]:
    """The code's check character, and whether the firm is who it says."""
    found = []
    wrong = credit_code.fault(content["credit_code"])
    if wrong is not None:
        found.append(Finding(*wrong))
    if len(content["name"]) > LONGEST_NAME:
        found.append(Finding(f"名称最长 {LONGEST_NAME} 字", f"a name has {LONGEST_NAME} characters at most"))
    said = next((word for word in _OF_THE_STATE if word in content["name"]), None)
    if said and not content["credit_code"].startswith(_STATE_CODES):
        found.append(Finding(f"名称含“{said}”，但代码不是机关事业单位的", f"the name says {said}, the code does not"))
    if MODELS["senders"].objects.filter(credit_code=content["credit_code"]).exists():
        found.append(
            Finding(
                "这个代码已登记；请向运营商索取邀请", "this code is registered; ask your operator for an invitation"
            )
        )
    return found


def accept(application: Application, author: Author) -> Change:
    """The firm becomes a sender; its `sender_id` is its credit code."""
    content = application.content
    now = datetime.now(UTC)
    sender_id = content["credit_code"]
    row = record.checked_row(
        "senders",
        {
            "sender_id": sender_id,
            "name": content["name"],
            "credit_code": sender_id,
            "categories": content["categories"],
            "since": now.isoformat(),
        },
    )
    firm, _ = Firm.objects.update_or_create(
        sender_id=sender_id,
        defaults={
            "operator": application.operator,
            "contact_name": content["contact_name"],
            "contact_number": parse_text(content["contact_number"]),
            "valid_until": now + TERM,
        },
        create_defaults={
            "operator": application.operator,
            "contact_name": content["contact_name"],
            "contact_number": parse_text(content["contact_number"]),
            "valid_until": now + TERM,
            "certificate": new_number(),
        },
    )
    application.firm = firm
    return record.put("senders", row, author)


def title(content: dict[str, Any]) -> str:
    """Its line in a list."""
    return f"{content['name']} {content['credit_code']}"
