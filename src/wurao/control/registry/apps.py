"""The app's name for Django."""

from django.apps import AppConfig


class RegistryConfig(AppConfig):
    """The registry."""

    name = "wurao.control.registry"
    label = "registry"
