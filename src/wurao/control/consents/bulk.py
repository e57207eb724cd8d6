"""Consents that a firm can prove, handed in at once: numbers, a line each, with one set of terms and the proof's hash.

The proof itself (signed forms, recordings, logs) stays with the firm, which must show it when asked; its SHA-256 says
later whether it is the same. What a subscriber took back since is not revived, and whoever has a guardian is left out,
since what was signed is not the guardian's yes: asked one by one, the guardian is asked. The same file handed in twice
is one. Numbers go in by groups, so that an interrupted file is handed in again as a whole.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt

from wurao.control.accounts.guard import Actor
from wurao.control.consents.models import Bulk
from wurao.control.consents.terms import Terms, read_terms
from wurao.control.firms.findings import Finding, NotRight
from wurao.control.firms.models import Firm
from wurao.control.numbers import read_numbers
from wurao.control.registry import record, rows
from wurao.control.registry.models import MODELS
from wurao.control.registry.record import Author

MOST = 100_000
GROUP = 500
"""So many are one transaction: on SQLite every other writer waits for it."""
OLDEST = timedelta(days=5 * 365)
TABLE = "consents"
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of a file."""

    bulk: Bulk
    bad: list[tuple[int, str]]
    """The first lines that are no subscriber's number, and what stands there."""


def take(firm: Firm, text: bytes, given: Mapping[str, Any], actor: Actor, now: datetime | None = None) -> Taken:
    """Take in a file of numbers; `given` are the terms, `given_at`, and `proof_sha256`. NotRight where it cannot be."""
    now = now or datetime.now(UTC)
    terms = read_terms(firm, given, now)
    proof, at = _proof(given), _given_at(given, now)
    lines = read_numbers(text)
    numbers = np.unique(lines.numbers)
    if not 0 < len(numbers) <= MOST:
        raise NotRight([Finding(f"一次 1 至 {MOST:,} 个号码", f"1 to {MOST:,} numbers at a time")])
    author = actor.author(f"bulk {proof[:16]}")
    counts = {"added": 0, "known": 0, "left_out": 0}
    for first in range(0, len(numbers), GROUP):
        _take_group(firm, numbers[first : first + GROUP], terms, at, proof, author, counts)
    bulk = Bulk.objects.create(
        sender_id=firm.sender_id,
        person=author.person,
        proof_sha256=proof,
        categories=terms.categories,
        channels=terms.channels,
        lines=lines.count,
        bad=lines.bad_count,
        **counts,
    )
    return Taken(bulk, lines.first_bad())


def _take_group(
    firm: Firm,
    numbers: npt.NDArray[np.int64],
    terms: Terms,
    at: datetime,
    proof: str,
    author: Author,
    counts: dict[str, int],
) -> None:
    chosen: list[int] = numbers.tolist()
    ids = {number: _id(firm, number, terms, at, proof) for number in chosen}
    known = set(MODELS[TABLE].objects.filter(consent_id__in=list(ids.values())).values_list("consent_id", flat=True))
    revoked = set(
        MODELS[TABLE]
        .objects.filter(subscriber__in=chosen, sender_id=firm.sender_id, revoked__gte=at)
        .values_list("subscriber", flat=True)
    )
    guarded = MODELS["subscribers"].objects.filter(number__in=chosen, guardian__isnull=False)
    left_out = revoked.union(guarded.values_list("number", flat=True))
    fresh = [number for number in chosen if ids[number] not in known and number not in left_out]
    counts["known"] += sum(ids[number] in known for number in chosen)
    counts["left_out"] += sum(number in left_out and ids[number] not in known for number in chosen)
    counts["added"] += len(fresh)
    if fresh:
        record.put_all(TABLE, [_row(firm, number, ids[number], terms, at, proof) for number in fresh], author)


def _row(firm: Firm, number: int, consent_id: str, terms: Terms, at: datetime, proof: str) -> dict[str, Any]:
    return rows.blank_row(
        TABLE,
        consent_id=consent_id,
        subscriber=number,
        sender_id=firm.sender_id,
        categories=terms.categories,
        channels=terms.channels,
        max_per_day=terms.max_per_day,
        given=at,
        expires=terms.expires,
        wording=terms.wording,
        proof_sha256=proof,
    )


def _id(firm: Firm, number: int, terms: Terms, at: datetime, proof: str) -> str:
    """The same consent handed in again has the same id."""
    said = f"{firm.sender_id}|{number}|{terms.categories}|{terms.channels}|{at.isoformat()}|{proof}"
    return hashlib.sha256(said.encode()).hexdigest()[:32]


def _proof(given: Mapping[str, Any]) -> str:
    proof = str(given.get("proof_sha256") or "").strip().lower()
    if not _SHA256.fullmatch(proof):
        raise NotRight([Finding("请上传证明文件，或填写其 SHA-256", "hand in the proof, or write its SHA-256")])
    return proof


def _given_at(given: Mapping[str, Any], now: datetime) -> datetime:
    at = given.get("given_at")
    if isinstance(at, str):
        try:
            at = datetime.fromisoformat(at)
        except ValueError:
            at = None
    if not isinstance(at, datetime) or at.tzinfo is None or not now - OLDEST <= at <= now:
        raise NotRight(
            [Finding("请填写用户同意的时间，不晚于现在", "write when consent was given, not later than now")]
        )
    return at
