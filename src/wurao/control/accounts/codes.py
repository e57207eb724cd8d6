"""One-time codes by which a subscriber shows that a number is theirs.

`send_code` sends one, unless the number or the address asked for too many; `try_code` tells whether one is right, and
lets nobody guess. Whether a number is in the registry plays no part, so neither an answer nor the time that it takes
can give it away. A code is good for one thing: who reads one to an agent on the hotline gives no door away.
"""

from __future__ import annotations

import ipaddress
import secrets
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from wurao.control.accounts.messages import send
from wurao.control.accounts.models import OneTimeCode, digest
from wurao.numbering import Kind, parse_text
from wurao.numbering.number import kind_of

DIGITS = 6
_PERSONAL = (Kind.MOBILE, Kind.FIXED, Kind.IOT, Kind.SATELLITE)
ENTER, AGENT, ERASE = "enter", "agent", "erase"
TEXTS = {
    ENTER: (
        "【勿扰】验证码 {code}，{minutes} 分钟内有效。任何人索要都不要给。Wurao code {code}; never tell it to anybody."
    ),
    AGENT: (
        "【勿扰】话务员正为您办理勿扰设置，请把办理码 {code} 告诉话务员，{minutes} 分钟内有效。没有致电热线请勿理会。"
        "Wurao code {code} for the agent you are talking to; else ignore it."
    ),
    ERASE: (
        "【勿扰】您正在删除勿扰保存的全部资料，验证码 {code}，{minutes} 分钟内有效。不是您本人请勿理会。"
        "Wurao code {code} erases all that is kept of you."
    ),
}
"""What a code is for, and the text that brings it."""
IPV6_HOME = 64
"""One subscriber of a network has so many leading bits of IPv6 addresses to themselves."""


def subscriber_number(text: str) -> int | None:
    """The Number that somebody wrote as their own; null where it is no subscriber's."""
    number = parse_text(text.strip())
    return number if is_subscribers(number) else None


def is_subscribers(number: int) -> bool:
    """Whether a Number can be a subscriber's."""
    return kind_of(number) in _PERSONAL


def send_code(number: int, address: str, purpose: str = ENTER) -> bool:
    """Send a new code; False where too many were asked for, whatever for."""
    control, asking = settings.CONTROL, home_of(address)
    hour_ago = timezone.now() - timedelta(hours=1)
    lately = OneTimeCode.objects.filter(made_at__gt=hour_ago)
    if lately.filter(number=number).count() >= control.codes_per_number:
        return False
    if lately.filter(address=asking).count() >= control.codes_per_address:
        return False
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    kept = _digest(number, code, purpose)
    OneTimeCode.objects.create(number=number, purpose=purpose, digest=kept, address=asking)
    send(number, TEXTS[purpose].format(code=code, minutes=control.code_minutes))
    return True


def try_code(number: int, code: str, purpose: str = ENTER) -> bool:
    """Whether this is the newest code sent to the number for this; good once, and void after a few wrong tries."""
    control = settings.CONTROL
    since = timezone.now() - timedelta(minutes=control.code_minutes)
    with transaction.atomic():
        sent = OneTimeCode.objects.filter(number=number, purpose=purpose, made_at__gt=since)
        newest = sent.order_by("-pk").first()
        if newest is None:
            return False
        # Counted before it is looked at, so that tries at the same moment are each counted.
        still = OneTimeCode.objects.filter(pk=newest.pk, used=False, tries__lt=control.code_tries)
        if not still.update(tries=F("tries") + 1):
            return False
        right = secrets.compare_digest(newest.digest, _digest(number, "".join(code.split()), purpose))
        return right and bool(OneTimeCode.objects.filter(pk=newest.pk, used=False).update(used=True))


def home_of(address: str) -> str:
    """An address as limits count it: of IPv6 the part that a subscriber's line has as a whole."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if found.version == 4:
        return address
    return str(ipaddress.ip_network((found, IPV6_HOME), strict=False).network_address)


def _digest(number: int, code: str, purpose: str) -> str:
    return digest("code", f"{purpose}:{number}:{code}")
