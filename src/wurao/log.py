"""The one set-up of logging: structlog, to standard error, with people's numbers masked and file names whole.

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
from pathlib import Path
from typing import Any

from wurao.errors import WuraoError

_LONG_DIGITS = re.compile(r"(?<![0-9A-Fa-f])(?<!20\d{6}T)(?!000)(\d{3,})\d{4}(?![0-9A-FTa-f])")
"""Seven digits or more that are no part of a hexadecimal id or of a snapshot's (`20261123T215304786647Z`), and do not
begin with three zeros as a file's place among others does (`00000000000000000013.log`), and no number."""
_PATH = re.compile(r"""(?<=')/[^'\n]+(?=')|(?<=")/[^"\n]+(?=")|(?<![^\s(=:,])/[^\s'",;:)]+""")
"""What may be the name of a file: absolute, in quotes up to the next one, else up to a blank or a mark."""
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


def _masked_text(text: str) -> str:
    """The same with the names of files whole, which digits stand in as well: an alarm has to say where."""
    pieces, done = [], 0
    for found in _PATH.finditer(text):
        if _is_of_a_file(found[0]):
            pieces += [masked(text[done : found.start()]), found[0]]
            done = found.end()
    return "".join([*pieces, masked(text[done:])])


def _is_of_a_file(path: str) -> bool:
    """Whether a path is absolute and begins with a directory of this machine; that of a web address does not."""
    first, _, below = path.removeprefix("/").partition("/")
    return path.startswith("/") and bool(first and below) and os.path.isdir(f"/{first}")


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
        case Path():
            return str(value)
        case WuraoError() if _is_of_a_file(value.where):
            return value.where + _masked_text(str(value).removeprefix(value.where))
        case str():
            return _masked_text(value)
        case BaseException():
            return _masked_text(str(value))
        case list() | tuple():
            return [_masked_value(each) for each in value]
        case dict():
            return {key: _masked_value(each) for key, each in value.items()}
    return value
