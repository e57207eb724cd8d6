"""Texts to subscribers, through whatever the operator named in `[control] message_sender`.

The default, `log`, sends nothing: it writes to the log and keeps the last few for the demo's screen. Another is the
full name of a function of two texts, the number and what to send; what it raises is logged as an alarm.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any, cast

from django.conf import settings
from django.db import transaction

from wurao.control.accounts.models import ShownMessage
from wurao.control.safety import LOG
from wurao.control.straight import insert
from wurao.log import logger
from wurao.numbering import canonical, masked

KEPT = 200
_log = logger("messages")


def send(number: int, text: str) -> None:
    """Send a text, once the transaction that it tells of, if there is one, has come to its end."""
    if settings.CONTROL.message_sender == LOG:
        hand_over(number, text)
    else:
        transaction.on_commit(lambda: hand_over(number, text))


def hand_over(number: int, text: str) -> bool:
    """Give a text to the sender at once; whether it took it. What it raises is logged as an alarm."""
    named = settings.CONTROL.message_sender
    if named == LOG:
        _show(number, text)
        return True
    module, _, function = named.rpartition(".")
    try:
        sender = cast(Callable[[str, str], Any], getattr(importlib.import_module(module), function))
        sender(canonical(number), text)
    except Exception as error:
        _log.error("message not sent", alarm=True, number=masked(number), wrong=repr(error))
        return False
    return True


def _show(number: int, text: str) -> None:
    _log.info("message", number=masked(number), text=text)
    shown = insert(ShownMessage(number=number, text=text))
    if shown.pk % KEPT == 0:
        ShownMessage.objects.filter(pk__lte=shown.pk - KEPT).delete()
