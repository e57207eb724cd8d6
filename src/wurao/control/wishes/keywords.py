"""Short messages to the service: one keyword opens, another closes, as carriers do today; anything else gets help.

A text comes in, from the subscriber's own number; the reply goes out, and the change that was made. Which words mean
what is the operator's to say (`[control] words_…`). Full-width letters and blanks count as plain ones.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from django.conf import settings

from wurao.control.registry.models import Change
from wurao.control.registry.record import Author
from wurao.control.wishes import registration
from wurao.control.wishes.choices import CHOICE_WORDS, Choice, choice_of, chosen
from wurao.control.wishes.differences import difference
from wurao.control.wishes.registration import SHIELD_HOURS, Registered
from wurao.errors import Refused

_HOURS = re.compile(r"^(.*?)(\d{1,3})?$")


@dataclass(frozen=True, slots=True)
class Reply:
    """What is sent back, and what was changed."""

    text: str
    change: Change | None = None


def carry_out(number: int, text: str, author: Author, now: datetime | None = None) -> Reply:
    """Do what a message asks, and say what was done; or say what can be asked."""
    said = "".join(unicodedata.normalize("NFKC", text).upper().split())
    before = registration.registered(number)
    match command_of(said):
        case "open":
            return _save(number, before, replace(before, wish=chosen(before.wish, Choice.STOP)), author)
        case "close":
            return _save(number, before, replace(before, wish=chosen(before.wish, Choice.OFF)), author)
        case "status":
            return Reply(status(before, now))
        case "undo":
            try:
                return Reply(registration.UNDONE, registration.undo_last(number, author))
            except Refused:
                return Reply("【勿扰】没有可以撤销的修改。Wurao: there is nothing to undo.")
        case "shield":
            found = _HOURS.match(said)
            hours = int(found[2]) if found and found[2] else SHIELD_HOURS[0]
            if hours in (0, *SHIELD_HOURS):
                return _save(number, before, registration.with_shield(before, hours, now), author)
    return Reply(help_text())


def command_of(said: str) -> str | None:
    """Which command a message is; null where it is none."""
    for command in ("open", "close", "status", "undo"):
        if said in _words(command):
            return command
    found = _HOURS.match(said)
    return "shield" if found and found[1] in _words("shield") else None


def status(now: Registered, moment: datetime | None = None) -> str:
    """What somebody has registered, in a line."""
    choice = choice_of(now.wish)
    zh, en = CHOICE_WORDS[choice] if choice else ("未登记", "nothing registered")
    up = now.shield_until is not None and now.shield_until > (moment or datetime.now(UTC))
    shield = ("，防轰炸已开启", ", flood shield up") if up else ("", "")
    return f"【勿扰】当前：{zh}{shield[0]}。Wurao: now: {en}{shield[1]}."


def help_text() -> str:
    """What can be asked."""
    first = {command: _words(command)[0] for command in ("open", "close", "status", "undo", "shield")}
    return (
        f"【勿扰】回复 {first['open']} 停止一切营销，{first['close']} 关闭，{first['status']} 查询，"
        f"{first['undo']} 撤销，{first['shield']}1、{first['shield']}6 或 {first['shield']}24 防轰炸若干小时。"
        f"Wurao: {first['open']} stops marketing, {first['close']} is off, {first['status']} asks, {first['undo']} "
        f"undoes, {first['shield']}1/6/24 shields for hours."
    )


def _save(number: int, before: Registered, wanted: Registered, author: Author) -> Reply:
    said = difference(before, wanted)
    change = registration.save(number, wanted, author, said)
    return Reply(registration.CONFIRMED.format(zh=said[0], en=said[1]), change)


def _words(command: str) -> list[str]:
    written: str = getattr(settings.CONTROL, f"words_{command}")
    return [each.strip().upper() for each in written.split(",") if each.strip()]
