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

NAME = "demo"
FEW, MANY = 6, 60
"""The demo's subscriber has so many stops at least, and at most."""
ENOUGH = 4
Counts = dict[int, tuple[int, int]]
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
    if stops is None or events is None:
        return parse_text(FALLBACK)
    reasons = _counted(stops, "reason")
    to_refuse = _counted(events.filter(pc.equal(events.column("action").cast(pa.string()), "allow")), "category")
    fits = [callee for callee, (count, _) in reasons.items() if FEW <= count <= MANY]
    return max(fits, key=lambda callee: (_worth(reasons, to_refuse, callee), -callee), default=parse_text(FALLBACK))


def _worth(reasons: Counts, to_refuse: Counts, callee: int) -> int:
    """How much there is to see: different reasons, and marketing that a changed wish would stop."""
    return reasons[callee][1] + min(ENOUGH, to_refuse.get(callee, (0, 0))[0])


def _counted(rows: pa.Table, column: str) -> Counts:
    """Of each callee how many values of a column there are, and how many different ones."""
    values = pa.table({"callee": rows.column("callee"), "value": rows.column(column).cast(pa.string())})
    counted = values.group_by("callee").aggregate([("value", "count"), ("value", "count_distinct")])
    columns = (counted.column(name).to_pylist() for name in ("callee", "value_count", "value_count_distinct"))
    return {callee: (count, different) for callee, count, different in zip(*columns, strict=True)}
