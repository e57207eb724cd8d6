"""How long a request waits for the database altogether: a slow one is as good as away, and nothing is done.

A database that takes seconds a reply would hold every web thread, so that not even the page that says so came through.
Before each query the time that this request has waited so far is looked at; past `database_patience_s` it fails as if
the database were gone: the transaction is undone and the answer is 503. The middleware is `Patience`.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import OperationalError, connection
from django.http import HttpRequest, HttpResponse


class Patience:
    """The middleware."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, with a watch on how long the database takes."""
        with connection.execute_wrapper(_Watch(settings.CONTROL.database_patience_s)):
            return self._get_response(request)


class _Watch:
    """How long one request has waited for the database."""

    def __init__(self, patience_s: int) -> None:
        self._left = float(patience_s)

    def __call__(self, execute: Callable[..., Any], sql: str, parameters: Any, many: bool, context: Any) -> Any:
        """Run a query, unless patience is at its end."""
        if self._left <= 0:
            raise OperationalError("the database is too slow")
        began = time.monotonic()
        try:
            return execute(sql, parameters, many, context)
        finally:
            self._left -= time.monotonic() - began
