"""Consents handed in with proof: its hash kept, twice the same is one, and what was taken back stays so."""

import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.control.firm import CODE, of_firm, registered
from tests.control.people import browser

pytest.importorskip("django")

PROOF = b"%PDF-1.7 signed forms"
SHA = hashlib.sha256(PROOF).hexdigest()
GIVEN_AT = datetime.now(UTC) - timedelta(days=30)
TERMS = {
    "categories": ["retail", "food"],
    "channels": ["call"],
    "days": "365",
    "wording": "我愿意接收晋阳超市的促销电话",
    "given_at": GIVEN_AT,
    "proof_sha256": SHA,
}


def lines(count: int = 50) -> bytes:
    return "".join(f"1383511{n:04}\n" for n in range(count)).encode()


def take(firm: Any, text: bytes, **changed: Any) -> Any:
    from wurao.control.accounts.guard import Actor
    from wurao.control.consents.bulk import take as taken
    from wurao.control.rights import Role

    return taken(firm, text, {**TERMS, **changed}, Actor(Role.FIRM, "192.0.2.1"))


def counts(taken: Any) -> tuple[int, int, int, int]:
    return taken.bulk.added, taken.bulk.known, taken.bulk.left_out, taken.bulk.bad


def test_numbers_with_proof_become_consents_once(db: Path) -> None:
    from wurao.control.registry import rows
    from wurao.control.registry.models import Change

    firm = registered()
    assert counts(take(firm, lines() + b"110\nhello\n")) == (50, 0, 0, 2)
    held = rows.rows_where("consents", sender_id=CODE)
    assert len(held) == 50
    assert {(each["categories"], each["channels"], each["proof_sha256"]) for each in held} == {(0b10010000, 1, SHA)}
    assert {each["wording"] for each in held} == {TERMS["wording"]}
    assert all(abs(each["given"] - GIVEN_AT) < timedelta(seconds=1) for each in held)
    changes = Change.objects.count()
    assert counts(take(firm, lines())) == (0, 50, 0, 0)
    assert Change.objects.count() == changes


def test_what_was_taken_back_since_is_not_revived_by_any_proof(registry: Path) -> None:
    from wurao.control.consents.given import revoke
    from wurao.control.registry.record import Author
    from wurao.numbering import parse_text

    firm = registered()
    take(firm, lines(3))
    revoke(parse_text("13835110001"), Author("subscriber", "web"), sender_id=CODE)
    other = hashlib.sha256(b"other").hexdigest()
    assert counts(take(firm, lines(3), proof_sha256=other)) == (2, 0, 1, 0)
    later = datetime.now(UTC)
    assert counts(take(firm, lines(3), proof_sha256=other, given_at=later)) == (3, 0, 0, 0)


def test_whoever_has_a_guardian_is_left_out_and_the_firm_is_not_told_why(registry: Path) -> None:
    from wurao.control.registry import record, rows

    firm, ward = registered(), {"number": "13835110001", "guardian": "13835110009"}
    record.put("subscribers", record.checked_row("subscribers", ward), record.Author("operator", "file"))
    assert counts(take(firm, lines(3))) == (2, 0, 1, 0)
    assert len(rows.rows_where("consents", sender_id=CODE)) == 2


@pytest.mark.parametrize(
    ("text", "changed", "told"),
    [
        (b"", {}, "numbers at a time"),
        (b"110\n", {}, "numbers at a time"),
        (lines(1), {"proof_sha256": ""}, "proof"),
        (lines(1), {"proof_sha256": "xyz"}, "proof"),
        (lines(1), {"given_at": datetime.now(UTC) + timedelta(hours=1)}, "when consent was given"),
        (lines(1), {"given_at": "2026-03-01"}, "when consent was given"),
        (lines(1), {"categories": ["finance"]}, "registered for"),
    ],
)
def test_what_cannot_be_handed_in_is_refused(registry: Path, text: bytes, changed: dict[str, Any], told: str) -> None:
    from wurao.control.firms.findings import NotRight
    from wurao.control.registry.models import MODELS

    with pytest.raises(NotRight, match=told):
        take(registered(), text, **changed)
    assert not MODELS["consents"].objects.exists()


def test_the_page_keeps_the_proofs_hash_and_not_the_proof(registry: Path) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    from wurao.control.consents.models import Bulk
    from wurao.control.firms.models import Proof

    registered()
    page = browser(of_firm())
    given = {**TERMS, "proof_sha256": "", "given_at": "2026-11-01T10:00"}
    files = {
        "numbers": SimpleUploadedFile("a.csv", lines() + b"95588\n"),
        "proof": SimpleUploadedFile("p.pdf", PROOF),
    }
    assert page.post("/firm/consents/bulk/", given | files).status_code == 302
    assert Bulk.objects.get().proof_sha256 == SHA
    assert not Proof.objects.exists()
    html = page.get("/firm/consents/").content.decode()
    assert "95588" in html
    assert SHA[:16] in html
