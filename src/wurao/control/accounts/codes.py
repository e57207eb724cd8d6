"""One-time codes by which a subscriber shows that a number is theirs.

`send_code` sends one, unless the number or the address asked for too many; `try_code` tells whether one is right, and
lets nobody guess. Whether a number is in the registry plays no part, so no answer can give it away.
"""

from __future__ import annotations

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
TEXT = "【勿扰】验证码 {code}，{minutes} 分钟内有效。任何人索要都不要给。Wurao code {code}; never tell it to anybody."


def subscriber_number(text: str) -> int | None:
    """The Number that somebody wrote as their own; null where it is no subscriber's."""
    number = parse_text(text.strip())
    return number if kind_of(number) in _PERSONAL else None


def send_code(number: int, address: str) -> bool:
    """Send a new code; False where too many were asked for."""
    control = settings.CONTROL
    hour_ago = timezone.now() - timedelta(hours=1)
    lately = OneTimeCode.objects.filter(made_at__gt=hour_ago)
    if lately.filter(number=number).count() >= control.codes_per_number:
        return False
    if lately.filter(address=address).count() >= control.codes_per_address:
        return False
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    OneTimeCode.objects.create(number=number, digest=_digest(number, code), address=address)
    send(number, TEXT.format(code=code, minutes=control.code_minutes))
    return True


def try_code(number: int, code: str) -> bool:
    """Whether this is the newest code sent to the number; it is good once, and void after a few wrong tries."""
    control = settings.CONTROL
    since = timezone.now() - timedelta(minutes=control.code_minutes)
    with transaction.atomic():
        newest = OneTimeCode.objects.filter(number=number, made_at__gt=since).order_by("-pk").first()
        if newest is None:
            return False
        # Counted before it is looked at, so that tries at the same moment are each counted.
        still = OneTimeCode.objects.filter(pk=newest.pk, used=False, tries__lt=control.code_tries)
        if not still.update(tries=F("tries") + 1):
            return False
        right = secrets.compare_digest(newest.digest, _digest(number, "".join(code.split())))
        return right and bool(OneTimeCode.objects.filter(pk=newest.pk, used=False).update(used=True))


def _digest(number: int, code: str) -> str:
    return digest("code", f"{number}:{code}")
