"""Staff come by invitation, with a password and a second factor; an administrator ends their sessions."""

import re
from pathlib import Path

import pytest

from tests.control.people import browser, staff

pytest.importorskip("django")

GOOD = "correct horse battery staple"


def test_an_invitation_makes_one_account_once(registry: Path) -> None:
    from wurao.control.accounts.models import Invitation, Person
    from wurao.control.rights import Role

    token = Invitation.make(Role.OPERATOR, operator="移动")
    page = browser()
    assert page.get(f"/invited/{token}/").status_code == 200
    for password in ("short", "123456789012", "password1234"):
        assert page.post(f"/invited/{token}/", {"username": "li-na", "password": password}).status_code == 422
    answer = page.post(f"/invited/{token}/", {"username": "li-na", "password": GOOD})
    assert answer["Location"] == "/staff/second/"
    person = Person.objects.get(username="li-na")
    assert (person.role, person.operator) == ("operator", "移动")
    assert person.password.startswith("argon2")
    assert browser().get(f"/invited/{token}/").status_code == 404
    assert browser().get("/invited/guess/").status_code == 404


def test_a_password_alone_does_not_sign_in_and_a_wrong_one_is_recorded(registry: Path) -> None:
    from wurao.control.accounts.models import AccessRecord

    staff("regulator", "wang")
    page = browser()
    assert page.post("/staff/", {"login": "wang", "password": "wrong"}).status_code == 200
    assert AccessRecord.objects.filter(what="sign_in_failed", subject="wang").count() == 1
    answer = page.post("/staff/", {"login": "wang", "password": "correct horse battery"})
    assert answer["Location"].startswith("/staff/second/authenticate/")
    assert page.get("/home/").status_code == 302
    assert page.post("/staff/second/authenticate/", {"code": "000000"}).status_code == 200
    assert page.get("/home/").status_code == 302


def test_the_authenticators_code_signs_in(registry: Path) -> None:
    from allauth.mfa.models import Authenticator
    from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
    from allauth.mfa.utils import decrypt

    person = staff("regulator", "wang")
    secret = decrypt(Authenticator.objects.get(user=person, type="totp").data["secret"])
    page = browser()
    page.post("/staff/", {"login": "wang", "password": "correct horse battery"})
    code = format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))
    assert page.post("/staff/second/authenticate/", {"code": code})["Location"] == "/home/"
    assert page.get("/home/").status_code == 200


def test_an_administrator_invites_and_ends_sessions_and_an_auditor_only_looks(registry: Path) -> None:
    from wurao.control.accounts.models import AccessRecord

    administrator, other = browser(staff("administrator")), staff("regulator", "wang")
    page = browser(other)
    assert page.get("/home/").status_code == 200
    answer = administrator.post("/people/", {"role": "police"})
    assert "/invited/" not in answer.content.decode()
    answer = administrator.post("/people/", {"role": "police", "city": "太原"})
    link = re.search(r"/invited/[\w-]+/", answer.content.decode())
    assert link is not None
    assert browser().get(link[0]).status_code == 200
    assert administrator.post(f"/people/{other.pk}/sign-out/", {"close": "1"}).status_code == 302
    assert page.get("/home/").status_code == 302
    auditor = browser(staff("auditor"))
    assert auditor.get("/people/").status_code == 200
    assert auditor.post("/people/", {"role": "police", "city": "太原"}).status_code == 403
    assert auditor.get("/records/access/").status_code == 200
    assert {"invited", "signed_out", "refused"} <= set(AccessRecord.objects.values_list("what", flat=True))
