"""What went wrong, as a page for people or as problem details for programs (RFC 9457).

Called by the guard, by the API and by Django for what is not found or fails.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

PROBLEM = "application/problem+json"
API = "/api/"

WORDS: dict[int, tuple[str, str]] = {
    400: ("请求有误", "The request is wrong"),
    401: ("请先登录或出示密钥", "Sign in, or show a key"),
    403: ("您无权这样做", "You may not do this"),
    404: ("没有这个页面或内容", "There is no such thing"),
    405: ("此处不支持这种操作", "This cannot be done here"),
    409: ("别人刚刚修改过，请重新查看", "Somebody else changed it meanwhile; look again"),
    422: ("有内容不正确", "Something given is not right"),
    429: ("操作太频繁，请稍后再试", "Too often; try again later"),
    500: ("系统出错，您的内容没有被保存", "A fault of ours; nothing was saved"),
    503: ("暂时无法使用，请稍后再试", "Not available now; try again later"),
}
"""Status → what is said of it, in both languages."""


def is_api(request: HttpRequest) -> bool:
    """Whether a program asks."""
    return request.path.startswith(API)


def problem(request: HttpRequest, status: int, detail: str = "", **more: Any) -> HttpResponse:
    """The answer to what cannot be done."""
    zh, en = WORDS[status]
    if is_api(request):
        return problem_json(status, detail, **more)
    return render(request, "problem.html", {"status": status, "zh": zh, "en": en, "detail": detail}, status=status)


def problem_json(status: int, detail: str = "", **more: Any) -> HttpResponse:
    """Problem details."""
    zh, en = WORDS[status]
    body = {"type": "about:blank", "title": en, "title_zh": zh, "status": status, **more}
    if detail:
        body["detail"] = detail
    answer = HttpResponse(json.dumps(body, ensure_ascii=False), status=status, content_type=PROBLEM)
    if status == 401:
        answer["WWW-Authenticate"] = "Bearer"
    return answer


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404."""
    return problem(request, 404)


def failed(request: HttpRequest) -> HttpResponse:
    """500, or 503 while the database is away: said without the database or templates."""
    status = 503 if isinstance(sys.exc_info()[1], OperationalError | InterfaceError) else 500
    return problem_json(status) if is_api(request) else failed_with(status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400."""
    return problem_json(400) if is_api(request) else failed_with(400)


def failed_with(status: int) -> HttpResponse:
    """A bare page, for what went wrong before a request was understood."""
    zh, en = WORDS[status]
    page = f'<!doctype html><html lang="zh"><meta charset="utf-8"><title>{zh}</title><h1>{zh}</h1><p lang="en">{en}</p>'
    return HttpResponse(page, status=status)
