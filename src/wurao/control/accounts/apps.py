"""The app's name for Django."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Who somebody is."""

    name = "wurao.control.accounts"
    label = "accounts"
