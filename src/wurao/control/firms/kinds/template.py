"""A firm asks for a template of messages: body with typed variables, category, purpose, and a sample that fits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wurao.control.firms.findings import Finding, NotRight
from wurao.control.firms.models import Application, Firm
from wurao.control.firms.template_check import LONGEST_BODY, Proposed, check_template
from wurao.control.registry import record, rows
from wurao.control.registry.models import Change
from wurao.control.registry.record import Author
from wurao.tables import PURPOSES
from wurao.wishes import CATEGORIES

SHOWN = 40


def read(given: Mapping[str, Any]) -> dict[str, Any]:
    """What is kept of it."""
    content = {name: str(given.get(name) or "").strip() for name in ("body", "sample", "category", "purpose")}
    missing = [
        Finding(f"请填写{zh}", f"{en} is missing")
        for key, zh, en in (("body", "模板", "the body"), ("sample", "样例", "the sample"))
        if not content[key]
    ]
    if max(len(content["body"]), len(content["sample"])) > 4 * LONGEST_BODY:
        missing.append(Finding(f"模板最长 {LONGEST_BODY} 字", f"a body has {LONGEST_BODY} characters at most"))
    if missing:
        raise NotRight(missing)
    return content


def check(firm: Firm | None, content: dict[str, Any]) -> list[Finding]:
    """What `template_check` says."""
    assert firm is not None
    sender = rows.row_of("senders", (firm.sender_id,))
    known = frozenset(row["body"] for row in rows.rows_where("templates", sender_id=firm.sender_id))
    return check_template(Proposed(**content), sender["categories"] if sender else 0, known)


def accept(application: Application, author: Author) -> Change:
    """It is a template of the firm from now on, under an id of ours."""
    content, firm = application.content, application.firm
    assert firm is not None
    row = rows.blank_row(
        "templates",
        template_id=_free_id(application.pk),
        sender_id=firm.sender_id,
        category=CATEGORIES.index(content["category"]),
        purpose=PURPOSES.index(content["purpose"]),
        body=content["body"],
    )
    return record.put("templates", row, author)


def title(content: dict[str, Any]) -> str:
    """Its line in a list."""
    body: str = content["body"]
    return body if len(body) <= SHOWN else f"{body[:SHOWN]}…"


def _free_id(pk: int) -> str:
    """An id that no template has; those that were loaded from files have ids of their own."""
    chosen = f"T{pk:06}"
    while rows.row_of("templates", (chosen,)) is not None:
        chosen += "A"
    return chosen
