"""What is registered of a firm, and what is done with it there: headers ended, templates withdrawn, trunks, suspension.

Every change goes through `registry.record`; suspension and lifting it are steps with a reason, told to the contact.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from wurao.control.accounts.guard import Actor
from wurao.control.accounts.messages import send
from wurao.control.firms.findings import Finding, NotRight
from wurao.control.firms.header_check import read_header
from wurao.control.firms.models import Firm, Step
from wurao.control.registry import record, rows
from wurao.control.registry.models import MODELS, Change
from wurao.control.registry.turns import writing
from wurao.errors import Refused
from wurao.tables import STATES

ACTIVE, SUSPENDED = (STATES.index(each) for each in ("active", "suspended"))
SHORTEST_REASON = 4
SUSPENDED_TEXT = "【勿扰】贵单位的发送登记已被暂停：{reason}。Wurao: your registration is suspended."
LIFTED_TEXT = "【勿扰】贵单位的发送登记已恢复：{reason}。Wurao: your registration is in force again."


def headers(firm: Firm) -> list[dict[str, Any]]:
    """Its headers, ended ones too."""
    return rows.rows_where("headers", sender_id=firm.sender_id)


def templates(firm: Firm) -> list[dict[str, Any]]:
    """Its templates."""
    return rows.rows_where("templates", sender_id=firm.sender_id)


def trunks(firm: Firm) -> list[str]:
    """The trunks that it comes by; without any it may come by every domestic one."""
    return [row["trunk"] for row in rows.rows_where("sender_trunks", sender_id=firm.sender_id)]


def end_header(firm: Firm, written: str, actor: Actor) -> Change | None:
    """The firm gives a header back: it ends now; null where it is none of its own in use."""
    header = read_header(written)
    row = rows.row_of("headers", (header.entry, header.match)) if header else None
    now = datetime.now(UTC)
    if row is None or row["sender_id"] != firm.sender_id or (row["end"] is not None and row["end"] <= now):
        return None
    with writing():
        change = record.put(
            "headers", row | {"end": max(now, row["start"] + timedelta(microseconds=1))}, actor.author()
        )
        _step(firm, "ended", actor, written)
    return change


def withdraw_template(firm: Firm, template_id: str, actor: Actor) -> Change | None:
    """The firm withdraws a template; null where it is none of its own."""
    row = rows.row_of("templates", (template_id,))
    if row is None or row["sender_id"] != firm.sender_id:
        return None
    with writing():
        change = record.delete("templates", (template_id,), actor.author())
        _step(firm, "ended", actor, template_id)
    return change


def give_trunk(firm: Firm, trunk: str, given: bool, actor: Actor) -> Change:
    """An operator's staff let a firm come by one of the operator's trunks, or no longer."""
    row = rows.row_of("trunks", (trunk,))
    if row is None or actor.person is None or row["operator"] != actor.person.operator:
        raise NotRight([Finding("这不是贵公司的中继", "this is no trunk of your operator")])
    key = (firm.sender_id, trunk)
    author = actor.author()
    if given == (rows.row_of("sender_trunks", key) is not None):
        raise NotRight([Finding("没有变化", "nothing would change")])
    with writing():
        if given:
            change = record.put("sender_trunks", {"sender_id": firm.sender_id, "trunk": trunk}, author)
        else:
            change = record.delete("sender_trunks", key, author)
        _step(firm, "trunk_given" if given else "trunk_taken", actor, trunk)
    return change


def own_trunks(actor: Actor) -> list[str]:
    """The trunks of the operator of one of its staff."""
    assert actor.person is not None
    found = MODELS["trunks"].objects.filter(operator=actor.person.operator).order_by("trunk")
    return list(found.values_list("trunk", flat=True))


def set_suspended(firm: Firm, suspended: bool, reason: str, actor: Actor) -> Change:
    """Suspend a firm, or lift that, for a reason that it is told."""
    reason = " ".join(reason.split())
    if len(reason) < SHORTEST_REASON:
        raise NotRight([Finding("请写明理由，企业会看到", "give a reason; the firm sees it")])
    state = SUSPENDED if suspended else ACTIVE
    with writing():
        seen = record.last_seq("senders", (firm.sender_id,))
        row = rows.row_of("senders", (firm.sender_id,))
        if row is None:
            raise Refused("is registered no more", where=firm.sender_id)
        if row["state"] == state:
            raise NotRight([Finding("没有变化", "nothing would change")])
        change = record.put("senders", row | {"state": state}, actor.author(reason), seen=seen)
        _step(firm, "suspended" if suspended else "lifted", actor, reason)
        if firm.contact_number is not None:
            send(firm.contact_number, (SUSPENDED_TEXT if suspended else LIFTED_TEXT).format(reason=reason))
    return change


def _step(firm: Firm, what: str, actor: Actor, reason: str) -> None:
    person = actor.person.pk if actor.person else None
    Step.objects.create(firm=firm, what=what, role=actor.role.value, person=person, reason=reason)
