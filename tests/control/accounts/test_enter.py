"""A subscriber comes in by number and one-time code: limited, telling nothing, and not to be guessed."""

import re
from pathlib import Path
from typing import Any

import pytest

from tests.control.people import NUMBER, OTHER, browser, subscriber

pytest.importorskip("django")


def last_code() -> str:
    from wurao.control.accounts.models import ShownMessage

    found = re.search(r"验证码 (\d{6})", ShownMessage.objects.order_by("-pk")[0].text)
    assert found is not None
    return found[1]


def last_text() -> str:
    from wurao.control.accounts.models import ShownMessage

    text: str = ShownMessage.objects.order_by("-pk")[0].text
    return text


def asked(number: str = NUMBER, address: str = "192.0.2.1") -> Any:
    page = browser()
    page.defaults["REMOTE_ADDR"] = address
    page.status = page.post("/enter/", {"number": number, "next": "/lists/"}).status_code
    return page


def test_the_right_code_signs_in_and_is_good_once(db: Path) -> None:
    page = asked("138 3511 0001")
    code = last_code()
    answer = page.post("/enter/code/", {"code": f"{code[:3]} {code[3:]}"})
    assert (answer.status_code, answer["Location"]) == (302, "/lists/")
    assert page.get("/wishes/").status_code == 200
    page.post("/leave/")
    assert page.get("/wishes/").status_code == 302
    again = asked()
    assert again.post("/enter/code/", {"code": code}).status_code == 422


def test_the_answer_is_the_same_whether_a_number_is_known_or_not(registry: Path) -> None:
    subscriber()
    known, unknown = browser(), browser()
    answers = [page.post("/enter/", {"number": number}) for page, number in ((known, NUMBER), (unknown, OTHER))]
    assert [(each.status_code, each["Location"]) for each in answers] == [(302, "/enter/code/")] * 2
    pages = [page.get("/enter/code/").content.decode() for page in (known, unknown)]
    shown = [re.sub(r'value="[^"]*"|1383511\*+', "", each) for each in pages]
    assert shown[0] == shown[1]


def test_as_much_is_done_for_a_known_number_as_for_an_unknown_one(registry: Path) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    subscriber()
    done = []
    for number in (NUMBER, OTHER):
        page = browser()
        with CaptureQueriesContext(connection) as asked_for:
            page.post("/enter/", {"number": number})
            page.post("/enter/code/", {"code": "000000"})
        done.append([re.sub(r"'[^']*'|\d+", "?", each["sql"]) for each in asked_for.captured_queries])
    assert done[0] == done[1]


def test_an_address_is_counted_by_the_line_that_it_belongs_to(registry: Path) -> None:
    from wurao.control.accounts.codes import home_of

    assert home_of("2001:db8:0:1::5") == home_of("2001:db8:0:1:ffff::9") == "2001:db8:0:1::"
    assert home_of("2001:db8:0:2::5") != home_of("2001:db8:0:1::5")
    assert home_of("192.0.2.1") == "192.0.2.1"


def test_a_code_for_an_agent_lets_nobody_in_and_the_other_way_round(registry: Path) -> None:
    from wurao.control.accounts.codes import AGENT, send_code, try_code
    from wurao.numbering import parse_text

    number = parse_text(NUMBER)
    page = asked()
    entering = last_code()
    send_code(number, "192.0.2.9", AGENT)
    agents = re.search(r"办理码 (\d{6})", last_text())[1]
    assert page.post("/enter/code/", {"code": agents}).status_code == 422 or agents == entering
    assert not try_code(number, entering, AGENT) or agents == entering
    assert try_code(number, agents, AGENT)


def test_a_code_is_void_after_a_few_wrong_tries(registry: Path) -> None:
    page = asked()
    code = last_code()
    wrong = f"{(int(code) + 1) % 10**6:06}"
    for _ in range(5):
        assert page.post("/enter/code/", {"code": wrong}).status_code == 422
    assert page.post("/enter/code/", {"code": code}).status_code == 422


def test_a_code_for_one_number_opens_no_other(registry: Path) -> None:
    asked(OTHER)
    code = last_code()
    page = asked(NUMBER)
    assert page.post("/enter/code/", {"code": code}).status_code == 422 or code == last_code()


def test_only_so_many_codes_go_to_a_number_and_to_an_address(registry: Path) -> None:
    from wurao.control.accounts.models import AccessRecord

    assert [asked(address=f"192.0.2.{n}").status for n in range(6)] == [302] * 5 + [429]
    assert AccessRecord.objects.filter(what="code_refused").count() == 1
    statuses = [asked(f"+861383511{n:04d}", address="198.51.100.1").status for n in range(1000, 1061)]
    assert statuses == [302] * 60 + [429]


def test_what_is_no_subscribers_number_is_told_so(registry: Path) -> None:
    for number in ("110", "95588", "+85223456789", "hello", ""):
        answer = browser().post("/enter/", {"number": number})
        assert answer.status_code == 200
        assert 'role="alert"' in answer.content.decode()


def test_nobody_is_led_away_to_another_host(registry: Path) -> None:
    page = browser()
    page.post("/enter/", {"number": NUMBER, "next": "https://evil.example/"})
    assert page.post("/enter/code/", {"code": last_code()})["Location"] == "/home/"


def test_a_form_of_another_site_changes_nothing(registry: Path) -> None:
    from django.test import Client

    page = Client(enforce_csrf_checks=True, HTTP_HOST="127.0.0.1")
    page.force_login(subscriber(), backend="allauth.account.auth_backends.AuthenticationBackend")
    assert page.post("/wishes/choice/", {"choice": "stop"}).status_code == 403
    from wurao.control.registry.models import Change

    assert not Change.objects.exists()


def test_every_answer_forbids_what_is_not_our_own(registry: Path) -> None:
    answer = browser().get("/")
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer["X-Frame-Options"] == "DENY"
    html = answer.content.decode()
    assert not re.search(r"<script(?![^>]* src=)|<style| style=| on[a-z]+=", html)
    assert not re.search(r'(src|href)="(https?:)?//', html)
