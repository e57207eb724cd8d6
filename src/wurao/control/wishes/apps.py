"""The app's name for Django."""

from django.apps import AppConfig


class WishesConfig(AppConfig):
    """What subscribers want."""

    name = "wurao.control.wishes"
    label = "wishes"
