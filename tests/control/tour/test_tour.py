"""The demo's tour: each role at one click, with what to look at; in the demo only, and on this machine only."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.control.firm import registered
from tests.control.people import NUMBER, browser, subscriber
from tests.control.stops.parts import verdict, write_parts

pytest.importorskip("django")

ROLES = ("subscriber", "firm", "operator", "regulator", "police", "auditor", "administrator")


@pytest.fixture
def demo(registry: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The demo, with a day taken in."""
    from wurao.control.stops.intake import Intake

    monkeypatch.setenv("WURAO_DEMO", "1")
    reasons = ("WISH_CATEGORY", "WISH_HOURS", "OVERSEAS", "TEXT_FRAUD", "NOT_ON_MY_LIST", "MY_DENY_LIST")
    write_parts(registry / "verdicts", [verdict(reason=reason) for reason in reasons])
    Intake().round(tell=False)
    return registry


def entered(role: str) -> Any:
    page = browser()
    answer = page.post("/tour/enter/", {"role": role})
    assert (answer.status_code, answer["Location"]) == (302, "/tour/")
    return page


@pytest.mark.parametrize("role", ROLES)
def test_each_role_is_entered_by_one_click_and_every_step_opens(demo: Path, role: str) -> None:
    from django.urls import reverse

    from wurao.control.rights import Role
    from wurao.control.tour.steps import STEPS

    if role == "firm":
        registered()
    page = entered(role)
    html = page.get("/tour/").content.decode()
    for step in STEPS[Role(role)]:
        assert step.title[0] in html
        assert step.see[1].replace("'", "&#x27;") in html
        assert page.get(reverse(step.page)).status_code == 200


def test_the_demos_subscriber_is_one_to_whom_much_happened(demo: Path) -> None:
    from wurao.control.accounts.models import Person
    from wurao.numbering import parse_text

    page = entered("subscriber")
    assert page.get("/stops/").content.decode().count("<article") == 6
    entered("subscriber")
    assert Person.objects.get(role="subscriber").number == parse_text(NUMBER)


def test_nobody_signs_in_as_the_demos_staff_by_a_password(demo: Path) -> None:
    from wurao.control.accounts.models import Person

    entered("administrator")
    assert not Person.objects.get(username="demo-administrator").has_usable_password()


def test_it_is_nowhere_but_in_the_demo_on_this_machine(registry: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = browser()
    assert (page.get("/tour/").status_code, page.post("/tour/enter/", {"role": "auditor"}).status_code) == (404, 404)
    assert "/tour/" not in browser(subscriber()).get("/wishes/").content.decode()
    monkeypatch.setenv("WURAO_DEMO", "1")
    page.defaults["REMOTE_ADDR"] = "192.0.2.1"
    assert (page.get("/tour/").status_code, page.post("/tour/enter/", {"role": "auditor"}).status_code) == (404, 404)
    page.defaults["REMOTE_ADDR"] = "127.0.0.1"
    assert page.get("/tour/").status_code == 200
    assert page.post("/tour/enter/", {"role": "nobody"}).status_code == 422
    from dataclasses import replace

    from django.conf import settings

    monkeypatch.setattr(settings, "CONTROL", replace(settings.CONTROL, address="192.0.2.9"))
    assert page.get("/tour/").status_code == 404


def test_the_demo_is_refused_where_others_reach_it(data: Path) -> None:
    settings = data / "settings.toml"
    settings.write_text('[control]\naddress = "0.0.0.0"\npublic_url = "https://wurao.example"\n')
    command = [sys.executable, "-m", "wurao", "serve", "--demo", "--settings", str(settings)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ)
    assert done.returncode == 1
    assert "this machine alone" in done.stderr


def test_the_demos_day_is_taken_in_before_it_is_served_and_nobody_is_told(registry: Path) -> None:
    from wurao.control.registry import record
    from wurao.control.stops.models import Notice, TakenPart

    row = record.checked_row("subscribers", {"number": NUMBER, "notice": "each"})
    record.put("subscribers", row, record.Author("subscriber", "web"))
    write_parts(registry / "verdicts", [verdict()])
    command = [sys.executable, "-m", "wurao.control.serving.prepare"]
    subprocess.run(command, check=True, env=os.environ | {"WURAO_DEMO": "1"}, stdout=subprocess.DEVNULL)
    assert (TakenPart.objects.count(), Notice.objects.count()) == (1, 0)
