"""What every page knows: who looks at it, where they may go, and how large they want it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from wurao.control.accounts.guard import actor_of
from wurao.control.rights import ROLE_WORDS, STAFF, may
from wurao.control.tour.demo import is_demo

LARGE = "large"
TOUR = "tour"
MENU = (
    (TOUR, "导览", "Tour"),
    ("wishes", "我的意愿", "My wishes"),
    ("stops", "拦截记录", "What was stopped"),
    ("lists", "我的名单", "My lists"),
    ("guardian", "监护人", "Guardian"),
    ("explain", "为什么", "Why"),
    ("figures", "统计", "Figures"),
    ("agent", "代办", "For a caller"),
    ("bulk", "批量登记", "Many at once"),
    ("my_data", "我的资料", "My data"),
    ("handed_over", "号码易主", "Handed over"),
    ("consents", "我的同意", "My consents"),
    ("wishes_history", "修改记录", "What was changed"),
    ("firm", "我的企业", "My firm"),
    ("firm_consents", "用户同意", "Consents"),
    ("may_call", "可以打吗", "May I call?"),
    ("may_call_askings", "名单核验", "Lists asked"),
    ("reviews", "待审核", "Reviews"),
    ("firms", "企业", "Firms"),
    ("registry_changes", "登记变更", "Changes"),
    ("people", "人员", "People"),
    ("access_records", "访问记录", "Access"),
    ("mfa_index", "双重验证", "Second factor"),
    ("usersessions_list", "登录会话", "Sessions"),
    ("keys", "接口密钥", "API keys"),
)
SELDOM = frozenset({"guardian", "my_data", "wishes_history", "mfa_index", "usersessions_list", "keys"})
"""What few need and nobody daily; it stands behind 更多 in the menu."""


def page(request: HttpRequest) -> dict[str, Any]:
    """For the template that all pages extend."""
    if not hasattr(request, "actor"):
        return {}
    actor = actor_of(request)
    menu = [each for each in MENU if may(actor.role, each[0]) and (each[0] != TOUR or is_demo(actor.address))]
    return {
        "actor": actor,
        "role_words": ROLE_WORDS[actor.role],
        "is_staff": actor.role in STAFF,
        "menu": [each for each in menu if each[0] not in SELDOM],
        "menu_more": [each for each in menu if each[0] in SELDOM],
        "is_more_open": any(reverse(each[0]) == request.path for each in menu if each[0] in SELDOM),
        "is_demo": is_demo(actor.address),
        "is_large": request.COOKIES.get(LARGE) == "1",
    }
