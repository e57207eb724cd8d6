"""The one set-up of logging: structlog, to standard error, with people's numbers masked.

A room asks `logger("snapshot")` once, at its top, and writes events with named values. A terminal gets coloured
lines, anything else one JSON object a line. structlog is imported at the first event, not before, so that a command
which logs nothing does not pay for it.
"""

from __future__ import annotations

import logging
import os
import re
import sys
from collections.abc import MutableMapping
from typing import Any

_LONG_DIGITS = re.compile(r"(?<![0-9A-Fa-f])(?<!20\d{6}T)(?!000)(\d{3,})\d{4}(?![0-9A-FTa-f])")
"""Seven digits or more that are no part of a hexadecimal id or of a snapshot's (`20261123T215304786647Z`), and do not
begin with three zeros as a file's place among others does (`00000000000000000013.log`), and no number."""
_configured = False


class Logger:
    """Writes events of one room."""

    def __init__(self, room: str) -> None:
        self._room = room
        self._bound: Any = None

    def debug(self, event: str, **values: object) -> None:
        """What only whoever looks for a fault wants to know."""
        self._structlog().debug(event, **values)

    def info(self, event: str, **values: object) -> None:
        """What happened."""
        self._structlog().info(event, **values)

    def warning(self, event: str, **values: object) -> None:
        """What went on, but not as it should."""
        self._structlog().warning(event, **values)

    def error(self, event: str, **values: object) -> None:
        """What failed and wants a person."""
        self._structlog().error(event, **values)

    def _structlog(self) -> Any:
        if self._bound is None:
            self._bound = _configured_structlog().get_logger(room=self._room)
        return self._bound


def logger(room: str) -> Logger:
    """The logger of one room."""
    return Logger(room)


def masked(text: str) -> str:
    """The text with the last four digits of every telephone number in it hidden: `1380351****`.

    A number is a run of seven digits or more that is no part of a hexadecimal id and does not begin with 000; short
    codes stay.
    """
    return _LONG_DIGITS.sub(r"\1****", text)


def _configured_structlog() -> Any:
    global _configured
    import structlog

    if not _configured:
        level = logging.getLevelNamesMapping().get(os.environ.get("WURAO_LOG", "").upper(), logging.INFO)
        terminal = sys.stderr.isatty()
        last: Any = (
            structlog.dev.ConsoleRenderer() if terminal else structlog.processors.JSONRenderer(ensure_ascii=False)
        )
        structlog.configure(
            processors=[
                structlog.processors.add_log_level,
                structlog.processors.TimeStamper(fmt="iso", utc=True),
                structlog.processors.format_exc_info,
                _mask_values,
                last,
            ],
            wrapper_class=structlog.make_filtering_bound_logger(level),
            logger_factory=_to_standard_error,
            cache_logger_on_first_use=False,
        )
        _configured = True
    return structlog


def _to_standard_error(*_: object) -> Any:
    import structlog

    return structlog.PrintLogger(sys.stderr)


def _mask_values(_: object, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return {key: value if key == "timestamp" else _masked_value(value) for key, value in event.items()}


def _masked_value(value: object) -> object:
    match value:
        case str():
            return masked(value)
        case list() | tuple():
            return [_masked_value(each) for each in value]
        case dict():
            return {key: _masked_value(each) for key, each in value.items()}
    return value
