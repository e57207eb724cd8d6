"""A passkey is made and used in Debian's Chromium, with an authenticator that DevTools plays."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.control import pages
from tests.control.chromium import PROGRAM, chromium, opened, served
from tests.control.people import PASSWORD, staff

pytest.importorskip("django")
if not PROGRAM.exists():
    pytest.skip("no Chromium: apt-get install chromium", allow_module_level=True)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as running:
        yield running


@pytest.fixture
def site(registry: Path) -> Iterator[str]:
    with served() as address:
        yield address


def with_authenticator(page: Any) -> Any:
    """Give a page an authenticator of its own, which says yes by itself; the DevTools session."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    page.authenticator = devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]
    return devtools


def leave(page: Any, site: str) -> None:
    page.click("form.leave button")
    page.wait_for_url(f"{site}/")


def test_a_passkey_signs_in_and_a_removed_one_no_more(registry: Path, site: str, browser: Any) -> None:
    from allauth.mfa.models import Authenticator

    person = staff("regulator", "wang")
    page = opened(browser, site, pages.signed_in(person).cookies["session"].value)
    devtools = with_authenticator(page)
    page.goto(f"{site}/staff/second/webauthn/add/")
    page.fill("input[name=name]", "办公室 office")
    page.click("#mfa_webauthn_add")
    # With the first of them come recovery codes, where there were none.
    page.wait_for_url("**/staff/second/recovery-codes/")
    kept = devtools.send("WebAuthn.getCredentials", {"authenticatorId": page.authenticator})["credentials"]
    assert (len(kept), kept[0]["rpId"]) == (1, "localhost")
    leave(page, site)

    def sign_in() -> None:
        page.context.clear_cookies()
        page.goto(f"{site}/staff/?next=/changes/")
        page.fill("input[name=login]", "wang")
        page.fill("input[name=password]", PASSWORD)
        page.click("main button.main")
        page.wait_for_selector("input[name=code]")

    sign_in()
    assert page.goto(f"{site}/home/").url.startswith(f"{site}/enter/")
    sign_in()
    page.click("#mfa_webauthn_authenticate")
    page.wait_for_url(f"{site}/changes/")
    leave(page, site)
    # Another device, which does not have it, gets no further.
    devtools.send(
        "WebAuthn.removeCredential", {"authenticatorId": page.authenticator, "credentialId": kept[0]["credentialId"]}
    )
    sign_in()
    page.click("#mfa_webauthn_authenticate")
    page.wait_for_timeout(300)
    assert "/staff/second/authenticate/" in page.url
    Authenticator.objects.filter(user=person, type="webauthn").delete()
    sign_in()
    assert page.locator("#mfa_webauthn_authenticate").count() == 0
    assert not [each for each in page.wrong if "Policy" in each or each.startswith("http")]
    page.context.close()
