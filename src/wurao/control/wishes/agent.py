"""An agent on the hotline acts for a caller, who shows by a one-time code that the number is theirs.

The code is sent for this alone (`accounts.codes`), and each is good for one deed. What is done is a deed as any other:
confirmed to the subscriber by message, undone at one tap, and in the history with who did it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from wurao.control.accounts.codes import AGENT, send_code, try_code
from wurao.control.accounts.guard import Actor, record
from wurao.control.registry.models import Change
from wurao.control.registry.record import Author
from wurao.control.waiting import TooOften, WrongCode
from wurao.control.wishes import registration
from wurao.control.wishes.choices import CHOICE_WORDS, Choice
from wurao.control.wishes.registered import Registered
from wurao.control.wishes.words import Words
from wurao.errors import Refused
from wurao.numbering import masked

UNDO = "undo"
_HOW: dict[str, tuple[Words, Callable[[Registered], Registered]]] = {
    **{each.value: (CHOICE_WORDS[each], partial(registration.with_choice, choice=each)) for each in Choice},
    "shield_1": (("防轰炸 1 小时", "Flood shield, 1 hour"), partial(registration.with_shield, hours=1)),
    "shield_6": (("防轰炸 6 小时", "Flood shield, 6 hours"), partial(registration.with_shield, hours=6)),
    "shield_24": (("防轰炸 24 小时", "Flood shield, 24 hours"), partial(registration.with_shield, hours=24)),
    "shield_0": (("解除防轰炸", "Flood shield down"), partial(registration.with_shield, hours=0)),
    "only_list_24": (
        ("只接名单 24 小时", "Only the list, 24 hours"),
        partial(registration.with_only_my_list, hours=24),
    ),
    "only_list_0": (("结束只接名单", "Only the list no longer"), partial(registration.with_only_my_list, hours=0)),
}
DEEDS: dict[str, Words] = {code: words for code, (words, _) in _HOW.items()} | {
    UNDO: ("撤销上一次修改", "Undo the last")
}
"""What an agent can do for a caller."""


def begin(actor: Actor, number: int) -> None:
    """Send the caller a code; TooOften where too many were asked for."""
    if not send_code(number, actor.address, AGENT):
        record(actor, "code_refused", masked(number))
        raise TooOften("too many codes were asked for")


def act(actor: Actor, number: int, code: str, deed: str) -> Change:
    """Do one deed for the caller who told the code; Refused where it is not right."""
    if deed not in DEEDS:
        raise Refused(f"{deed[:20]!r} is no deed", where="deed", right=f"choose {', '.join(DEEDS)}")
    if not try_code(number, code, AGENT):
        record(actor, "code_wrong", masked(number))
        raise WrongCode("the code is not right, or too old", where="code", right="ask the caller, or send another")
    record(actor, "agent_deed", masked(number), deed)
    author = Author(actor.role.value, "agent", actor.person.pk if actor.person else None, deed)
    if deed == UNDO:
        return registration.undo_last(number, author)
    return registration.amend(number, _HOW[deed][1], author)
