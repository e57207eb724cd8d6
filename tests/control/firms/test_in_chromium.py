"""Firms in Debian's Chromium: one registers, is refused, mends, is accepted, and its message is then a known sender's.

A consent is given, used and taken back; axe-core finds nothing on the pages of firms, consents and asked lists, small,
large or dark.
"""

import re
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.control.chromium import PROGRAM, chromium
from tests.control.consents.test_asking import TERMS
from tests.control.firm import APPLICATION, BODY, CODE, HEADER, OPERATOR, SAMPLE, code_sent, of_firm, registered, sent
from tests.control.may_call.test_asking import deliver, made_store
from tests.control.people import NUMBER, staff, subscriber
from tests.control.people import browser as client
from tests.control.program import Program

pytest.importorskip("django")
if not PROGRAM.exists():
    pytest.skip("no Chromium: apt-get install chromium", allow_module_level=True)


@pytest.fixture
def site(registry: Path) -> Iterator[str]:
    """The project served by the server that serves it in earnest, on a free port."""
    from django.core.wsgi import get_wsgi_application
    from django.db import connections
    from waitress.server import create_server

    listening = socket.create_server(("127.0.0.1", 0))
    server = create_server(get_wsgi_application(), sockets=[listening], threads=2)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.close()
    thread.join(10)
    connections.close_all()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as running:
        yield running


def page_of(browser: Any, site: str, person: Any = None, **options: Any) -> Any:
    """A page of somebody who is signed in, or of a visitor; `wrong` has what it should not do."""
    context = browser.new_context(locale="zh-CN", **options)
    if person is not None:
        cookie = client(person).cookies["session"].value
        context.add_cookies([{"name": "session", "value": cookie, "url": site}])
    page = context.new_page()
    page.set_default_timeout(30_000)
    page.wrong = []
    page.on("console", lambda said: page.wrong.append(said.text) if said.type == "error" else None)
    page.on("request", lambda asked: page.wrong.append(asked.url) if not asked.url.startswith(site) else None)
    return page


def decide(page: Any, site: str, decision: str, reason: str = "") -> None:
    """The reviewer takes what has waited longest."""
    page.goto(f"{site}/reviews/")
    page.click("tbody a")
    if page.locator("input[name=assigned]").count():
        page.check("input[name=assigned]")
    if reason:
        page.fill("textarea[name=reason]", reason)
    page.click(f"button[value={decision}]")
    page.wait_for_url(f"{site}/reviews/")


def test_a_firm_registers_is_refused_mends_is_accepted_and_sends(registry: Path, site: str, browser: Any) -> None:
    from wurao.screening.engine import Engine

    store = next(made_store(registry))
    reviewer = page_of(browser, site, staff("operator", operator=OPERATOR))
    page = page_of(browser, site)
    page.goto(site)
    page.click("text=企业登记")
    for name in ("name", "contact_name", "contact_number"):
        page.fill(f"input[name={name}]", APPLICATION[name])
    page.select_option("select[name=operator]", OPERATOR)
    page.fill("input[name=credit_code]", "9144030071526726XH")
    page.check("input[value=retail]")
    page.click("main button.main")
    assert "校验位不符" in page.inner_text("[role=alert]")
    page.fill("input[name=credit_code]", CODE)
    page.click("main button.main")
    page.fill("#code", code_sent())
    page.click("main button.main")
    assert "等待审核" in page.inner_text("main")
    decide(reviewer, site, "refuse", "请写执照上的全称")
    page.reload()
    assert "请写执照上的全称" in page.inner_text("main")
    page.fill("input[name=name]", "太原晋阳超市有限公司")
    page.click("main form button.main")
    decide(reviewer, site, "accept")
    link = re.search(r"http\S+/invited/[\w-]+/", sent()[0])
    assert link is not None

    firm = page_of(browser, site, of_firm())
    for wanted in ("95588", "106900123400"):
        firm.goto(f"{site}/firm/new/header/")
        firm.fill("input[name=header]", wanted)
        firm.fill("input[name=assignment]", "晋移号配〔2026〕77号")
        firm.click("main button.main")
        assert ("中国工商银行" in firm.inner_text("main")) == (wanted == "95588")
    decide(reviewer, site, "accept")
    firm.goto(f"{site}/firm/new/template/")
    firm.select_option("select[name=category]", "retail")
    firm.fill("textarea[name=body]", BODY)
    firm.fill("textarea[name=sample]", SAMPLE.replace("8折", "八成"))
    firm.click("main button.main")
    assert "样例与模板不符" in firm.inner_text("[role=alert]")
    firm.fill("textarea[name=sample]", SAMPLE)
    firm.click("main button.main")
    decide(reviewer, site, "accept")
    firm.goto(f"{site}/firm/")
    (template,) = re.findall(r"T\d{6}", firm.inner_text("main"))
    for each in (page, reviewer, firm):
        # A refused form is answered 422, which the browser tells of.
        assert [said for said in each.wrong if "422" not in said] == []
        each.context.close()

    event = {"from_number": "106900123400", "to_number": NUMBER, "channel": "message", "template_id": template}
    event |= {"at": "2090-01-01T10:00:00+08:00", "text": SAMPLE}
    before = Engine.open(store).explain(event)
    assert before.reason.name == "UNREGISTERED_SENDER"
    deliver(store)
    after = Engine.open(store)
    told = after.explain(event | {"at": _soon()})
    (registration,) = [each for each in told.rules if each.rule == "registration"]
    assert registration.looked_at["sender.known"] is True
    assert registration.looked_at["template.matched"] is True
    assert told.action.code == "allow"


def _soon() -> str:
    from datetime import UTC, datetime, timedelta

    return (datetime.now(UTC) + timedelta(minutes=1)).isoformat()


def test_a_consent_asked_for_and_given_by_code_lets_the_firm_through_until_it_is_taken_back(
    registry: Path, site: str, browser: Any
) -> None:
    store = next(made_store(registry))
    registered()
    put("subscribers", number=NUMBER, operator=OPERATOR, hours=0)
    put("templates", template_id="T000001", sender_id=CODE, category="retail", purpose="marketing", body=BODY)
    assert screened(store) == "block"
    firm = page_of(browser, site, of_firm())
    firm.goto(f"{site}/firm/consents/")
    firm.fill("#id_number", NUMBER)
    for value in ("retail", "message"):
        firm.check(f"form[aria-labelledby=ask] input[value={value}]")
    firm.fill("#id_wording", TERMS["wording"])
    firm.click("form[aria-labelledby=ask] button.main")
    firm.wait_for_selector("text=等待答复")
    assert screened(store) == "block"
    operator = Program(staff("operator", operator=OPERATOR))
    assert operator.ask("POST", "messages", {"number": NUMBER, "text": f"TY{code_sent(NUMBER)}"})[0] == 200
    assert screened(store) == "allow"

    own = page_of(browser, site, subscriber(), java_script_enabled=False)
    own.goto(f"{site}/consents/")
    assert TERMS["wording"] in own.inner_text("section[aria-label=晋阳超市有限公司]")
    own.focus("button[name=consent_id]")
    own.keyboard.press("Enter")
    own.wait_for_selector(".undo button")
    assert screened(store) == "block"
    own.click(".undo button")
    own.wait_for_selector("button[name=consent_id]")
    assert screened(store) == "allow"
    for each in (firm, own):
        assert each.wrong == []
        each.context.close()


def put(table: str, **row: Any) -> None:
    from wurao.control.registry import record

    record.put(table, record.checked_row(table, row), record.Author("operator", "file"))


def screened(store: Path) -> str:
    """What the next screening does with the firm's marketing message."""
    from wurao.screening.engine import Engine

    deliver(store)
    event = {"from_number": HEADER, "to_number": NUMBER, "channel": "message", "template_id": "T000001"}
    return str(Engine.open(store).explain(event | {"at": _soon(), "text": SAMPLE}).action.code)


def everything() -> dict[str, Any]:
    """Something on every page: whose it is, and the pages."""
    from wurao.control.consents.models import Request

    own = registered()
    firm, reviewer, person = of_firm(), staff("operator", operator=OPERATOR), subscriber()
    page = client(firm)
    header = {"operator": OPERATOR, "header": "10690012340088", "assignment": "晋移号配〔2026〕77号"}
    page.post("/firm/new/header/", header)
    page.post("/firm/new/header/", header | {"header": "10690012340099"})
    from wurao.control.firms.models import Application

    first, second = Application.objects.order_by("pk")
    refusal = {"round": "1", "decision": "refuse", "reason": "号码不在分配记录中"}
    client(reviewer).post(f"/reviews/{second.pk}/", refusal)
    for categories in ("retail", "food"):
        page.post("/firm/consents/", TERMS | {"number": NUMBER, "categories": [categories]})
    given = Request.objects.order_by("asked_at")[0]
    client(person).post(f"/consents/asked/{given.pk}/", {"answer": "yes"})
    visitor = client()
    visitor.post("/firms/apply/", APPLICATION | {"credit_code": "914403001922038216"})
    applied = visitor.post("/firms/apply/", APPLICATION | {"credit_code": "91330100799655058B"})["Location"]
    return {
        "nobody": (
            None,
            ("/firms/apply/", applied, f"/certificates/?number={own.certificate}", "/certificates/?number=x"),
        ),
        "firm": (
            firm,
            (
                "/firm/",
                "/firm/new/header/",
                "/firm/new/template/",
                "/firm/new/renewal/",
                f"/firm/applications/{first.pk}/",
                f"/firm/applications/{second.pk}/",
                "/firm/certificate/",
                "/firm/consents/",
                "/firm/may-call/",
            ),
        ),
        "operator": (reviewer, ("/reviews/", f"/reviews/{first.pk}/", "/firms/", f"/firms/of/{CODE}/")),
        "subscriber": (person, ("/consents/",)),
        "regulator": (staff("regulator"), ("/may-call/askings/", "/may-call/leak/")),
    }


def test_axe_finds_nothing_on_any_page_small_large_or_dark(registry: Path, site: str, browser: Any) -> None:
    from axe_playwright_python.sync_playwright import Axe

    found: list[str] = []
    whose = everything()
    for width, large, scheme in ((1000, False, "light"), (360, True, "dark")):
        for person, paths in whose.values():
            options = {"viewport": {"width": width, "height": 800}, "color_scheme": scheme, "bypass_csp": True}
            page = page_of(browser, site, person, **options)
            if large:
                page.context.add_cookies([{"name": "large", "value": "1", "url": site}])
            for path in paths:
                page.goto(site + path)
                if page.evaluate("document.documentElement.scrollWidth") > width:
                    found.append(f"{path} at {width}: wider than the window")
                answer = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]})
                found += [
                    f"{path} at {width}: {each['id']} {each['nodes'][0]['html'][:120]}"
                    for each in answer.response["violations"]
                ]
            page.context.close()
    assert not found, found
