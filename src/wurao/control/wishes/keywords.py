"""Short messages to the service: one keyword opens, another closes, as carriers do today; anything else gets help.

A text comes in, from the subscriber's own number; the reply goes out, and the change that was made. Which words mean
what is the operator's to say (`message_words`). Full-width letters and blanks count as plain ones.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial

from wurao.control.accounts.codes import subscriber_number
from wurao.control.consents import asking, given
from wurao.control.consents.by_message import firms_named
from wurao.control.consents.models import Request
from wurao.control.message_words import first_word, plain, words_of
from wurao.control.registry.models import Change
from wurao.control.registry.record import Author
from wurao.control.waiting import AwaitsGuardian
from wurao.control.wishes import answers, guardians, registration
from wurao.control.wishes.choices import CHOICE_WORDS, Choice, choice_of
from wurao.control.wishes.differences import difference
from wurao.control.wishes.models import Asked
from wurao.control.wishes.registered import Registered, registered
from wurao.control.wishes.registration import SHIELD_HOURS, with_choice
from wurao.errors import Refused
from wurao.numbering import masked

_BEHIND = re.compile(r"\+?\d{1,20}|")
"""What may stand behind most keywords: hours, a number, a code, or nothing."""
LIST_HOURS = 24
"""Of only my list, where no hours are written."""
WITH_MORE = ("shield", "only_list", "guardian", "agree", "refuse")
NOTHING_TO_UNDO = "【勿扰】没有可以撤销的修改。Wurao: there is nothing to undo."
AWAITS = "【勿扰】这会放宽防护，已请您的监护人同意。Wurao: this weakens protection; your guardian was asked."
ASKED = "【勿扰】已请对方同意。Wurao: they were asked."
NO_QUESTION = "【勿扰】没有这条待答复的请求。Wurao: there is no such question."
TWO_QUESTIONS = "【勿扰】有两条请求的数字相同，请登录勿扰答复。Wurao: two have this code; answer on the page."
NO_CONSENT = "【勿扰】没有可以撤回的同意。Wurao: there is no consent to take back."
WHICH_FIRM = "【勿扰】有多家企业：{firms}。请写全称。Wurao: several firms; write the whole name."


@dataclass(frozen=True, slots=True)
class Reply:
    """What is sent back, and what was changed."""

    text: str
    change: Change | None = None


def carry_out(number: int, text: str, author: Author, now: datetime | None = None) -> Reply:
    """Do what a message asks, and say what was done; or say what can be asked."""
    command, behind = command_of(plain(text))
    try:
        return _carried_out(number, command, behind, author, now) or Reply(help_text())
    except AwaitsGuardian:
        return Reply(AWAITS)


def command_of(said: str) -> tuple[str | None, str]:
    """Which command a message is, null where it is none, and what is written behind it."""
    for command in ("open", "close", "status", "undo"):
        if said in words_of(command):
            return command, ""
    for command in (*WITH_MORE, "revoke"):
        for word in words_of(command):
            behind = said[len(word) :]
            # Only to take back consents a name may stand behind.
            if said.startswith(word) and (command == "revoke" or _BEHIND.fullmatch(behind)):
                return command, behind
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
    first = {command: first_word(command) for command in ("open", "close", "status", "undo", *WITH_MORE, "revoke")}
    return (
        f"【勿扰】回复 {first['open']} 停止一切营销，{first['close']} 关闭，{first['status']} 查询，"
        f"{first['undo']} 撤销，{first['shield']}1、{first['shield']}6 或 {first['shield']}24 防轰炸若干小时，"
        f"{first['only_list']}24 限时只接名单，{first['guardian']}加号码指定监护人，"
        f"{first['revoke']} 撤回全部同意，后加企业名称或号码只撤回一家。"
        f"Wurao: {first['open']} stops marketing, {first['close']} is off, {first['status']} asks, {first['undo']} "
        f"undoes, {first['shield']}1/6/24 shields for hours, {first['only_list']}24 only my list, "
        f"{first['guardian']} and a number names a guardian, {first['revoke']} takes back all consents, with a firm's "
        f"name or number behind those to it."
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
        case "revoke":
            return _revoked(number, behind, author)
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
    """Answer what the code went out with."""
    try:
        match answers.with_code(number, code):
            case [Asked() as question]:
                guardians.answer(question, agrees, author)
                return Reply(guardians.DONE)
            case [Request() as request]:
                change = asking.answer(request, agrees, replace(author, purpose=f"request {request.pk}"))
                return Reply(guardians.DONE if change or not agrees else NO_QUESTION, change)
            case []:
                return Reply(NO_QUESTION)
    except AwaitsGuardian:
        raise
    except Refused as error:
        return Reply(f"【勿扰】没有办成。Wurao: {error.wrong}; {error.right}.")
    return Reply(TWO_QUESTIONS)


def _revoked(number: int, named: str, author: Author) -> Reply | None:
    """Take back all consents, or those to the firm that is named."""
    if not named:
        changes = given.revoke(number, author, everything=True)
    else:
        firms = firms_named(number, named)
        if len(firms) > 1:
            return Reply(WHICH_FIRM.format(firms="、".join(firms.values())))
        if not firms and not _BEHIND.fullmatch(named):
            return None
        changes = [change for sender_id in firms for change in given.revoke(number, author, sender_id=sender_id)]
    return Reply(given.told(changes), changes[-1]) if changes else Reply(NO_CONSENT)


def _amend(number: int, how: Callable[[Registered], Registered], author: Author) -> Reply:
    before = registered(number)
    change = registration.amend(number, how, author)
    said = difference(before, how(before))
    return Reply(registration.confirmed(said), change)
