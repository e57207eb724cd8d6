"""Every role on every page and call, from `RIGHTS`: who may not is refused and recorded, who may is let in."""

from pathlib import Path
from typing import Any

import pytest

from tests.control.people import browser, key_of, staff, subscriber

pytest.importorskip("django")

NO_REQUEST = "00000000-0000-4000-8000-000000000000"
GIVEN = {
    "invited": {"token": "none"},
    "sign_out_person": {"person": 999},
    "key_ended": {"key": 999},
    "mfa_remove_webauthn": {"pk": 999},
    "mfa_edit_webauthn": {"pk": 999},
    "wishes_standing": {"seq": 999},
    "unmask": {"seq": 999},
    "api-1:change": {"seq": 999},
    **{f"api-1:firm_follow{each}": {"token": "none"} for each in ("", "_code", "_invite")},
    **{f"api-1:firm_application{each}": {"pk": 999} for each in ("", "_withdrawn")},
    **{f"api-1:firm_{each}": {"sender_id": "none"} for each in ("seen", "suspension", "trunk")},
    "api-1:certificates": {"number": "none"},
    "api-1:review": {"pk": 999},
    "api-1:proof": {"sha256": "none"},
    "api-1:consent_answered": {"request_id": NO_REQUEST},
    "api-1:firm_consent_code": {"request_id": NO_REQUEST},
    "firm_follow": {"token": "none"},
    "firm_follow_code": {"token": "none"},
    "firm_follow_invite": {"token": "none"},
    "firm_new": {"kind": "header"},
    "firm_application": {"pk": 999},
    "firm_application_withdrawn": {"pk": 999},
    "review": {"pk": 999},
    "proof": {"sha256": "none"},
    "firm_seen": {"sender_id": "none"},
    "firm_suspension": {"sender_id": "none"},
    "firm_trunk": {"sender_id": "none"},
    "consent_answered": {"request_id": NO_REQUEST},
    "firm_consent_code": {"request_id": NO_REQUEST},
}
"""What the URLs ask for that ask for something: nothing that is there."""


def every_name() -> list[str]:
    from django.urls import get_resolver
    from django.urls.resolvers import URLPattern

    found: list[str] = []

    def walk(patterns: Any, space: str) -> None:
        for each in patterns:
            if isinstance(each, URLPattern):
                found.append(f"{space}{each.name}")
            else:
                walk(each.url_patterns, f"{space}{each.namespace}:" if each.namespace else space)

    walk(get_resolver().url_patterns, "")
    return found


def test_every_url_has_its_line_in_the_table_or_is_for_nobody(registry: Path) -> None:
    from wurao.control.rights import RIGHTS

    closed = {"account_signup", "account_reset_password", "account_email", "api-1:api-root"}
    assert set(every_name()) - closed == RIGHTS.keys()


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
    wrong = []
    for name, right in RIGHTS.items():
        url = reverse(name, kwargs=GIVEN.get(name))
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


def test_staff_without_a_second_factor_get_no_further_than_setting_one_up(registry: Path) -> None:
    page = browser(staff("regulator", second_factor=False))
    assert page.get("/home/")["Location"] == "/staff/second/"
    assert page.get("/staff/second/").status_code == 200
    assert browser(staff("auditor")).get("/home/").status_code == 200


def test_what_is_in_no_table_is_not_there(registry: Path) -> None:
    page = browser(staff("administrator"))
    assert page.get("/staff/closed/").status_code == 404
    assert page.get("/nowhere/").status_code == 404
