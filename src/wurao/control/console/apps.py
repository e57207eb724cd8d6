"""The app's name for Django."""

from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    """The pages around everything."""

    name = "wurao.control.console"
    label = "console"
