"""What is kept of a person, how long, and why: the one table, which the page shows and `purging` carries out.

A time is what a law asks at least, and no more, since nothing may be kept longer than it is needed (PIPL, Article 19).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from wurao.control.wishes.words import Words

HALF_A_YEAR = timedelta(days=184)
THREE_YEARS = timedelta(days=3 * 366)
A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Kept:
    """One kind of thing that is kept."""

    what: Words
    how_long: Words
    why: Words
    time: timedelta | None = None
    """After its end, or after it was made; null: as long as it stands."""


REGISTERED = Kept(
    ("登记的意愿、名单、监护人、同意", "Wishes, lists, guardian, consents"),
    ("直到您删除或号码易主", "Until you erase them or the number changes hands"),
    ("您要求按其拦截，处理以您的同意为据（《个人信息保护法》第十三条）", "You asked for it (PIPL, Article 13)"),
)
HISTORY = Kept(
    ("修改记录、同意的给出与撤回（删除或易主后封存，不再使用）", "What was changed, put aside after erasure"),
    ("删除或易主后 6 个月", "Six months after erasure or change of hands"),
    (
        "《网络安全法》第二十一条：日志留存不少于六个月；《通信短信息服务管理规定》：订阅与退订记录至少 5 个月；"
        "期内停止其他处理（《个人信息保护法》第四十七条）",
        "Cybersecurity Law, Article 21: logs at least six months; rules on short messages: opting in and out at least "
        "five months; meanwhile nothing else is done with it (PIPL, Article 47)",
    ),
    HALF_A_YEAR,
)
ACCESS = Kept(
    ("登录、登录失败、被拒绝的访问", "Sign-ins, failed ones, refusals"),
    ("6 个月", "Six months"),
    ("《网络安全法》第二十一条", "Cybersecurity Law, Article 21"),
    HALF_A_YEAR,
)
HANDLING = Kept(
    ("工作人员查看完整号码、代办、批量登记的记录（号码已遮盖）", "Staff who saw numbers or acted for people, masked"),
    ("3 年", "Three years"),
    ("《个人信息保护法》第五十六条：处理情况记录至少保存三年", "PIPL, Article 56: records of handling"),
    THREE_YEARS,
)
QUESTIONS = Kept(
    ("向监护人提出的请求", "Questions to guardians"),
    ("6 个月", "Six months"),
    ("证明变更经监护人同意（《网络安全法》第二十一条）", "They show who agreed (Cybersecurity Law, Article 21)"),
    HALF_A_YEAR,
)
CODES = Kept(
    ("验证码（只存密码学摘要）", "One-time codes, as hashes"),
    ("1 天", "A day"),
    ("防止猜测验证码", "Against guessing"),
    A_DAY,
)
STOPPED = Kept(
    ("拦截记录和诈骗举报", "What was stopped, and reports of fraud"),
    ("直到您删除或号码易主；举报保留用于溯源", "Until you erase them or the number changes hands; reports stay"),
    ("您要求拦截并查看（《个人信息保护法》第十三条）；没有举报就无法溯源", "You asked for it (PIPL, Article 13)"),
)
EVERYTHING = (REGISTERED, STOPPED, HISTORY, ACCESS, HANDLING, QUESTIONS, CODES)
OF_ACCESS = ("signed_in", "sign_in_failed", "code_refused", "code_wrong", "refused", "too_many_calls")
"""The kinds of access records that are kept for half a year; all others are records of handling."""
