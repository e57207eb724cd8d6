"""The app's name for Django, and what it does when the holder of a number ends, or a guardian answered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.apps import AppConfig

if TYPE_CHECKING:
    from wurao.control.registry.record import Author
    from wurao.control.wishes.models import Asked


class ConsentsConfig(AppConfig):
    """Explicit yeses."""

    name = "wurao.control.consents"
    label = "consents"

    def ready(self) -> None:
        """What a former holder was asked is asked no more; what a guardian agreed to is done."""
        from wurao.control.holders.ending import ended
        from wurao.control.wishes.guardians import answered

        ended.connect(_end)
        answered.connect(_answered)


def _end(number: int, why: str, **_: Any) -> None:
    """A next holder may be asked anew; who erased the own data has said no to what was open, and is not asked again."""
    from wurao.control.consents.models import Request
    from wurao.control.holders.models import Aside

    asked = Request.objects.filter(subscriber=number)
    if why == Aside.HANDED_OVER:
        asked.delete()
    else:
        asked.filter(state__in=("waiting", "agreed")).update(state="declined", code="")


def _answered(asked: Asked, agrees: bool, author: Author, **_: Any) -> None:
    from wurao.control.consents import given, giving

    match asked.wanted:
        case [giving.REQUEST, request_id]:
            giving.settle(request_id, agrees, author)
        case [given.REVOCATION, *seqs] if agrees:
            given.put_back(seqs, author)
