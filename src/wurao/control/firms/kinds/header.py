"""A firm asks for a header: a number, the beginning of numbers, or a name, that its operator has assigned to it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from wurao.control.firms.findings import Finding, NotRight
from wurao.control.firms.header_check import PREFIX, check_header, read_header
from wurao.control.firms.models import Application, Firm, Proof
from wurao.control.registry import record, rows
from wurao.control.registry.models import Change
from wurao.control.registry.record import Author
from wurao.tables import MATCHES
from wurao.tables.written import written_entry
from wurao.wishes import CATEGORIES


def read(given: Mapping[str, Any]) -> dict[str, Any]:
    """What is kept of it; the number as the registry writes it."""
    written = str(given.get("header", ""))[:60]
    header = read_header(written)
    entry = written.strip()
    if header is not None:
        entry = written_entry(header.entry) + ("*" if header.match == PREFIX else "")
    content = {
        "header": entry,
        "category": given.get("category") or "",
        "assignment": " ".join(str(given.get("assignment", "")).split()),
        "proof": given.get("proof") or "",
    }
    missing = []
    if not entry:
        missing.append(Finding("请填写号码", "the number is missing"))
    if not content["assignment"]:
        missing.append(
            Finding("请填写运营商分配号码的文号或合同号", "write the number of the operator's assignment or contract")
        )
    if missing:
        raise NotRight(missing)
    return content


def check(firm: Firm | None, content: dict[str, Any]) -> list[Finding]:
    """What `header_check` says, and whether the category is one of the firm's."""
    assert firm is not None
    found = check_header(content["header"], firm.sender_id)
    sender = rows.row_of("senders", (firm.sender_id,))
    if content["category"] and (
        content["category"] not in CATEGORIES
        or sender is None
        or not sender["categories"] >> CATEGORIES.index(content["category"]) & 1
    ):
        found.append(Finding("贵单位未登记这个类别", "you are not registered for this category"))
    if content["proof"] and not Proof.objects.filter(sha256=content["proof"]).exists():
        found.append(Finding("没有这份证明", "there is no such document"))
    return found


def accept(application: Application, author: Author) -> Change:
    """It is a header of the firm from now on, to the end of the firm's term."""
    content, firm = application.content, application.firm
    header = read_header(content["header"])
    assert header is not None
    assert firm is not None
    row = rows.blank_row(
        "headers",
        header=header.entry,
        match=header.match,
        sender_id=firm.sender_id,
        category=CATEGORIES.index(content["category"]) if content["category"] else None,
        start=datetime.now(UTC),
        end=firm.valid_until,
    )
    return record.put("headers", row, author)


def title(content: dict[str, Any]) -> str:
    """Its line in a list."""
    return str(content["header"])


def written(row: Mapping[str, Any]) -> str:
    """A registered header as a person writes it."""
    return str(written_entry(row["header"])) + ("*" if MATCHES[row["match"]] == "prefix" else "")
