"""A firm's headers, templates and renewal: applied for, reviewed, registered; suspended and lifted; its certificate."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.control.firm import BODY, CODE, HEADER, OPERATOR, OTHER_CODE, SAMPLE, TEMPLATE, of_firm, registered, sent
from tests.control.people import browser, staff

pytest.importorskip("django")

ASKED = {"operator": OPERATOR, "header": "1069 0012 3499", "category": "", "assignment": "晋移号配〔2026〕77号"}


class Both:
    """A firm's page and its reviewer's."""

    def __init__(self) -> None:
        self.firm = browser(of_firm())
        self.reviewer = browser(staff("operator", operator=OPERATOR))

    def apply(self, kind: str, given: dict[str, Any]) -> Any:
        return self.firm.post(f"/firm/new/{kind}/", given)

    def decide(self, decision: str, **more: str) -> Any:
        from wurao.control.firms.models import Application

        self.application = Application.objects.latest("pk")
        given = {"round": self.application.round, "decision": decision, **more}
        answer = self.reviewer.post(f"/reviews/{self.application.pk}/", given)
        self.application.refresh_from_db()
        return answer


@pytest.fixture
def both(db: Path) -> Both:
    registered()
    return Both()


def header_row(written: str) -> Any:
    from wurao.control.registry import rows
    from wurao.numbering import parse_text

    return rows.row_of("headers", (parse_text(written), 0))


def test_a_header_is_registered_once_the_reviewer_confirmed_its_assignment(both: Both) -> None:
    from wurao.control.firms.models import Firm

    assert both.apply("header", ASKED).status_code == 302
    assert both.decide("accept").status_code == 422
    assert header_row("1069 0012 3499") is None
    assert both.decide("accept", assigned="on").status_code == 302
    row = header_row("1069 0012 3499")
    assert (row["sender_id"], row["category"], row["end"]) == (CODE, None, Firm.objects.get().valid_until)
    assert "106900123499" in both.firm.get("/firm/").content.decode()


def test_a_header_of_a_public_service_is_refused_at_once(both: Both) -> None:
    answer = both.apply("header", ASKED | {"header": "955881"})
    assert answer.status_code == 422
    assert "中国工商银行" in answer.content.decode()
    assert both.apply("header", ASKED | {"assignment": " "}).status_code == 422
    assert both.apply("header", ASKED | {"category": "finance"}).status_code == 422


def test_what_was_taken_meanwhile_is_not_accepted(both: Both) -> None:
    both.apply("header", ASKED)
    registered(OTHER_CODE, "别家", header="106900123499")
    assert both.decide("accept", assigned="on").status_code == 422
    assert header_row("106900123499")["sender_id"] == OTHER_CODE


def test_a_refused_template_is_mended_and_registered(both: Both) -> None:
    from wurao.control.registry import rows

    assert both.apply("template", TEMPLATE).status_code == 302
    assert both.decide("refuse", reason="请写明活动门店").status_code == 302
    place = f"/firm/applications/{both.application.pk}/"
    assert "请写明活动门店" in both.firm.get(place).content.decode()
    assert "请写明活动门店" in sent()[0]
    body, sample = (each.replace("全场", "府西店全场") for each in (BODY, SAMPLE))
    assert both.firm.post(place, TEMPLATE | {"body": body}).status_code == 422  # the sample does not fit
    assert both.firm.post(place, TEMPLATE | {"body": body, "sample": sample}).status_code == 302
    assert both.decide("accept").status_code == 302
    (row,) = rows.rows_where("templates", sender_id=CODE)
    assert (row["body"], row["category"], row["purpose"]) == (body, 4, 0)
    history = [(each.what, each.role) for each in both.application.step_set.order_by("pk")]
    assert history == [
        ("submitted", "firm"),
        ("refused", "operator"),
        ("submitted", "firm"),
        ("accepted", "operator"),
    ]
    assert both.firm.post("/firm/templates/withdraw/", {"template_id": row["template_id"]}).status_code == 302
    assert rows.rows_where("templates", sender_id=CODE) == []


def test_a_refused_one_may_be_mended_before_another_operator(both: Both) -> None:
    other = browser(staff("operator", "other", operator="联通"))
    both.apply("header", ASKED)
    both.decide("refuse", reason="号码不是本公司分配的")
    place = f"/firm/applications/{both.application.pk}/"
    assert both.firm.post(place, ASKED | {"operator": "联通"}).status_code == 302
    assert "106900123499" in other.get("/reviews/").content.decode()
    assert "106900123499" not in both.reviewer.get("/reviews/").content.decode()


def test_a_template_may_be_checked_without_being_submitted(both: Both) -> None:
    from wurao.control.firms.models import Application

    answer = both.apply("template", TEMPLATE | {"check": "1"})
    assert answer.status_code == 200
    assert "amount" in answer.content.decode()
    assert not Application.objects.exists()


def test_the_same_application_waits_once_and_may_be_withdrawn(both: Both) -> None:
    both.apply("header", ASKED)
    assert both.apply("header", ASKED).status_code == 422
    from wurao.control.firms.models import Application

    application = Application.objects.get()
    assert both.firm.post(f"/firm/applications/{application.pk}/withdraw/").status_code == 302
    assert both.decide("accept", assigned="on").status_code == 409
    assert header_row("106900123499") is None


def test_a_header_given_back_ends_now(both: Both) -> None:
    assert both.firm.post("/firm/headers/end/", {"header": HEADER}).status_code == 302
    assert header_row(HEADER)["end"] <= datetime.now(UTC)
    assert both.firm.post("/firm/headers/end/", {"header": HEADER}).status_code == 404


def test_a_renewal_extends_the_term_and_the_headers_in_use(both: Both) -> None:
    from wurao.control.firms.models import Firm

    given = {"operator": OPERATOR, "name": "晋阳超市集团", "contact_name": "李娜", "contact_number": "13835110008"}
    answer = both.apply("renewal", given)
    assert answer.status_code == 422
    assert "90" in answer.content.decode()
    both.apply("header", ASKED)
    soon = datetime.now(UTC) + timedelta(days=30)
    Firm.objects.update(valid_until=soon)
    both.decide("accept", assigned="on")
    assert both.apply("renewal", given).status_code == 302
    assert both.decide("accept").status_code == 302
    firm = Firm.objects.get()
    assert firm.valid_until == soon + timedelta(days=730)
    assert header_row("106900123499")["end"] == firm.valid_until
    assert header_row(HEADER)["end"] is None
    assert "晋阳超市集团" in both.firm.get("/firm/").content.decode()


def test_a_suspension_has_a_reason_and_is_lifted(both: Both) -> None:
    from wurao.control.registry import rows

    place = f"/firms/of/{CODE}/suspension/"
    assert both.reviewer.post(place, {"suspended": "1", "reason": ""}).status_code == 422
    assert both.reviewer.post(place, {"suspended": "1", "reason": "多次投诉未整改"}).status_code == 302
    assert rows.row_of("senders", (CODE,))["state"] == 1
    assert "多次投诉未整改" in sent()[0]
    assert "多次投诉未整改" in both.firm.get("/firm/").content.decode()
    assert both.reviewer.post(place, {"suspended": "1", "reason": "多次投诉未整改"}).status_code == 422
    other = browser(staff("operator", "other", operator="联通"))
    assert other.post(place, {"suspended": "0", "reason": "整改完成"}).status_code == 404
    assert browser(staff("regulator")).post(place, {"suspended": "0", "reason": "整改完成"}).status_code == 302
    assert rows.row_of("senders", (CODE,))["state"] == 0


def test_trunks_are_given_by_the_operator_whose_they_are(both: Both) -> None:
    from wurao.control.registry import record, rows

    for trunk, operator in (("tk-1", OPERATOR), ("tk-2", "联通")):
        row = record.checked_row("trunks", {"trunk": trunk, "operator": operator, "overseas": False})
        record.put("trunks", row, record.Author("operator", "file"))
    place = f"/firms/of/{CODE}/trunk/"
    assert both.reviewer.post(place, {"trunk": "tk-2", "given": "1"}).status_code == 422
    assert both.reviewer.post(place, {"trunk": "tk-1", "given": "1"}).status_code == 302
    assert rows.rows_where("sender_trunks", sender_id=CODE) == [{"sender_id": CODE, "trunk": "tk-1"}]
    assert both.reviewer.post(place, {"trunk": "tk-1", "given": "0"}).status_code == 302
    assert rows.rows_where("sender_trunks", sender_id=CODE) == []


def test_anybody_checks_a_certificate_and_it_says_what_holds_today(both: Both) -> None:
    from wurao.control.firms.models import Firm

    number = Firm.objects.get().certificate
    assert number in both.firm.get("/firm/certificate/").content.decode()
    anybody = browser()
    html = anybody.get("/certificates/", {"number": number.lower().replace("-", " ")}).content.decode()
    assert "晋阳超市有限公司" in html
    assert HEADER in html
    assert "有效" in html
    assert (
        anybody.get("/certificates/", {"number": number[:-1] + ("A" if number[-1] != "A" else "B")}).status_code == 404
    )
    assert anybody.get("/certificates/", {"number": "x"}).status_code == 404
    both.reviewer.post(f"/firms/of/{CODE}/suspension/", {"suspended": "1", "reason": "多次投诉"})
    assert "已暂停" in anybody.get("/certificates/", {"number": number}).content.decode()
    Firm.objects.update(valid_until=datetime.now(UTC))
    both.reviewer.post(f"/firms/of/{CODE}/suspension/", {"suspended": "0", "reason": "整改完成"})
    assert "已过期" in anybody.get("/certificates/", {"number": number}).content.decode()


def test_what_is_another_firms_is_not_there(both: Both) -> None:
    from wurao.control.accounts.models import AccessRecord
    from wurao.control.firms.models import Application

    both.apply("header", ASKED)
    pk = Application.objects.get().pk
    registered(OTHER_CODE, "别家", header="")
    other = browser(of_firm(OTHER_CODE, "other"))
    assert other.get(f"/firm/applications/{pk}/").status_code == 404
    assert other.post(f"/firm/applications/{pk}/withdraw/").status_code == 404
    assert other.post("/firm/headers/end/", {"header": HEADER}).status_code == 404
    assert AccessRecord.objects.filter(what="refused").count() == 2
    assert browser(of_firm("none", "nobody")).get("/firm/").status_code == 404


def test_a_document_is_for_the_firm_and_its_reviewers_and_only_downloaded(both: Both) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    evil = SimpleUploadedFile("../../a<b>.html", b"<script>alert(1)</script>", "text/html")
    both.apply("header", ASKED | {"document": evil})
    from wurao.control.firms.models import Application

    place = f"/proofs/{Application.objects.get().content['proof']}/"
    for page in (both.firm, both.reviewer):
        answer = page.get(place)
        assert answer.content == b"<script>alert(1)</script>"
        assert answer["Content-Type"] == "application/octet-stream"
        assert answer["Content-Disposition"].startswith("attachment")
        assert answer["X-Content-Type-Options"] == "nosniff"
    registered(OTHER_CODE, "别家", header="")
    assert browser(of_firm(OTHER_CODE, "other")).get(place).status_code == 404
    assert browser(staff("operator", "u", operator="联通")).get(place).status_code == 404
    assert both.apply("header", ASKED | {"document": SimpleUploadedFile("a", b"x" * (2 << 20 | 1))}).status_code == 422


def test_a_firm_loaded_from_files_has_its_pages_too(registry: Path) -> None:
    from wurao.control.firms.models import Firm

    registered()
    Firm.objects.all().delete()
    page = browser(of_firm())
    assert page.get("/firm/").status_code == 200
    assert page.get("/firm/certificate/").status_code == 200
    assert page.post("/firm/new/renewal/", {"operator": OPERATOR}).status_code == 422


def test_what_is_typed_is_shown_as_the_text_that_it_is(both: Both) -> None:
    both.apply("header", ASKED | {"assignment": "<b onclick=x>=cmd|' /C calc'!A0"})
    from wurao.control.firms.models import Application

    html = both.reviewer.get(f"/reviews/{Application.objects.get().pk}/").content.decode()
    assert "&lt;b onclick=x&gt;" in html
    assert "<b onclick" not in html
