"""What the pages of firms can do, for programs: from applying to suspended, each wrong thing told why."""

import re
from pathlib import Path
from typing import Any

import pytest

from tests.control.firm import (
    APPLICATION,
    BODY,
    CODE,
    HEADER,
    OPERATOR,
    OTHER_CODE,
    SAMPLE,
    code_sent,
    of_firm,
    registered,
    sent,
)
from tests.control.people import browser, staff
from tests.control.program import Program

pytest.importorskip("django")

TEMPLATE = {"body": BODY, "sample": SAMPLE, "category": "retail", "purpose": "marketing"}


def test_a_program_without_a_key_applies_and_follows(db: Path) -> None:
    reviewer, anybody = Program(staff("operator", operator=OPERATOR)), Program()
    status, wrong = anybody.ask("POST", "firms/applications", APPLICATION | {"credit_code": "9144030071526726XH"})
    assert status == 422
    assert "check character" in wrong["findings"][0]["en"]
    assert anybody.ask("POST", "firms/applications", APPLICATION | {"operator": "nobody"})[0] == 422
    status, made = anybody.ask("POST", "firms/applications", APPLICATION)
    assert (status, made["state"]) == (200, "unconfirmed")
    follow = f"firms/applications/{made['token']}"
    assert anybody.ask("POST", f"{follow}/code", {"code": "0"})[0] == 422
    assert anybody.ask("POST", f"{follow}/code", {"code": code_sent()})[1]["state"] == "waiting"
    assert anybody.ask("POST", f"{follow}/code", {"code": code_sent()})[0] == 404
    seen = reviewer.ask("GET", "reviews")[1]["items"][0]
    assert seen["content"]["contact_number"] == "1383511****"
    refusal = {"round": 1, "decision": "refuse", "reason": "名称与执照不符"}
    assert reviewer.ask("POST", f"reviews/{seen['id']}", refusal)[1]["state"] == "refused"
    assert anybody.ask("GET", follow)[1]["reason"] == "名称与执照不符"
    content = {name: APPLICATION[name] for name in ("name", "credit_code", "categories", "contact_name")}
    assert anybody.ask("PUT", follow, {"content": content})[1]["state"] == "waiting"
    assert reviewer.ask("POST", f"reviews/{seen['id']}", {"round": 1, "decision": "accept"})[0] == 409
    assert reviewer.ask("POST", f"reviews/{seen['id']}", {"round": 2, "decision": "accept"})[1]["state"] == "accepted"
    assert re.search(r"/invited/[\w-]+/", sent()[0])
    assert anybody.ask("POST", f"{follow}/invitation")[1]["state"] == "sent"
    firm = Program(of_firm())
    certificate = firm.ask("GET", "firm")[1]["certificate"]
    assert anybody.ask("GET", f"certificates/{certificate}")[1]["state"] == "valid"
    assert anybody.ask("GET", "certificates/XXXX")[0] == 404


@pytest.fixture
def firm(registry: Path) -> Program:
    registered()
    return Program(of_firm())


def test_a_template_is_checked_submitted_and_accepted_once(firm: Program) -> None:
    reviewer = Program(staff("operator", operator=OPERATOR))
    asked = {"kind": "template", "operator": OPERATOR, "content": TEMPLATE}
    checked = firm.ask("POST", "firm/applications", asked | {"check": True})[1]
    assert (checked["state"], [each for each in checked["findings"] if each["refuses"]]) == ("checked", [])
    assert firm.ask("GET", "firm/applications")[1]["items"] == []
    first = firm.ask("POST", "firm/applications", asked, **{"Idempotency-Key": "a"})
    assert first[1]["state"] == "waiting"
    assert firm.ask("POST", "firm/applications", asked, **{"Idempotency-Key": "a"}) == first
    assert firm.ask("POST", "firm/applications", asked)[0] == 422
    pk = first[1]["id"]
    assert reviewer.ask("POST", f"reviews/{pk}", {"round": 1, "decision": "accept"})[1]["state"] == "accepted"
    (template,) = firm.ask("GET", "firm")[1]["templates"]
    assert template["body"] == BODY
    gone = {"template_id": template["template_id"]}
    assert firm.ask("POST", "firm/templates/withdrawal", gone)[1]["state"] == "saved"
    assert firm.ask("POST", "firm/templates/withdrawal", gone)[0] == 404


def test_a_header_with_its_document(firm: Program) -> None:
    reviewer = Program(staff("operator", operator=OPERATOR))
    proof = firm.text("firm/proofs", "assignment").json()["sha256"]
    content = {"header": "10690012340088", "assignment": "77", "proof": proof}
    asked = {"kind": "header", "operator": OPERATOR, "content": content}
    refused = firm.ask("POST", "firm/applications", asked | {"content": content | {"header": "95588"}})
    assert refused[0] == 422
    assert "工商银行" in refused[1]["findings"][0]["zh"]
    pk = firm.ask("POST", "firm/applications", asked)[1]["id"]
    headers = {"Authorization": f"Bearer {reviewer.key}"}
    assert browser().get(f"/api/v1/proofs/{proof}", headers=headers).content == b"assignment"
    decision: dict[str, Any] = {"round": 1, "decision": "accept"}
    assert reviewer.ask("POST", f"reviews/{pk}", decision)[0] == 422
    assert reviewer.ask("POST", f"reviews/{pk}", decision | {"assigned": True})[1]["state"] == "accepted"
    assert {each["header"] for each in firm.ask("GET", "firm")[1]["headers"]} == {HEADER, "10690012340088"}
    assert firm.ask("POST", "firm/headers/end", {"header": HEADER})[0] == 200


def test_a_firm_is_suspended_by_its_operator_and_by_no_other(firm: Program) -> None:
    own, other = (Program(staff("operator", name, operator=name)) for name in (OPERATOR, "联通"))
    body = {"suspended": True, "reason": "多次投诉未整改"}
    assert other.ask("POST", f"firms/{CODE}/suspension", body)[0] == 404
    assert other.ask("GET", f"firms/{CODE}")[0] == 404
    assert own.ask("POST", f"firms/{CODE}/suspension", body)[1]["state"] == "saved"
    assert firm.ask("GET", "firm")[1]["state"] == "suspended"
    assert own.ask("GET", "firms")[1] == {"items": [CODE], "next": None}
    assert other.ask("GET", "firms")[1]["items"] == []
    assert own.ask("POST", f"firms/{CODE}/trunks", {"trunk": "none", "given": True})[0] == 422


def test_what_is_another_firms_is_not_there(firm: Program) -> None:
    content = {"header": "10690012340088", "assignment": "77"}
    pk = firm.ask("POST", "firm/applications", {"kind": "header", "operator": OPERATOR, "content": content})
    assert pk[0] == 422  # no operator has staff yet
    staff("operator", operator=OPERATOR)
    pk = firm.ask("POST", "firm/applications", {"kind": "header", "operator": OPERATOR, "content": content})[1]["id"]
    registered(OTHER_CODE, "别家", header="")
    other = Program(of_firm(OTHER_CODE, "other"))
    assert other.ask("GET", f"firm/applications/{pk}")[0] == 404
    assert other.ask("POST", f"firm/applications/{pk}/withdrawal")[0] == 404
    assert firm.ask("POST", f"firm/applications/{pk}/withdrawal")[1]["state"] == "withdrawn"
