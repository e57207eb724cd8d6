"""The app's name for Django, and what it does when the holder of a number ends."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig


class StopsConfig(AppConfig):
    """What was stopped."""

    name = "wurao.control.stops"
    label = "stops"

    def ready(self) -> None:
        """Whatever came to a number is forgotten with its holder."""
        from wurao.control.holders.ending import ended

        ended.connect(_forget)


def _forget(number: int, **_: Any) -> None:
    from wurao.control.stops.forgetting import forget

    forget(number)
