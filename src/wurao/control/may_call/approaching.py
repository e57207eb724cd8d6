"""What call or message a firm's purpose stands for: from which header, by which trunk, by which template.

The header is the firm's own in use whose category is the purpose's; else one without a category, of which screening
asks both `other` and what is declared. One registered for another category is no header for this purpose. Of several
the one that was named, else the first.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from wurao.control.consents.terms import sending
from wurao.control.firms import registered
from wurao.control.firms.findings import Finding, NotRight
from wurao.control.firms.header_check import read_header
from wurao.control.firms.models import Firm
from wurao.control.registry import rows
from wurao.numbering import canonical, parse_text, prefix_text
from wurao.numbering.number import IMPOSSIBLE, LONGEST, starts_with
from wurao.screening.reach import Approach
from wurao.tables import MATCHES, PURPOSES
from wurao.wishes import CATEGORIES, MARKETING_CATEGORIES, WISH_CHANNELS, Channel

PREFIX = MATCHES.index("prefix")
MARKETING = PURPOSES.index("marketing")
_EPOCH_MICROSECONDS = 1_000_000


def approach_of(firm: Firm, category: str, channel: str, now: datetime, header: str = "") -> Approach:
    """The call that is asked about; NotRight where the firm may make none such now."""
    found = sending(firm, now)
    sender = rows.row_of("senders", (firm.sender_id,))
    if category not in MARKETING_CATEGORIES or channel not in WISH_CHANNELS:
        found.append(Finding("请选择营销类别和方式", "choose a category of marketing and a channel"))
    elif sender is None or not sender["categories"] >> CATEGORIES.index(category) & 1:
        found.append(Finding("贵单位未登记这个类别", "you are not registered for this category"))
    if found:
        raise NotRight(found)
    place, way = CATEGORIES.index(category), WISH_CHANNELS.index(channel)
    trunks = registered.trunks(firm)
    template = None
    if way == Channel.MESSAGE:
        template = _template(firm, place)
    return Approach(
        at=round(now.timestamp() * _EPOCH_MICROSECONDS),
        channel=way,
        caller=_caller(firm, place, now, header),
        declared=place,
        trunk=trunks[0] if trunks else None,
        template=template,
    )


def _caller(firm: Firm, category: int, now: datetime, named: str) -> int:
    wanted = read_header(named) if named else None
    fitting = []
    for row in registered.headers(firm):
        is_wanted = not named or (wanted is not None and (row["header"], row["match"]) == (wanted.entry, wanted.match))
        in_time = row["start"] <= now and (row["end"] is None or now < row["end"])
        if is_wanted and in_time and row["category"] in (category, None):
            fitting.append(row)
    if not fitting:
        raise NotRight([Finding("没有可用于这个类别的号码", "no header of yours is for this category")])
    chosen = min(fitting, key=lambda row: row["category"] is None)
    return number_of(chosen)


def number_of(header: dict[str, Any]) -> int:
    """A number that a header is, or begins."""
    if header["match"] != PREFIX:
        return int(header["header"])
    text = prefix_text(header["header"])
    for more in range(LONGEST - len(text) + 2):
        number = parse_text(text + "0" * more)
        if number > IMPOSSIBLE and starts_with(number, header["header"]):
            return number
    raise NotRight([Finding("号段内没有号码", f"no number begins with {text}")])


def _template(firm: Firm, category: int) -> str:
    own = registered.templates(firm)
    fitting = [row for row in own if row["category"] == category and row["purpose"] == MARKETING]
    if not fitting:
        raise NotRight([Finding("没有这个类别的营销模板", "no template of yours is marketing of this category")])
    return str(fitting[0]["template_id"])


def written(firm: Firm) -> list[str]:
    """The headers that may be named, as they are written."""
    return [
        prefix_text(row["header"]) + "*" if row["match"] == PREFIX else canonical(row["header"])
        for row in registered.headers(firm)
    ]
