"""What a consent says: to what, by which channels, how often, how long, in which words; read and checked one way.

A form, a program, a request for one subscriber and a whole file come with the same terms.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from wurao.control.firms.findings import Finding, NotRight, refuses
from wurao.control.firms.models import Firm
from wurao.control.registry import rows
from wurao.wishes import CATEGORIES, MARKETING_CATEGORIES, WISH_CHANNELS

ASKABLE = (*MARKETING_CATEGORIES, "debt_collection")
"""What needs a consent; service, transactions and government pass without one."""
LONGEST_DAYS = 730
WORDING = (10, 500)
MOST_PER_DAY = 24


@dataclass(frozen=True, slots=True)
class Terms:
    """What a subscriber says yes to."""

    categories: int
    channels: int
    max_per_day: int | None
    expires: datetime
    wording: str

    def purposes(self) -> list[tuple[int, int]]:
        """Each category with each channel."""
        return [(c, ch) for c in places(self.categories) for ch in places(self.channels)]


def places(bits: int) -> list[int]:
    """The places of the bits that are set."""
    return [place for place in range(bits.bit_length()) if bits >> place & 1]


def read_terms(firm: Firm, given: Mapping[str, Any], now: datetime | None = None) -> Terms:
    """The terms in what was given; NotRight where they cannot be, or the firm may not have them now."""
    now = now or datetime.now(UTC)
    found = [*sending(firm, now)]
    sender = rows.row_of("senders", (firm.sender_id,)) or {"categories": 0}
    categories = _bits(given.get("categories"), CATEGORIES)
    allowed = sender["categories"] & _bits(ASKABLE, CATEGORIES)
    channels = _bits(given.get("channels"), WISH_CHANNELS)
    if not categories or categories & ~allowed:
        found.append(Finding("请选择贵单位已登记的营销或催收类别", "choose categories that you are registered for"))
    if not channels:
        found.append(Finding("请选择方式", "choose a channel"))
    most, days = _count(given.get("max_per_day")), _count(given.get("days"))
    if most is not None and not 1 <= most <= MOST_PER_DAY:
        found.append(Finding(f"每天最多 1 至 {MOST_PER_DAY} 次", f"1 to {MOST_PER_DAY} a day"))
    if days is None or not 1 <= days <= LONGEST_DAYS:
        found.append(Finding(f"有效 1 至 {LONGEST_DAYS} 天", f"it holds 1 to {LONGEST_DAYS} days"))
    wording = " ".join(str(given.get("wording") or "").split())
    if not WORDING[0] <= len(wording) <= WORDING[1]:
        found.append(Finding(f"请写明告知用户的话，{WORDING[0]} 至 {WORDING[1]} 字", "write the wording that is shown"))
    if refuses(found):
        raise NotRight(found)
    return Terms(categories, channels, most, now + timedelta(days=days or 0), wording)


def sending(firm: Firm, now: datetime) -> list[Finding]:
    """Why a firm may do nothing now: suspended, its term over, or no longer registered."""
    sender = rows.row_of("senders", (firm.sender_id,))
    if sender is None or sender["state"]:
        return [Finding("贵单位的登记已暂停", "your registration is suspended")]
    if firm.valid_until is not None and firm.valid_until <= now:
        return [Finding("贵单位的登记已过期，请先续期", "your registration is over; renew it")]
    return []


def _bits(names: Any, codes: tuple[str, ...]) -> int:
    chosen = set(names or ())
    return sum(1 << place for place, code in enumerate(codes) if code in chosen) if chosen <= set(codes) else 0


def _count(given: Any) -> int | None:
    text = str(given if given is not None else "").strip()
    return None if not text else int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else -1
