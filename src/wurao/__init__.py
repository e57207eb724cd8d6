"""Wurao 勿扰: what may reach a telephone subscriber, decided, explained, traced and put right."""

__version__ = "0.1.0"
