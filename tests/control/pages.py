"""Something of everything that a page can show, and what the URLs ask for that ask for something.

Whoever adds a page that asks for something in its URL adds it to `given`; then it is tried with all others
(`test_every_page`).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.control.people import NUMBER, OTHER, PASSWORD, browser, staff, subscriber

# As Chromium's virtual authenticator made it for http://localhost.
PASSKEY = {
    "name": "钥匙 key",
    "credential": {
        "type": "public-key",
        "id": "OfTPrttS54wtjp8ITiJYlty2V58FnXDHiO_HJu8ca_c",
        "rawId": "OfTPrttS54wtjp8ITiJYlty2V58FnXDHiO_HJu8ca_c",
        "response": {
            "clientDataJSON": (
                "eyJ0eXBlIjoid2ViYXV0aG4uY3JlYXRlIiwiY2hhbGxlbmdlIjoiczI4YmNMOVJ0bEFJZDVXX3Flc19oWG1qbU5sM0ZuRTRuNFY4aTU1"
                "bGQ4SSIsIm9yaWdpbiI6Imh0dHA6Ly9sb2NhbGhvc3Q6MzQ3ODkiLCJjcm9zc09yaWdpbiI6ZmFsc2V9"
            ),
            "attestationObject": (
                "o2NmbXRkbm9uZWdhdHRTdG10oGhhdXRoRGF0YVikSZYN5YgOjGh0NBcPZHZgW4_krrmihjLHmVzzuoMdl2NFAAAAAQECAwQFBgcIAQIDBAUG"
                "BwgAIDn0z67bUueMLY6fCE4iWJbctlefBZ1wx4jvxybvHGv3pQECAyYgASFYIK4YDlCGeoru92zOMcPskLkWGSexeHrpRSAnX42gi8iuIlgg"
                "F5xldBcGRKLdVz3je22KtZuMWUBp-3_Wi2DFAMamFwI"
            ),
        },
        "clientExtensionResults": {},
    },
}


def everybody() -> dict[str, Any]:
    """Somebody of each role, by role; null for a visitor."""
    from allauth.mfa.models import Authenticator

    from wurao.control.rights import Role

    whose = {"operator": "移动", "city": "太原", "sender_id": "bank"}
    found: dict[str, Any] = {"nobody": None, "subscriber": subscriber()}
    for role in Role:
        if role.value not in found:
            # One has a passkey and no authenticator app, so that the page which sets one up is there.
            found[role.value] = staff(role.value, second_factor=role is not Role.AUDITOR, **whose)
    Authenticator.objects.create(user=found["auditor"], type="webauthn", data=PASSKEY)
    return found


def furnished(people: dict[str, Any]) -> None:
    """Rows, lists, changes, keys and records, so that tables on pages are not empty."""
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes

    from wurao.control.accounts.models import AccessRecord, ApiKey
    from wurao.control.registry import record
    from wurao.control.wishes import guardians
    from wurao.numbering import parse_text

    author = record.Author("subscriber", "web", people["subscriber"].pk)
    row = record.checked_row("subscribers", {"number": NUMBER, "operator": "移动", "marketing": 5, "guard": "strict"})
    record.put("subscribers", row, author)
    for entry, match in (("+8613800000001", "exact"), ("1069", "prefix")):
        written = {"subscriber": NUMBER, "entry": entry, "match": match, "action": "deny"}
        record.put("lists", record.checked_row("lists", written), author)
    guardians.name(parse_text(NUMBER), parse_text(OTHER), author)
    asked = guardians.name(parse_text(OTHER), parse_text(NUMBER), author)
    guardians.answer(asked, True, author)
    guardians.ask_to_end(parse_text(OTHER), author)
    for person in people.values():
        if person is not None:
            ApiKey.make(person, "试用 trial", 9, True, calls="api-1:wishes api-1:lists")
            if person.username:
                RecoveryCodes.activate(person)
    AccessRecord.objects.create(
        what="unmasked", role="operator", person=people["operator"].pk, address="192.0.2.1", purpose="用户投诉核实"
    )


def given(name: str, person: Any) -> dict[str, Any] | None:
    """What the URL of a page asks for; null where there is nothing for this person."""
    from allauth.mfa.models import Authenticator

    from wurao.control.accounts.models import Invitation
    from wurao.control.rights import Role

    match name:
        case "invited":
            return {"token": Invitation.make(Role.AUDITOR)}
        case "mfa_remove_webauthn" | "mfa_edit_webauthn":
            made = Authenticator.objects.filter(user=person, type="webauthn").first()
            made = made or Authenticator.objects.create(user=person, type="webauthn", data=PASSKEY)
            return {"pk": made.pk}
        case "firm_new":
            return {"kind": "header"}
        case "firm_follow" | "firm_application" | "review" | "firm_seen" | "proof":
            # Tried with what they are about in `firms/test_in_chromium.py`.
            return None
        case "wishes_standing" | "stops_standing":
            return {"seq": 1}
    return {}


def clients(people: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """A client of each role; of visitors a second one, who has asked for a code and given a password."""
    for role, person in people.items():
        yield role, signed_in(person)
    client = browser()
    client.post("/enter/", {"number": NUMBER})
    client.post("/staff/", {"login": "regulator", "password": PASSWORD})
    yield "nobody", client


def signed_in(person: Any) -> Any:
    """A client of somebody who came in just now, so that nothing asks for the password once more."""
    from allauth.account.internal.flows.login import record_authentication
    from django.http import HttpRequest

    from wurao.numbering import parse_text

    client = browser(person)
    if person is not None:
        request = HttpRequest()
        request.session = client.session
        record_authentication(request, person, method="password", reauthenticated=True)
        if person.role == "operator":
            request.session["agent_caller"] = parse_text(NUMBER)
        request.session.save()
    return client
