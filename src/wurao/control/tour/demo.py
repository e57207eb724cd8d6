"""Whether this is the demo, and who is somebody there: of each role one person, who has no password to be guessed.

The demo's subscriber is one of the province to whom many different things happened on its day.
"""

from __future__ import annotations

import ipaddress
import os

import pyarrow as pa
import pyarrow.compute as pc
from django.conf import settings
from django.db import transaction

from wurao.control.accounts.models import Person
from wurao.control.registry.models import MODELS
from wurao.control.rights import STAFF, Role
from wurao.control.safety import LOCAL, is_loopback
from wurao.control.stops import shelf
from wurao.control.tour.sign import SIGN
from wurao.numbering import parse_text, plan
from wurao.wishes import MARKETING_CATEGORIES

NAME = "demo"
FEW, MANY = 4, 60
"""The demo's subscriber has so many stops at least, and at most."""
ENOUGH = 1
FALLBACK = "+8613835110001"


def is_demo(address: str) -> bool:
    """Whether this is the demo, asked from this machine."""
    control = settings.CONTROL
    here = os.environ.get(SIGN) == "1" and control.public_url == LOCAL and is_loopback(control.address)
    try:
        return here and ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def somebody(role: Role) -> Person | None:
    """The demo's person of a role, made where it is not there yet; null for a visitor."""
    if role is Role.SUBSCRIBER:
        return _subscriber()
    return _of_the_staff(role) if role in STAFF else None


def _of_the_staff(role: Role) -> Person:
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    with transaction.atomic():
        person, made = Person.objects.get_or_create(username=f"{NAME}-{role.value}", defaults=_whose(role))
        if made:
            person.set_unusable_password()
            person.save(update_fields=["password"])
            # Nobody learns the secret: whoever clicks comes in without it, and nobody by it.
            TOTP.activate(person, generate_totp_secret())
    return person


def _whose(role: Role) -> dict[str, str]:
    _, city, operator = plan.current().place_names(_number())
    whose = {"role": role.value, "name": "演示 Demo"}
    if role is Role.OPERATOR:
        registered = MODELS["subscribers"].objects.filter(number=_number()).values_list("operator", flat=True).first()
        whose["operator"] = registered or operator or ""
    if role is Role.POLICE:
        whose["city"] = city or ""
    if role is Role.FIRM:
        whose["sender_id"] = MODELS["senders"].objects.values_list("sender_id", flat=True).first() or ""
    return whose


def _subscriber() -> Person:
    person = Person.objects.filter(role=Role.SUBSCRIBER.value, name=NAME).first()
    if person is None:
        person = Person.objects.subscriber(_number())
        person.name = NAME
        person.save(update_fields=["name"])
    return person


def _number() -> int:
    """The number of the demo's subscriber, once there is one; else the best for it."""
    known = Person.objects.filter(role=Role.SUBSCRIBER.value, name=NAME).values_list("number", flat=True).first()
    if known is not None:
        return int(known)
    stops, events = shelf.any_rows(shelf.STOPS), shelf.any_rows(shelf.RECENT)
    return parse_text(FALLBACK) if stops is None or events is None else _most_to_see(stops, events)


def _most_to_see(stops: pa.Table, events: pa.Table) -> int:
    """Whose stops are neither few nor many, who was sent marketing that a changed wish would stop, then for the most
    different reasons.
    """
    reasons = _counted(stops, "reason", ("count", "count_distinct"))
    reasons = reasons.filter((pc.field("reason_count") >= FEW) & (pc.field("reason_count") <= MANY))
    of_these = events.filter(pc.is_in(events.column("callee"), value_set=reasons.column("callee").combine_chunks()))
    allowed = pc.equal(of_these.column("reason").cast(pa.string()), "NOTHING_SPOKE")
    refusable = pc.is_in(of_these.column("category").cast(pa.string()), value_set=pa.array(MARKETING_CATEGORIES))
    to_refuse = _counted(of_these.filter(pc.and_(allowed, refusable)), "category", ("count",)).to_pylist()
    sent = {row["callee"]: row["category_count"] for row in to_refuse}
    found = [
        (min(ENOUGH, sent.get(row["callee"], 0)), row["reason_count_distinct"], -row["callee"])
        for row in reasons.to_pylist()
    ]
    return -max(found)[2] if found else parse_text(FALLBACK)


def _counted(rows: pa.Table, column: str, how: tuple[str, ...]) -> pa.Table:
    """Of each callee how many values of a column there are."""
    values = pa.table({"callee": rows.column("callee"), column: rows.column(column).cast(pa.string())})
    return values.group_by("callee").aggregate([(column, each) for each in how])
