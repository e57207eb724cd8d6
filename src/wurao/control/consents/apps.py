"""The app's name for Django, and what it does when the holder of a number ends."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig


class ConsentsConfig(AppConfig):
    """Explicit yeses."""

    name = "wurao.control.consents"
    label = "consents"

    def ready(self) -> None:
        """What a former holder was asked is asked no more."""
        from wurao.control.holders.ending import ended

        ended.connect(_end)


def _end(number: int, why: str, **_: Any) -> None:
    """A next holder may be asked anew; who erased the own data has said no to what was open, and is not asked again."""
    from wurao.control.consents.models import Request
    from wurao.control.holders.models import Aside

    asked = Request.objects.filter(subscriber=number)
    if why == Aside.HANDED_OVER:
        asked.delete()
    else:
        asked.filter(state="waiting").update(state="declined", code="")
