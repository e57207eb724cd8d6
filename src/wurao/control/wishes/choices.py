"""The three big choices: stop all marketing, let through what I choose, off; and what each makes of a wish."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum

from wurao.wishes import EVERYTHING, Guard, Wish


class Choice(StrEnum):
    """One of the three."""

    STOP = "stop"
    CHOOSE = "choose"
    OFF = "off"


CHOICE_WORDS = {
    Choice.STOP: ("停止一切营销", "Stop all marketing"),
    Choice.CHOOSE: ("只放行我选的", "Let through what I choose"),
    Choice.OFF: ("关闭防护", "Off"),
}
CHOICE_MEANS = {
    Choice.STOP: (
        "九类营销一律不接，未登记的商业来电来信也拦；您同意过的、验证码和政务服务照常。",
        "None of the nine kinds of marketing, and no unregistered sender; what you agreed to, codes and public "
        "services still come.",
    ),
    Choice.CHOOSE: (
        "在下面勾选愿意接收的类别和时段，其余营销一律不接。",
        "Tick below which kinds may come, and when; other marketing is stopped.",
    ),
    Choice.OFF: (
        "不按意愿拦截，也不提示。依法处置的诈骗号码仍会拦截。",
        "Nothing is stopped by your wishes or labelled. Numbers under a fraud order are still stopped.",
    ),
}


def chosen(wish: Wish, choice: Choice) -> Wish:
    """What a choice makes of a wish."""
    match choice:
        case Choice.STOP:
            return replace(wish, marketing=0, unregistered=False, guard=max(wish.guard, Guard.STANDARD))
        case Choice.CHOOSE:
            return replace(wish, marketing=wish.marketing or EVERYTHING, guard=max(wish.guard, Guard.STANDARD))
    return Wish(guard=Guard.OFF)


def choice_of(wish: Wish) -> Choice | None:
    """Which of the three a wish is; null where it is what everybody has who never chose."""
    if wish == Wish():
        return None
    if wish.marketing == 0:
        return Choice.STOP
    return Choice.OFF if wish == Wish(guard=Guard.OFF) else Choice.CHOOSE
