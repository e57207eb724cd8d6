"""The app's name for Django."""

from django.apps import AppConfig


class HoldersConfig(AppConfig):
    """Whose number it is."""

    name = "wurao.control.holders"
    label = "holders"
