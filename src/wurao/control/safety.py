"""What must hold before the control plane serves anybody: unsafe settings are refused, with what would be right.

In come the operator's settings and the environment; nothing comes out, or Refused is raised. Called by `start` before
anything listens, and by `wurao doctor`.
"""

from __future__ import annotations

import importlib
import ipaddress
from collections.abc import Iterator
from dataclasses import fields
from urllib.parse import parse_qsl, urlsplit

from wurao.control.database import Database
from wurao.control.message_words import plain
from wurao.errors import Refused
from wurao.settings.reading import Settings

LOCAL = "local"
NOBODY = "none"
LOG = "log"
_ENCRYPTED = ("require", "verify-ca", "verify-full")


def refuse_unsafe(settings: Settings, database: Database) -> None:
    """Raise Refused, naming all that is unsafe."""
    found = list(dangers(settings, database))
    if found:
        raise Refused("; ".join(found), where="[control]", right="see docs/running.md")


def dangers(settings: Settings, database: Database) -> Iterator[str]:
    """One sentence for each setting that would expose somebody, with where it was written."""
    control = settings.control
    url = urlsplit(control.public_url)
    for name in ("address", "trusted_proxy"):
        value = getattr(control, name)
        if not (is_address(value) or (name == "trusted_proxy" and value == NOBODY)):
            yield f"{name} ({settings.origin(f'control.{name}')}): {value!r} is no IP address"
    if control.public_url != LOCAL and not (url.scheme in ("http", "https") and url.hostname and not url.path):
        yield f"public_url: {control.public_url!r} is neither local nor https://name"
    elif control.public_url != LOCAL and url.scheme != "https" and not is_loopback(url.hostname or ""):
        yield f"public_url: {control.public_url!r} would send sessions and numbers in the clear; write https://"
    if not is_loopback(control.address) and url.scheme != "https":
        yield f"address: {control.address!r} is open to others, so public_url must be https://, by a proxy in front"
    if url.scheme == "https" and control.trusted_proxy == NOBODY:
        yield "public_url is https://, so trusted_proxy must name the proxy that ends the encryption"
    if control.message_sender == LOG and url.scheme == "https" and not is_loopback(url.hostname or ""):
        yield "message_sender: one-time codes would only be written to the log; name a function that sends them"
    elif control.message_sender != LOG and not names_a_function(control.message_sender):
        yield f"message_sender: {control.message_sender!r} names no Python function"
    yield from _of_the_database(database)
    yield from _of_the_words(settings)


def is_loopback(host: str) -> bool:
    """Whether a host is this machine alone."""
    return host == "localhost" or (is_address(host) and ipaddress.ip_address(host).is_loopback)


def is_address(text: str) -> bool:
    """Whether a text is an IP address."""
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def names_a_function(name: str) -> bool:
    """Whether `package.module.function` can be imported and called."""
    module, _, function = name.rpartition(".")
    try:
        return callable(getattr(importlib.import_module(module), function)) if module else False
    except (ImportError, AttributeError):
        return False


def _of_the_words(settings: Settings) -> Iterator[str]:
    """A message that meant two things, or a command without a word, would do what nobody asked for."""
    meant: dict[str, str] = {}
    for name in (each.name for each in fields(settings.control) if each.name.startswith("words_")):
        words = [word for each in getattr(settings.control, name).split(",") if (word := plain(each))]
        if not words:
            yield f"{name} ({settings.origin(f'control.{name}')}): there is no word; write at least one"
        for word in words:
            if any(letter.isdecimal() for letter in word):
                yield f"{name}: {word!r} has a digit, which could not be told from what stands behind"
            if meant.setdefault(word, name) != name:
                yield f"{name}: {word!r} is one of {meant[word]} already; a word means one thing"


def _of_the_database(database: Database) -> Iterator[str]:
    if database.is_sqlite:
        return
    parts = urlsplit(database.url)
    options = dict(parse_qsl(parts.query))
    host = parts.hostname or options.get("host", "")
    if host and not host.startswith("/") and not is_loopback(host) and options.get("sslmode") not in _ENCRYPTED:
        yield "DATABASE_URL reaches another machine in the clear; add ?sslmode=verify-full (or require)"
