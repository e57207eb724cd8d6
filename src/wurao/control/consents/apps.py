"""The app's name for Django."""

from django.apps import AppConfig


class ConsentsConfig(AppConfig):
    """Explicit yeses."""

    name = "wurao.control.consents"
    label = "consents"
