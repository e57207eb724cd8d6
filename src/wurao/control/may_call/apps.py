"""The app's name for Django."""

from django.apps import AppConfig


class MayCallConfig(AppConfig):
    """May I call?"""

    name = "wurao.control.may_call"
    label = "may_call"
