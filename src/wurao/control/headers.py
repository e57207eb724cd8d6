"""What every answer carries so that a browser runs nothing but our own files, and how Django's log joins ours."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from wurao.log import logger

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "require-trusted-types-for 'script'",
    )
)
"""Nothing inline, nothing from other hosts."""
PERMISSIONS = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
_log = logger("web")


class StrictHeaders:
    """The middleware."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, with the headers; what is somebody's own is kept by no cache."""
        answer = self._get_response(request)
        answer["Content-Security-Policy"] = POLICY
        answer["Permissions-Policy"] = PERMISSIONS
        answer.setdefault("Cache-Control", "no-store")
        return answer


class _ToWurao(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        """One line of Django's or the server's, as an event of ours; numbers are masked there."""
        values: dict[str, object] = {"by": record.name}
        if record.exc_info:
            values["exc_info"] = record.exc_info
        (_log.error if record.levelno >= logging.ERROR else _log.warning)(record.getMessage(), **values)


def log_to_wurao(_: object) -> None:
    """Send warnings and errors of Django and the server where all of ours go."""
    for name in ("django", "django.server"):
        logging.getLogger(name).handlers = []
    # That a request waits for a thread is no news.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    root = logging.getLogger()
    root.handlers = [_ToWurao(logging.WARNING)]
    root.setLevel(logging.WARNING)
