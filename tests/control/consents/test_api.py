"""Consents for programs: asked, given by code, seen, taken back and that undone; and many handed in."""

from pathlib import Path

import pytest

from tests.control.consents.test_asking import TERMS
from tests.control.firm import CODE, code_sent, of_firm, registered
from tests.control.people import NUMBER, subscriber
from tests.control.program import Program

pytest.importorskip("django")

ASKED = TERMS | {"max_per_day": 2, "days": 365}


def test_a_consents_whole_life(db: Path) -> None:
    registered()
    firm, own = Program(of_firm()), Program(subscriber())
    status, asked = firm.ask("POST", "firm/consents/requests", ASKED | {"number": NUMBER})
    assert (status, asked["state"], asked["number"]) == (200, "open", "1383511****")
    assert firm.ask("POST", "firm/consents/requests", ASKED | {"number": NUMBER})[0] == 422
    place = f"firm/consents/requests/{asked['request_id']}/code"
    assert firm.ask("POST", place, {"code": "0"})[0] == 422
    assert own.ask("GET", "consents")[1]["asked"][0]["wording"] == TERMS["wording"]
    assert firm.ask("POST", place, {"code": code_sent(NUMBER)})[0] == 200
    assert firm.ask("GET", "firm/consents/requests")[1]["items"][0]["state"] == "given"
    (seen,) = own.ask("GET", "consents")[1]["items"]
    assert (seen["sender_id"], seen["in_force"], seen["categories"]) == (CODE, True, ["retail"])
    status, gone = own.ask("POST", "consents/revocations", {"sender_id": CODE})
    assert status == 200
    assert not own.ask("GET", "consents")[1]["items"][0]["in_force"]
    assert own.ask("POST", "consents/revocations", {"consent_id": seen["consent_id"]})[0] == 404
    assert own.ask("POST", "consents/revocations", {})[0] == 404
    assert own.ask("POST", "consents/undo", {"seqs": gone["seqs"]})[0] == 200
    assert own.ask("GET", "consents")[1]["items"][0]["in_force"]
    assert own.ask("POST", "consents/undo", {"seqs": [1]})[0] == 422


def test_a_subscriber_answers_and_many_are_handed_in(registry: Path) -> None:
    registered()
    firm, own = Program(of_firm()), Program(subscriber())
    pk = firm.ask("POST", "firm/consents/requests", ASKED | {"number": NUMBER})[1]["request_id"]
    assert own.ask("POST", f"consents/requests/{pk}", {"answer": "maybe"})[0] == 422
    assert own.ask("POST", f"consents/requests/{pk}", {"answer": "no"})[1]["seqs"] == []
    assert own.ask("POST", f"consents/requests/{pk}", {"answer": "yes"})[0] == 404
    many = ASKED | {"numbers": ["13835110005", "110", "13835110006"], "given_at": "2026-11-01T10:00:00+08:00"}
    status, taken = firm.ask("POST", "firm/consents/bulk", many | {"proof_sha256": "0" * 64})
    assert (status, taken["added"], taken["bad"], taken["first_bad"]) == (200, 2, 1, ["110"])
    assert firm.ask("POST", "firm/consents/bulk", many | {"proof_sha256": "x"})[0] == 422
