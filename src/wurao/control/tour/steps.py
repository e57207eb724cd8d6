"""What to look at in each role: a page, and what is worth seeing there."""

from __future__ import annotations

from dataclasses import dataclass

from wurao.control.rights import Role
from wurao.control.wishes.words import Words

PURPOSE: Words = (
    "想看完整号码，先写明目的；每次查看都会记入审计。",
    "To see a number whole, say for what purpose; each time is kept for the auditor.",
)
ASK: Words = (
    "问一问：被叫填 13835110001，主叫填 110，“线路与模板”里中继填 intl-cmcc-1，看十二条规则怎样判断冒充的 110。",
    "Ask: to 13835110001, from 110, under “trunk” intl-cmcc-1, and see how the twelve rules judge a false 110.",
)


@dataclass(frozen=True, slots=True)
class Step:
    """A page, by the name of its URL, and what to see there."""

    page: str
    title: Words
    see: Words


INTRODUCTIONS: dict[Role, Words] = {
    Role.SUBSCRIBER: ("接电话的人：决定什么可以打进来。", "Whoever is called: says what may come in."),
    Role.FIRM: ("依法外呼和发短信的企业。", "A firm that calls and messages lawfully."),
    Role.OPERATOR: ("运营商：只看自己的用户。", "An operator's staff: sees its own subscribers only."),
    Role.REGULATOR: ("省通信管理局：看全省。", "The provincial administration: sees the whole province."),
    Role.POLICE: ("反诈联络民警：只看本市。", "The police liaison: sees the own city only."),
    Role.AUDITOR: ("审计员：什么都能看，什么都不能改。", "The auditor: sees everything, changes nothing."),
    Role.ADMINISTRATOR: ("系统管理员：管人，不看通信。", "The administrator: looks after people, sees no traffic."),
}
STEPS: dict[Role, tuple[Step, ...]] = {
    Role.SUBSCRIBER: (
        Step(
            "stops",
            ("拦截记录", "What was stopped"),
            (
                "每条都写明原因。点“下次放行”，再点“撤销”；也可以举报诈骗。",
                "Each says why. Tap “let through next time”, then “undo”; or report a fraud.",
            ),
        ),
        Step(
            "wishes",
            ("我的意愿", "My wishes"),
            (
                "先点“先看昨天会怎样”里的“停止一切营销”：看看会多拦下什么，再决定要不要保存。",
                "Try “stop all marketing” on yesterday first: see what more would be stopped, then decide.",
            ),
        ),
        Step(
            "explain",
            ("为什么", "Why"),
            (
                "粘贴一个号码和一条短信，看十二条规则逐条怎么说。",
                "Paste a number and a text, and see what each of the twelve rules says.",
            ),
        ),
        Step(
            "lists",
            ("我的名单", "My lists"),
            ("总是放行或总是拦截的号码，可整批粘贴、导出。", "Numbers always let through or stopped; paste, export."),
        ),
    ),
    Role.FIRM: (
        Step(
            "firm",
            ("我的企业", "My firm"),
            (
                "登记、号码、模板和证书，各到哪一步。",
                "Registration, headers, templates, certificate: how far each is.",
            ),
        ),
        Step(
            "may_call",
            ("可以打吗", "May I call?"),
            ("交一份号码表，拿回现在可以打的。", "Hand in a list of numbers; get back those that may be called now."),
        ),
        Step(
            "keys",
            ("接口密钥", "API keys"),
            ("给程序用的密钥：有范围、有期限。", "Keys for programs, with scope and expiry."),
        ),
    ),
    Role.OPERATOR: (
        Step("figures", ("统计", "Figures"), ("只统计本运营商用户。", "Your own subscribers only.")),
        Step("explain", ("为什么", "Why"), ASK),
        Step("registry_changes", ("登记变更", "Changes"), PURPOSE),
    ),
    Role.REGULATOR: (
        Step(
            "figures",
            ("统计", "Figures"),
            ("一天的处置：按原因、类别、运营商、城市。", "A day's verdicts, by reason, category, operator and city."),
        ),
        Step("explain", ("为什么", "Why"), ASK),
        Step("registry_changes", ("登记变更", "Changes"), PURPOSE),
    ),
    Role.POLICE: (
        Step("figures", ("统计", "Figures"), ("只统计本市。", "Your own city only.")),
        Step("registry_changes", ("登记变更", "Changes"), PURPOSE),
    ),
    Role.AUDITOR: (
        Step(
            "access_records",
            ("访问记录", "Access"),
            ("谁登录、谁被拒、谁看过完整号码，为什么。", "Who came in, was refused, saw a number whole, and why."),
        ),
        Step("people", ("人员", "People"), ("有哪些工作人员。", "Who the staff are.")),
        Step("figures", ("统计", "Figures"), ("全部统计。", "All figures.")),
    ),
    Role.ADMINISTRATOR: (
        Step(
            "people",
            ("人员", "People"),
            ("邀请一位同事：链接一天内有效，只能用一次。", "Invite somebody: good once, for a day."),
        ),
        Step("access_records", ("访问记录", "Access"), ("每次被拒绝都有记录。", "Every refusal is kept.")),
        Step("usersessions_list", ("登录会话", "Sessions"), ("结束其他会话。", "End the other sessions.")),
    ),
}
