"""Debian's Chromium, without a window, through Playwright; and whatever a page asks of other hosts refused."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

PROGRAM = Path("/usr/bin/chromium")
FLAGS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP localhost 127.0.0.1 , MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
]


@contextmanager
def chromium() -> Iterator[Any]:
    """The running browser. Playwright runs a loop of its own in this thread, which Django must not take for its own."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(PROGRAM), args=FLAGS, headless=True)
        try:
            yield browser
        finally:
            browser.close()
            del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@contextmanager
def served() -> Iterator[str]:
    """The project, served by the server that serves it in earnest, on a free port; its address by name.

    By name, since a passkey belongs to a name and never to an IP address.
    """
    from django.core.wsgi import get_wsgi_application
    from django.db import connections
    from waitress.server import create_server

    listening = socket.create_server(("127.0.0.1", 0))
    server = create_server(get_wsgi_application(), sockets=[listening], threads=2)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield f"http://localhost:{listening.getsockname()[1]}"
    finally:
        server.close()
        # It ends by itself once the browser has closed its connections.
        thread.join(2)
        connections.close_all()


def opened(browser: Any, site: str, cookie: str = "", **options: Any) -> Any:
    """A page in a context of its own, signed in by a session's cookie; what goes wrong in it is in `page.wrong`."""
    context = browser.new_context(locale="zh-CN", **options)
    if cookie:
        context.add_cookies([{"name": "session", "value": cookie, "url": site}])
    page = context.new_page()
    page.set_default_timeout(20_000)
    page.wrong = []
    page.on("console", lambda said: page.wrong.append(said.text) if said.type == "error" else None)
    page.on("request", lambda asked: page.wrong.append(asked.url) if not asked.url.startswith(site) else None)
    return page
