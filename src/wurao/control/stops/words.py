"""What pages and messages call what was done with an event, by what it came, and who it came from."""

from __future__ import annotations

from wurao.control.wishes.words import Words
from wurao.numbering import masked
from wurao.numbering.number import IMPOSSIBLE, WITHHELD

ACTION_WORDS: dict[str, Words] = {
    "allow": ("放行", "Let through"),
    "label": ("已提示", "Labelled"),
    "divert": ("已转存", "Diverted"),
    "block": ("已拦截", "Blocked"),
}
CHANNEL_WORDS: dict[str, Words] = {
    "call": ("来电", "call"),
    "message": ("短信", "message"),
    "autocall": ("自动语音来电", "automatic call"),
    "name": ("域名查询", "look-up"),
}
_HIDDEN: Words = ("隐藏号码", "hidden number")
_NONE: Words = ("无效号码", "no valid number")


def caller_words(number: int) -> Words:
    """Who called: the number masked, or in words where there is none."""
    if number == WITHHELD:
        return _HIDDEN
    if number == IMPOSSIBLE:
        return _NONE
    return masked(number), ""
