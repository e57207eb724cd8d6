"""The app's name for Django."""

from django.apps import AppConfig


class FirmsConfig(AppConfig):
    """Who sends commercially."""

    name = "wurao.control.firms"
    label = "firms"
