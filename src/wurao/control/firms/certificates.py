"""Certificates of registration: a number that nobody guesses, and what anybody may learn by it.

The number is random, with a check character (as in the credit code, modulo 31), so that a mistyped one is told from one
that does not exist. What it shows is what the registry holds now: a suspended firm's certificate says so.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from wurao.control.firms.credit_code import SYMBOLS
from wurao.control.firms.models import Firm
from wurao.control.registry import rows
from wurao.tables import STATES

RANDOM = 11
SUSPENDED = STATES.index("suspended")


@dataclass(frozen=True, slots=True)
class Certificate:
    """What a certificate says today."""

    firm: Firm
    sender: dict[str, Any]
    headers: list[dict[str, Any]]
    state: str
    """valid, suspended, or over."""


def new_number() -> str:
    """A certificate's number: XXXX-XXXX-XXXX."""
    first = "".join(secrets.choice(SYMBOLS) for _ in range(RANDOM))
    return shown(first + _check(first))


def read_number(written: str) -> str | None:
    """A number as it is kept; null where it is mistyped."""
    plain = "".join(each for each in written.upper() if each in SYMBOLS)
    return shown(plain) if len(plain) == RANDOM + 1 and plain[-1] == _check(plain[:-1]) else None


def shown(plain: str) -> str:
    """In groups of four."""
    return "-".join(plain[at : at + 4] for at in range(0, len(plain), 4))


def certificate(number: str, now: datetime | None = None) -> Certificate | None:
    """The certificate of a number; null where there is none."""
    kept = read_number(number)
    firm = Firm.objects.filter(certificate=kept).first() if kept else None
    return certificate_of(firm, now) if firm else None


def certificate_of(firm: Firm, now: datetime | None = None) -> Certificate | None:
    """The certificate of a firm; null where the registry no longer has the sender."""
    sender = rows.row_of("senders", (firm.sender_id,))
    if sender is None:
        return None
    at = now or datetime.now(UTC)
    headers = [each for each in rows.rows_where("headers", sender_id=firm.sender_id) if _is_in_time(each, at)]
    if sender["state"] == SUSPENDED:
        state = "suspended"
    else:
        state = "over" if firm.valid_until is not None and firm.valid_until <= at else "valid"
    return Certificate(firm, sender, headers, state)


def _is_in_time(header: dict[str, Any], at: datetime) -> bool:
    return bool(header["start"] <= at and (header["end"] is None or at < header["end"]))


def _check(plain: str) -> str:
    total = sum(SYMBOLS.index(each) * pow(3, place + 1, 31) for place, each in enumerate(plain))
    return SYMBOLS[total % 31]
