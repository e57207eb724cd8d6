"""Short messages to the service: one keyword opens, another closes, as carriers do today; anything else gets help.

A text comes in, from the subscriber's own number; the reply goes out, and the change that was made. Which words mean
what is the operator's to say (`[control] words_…`). Full-width letters and blanks count as plain ones.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from django.conf import settings

from wurao.control.accounts.codes import subscriber_number
from wurao.control.registry.models import Change
from wurao.control.registry.record import Author
from wurao.control.waiting import AwaitsGuardian
from wurao.control.wishes import guardians, registration
from wurao.control.wishes.choices import CHOICE_WORDS, Choice, choice_of
from wurao.control.wishes.differences import difference
from wurao.control.wishes.registered import Registered, registered
from wurao.control.wishes.registration import SHIELD_HOURS, with_choice
from wurao.errors import Refused
from wurao.numbering import masked

_BEHIND = re.compile(r"\+?\d{1,20}|")
"""What may stand behind a keyword: hours, a number, a code, or nothing."""
LIST_HOURS = 24
"""Of only my list, where no hours are written."""
WITH_MORE = ("shield", "only_list", "guardian", "agree", "refuse")
NOTHING_TO_UNDO = "【勿扰】没有可以撤销的修改。Wurao: there is nothing to undo."
AWAITS = "【勿扰】这会放宽防护，已请您的监护人同意。Wurao: this weakens protection; your guardian was asked."
ASKED = "【勿扰】已请对方同意。Wurao: they were asked."
NO_QUESTION = "【勿扰】没有这条待答复的请求。Wurao: there is no such question."


@dataclass(frozen=True, slots=True)
class Reply:
    """What is sent back, and what was changed."""

    text: str
    change: Change | None = None


def carry_out(number: int, text: str, author: Author, now: datetime | None = None) -> Reply:
    """Do what a message asks, and say what was done; or say what can be asked."""
    said = "".join(unicodedata.normalize("NFKC", text).upper().split())
    command, behind = command_of(said)
    try:
        return _carried_out(number, command, behind, author, now) or Reply(help_text())
    except AwaitsGuardian:
        return Reply(AWAITS)


def command_of(said: str) -> tuple[str | None, str]:
    """Which command a message is, null where it is none, and what is written behind it."""
    for command in ("open", "close", "status", "undo"):
        if said in _words(command):
            return command, ""
    for command in WITH_MORE:
        for word in _words(command):
            if said.startswith(word) and _BEHIND.fullmatch(said[len(word) :]):
                return command, said[len(word) :]
    return None, ""


def status(now: Registered, moment: datetime | None = None) -> str:
    """What somebody has registered, in a line."""
    choice, moment = choice_of(now.wish), moment or datetime.now(UTC)
    zh, en = CHOICE_WORDS[choice] if choice else ("未登记", "nothing registered")
    found = [(zh, en)]
    if now.shield_until is not None and now.shield_until > moment:
        found.append(("防轰炸已开启", "flood shield up"))
    if now.wish.only_my_list or (now.only_my_list_until is not None and now.only_my_list_until > moment):
        found.append(("只接名单", "only my list"))
    if now.guardian is not None:
        found.append((f"监护人 {masked(now.guardian)}", "with a guardian"))
    return f"【勿扰】当前：{'，'.join(zh for zh, _ in found)}。Wurao: now: {', '.join(en for _, en in found)}."


def help_text() -> str:
    """What can be asked."""
    first = {command: _words(command)[0] for command in ("open", "close", "status", "undo", *WITH_MORE)}
    return (
        f"【勿扰】回复 {first['open']} 停止一切营销，{first['close']} 关闭，{first['status']} 查询，"
        f"{first['undo']} 撤销，{first['shield']}1、{first['shield']}6 或 {first['shield']}24 防轰炸若干小时，"
        f"{first['only_list']}24 限时只接名单，{first['guardian']}加号码指定监护人。"
        f"Wurao: {first['open']} stops marketing, {first['close']} is off, {first['status']} asks, {first['undo']} "
        f"undoes, {first['shield']}1/6/24 shields for hours, {first['only_list']}24 only my list, "
        f"{first['guardian']} and a number names a guardian."
    )


def _carried_out(number: int, command: str | None, behind: str, author: Author, now: datetime | None) -> Reply | None:
    match command:
        case "open":
            return _amend(number, partial(with_choice, choice=Choice.STOP), author)
        case "close":
            return _amend(number, partial(with_choice, choice=Choice.OFF), author)
        case "status":
            return Reply(status(registered(number), now))
        case "undo":
            try:
                return Reply(registration.UNDONE, registration.undo_last(number, author))
            except AwaitsGuardian:
                raise
            except Refused:
                return Reply(NOTHING_TO_UNDO)
        case "shield" | "only_list":
            return _timed(number, command, behind, author, now)
        case "guardian" if behind:
            return _guardian(number, behind, author)
        case "agree" | "refuse" if behind:
            return _answered(number, behind, command == "agree", author)
    return None


def _timed(number: int, command: str, behind: str, author: Author, now: datetime | None) -> Reply | None:
    hours = int(behind) if behind else SHIELD_HOURS[0] if command == "shield" else LIST_HOURS
    if command == "shield":
        if hours not in (0, *SHIELD_HOURS):
            return None
        return _amend(number, partial(registration.with_shield, hours=hours, now=now), author)
    if hours > registration.MOST_HOURS:
        return None
    return _amend(number, partial(registration.with_only_my_list, hours=hours, now=now), author)


def _guardian(number: int, behind: str, author: Author) -> Reply | None:
    try:
        if behind == "0":
            guardians.ask_to_end(number, author)
            return Reply(ASKED)
        guardian = subscriber_number(behind)
        if guardian is None:
            return None
        guardians.name(number, guardian, author)
        return Reply(ASKED)
    except Refused as error:
        return Reply(f"【勿扰】没有办成。Wurao: {error.wrong}; {error.right}.")


def _answered(number: int, code: str, agrees: bool, author: Author) -> Reply:
    try:
        found = guardians.answer_by_message(number, code, agrees, author)
    except Refused as error:
        return Reply(f"【勿扰】没有办成。Wurao: {error.wrong}; {error.right}.")
    return Reply(guardians.DONE if found else NO_QUESTION)


def _amend(number: int, how: Callable[[Registered], Registered], author: Author) -> Reply:
    before = registered(number)
    change = registration.amend(number, how, author)
    said = difference(before, how(before))
    return Reply(registration.CONFIRMED.format(zh=said[0], en=said[1]), change)


def _words(command: str) -> list[str]:
    written: str = getattr(settings.CONTROL, f"words_{command}")
    return [each.strip().upper() for each in written.split(",") if each.strip()]
