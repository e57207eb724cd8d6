"""The app's name for Django."""

from django.apps import AppConfig


class StopsConfig(AppConfig):
    """What was stopped."""

    name = "wurao.control.stops"
    label = "stops"
