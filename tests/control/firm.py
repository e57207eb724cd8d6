"""A firm for tests: its application's fields, one that is registered, and what was sent to a number."""

from __future__ import annotations

import re
from typing import Any

CODE = "9144030071526726XG"
"""A code that a real firm publishes, so that the check character is tested against something not ours."""
OTHER_CODE = "914403001922038216"
CONTACT = "+8613835110009"
OPERATOR = "移动"
APPLICATION = {
    "operator": OPERATOR,
    "name": "晋阳超市有限公司",
    "credit_code": CODE,
    "categories": ["retail", "food"],
    "contact_name": "王芳",
    "contact_number": CONTACT,
}
HEADER = "10690012340077"
BODY = "【晋阳超市】{name}，本周末全场{discount:amount}折，拒收请回复R"
SAMPLE = "【晋阳超市】王女士，本周末全场8折，拒收请回复R"
TEMPLATE = {"operator": OPERATOR, "body": BODY, "sample": SAMPLE, "category": "retail", "purpose": "marketing"}


def registered(code: str = CODE, name: str = "晋阳超市有限公司", header: str = HEADER, **more: Any) -> Any:
    """A firm that is registered, with a header; the `Firm`."""
    from datetime import UTC, datetime, timedelta

    from wurao.control.firms.certificates import new_number
    from wurao.control.firms.models import Firm
    from wurao.control.registry import record
    from wurao.numbering import parse_text

    author = record.Author("operator", "file")
    since = datetime.now(UTC) - timedelta(days=1)
    sender = {"sender_id": code, "name": name, "credit_code": code, "since": since.isoformat()}
    record.put("senders", record.checked_row("senders", sender | {"categories": "retail;food"} | more), author)
    if header:
        row = {"header": header, "match": "exact", "sender_id": code, "start": since.isoformat()}
        record.put("headers", record.checked_row("headers", row), author)
    return Firm.objects.create(
        sender_id=code,
        operator=OPERATOR,
        contact_name="王芳",
        contact_number=parse_text(CONTACT),
        certificate=new_number(),
        valid_until=datetime.now(UTC) + timedelta(days=700),
    )


def of_firm(code: str = CODE, name: str = "firm") -> Any:
    """One of a firm's staff."""
    from tests.control.people import staff

    return staff("firm", name, sender_id=code)


def sent(number: str = CONTACT) -> list[str]:
    """What was sent to a number, the newest first."""
    from wurao.control.accounts.models import ShownMessage
    from wurao.numbering import parse_text

    found = ShownMessage.objects.filter(number=parse_text(number)).order_by("-pk")
    return list(found.values_list("text", flat=True))


def code_sent(number: str = CONTACT) -> str:
    """The newest code that was sent to a number."""
    for text in sent(number):
        if found := re.search(r"验证码 (\d{6})", text):
            return found[1]
    raise AssertionError("no code was sent")
