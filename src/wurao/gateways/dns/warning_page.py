"""The warning page: what a blocked name leads to, where the operator chose that, and how to appeal.

`page` writes it for the host that the browser asked for; `WarningPage` serves it by plain HTTP, to any path, with
status 451 (RFC 7725), or 404 where the list does not have the name. By HTTPS a browser shows a certificate error
instead, and rightly so. The name that was asked for is shown as text and nothing else of the request is read. Called by
`wurao domains warning-page`.
"""

from __future__ import annotations

import html
import socket
import threading
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from wurao.gateways.dns.addresses import Address, cannot_listen

SHOWN = 253
READS_WITHIN_S = 10.0
MOST_AT_ONCE = 64
"""Requests that are answered at a time."""
_PAGE = """<!doctype html>
<html lang="zh-CN">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="robots" content="noindex">
<title>{title_zh} · {title_en}</title>
<style>
body {{ font: 1.1rem/1.6 system-ui, sans-serif; max-width: 40rem; margin: 10vh auto; padding: 0 1rem; color: #222; }}
h1 {{ color: #b00020; }} code {{ overflow-wrap: anywhere; }} [lang=en] {{ color: #555; }}
@media (prefers-color-scheme: dark) {{ body {{ background: #1b1b1b; color: #eee; }} [lang=en] {{ color: #bbb; }}
h1 {{ color: #ff8a80; }} }}
</style>
<h1>{title_zh}</h1>
{body_zh}
<div lang="en">
<h2>{title_en}</h2>
{body_en}
</div>
</html>
"""
_BLOCKED = ("此网站已被拦截", "This site is blocked")
_BLOCKED_ZH = """<p><code>{name}</code> 在涉诈域名名单上，已依法拦截。{why}</p>
<p>如果您在该网站填写过银行卡、密码或验证码，请立即联系银行，并拨打 96110 或 110。</p>
<p>认为拦截有误？请向 {appeal} 申诉，并提供上面的域名。</p>"""
_BLOCKED_EN = """<p><code>{name}</code> is on the list of fraud domains and blocked as the law provides. {why}</p>
<p>If you entered a bank card, a password or a code there, call your bank now, then 96110 or 110.</p>
<p>Blocked by mistake? Appeal to {appeal}, and give the name above.</p>"""
_FREE = ("此域名不在名单上", "This name is not on the list")
_FREE_ZH = """<p><code>{name}</code> 现不在涉诈域名名单上。如刚解除拦截，请稍候几秒再试。</p>
<p>仍打不开？请联系 {appeal}，并提供上面的域名。</p>"""
_FREE_EN = """<p><code>{name}</code> is not on the list of fraud domains now.
If it was released a moment ago, try again in some seconds.</p>
<p>Still not there? Tell {appeal}, and give the name above.</p>"""
Why = Callable[[str], tuple[str, str] | None]
"""What the list says of a name, in Chinese and English; null where it is not listed."""


def page(host: str, appeal: str, why: tuple[str, str] | None = None, *, is_listed: bool = True) -> str:
    """The page for a host as the browser named it; whatever stands in it is shown as text."""
    title_zh, title_en = _BLOCKED if is_listed else _FREE
    in_zh, in_en = (_BLOCKED_ZH, _BLOCKED_EN) if is_listed else (_FREE_ZH, _FREE_EN)
    name, to = html.escape(_name_of(host)) or "该网站", html.escape(appeal)
    zh, en = (html.escape(each) for each in why or ("", ""))
    return _PAGE.format(
        title_zh=title_zh,
        title_en=title_en,
        body_zh=in_zh.format(name=name, why=zh, appeal=to),
        body_en=in_en.format(name=name, why=en, appeal=to),
    )


def _name_of(host: str) -> str:
    name = host.partition(":")[0][:SHOWN].lower()
    return "".join(each for each in name if each.isascii() and (each.isalnum() or each in ".-_"))


class WarningPage(ThreadingHTTPServer):
    """The page at an address; `serve_forever` until `shutdown`."""

    daemon_threads = True
    request_queue_size = MOST_AT_ONCE

    def __init__(self, listen: Address, appeal: str, why: Why | None = None) -> None:
        """Say where to appeal and, where the list can be asked, why a name is blocked."""
        self._free = threading.BoundedSemaphore(MOST_AT_ONCE)
        self.appeal, self.why = appeal, why
        self.address_family = socket.AF_INET6 if ":" in listen.host else socket.AF_INET
        try:
            super().__init__(listen.pair, _Handler)
        except OSError as error:
            raise cannot_listen(listen, error) from error

    def process_request(self, request: Any, client_address: Any) -> None:
        """Answer in a thread of its own; of too many at once the last are turned away."""
        if self._free.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Answer, and make room for another."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._free.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Keep quiet about a browser that went away."""


class _Handler(BaseHTTPRequestHandler):
    server: WarningPage
    server_version, sys_version = "wurao", ""
    timeout = READS_WITHIN_S

    def do_GET(self) -> None:
        """Answer any path with the page."""
        self._answer(with_body=True)

    def do_POST(self) -> None:
        """Answer what a form would have sent likewise; none of it is read."""
        self._answer(with_body=True)

    def do_HEAD(self) -> None:
        """Answer with the page's head."""
        self._answer(with_body=False)

    def log_message(self, format: str, *values: object) -> None:
        """Log nothing: who asked for what is nobody's business."""

    def _answer(self, with_body: bool) -> None:
        host = self.headers.get("Host", "")
        asked = self.server.why
        why = asked(_name_of(host)) if asked else None
        is_listed = why is not None or asked is None
        body = page(host, self.server.appeal, why, is_listed=is_listed).encode()
        self.send_response(HTTPStatus.UNAVAILABLE_FOR_LEGAL_REASONS if is_listed else HTTPStatus.NOT_FOUND)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
        self.send_header("Connection", "close")
        self.end_headers()
        if with_body:
            self.wfile.write(body)
        self.close_connection = True
