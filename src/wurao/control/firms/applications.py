"""An application's way: submitted, refused with a reason, mended and submitted again, accepted, withdrawn.

Every step is kept with who took it, and the firm's contact is told of decisions by message. What the pre-check refuses
is never submitted, and is never accepted either: it is asked again at the decision, for the world may have changed.
Whoever decides says which round they read; of two who decide at once, one wins and the other is told.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from wurao.control.accounts.bound import is_right, kept, new_code
from wurao.control.accounts.guard import Actor
from wurao.control.accounts.messages import send
from wurao.control.accounts.models import Invitation, Person
from wurao.control.firms.findings import Finding, NotRight, refuses
from wurao.control.firms.kinds import KINDS
from wurao.control.firms.models import Application, Firm, Step
from wurao.control.registry.models import Change
from wurao.control.registry.record import ChangedMeanwhile
from wurao.control.registry.turns import writing
from wurao.control.rights import Role
from wurao.errors import Refused
from wurao.numbering import masked, parse_text

SHORTEST_REASON = 4
INVITED_HOURS = 72
MOST_WAITING = 100
"""So many applications of a firm may wait at a time."""
CODE = "【勿扰】企业登记申请验证码 {code}。不是您在申请，请不要理会。Wurao: code {code} for a firm's registration."
ACCEPTED = "【勿扰】{kind}“{title}”已通过。Wurao: accepted: {en}."
REFUSED = "【勿扰】{kind}“{title}”未通过：{reason}。修改后可再提交。Wurao: {en} refused; mend it and submit again."
INVITED = "【勿扰】贵单位已登记。请在 72 小时内设立账户：{url} Wurao: make your account within 72 hours."


def check(kind: str, firm: Firm | None, given: Mapping[str, Any]) -> tuple[dict[str, Any], list[Finding]]:
    """What would be kept, and what the pre-check says; nothing is submitted. NotRight where something is missing."""
    content = KINDS[kind].read(given)
    return content, KINDS[kind].check(firm, content)


def apply(given: Mapping[str, Any], operator: str, actor: Actor) -> tuple[Application, str] | None:
    """A firm without an account registers: the application and the token of its link; null after too many.

    It waits for the code that is sent to the contact's number, so nobody applies in another's name.
    """
    content, findings = check("registration", None, given)
    notes = _passed(findings)
    if not _may_apply(content["contact_number"], actor.address):
        return None
    application = Application(
        kind="registration", operator=operator, state="unconfirmed", content=content, address=actor.address, notes=notes
    )
    token, code = application.give_link(), new_code()
    application.code = kept(f"application {application.link}", code)
    with writing():
        application.save()
        send(parse_text(content["contact_number"]), CODE.format(code=code))
    return application, token


def confirm(application: Application, code: str, actor: Actor) -> bool:
    """Take the code that the contact received; the application then waits for its reviewer."""
    with writing():
        still = Application.objects.filter(
            pk=application.pk, state="unconfirmed", tries__lt=settings.CONTROL.code_tries
        )
        if not still.update(tries=F("tries") + 1):
            return False
        if not is_right(application.code, f"application {application.link}", code):
            return False
        application.state, application.code, application.submitted_at = "waiting", "", timezone.now()
        application.save(update_fields=["state", "code", "submitted_at"])
        _step(application, "submitted", actor, content=application.content)
    return True


def submit(kind: str, firm: Firm, operator: str, given: Mapping[str, Any], actor: Actor) -> Application:
    """A firm applies for something; NotRight where the pre-check refuses."""
    content, findings = check(kind, firm, given)
    notes = _passed(findings)
    waiting = Application.objects.filter(firm=firm, state="waiting")
    if waiting.count() >= MOST_WAITING:
        raise Refused(f"{MOST_WAITING} applications wait already", right="wait until some are decided")
    if waiting.filter(kind=kind, content=content).exists():
        raise NotRight([Finding("同样的申请正在等待审核", "the same application waits already")])
    with writing():
        application = Application.objects.create(
            kind=kind, firm=firm, operator=operator, state="waiting", content=content, notes=notes
        )
        _step(application, "submitted", actor, content=content)
    return application


def mend(application: Application, given: Mapping[str, Any], actor: Actor, operator: str = "") -> Application:
    """Submit a refused one again, mended, before the same operator or another; it waits at the end of the line."""
    if application.kind == "registration":
        # The contact is whose number was shown to be their own.
        given = {**given, "contact_number": application.content["contact_number"]}
    content, findings = check(application.kind, application.firm, given)
    notes = _passed(findings)
    now: dict[str, Any] = {"content": content, "notes": notes, "reason": "", "submitted_at": timezone.now()}
    now |= {"round": application.round + 1, "operator": operator or application.operator}
    with writing():
        _move(application, ("refused",), "waiting", **now)
        _step(application, "submitted", actor, content=content)
    return application


def withdraw(application: Application, actor: Actor) -> None:
    """The firm wants it no more."""
    with writing():
        _move(application, ("waiting", "refused"), "withdrawn")
        _step(application, "withdrawn", actor)


def refuse(application: Application, seen: int, reason: str, actor: Actor) -> None:
    """Refuse it for a reason that helps to mend it."""
    reason = " ".join(reason.split())
    if len(reason) < SHORTEST_REASON:
        raise NotRight([Finding("请写明理由，申请人会看到", "give a reason; the applicant sees it")])
    with writing():
        _move(application, ("waiting",), "refused", seen=seen, reason=reason)
        _step(application, "refused", actor, reason)
        _tell(application, REFUSED, reason=reason)


def accept(
    application: Application, seen: int, actor: Actor, invite: Callable[[str], str], assigned: bool = False
) -> Change:
    """Accept it: what was applied for enters the registry. `invite` makes a token of an invitation a URL.

    `assigned`: the reviewer looked up that the number is assigned to the firm, without which no header is accepted.
    """
    kind = KINDS[application.kind]
    if application.kind == "header" and not assigned:
        raise NotRight([Finding("请先核实号码已分配给这家企业", "see first that the number is assigned to the firm")])
    _passed(kind.check(application.firm, application.content))
    with writing():
        _move(application, ("waiting",), "accepted", seen=seen)
        change = kind.accept(application, actor.author(f"application {application.pk}"))
        application.save(update_fields=["firm"])
        _step(application, "accepted", actor)
        _tell(application, ACCEPTED)
        if application.kind == "registration":
            send_invitation(application, invite)
    return change


def send_invitation(application: Application, invite: Callable[[str], str]) -> bool:
    """Send the contact of an accepted registration a link to the firm's first account; False once there is one."""
    firm = application.firm
    if firm is None or application.state != "accepted" or Person.objects.filter(sender_id=firm.sender_id).exists():
        return False
    lately = timezone.now() + timedelta(hours=INVITED_HOURS - 1)
    if Invitation.objects.filter(sender_id=firm.sender_id, used=False, until__gt=lately).count() >= 3:
        return False
    assert firm.contact_number is not None
    token = Invitation.make(Role.FIRM, hours=INVITED_HOURS, sender_id=firm.sender_id)
    send(firm.contact_number, INVITED.format(url=invite(token)))
    return True


def clear_unconfirmed() -> int:
    """Take away registrations whose code never came back within a day; how many."""
    old = Application.objects.filter(state="unconfirmed", made_at__lt=timezone.now() - timedelta(days=1))
    return old.delete()[0] if old.exists() else 0


def inbox(actor: Actor) -> QuerySet[Application]:
    """What waits, the oldest first: of an operator's staff what is before their operator, of overseers everything."""
    return reviewable(actor).filter(state="waiting").order_by("submitted_at", "pk")


def reviewable(actor: Actor) -> QuerySet[Application]:
    """The applications that one of the staff may see."""
    found = Application.objects.exclude(state="unconfirmed").select_related("firm")
    if actor.role is Role.OPERATOR:
        assert actor.person is not None
        return found.filter(~Q(operator=""), operator=actor.person.operator)
    return found


def masked_content(application: Application) -> dict[str, Any]:
    """What it says, the contact's number masked."""
    content: dict[str, Any] = dict(application.content)
    if "contact_number" in content:
        content["contact_number"] = masked(parse_text(content["contact_number"]))
    return content


def steps_of(application: Application) -> QuerySet[Step]:
    """What was done with it, in order."""
    return Step.objects.filter(application=application).order_by("pk")


def operators() -> list[str]:
    """The operators before which something can be applied for: those with staff."""
    staff = Person.objects.filter(role=Role.OPERATOR.value, is_active=True).exclude(operator="")
    return list(staff.values_list("operator", flat=True).distinct().order_by("operator"))


def _passed(findings: list[Finding]) -> list[dict[str, Any]]:
    """The notes of a pre-check that refuses nothing; NotRight where it does."""
    if refuses(findings):
        raise NotRight(findings)
    return [each.as_dict() for each in findings]


def _move(application: Application, before: tuple[str, ...], after: str, seen: int | None = None, **more: Any) -> None:
    """Go from one state to another; ChangedMeanwhile where somebody was quicker."""
    found = Application.objects.filter(pk=application.pk, state__in=before)
    if seen is not None:
        found = found.filter(round=seen)
    if not found.update(state=after, **more):
        right = "look at it again, then decide"
        raise ChangedMeanwhile("was decided or changed meanwhile", where=f"application {application.pk}", right=right)
    application.refresh_from_db()


def _step(application: Application, what: str, actor: Actor, reason: str = "", content: Any = None) -> None:
    Step.objects.create(
        firm=application.firm,
        application=application,
        what=what,
        role=actor.role.value,
        person=actor.person.pk if actor.person else None,
        reason=reason,
        content=content,
    )


def _tell(application: Application, text: str, reason: str = "") -> None:
    kind = KINDS[application.kind]
    number = application.firm.contact_number if application.firm else None
    if number is None and "contact_number" in application.content:
        number = parse_text(application.content["contact_number"])
    if number is not None:
        zh, en = kind.words
        send(number, text.format(kind=zh, en=en, title=kind.title(application.content), reason=reason))


def _may_apply(number: str, address: str) -> bool:
    """The same limits as of codes by which subscribers sign in."""
    lately = Application.objects.filter(kind="registration", made_at__gt=timezone.now() - timedelta(hours=1))
    control = settings.CONTROL
    return bool(
        lately.filter(content__contact_number=number).count() < control.codes_per_number
        and lately.filter(address=address).count() < control.codes_per_address
    )
