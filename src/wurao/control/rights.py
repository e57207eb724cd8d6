"""The one table of who may do what: for each page and API call, the roles that may see it, ask it and change by it.

To ask is to send something that changes nothing, so that no address holds it; a key that may only see may ask. Read by
`accounts.guard` before every view, by pages that show or hide a link, and by the generated test of every role
on every page. What is not in the table is for nobody. Beyond the table each view shows only what is the person's own:
a subscriber's number, an operator's subscribers, a city's; whoever asks for another's is told that there is no such
thing.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """Who somebody is to the registry. `nobody` has not signed in."""

    NOBODY = "nobody"
    SUBSCRIBER = "subscriber"
    FIRM = "firm"
    OPERATOR = "operator"
    REGULATOR = "regulator"
    POLICE = "police"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


ROLE_WORDS = {
    Role.NOBODY: ("访客", "visitor"),
    Role.SUBSCRIBER: ("用户", "subscriber"),
    Role.FIRM: ("企业", "firm"),
    Role.OPERATOR: ("运营商人员", "operator staff"),
    Role.REGULATOR: ("通信管理局", "regulator"),
    Role.POLICE: ("警方联络人", "police liaison"),
    Role.AUDITOR: ("审计员", "auditor"),
    Role.ADMINISTRATOR: ("系统管理员", "administrator"),
}
"""What a page calls each."""

EVERYBODY = frozenset(Role)
SIGNED_IN = EVERYBODY - {Role.NOBODY}
STAFF = SIGNED_IN - {Role.SUBSCRIBER}
NONE: frozenset[Role] = frozenset()


@dataclass(frozen=True, slots=True)
class Right:
    """Who may see something, change it, or ask it; `bare`: also before a second factor is set up.

    Whatever later answers depend on is a change, though nothing else is: "May I call?" is recorded and answers a number
    once a day. That the staff looked is recorded too, of what is seen and of what is asked.
    """

    see: frozenset[Role]
    change: frozenset[Role] = NONE
    bare: bool = False
    ask: frozenset[Role] = NONE

    def roles(self, sends: bool) -> frozenset[Role]:
        """Those who may send something to it, or only look."""
        return self.change | self.ask if sends else self.see


_SUBSCRIBER = frozenset({Role.SUBSCRIBER})
_NOBODY = frozenset({Role.NOBODY})
_FIRM = frozenset({Role.FIRM})
_OPERATOR = frozenset({Role.OPERATOR})
_REGULATOR = frozenset({Role.REGULATOR})
_REVIEWERS = frozenset({Role.OPERATOR, Role.REGULATOR, Role.AUDITOR})
_ADMINISTRATOR = frozenset({Role.ADMINISTRATOR})
_WATCHERS = frozenset({Role.OPERATOR, Role.REGULATOR, Role.POLICE, Role.AUDITOR})
_OVERSEERS = frozenset({Role.AUDITOR, Role.ADMINISTRATOR})

RIGHTS: dict[str, Right] = {
    # Around everything
    "front": Right(EVERYBODY, bare=True),
    "health": Right(EVERYBODY, bare=True),
    "look": Right(NONE, EVERYBODY, bare=True),
    "home": Right(SIGNED_IN),
    # The demo's tour, which is nowhere else
    "tour": Right(EVERYBODY, bare=True),
    "tour_enter": Right(NONE, EVERYBODY, bare=True),
    # Who somebody is
    "enter": Right(EVERYBODY, EVERYBODY, bare=True),
    "enter_code": Right(EVERYBODY, EVERYBODY, bare=True),
    "leave": Right(NONE, EVERYBODY, bare=True),
    "invited": Right(EVERYBODY, EVERYBODY, bare=True),
    "account_login": Right(EVERYBODY, EVERYBODY, bare=True),
    "account_logout": Right(NONE, EVERYBODY, bare=True),
    "account_reauthenticate": Right(STAFF, STAFF, bare=True),
    "account_change_password": Right(STAFF, STAFF),
    "mfa_index": Right(STAFF, bare=True),
    "mfa_authenticate": Right(_NOBODY, _NOBODY, bare=True),
    "mfa_reauthenticate": Right(STAFF, STAFF, bare=True),
    "mfa_reauthenticate_webauthn": Right(STAFF, STAFF, bare=True),
    "mfa_activate_totp": Right(STAFF, STAFF, bare=True),
    "mfa_deactivate_totp": Right(STAFF, STAFF),
    "mfa_list_webauthn": Right(STAFF, bare=True),
    "mfa_add_webauthn": Right(STAFF, STAFF, bare=True),
    "mfa_remove_webauthn": Right(STAFF, STAFF),
    "mfa_edit_webauthn": Right(STAFF, STAFF),
    "mfa_view_recovery_codes": Right(STAFF),
    "mfa_generate_recovery_codes": Right(STAFF, STAFF),
    "mfa_download_recovery_codes": Right(STAFF),
    "usersessions_list": Right(SIGNED_IN, SIGNED_IN),
    "people": Right(_OVERSEERS, _ADMINISTRATOR),
    "sign_out_person": Right(NONE, _ADMINISTRATOR),
    "access_records": Right(_OVERSEERS),
    "keys": Right(SIGNED_IN, SIGNED_IN - {Role.AUDITOR}),
    "key_ended": Right(NONE, SIGNED_IN),
    # What was changed in the registry
    "registry_changes": Right(_WATCHERS),
    "unmask": Right(NONE, _WATCHERS),
    # What a subscriber wants
    "wishes": Right(_SUBSCRIBER, _SUBSCRIBER),
    "wishes_choice": Right(NONE, _SUBSCRIBER),
    "wishes_shield": Right(NONE, _SUBSCRIBER),
    "wishes_only_list": Right(NONE, _SUBSCRIBER),
    "wishes_undo": Right(NONE, _SUBSCRIBER),
    "wishes_standing": Right(_SUBSCRIBER),
    "wishes_history": Right(_SUBSCRIBER),
    "lists": Right(_SUBSCRIBER, _SUBSCRIBER),
    "lists_removed": Right(NONE, _SUBSCRIBER),
    "lists_export": Right(_SUBSCRIBER),
    "guardian": Right(_SUBSCRIBER, _SUBSCRIBER),
    "guardian_end": Right(NONE, _SUBSCRIBER),
    "guardian_code": Right(NONE, _SUBSCRIBER),
    "guardian_answer": Right(NONE, _SUBSCRIBER),
    "guardian_resign": Right(NONE, _SUBSCRIBER),
    "mine": Right(_SUBSCRIBER),
    # What was stopped
    "stops": Right(_SUBSCRIBER),
    "stops_undo": Right(NONE, _SUBSCRIBER),
    "stops_standing": Right(_SUBSCRIBER),
    "stop_let_through": Right(NONE, _SUBSCRIBER),
    "stop_never": Right(NONE, _SUBSCRIBER),
    "stop_fraud": Right(NONE, _SUBSCRIBER),
    "stop_unmask": Right(NONE, _SUBSCRIBER),
    "wishes_preview": Right(NONE, ask=_SUBSCRIBER),
    # Why
    "explain": Right(_SUBSCRIBER | _WATCHERS, ask=_SUBSCRIBER | _WATCHERS),
    "figures": Right(_WATCHERS),
    "my_data": Right(_SUBSCRIBER, _SUBSCRIBER),
    "erase_code": Right(NONE, _SUBSCRIBER),
    "erase": Right(NONE, _SUBSCRIBER),
    # What an operator's staff do for subscribers
    "agent": Right(_OPERATOR, _OPERATOR),
    "agent_do": Right(NONE, _OPERATOR),
    "bulk": Right(_OPERATOR, _OPERATOR),
    "handed_over": Right(_OPERATOR, _OPERATOR),
    # Who sends commercially
    "firm_apply": Right(EVERYBODY, EVERYBODY, bare=True),
    "firm_follow": Right(EVERYBODY, EVERYBODY, bare=True),
    "firm_follow_code": Right(NONE, EVERYBODY, bare=True),
    "firm_follow_invite": Right(NONE, EVERYBODY, bare=True),
    "certificates": Right(EVERYBODY, bare=True),
    "firm": Right(_FIRM),
    "firm_new": Right(_FIRM, _FIRM),
    "firm_application": Right(_FIRM, _FIRM),
    "firm_application_withdrawn": Right(NONE, _FIRM),
    "firm_header_ended": Right(NONE, _FIRM),
    "firm_template_withdrawn": Right(NONE, _FIRM),
    "firm_certificate": Right(_FIRM),
    "firm_colleague": Right(NONE, _FIRM),
    "reviews": Right(_REVIEWERS),
    "review": Right(_REVIEWERS, _OPERATOR),
    "proof": Right(_REVIEWERS | _FIRM),
    "firms": Right(_REVIEWERS),
    "firm_seen": Right(_REVIEWERS),
    "firm_suspension": Right(NONE, _OPERATOR | _REGULATOR),
    "firm_trunk": Right(NONE, _OPERATOR),
    # An explicit yes
    "consents": Right(_SUBSCRIBER),
    "consents_revoked": Right(NONE, _SUBSCRIBER),
    "consents_undo": Right(NONE, _SUBSCRIBER),
    "consent_answered": Right(NONE, _SUBSCRIBER),
    "firm_consents": Right(_FIRM, _FIRM),
    "firm_consents_bulk": Right(NONE, _FIRM),
    "firm_consent_code": Right(NONE, _FIRM),
    # May I call?
    "may_call": Right(_FIRM, _FIRM),
    "may_call_askings": Right(_OVERSEERS | _REGULATOR),
    "may_call_leak": Right(_REGULATOR, _REGULATOR),
    # The JSON API
    "api-1:openapi-json": Right(EVERYBODY, bare=True),
    "api-1:sessions": Right(SIGNED_IN, SIGNED_IN),
    "api-1:keys": Right(SIGNED_IN, SIGNED_IN - {Role.AUDITOR}),
    "api-1:key_ended": Right(NONE, SIGNED_IN),
    "api-1:people": Right(_OVERSEERS),
    "api-1:invitations": Right(NONE, _ADMINISTRATOR),
    "api-1:sign_out_person": Right(NONE, _ADMINISTRATOR),
    "api-1:access_records": Right(_OVERSEERS),
    "api-1:registry_changes": Right(_WATCHERS),
    "api-1:unmask": Right(NONE, _WATCHERS),
    "api-1:wishes": Right(_SUBSCRIBER, _SUBSCRIBER),
    "api-1:shield": Right(NONE, _SUBSCRIBER),
    "api-1:only_my_list": Right(NONE, _SUBSCRIBER),
    "api-1:choice": Right(NONE, _SUBSCRIBER),
    "api-1:lists": Right(_SUBSCRIBER, _SUBSCRIBER),
    "api-1:lists_many": Right(NONE, _SUBSCRIBER),
    "api-1:lists_removed": Right(NONE, _SUBSCRIBER),
    "api-1:guardian": Right(_SUBSCRIBER, _SUBSCRIBER),
    "api-1:guardian_end": Right(NONE, _SUBSCRIBER),
    "api-1:guardian_code": Right(NONE, _SUBSCRIBER),
    "api-1:guardian_questions": Right(_SUBSCRIBER),
    "api-1:guardian_answer": Right(NONE, _SUBSCRIBER),
    "api-1:guardian_resign": Right(NONE, _SUBSCRIBER),
    "api-1:changes": Right(_SUBSCRIBER),
    "api-1:change": Right(_SUBSCRIBER),
    "api-1:mine": Right(_SUBSCRIBER),
    "api-1:my_data": Right(NONE, _SUBSCRIBER),
    "api-1:erase_code": Right(NONE, _SUBSCRIBER),
    "api-1:erase": Right(NONE, _SUBSCRIBER),
    "api-1:handed_over": Right(NONE, _OPERATOR),
    "api-1:undo": Right(NONE, _SUBSCRIBER),
    "api-1:stops": Right(_SUBSCRIBER),
    "api-1:stops_undo": Right(NONE, _SUBSCRIBER),
    "api-1:stop_let_through": Right(NONE, _SUBSCRIBER),
    "api-1:stop_never": Right(NONE, _SUBSCRIBER),
    "api-1:stop_fraud": Right(NONE, _SUBSCRIBER),
    "api-1:stop_unmask": Right(NONE, _SUBSCRIBER),
    "api-1:preview": Right(NONE, ask=_SUBSCRIBER),
    "api-1:figures": Right(_WATCHERS),
    "api-1:explain": Right(NONE, ask=_SUBSCRIBER | _WATCHERS),
    "api-1:message": Right(NONE, _OPERATOR),
    "api-1:agent_code": Right(NONE, _OPERATOR),
    "api-1:agent_deed": Right(NONE, _OPERATOR),
    "api-1:bulk": Right(NONE, _OPERATOR),
    "api-1:firm_apply": Right(NONE, EVERYBODY, bare=True),
    "api-1:firm_follow": Right(EVERYBODY, EVERYBODY, bare=True),
    "api-1:firm_follow_code": Right(NONE, EVERYBODY, bare=True),
    "api-1:firm_follow_invite": Right(NONE, EVERYBODY, bare=True),
    "api-1:certificates": Right(EVERYBODY, bare=True),
    "api-1:firm": Right(_FIRM),
    "api-1:firm_application": Right(_FIRM, _FIRM),
    "api-1:firm_application_withdrawn": Right(NONE, _FIRM),
    "api-1:firm_header_ended": Right(NONE, _FIRM),
    "api-1:firm_template_withdrawn": Right(NONE, _FIRM),
    "api-1:firm_colleague": Right(NONE, _FIRM),
    "api-1:reviews": Right(_REVIEWERS),
    "api-1:review": Right(_REVIEWERS, _OPERATOR),
    "api-1:proof": Right(_REVIEWERS | _FIRM),
    "api-1:firms": Right(_REVIEWERS),
    "api-1:firm_seen": Right(_REVIEWERS),
    "api-1:firm_suspension": Right(NONE, _OPERATOR | _REGULATOR),
    "api-1:firm_trunk": Right(NONE, _OPERATOR),
    "api-1:consents": Right(_SUBSCRIBER),
    "api-1:consents_revoked": Right(NONE, _SUBSCRIBER),
    "api-1:consents_undo": Right(NONE, _SUBSCRIBER),
    "api-1:consent_answered": Right(NONE, _SUBSCRIBER),
    "api-1:firm_consents": Right(_FIRM, _FIRM),
    "api-1:firm_consents_bulk": Right(NONE, _FIRM),
    "api-1:firm_consent_code": Right(NONE, _FIRM),
    "api-1:may_call": Right(_FIRM, _FIRM),
    "api-1:may_call_askings": Right(_OVERSEERS | _REGULATOR),
    "api-1:may_call_leak": Right(NONE, _REGULATOR),
    "api-1:firm_applications": Right(_FIRM, _FIRM),
    "api-1:firm_proofs": Right(NONE, _FIRM),
}
"""By the name of the URL."""


def calls_of(role: Role) -> list[str]:
    """The calls of the API that a role may make, by name, to choose from for a key."""
    calls = (name for name in RIGHTS if name.startswith("api-1:") and name != "api-1:openapi-json")
    return [name for name in calls if role in RIGHTS[name].see | RIGHTS[name].roles(sends=True)]


def may(role: Role, name: str, sends: bool = False) -> bool:
    """Whether a role may see what a URL names, or send something to it."""
    return name in RIGHTS and role in RIGHTS[name].roles(sends)
