"""Staff come by invitation, with a password and a second factor; an administrator ends their sessions."""

import re
from pathlib import Path
from typing import Any

import pytest

from tests.control.accounts.test_enter import last_code
from tests.control.pages import signed_in
from tests.control.people import PASSWORD, browser, staff
from tests.control.quick import Quick

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


def test_a_recovery_code_signs_in_once_and_new_ones_void_the_old(registry: Path) -> None:
    from allauth.mfa.models import Authenticator
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes

    person = staff("regulator", "wang")
    codes = RecoveryCodes.activate(person).get_unused_codes()

    def signs_in(code: str) -> bool:
        page = browser()
        page.post("/staff/", {"login": "wang", "password": PASSWORD})
        page.post("/staff/second/authenticate/", {"code": code})
        return page.get("/home/").status_code == 200

    assert signs_in(codes[0])
    assert not signs_in(codes[0])
    page = signed_in(person)
    assert codes[1] in page.get("/staff/second/recovery-codes/").content.decode()
    assert page.post("/staff/second/recovery-codes/generate/").status_code == 302
    assert not signs_in(codes[1])
    assert codes[1] not in str(Authenticator.objects.get(user=person, type="recovery_codes").data)


def test_sessions_are_listed_and_the_others_ended(registry: Path) -> None:
    person = staff("regulator", "wang")
    pages = [came_in(person, address) for address in ("192.0.2.1", "192.0.2.2")]
    html = pages[0].get("/sessions/").content.decode()
    assert "192.0.2.1" in html
    assert "192.0.2.2" in html
    assert pages[0].post("/sessions/").status_code == 302
    assert [page.get("/home/").status_code for page in pages] == [200, 302]


def test_signing_out_and_being_signed_out_leave_no_session_to_replay(registry: Path) -> None:
    person = staff("regulator", "wang")
    page, other = came_in(person, "192.0.2.1"), came_in(person, "192.0.2.2")
    stolen = browser()
    stolen.cookies["session"] = page.cookies["session"].value
    assert stolen.get("/home/").status_code == 200
    page.post("/leave/")
    assert stolen.get("/home/").status_code == 302
    browser(staff("administrator")).post(f"/people/{person.pk}/sign-out/")
    assert other.get("/home/").status_code == 302


def test_the_session_of_a_visitor_is_not_the_one_of_who_came_in(registry: Path) -> None:
    page = browser()
    page.post("/staff/", {"login": "nobody", "password": "wrong"})
    page.post("/enter/", {"number": "13835110001"})
    before = page.cookies["session"].value
    page.post("/enter/code/", {"code": last_code()})
    assert page.get("/wishes/").status_code == 200
    assert page.cookies["session"].value != before


def test_guessing_passwords_is_limited_for_a_name_and_costs_the_same_whoever_is_named(registry: Path) -> None:
    staff("regulator", "wang")
    page, answers, work = browser(), {}, {}
    for name in ("wang", "nobody"):
        Quick.worked = 0
        answers[name] = [page.post("/staff/", {"login": name, "password": "wrong"}) for _ in range(3)]
        work[name] = Quick.worked
    assert work["wang"] == work["nobody"] > 0
    texts = [each[0].content.decode().replace(name, "") for name, each in answers.items()]
    assert without_tokens(texts[0]) == without_tokens(texts[1])
    for _ in range(6):
        page.post("/staff/", {"login": "wang", "password": "wrong"})
    # By now even the right one is refused for a while.
    answer = page.post("/staff/", {"login": "wang", "password": PASSWORD})
    assert answer.status_code in (200, 429)
    assert page.get("/home/").status_code == 302


def without_tokens(html: str) -> str:
    return re.sub(r'value="[^"]*"', "", html)


def came_in(person: Any, address: str) -> Any:
    """Somebody who came in by password and authenticator from an address."""
    from allauth.mfa.models import Authenticator
    from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
    from allauth.mfa.utils import decrypt
    from django.core.cache import cache

    # A code is good once, and both come in within its half minute.
    cache.clear()
    secret = decrypt(Authenticator.objects.get(user=person, type="totp").data["secret"])
    page = browser()
    page.defaults["REMOTE_ADDR"] = address
    page.post("/staff/", {"login": person.username, "password": PASSWORD})
    code = format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))
    page.post("/staff/second/authenticate/", {"code": code})
    return page
