"""Every role on every page and call, from `RIGHTS`: who may not is refused and recorded, who may is let in."""

from pathlib import Path
from typing import Any

import pytest

from tests.control.people import browser, key_of, staff, subscriber

pytest.importorskip("django")


NOTHING = {"token": "none", "kind": "header", "request_id": "00000000-0000-4000-8000-000000000000"}
"""What URLs ask for that is no number: something that is not there, but a kind that is."""


def every_url() -> dict[str, dict[str, Any]]:
    """The name of each URL, with what it asks for: something that is not there."""
    from django.urls import get_resolver
    from django.urls.resolvers import URLPattern

    found: dict[str, dict[str, Any]] = {}

    def walk(patterns: Any, space: str, asked: dict[str, Any]) -> None:
        for each in patterns:
            given = {name: NOTHING.get(name, 999) for name in each.pattern.regex.groupindex}
            if isinstance(each, URLPattern):
                found[f"{space}{each.name}"] = asked | given
            else:
                walk(each.url_patterns, f"{space}{each.namespace}:" if each.namespace else space, asked | given)

    walk(get_resolver().url_patterns, "", {})
    return found


def test_every_url_has_its_line_in_the_table_or_is_for_nobody(registry: Path) -> None:
    from wurao.control.rights import RIGHTS

    closed = {"account_signup", "account_reset_password", "account_email", "api-1:api-root"}
    assert every_url().keys() - closed == RIGHTS.keys()


@pytest.mark.parametrize(
    "role",
    ["nobody", "subscriber", "firm", "operator", "regulator", "police", "auditor", "administrator"],
)
def test_each_role_is_let_in_where_the_table_says_and_refused_elsewhere(registry: Path, role: str) -> None:
    from django.urls import reverse

    from wurao.control.accounts.models import AccessRecord
    from wurao.control.rights import RIGHTS, Role

    person = None
    if role == "subscriber":
        person = subscriber()
    elif role != "nobody":
        person = staff(role, operator="移动", city="太原", sender_id="bank")
    key = key_of(person) if person else "wurao_none"
    wrong, given = [], every_url()
    for name, right in RIGHTS.items():
        url = reverse(name, kwargs=given[name])
        for method, changes in (("get", False), ("post", True)):
            client = browser(person)
            headers = {"Authorization": f"Bearer {key}"} if name.startswith("api-1:") else {}
            before = AccessRecord.objects.filter(what="refused").count()
            answer = getattr(client, method)(url, headers=headers)
            refused = answer.status_code in (401, 403, 405) or (
                answer.status_code == 302 and answer["Location"].startswith("/enter/?next=")
            )
            allowed = Role(role) in right.roles(changes)
            recorded = AccessRecord.objects.filter(what="refused").count() > before
            if allowed and refused and answer.status_code != 405:
                wrong.append(f"{method} {name}: refused with {answer.status_code}")
            if not allowed and not refused:
                wrong.append(f"{method} {name}: let in with {answer.status_code}")
            if answer.status_code in (401, 403) and not recorded:
                wrong.append(f"{method} {name}: refused and not recorded")
    assert wrong == []


@pytest.mark.parametrize("role", ["subscriber", "firm", "operator", "regulator"])
def test_a_key_kept_to_seeing_asks_what_changes_nothing_and_no_more(registry: Path, role: str) -> None:
    from django.urls import reverse

    from wurao.control.registry.models import Change
    from wurao.control.rights import RIGHTS, Role

    person = subscriber() if role == "subscriber" else staff(role, operator="移动", sender_id="bank")
    headers = {"Authorization": f"Bearer {key_of(person, changes=False)}"}
    given, let_in = every_url(), set()
    for name, right in RIGHTS.items():
        if name.startswith("api-1:") and Role(role) in right.roles(sends=True):
            answer = browser().post(reverse(name, kwargs=given[name]), headers=headers)
            if answer.status_code != 403:
                let_in.add(name)
    asked = {"subscriber": {"preview", "explain"}, "operator": {"explain"}, "regulator": {"explain"}, "firm": set()}
    assert let_in == {f"api-1:{name}" for name in asked[role]}
    assert not Change.objects.exists()


def test_staff_without_a_second_factor_get_no_further_than_setting_one_up(registry: Path) -> None:
    page = browser(staff("regulator", second_factor=False))
    assert page.get("/home/")["Location"] == "/staff/second/"
    assert page.get("/staff/second/").status_code == 200
    assert browser(staff("auditor")).get("/home/").status_code == 200


def test_what_is_in_no_table_is_not_there(registry: Path) -> None:
    page = browser(staff("administrator"))
    assert page.get("/staff/closed/").status_code == 404
    assert page.get("/nowhere/").status_code == 404
