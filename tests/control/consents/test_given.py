"""All consents in one place: any, or all of a firm, taken back at once and undone; all of it reaches the registry."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.control.firm import CODE, OTHER_CODE, registered, sent
from tests.control.people import NUMBER, OTHER, browser, subscriber

pytest.importorskip("django")

GIVEN = (datetime.now(UTC) - timedelta(days=1)).isoformat()


def put(consent_id: str, number: str = NUMBER, sender_id: str = CODE, **more: Any) -> None:
    from wurao.control.registry import record

    row = {"consent_id": consent_id, "subscriber": number, "sender_id": sender_id, "given": GIVEN}
    checked = record.checked_row("consents", row | {"categories": "retail", "channels": "call"} | more)
    record.put("consents", checked, record.Author("firm", "api"))


def in_force(number: str = NUMBER) -> set[str]:
    from wurao.control.consents.given import consents_of
    from wurao.numbering import parse_text

    return {each.consent_id for each in consents_of(parse_text(number)) if each.is_in_force(datetime.now(UTC))}


@pytest.fixture
def given(db: Path) -> Any:
    registered()
    registered(OTHER_CODE, "别家公司", header="")
    for consent_id, sender_id in (("a", CODE), ("b", CODE), ("c", OTHER_CODE)):
        put(consent_id, sender_id=sender_id, wording=f"原话 {consent_id} <b>", max_per_day="3", proof_sha256="0" * 64)
    put("d", OTHER)
    return browser(subscriber())


def test_a_page_shows_everything_of_a_consent(given: Any) -> None:
    put("old", expires=(datetime.now(UTC) - timedelta(hours=1)).isoformat())
    html = given.get("/consents/").content.decode()
    for text in ("晋阳超市有限公司", "别家公司", "零售", "人工电话", "原话 a &lt;b&gt;", "凭证明登记", "已结束的"):
        assert text in html


def test_one_is_taken_back_at_once_and_that_undone(given: Any) -> None:
    from wurao.control.registry.models import Change

    assert given.post("/consents/revoke/", {"consent_id": "a"}).status_code == 302
    assert in_force() == {"b", "c"}
    assert "撤回" in sent(NUMBER)[0]
    assert Change.objects.latest("seq").row["revoked"]
    assert "恢复刚才撤回的" in given.get("/consents/").content.decode()
    assert given.post("/consents/undo/").status_code == 302
    assert in_force() == {"a", "b", "c"}
    given.post("/consents/undo/")
    assert "恢复刚才撤回的" not in given.get("/consents/").content.decode()


def test_all_of_a_firm_is_taken_back_and_that_undone(given: Any) -> None:
    given.post("/consents/revoke/", {"sender_id": CODE})
    assert in_force() == {"c"}
    assert in_force(OTHER) == {"d"}
    assert "2 项" in sent(NUMBER)[0]
    given.post("/consents/undo/")
    assert in_force() == {"a", "b", "c"}


def test_what_is_anothers_is_not_taken_back(given: Any) -> None:
    assert given.post("/consents/revoke/", {"consent_id": "d"}).status_code == 404
    assert given.post("/consents/revoke/", {}).status_code == 404
    assert given.post("/consents/revoke/", {"consent_id": "a"}).status_code == 302
    assert given.post("/consents/revoke/", {"consent_id": "a"}).status_code == 404
    assert in_force(OTHER) == {"d"}


def test_undo_takes_only_the_own_revocations(given: Any) -> None:
    from wurao.control.consents.given import revoke, undo
    from wurao.control.registry.record import Author, ChangedMeanwhile
    from wurao.errors import Refused
    from wurao.numbering import parse_text

    author, own, other = Author("subscriber", "api"), parse_text(NUMBER), parse_text(OTHER)
    (theirs,) = revoke(other, author, consent_id="d")
    (mine,) = revoke(own, author, consent_id="a")
    for seqs in ([theirs.seq], [mine.seq, theirs.seq], [mine.seq, 10**9], []):
        with pytest.raises(Refused, match="nothing to undo"):
            undo(own, seqs, author)
    put("a", revoked=datetime.now(UTC).isoformat())
    with pytest.raises(ChangedMeanwhile):
        undo(own, [mine.seq], author)
    assert in_force() == {"b", "c"}
