"""One pass over a text, from sign to sign that may begin something, handing each to the module that reads it.

In go folded points, out go finds of every kind. `find_all` is what compiled callers call; it finds the links first,
and passes over them when it looks for the rest.
"""

from __future__ import annotations

from wurao.compiled import View, apart
from wurao.content.finds.amounts import chinese_amount_end, signed_amount_end
from wurao.content.finds.contacts import read_qq, read_wechat
from wurao.content.finds.kinds import MOST, FindKind, Finds, add, clear
from wurao.content.finds.links import find_links
from wurao.content.finds.notices import find_signatures, read_leave, read_reply
from wurao.content.finds.numbers import (
    AFTER_CALL,
    AFTER_CODE,
    AFTER_MONEY,
    PENDING_FIRST,
    PENDING_LAST,
    read_figure,
)
from wurao.content.finds.tables import (
    BEGINS,
    DIGIT,
    GROUPS,
    NUMERAL,
    SIGN,
    FindTables,
    Group,
    class_of,
    word_at,
)

PENDING_REACH = 24
"""Points from a figure to the word behind it that makes it a code: 123456 is your … verification code."""

_AMOUNT, _CODE, _LINK = FindKind.AMOUNT.value, FindKind.CODE.value, FindKind.LINK.value
_CALL, _OF_CODE, _OF_QQ, _WECHAT, _WEAK = (
    Group.CALL.value,
    Group.CODE.value,
    Group.QQ.value,
    Group.WECHAT.value,
    Group.WEAK.value,
)
_REPLY, _LEAVE, _UNIT, _MONEY = Group.REPLY.value, Group.LEAVE.value, Group.UNIT.value, Group.MONEY.value
_MOST = MOST
_ADD = (0x52A0, 0x2B, 0x2795)
"""加 + ➕"""


@apart
def find_all(tables: FindTables, points: View, n: int, finds: Finds) -> int:
    """Find everything in the first `n` points of a folded text; how many finds `finds` then holds, in order.

    What is read between two links ends where the next link begins.
    """
    clear(finds)
    find_links(tables, points, n, finds)
    find_signatures(tables, points, n, finds)
    links = min(finds.counts[_LINK], _MOST)
    link = 0
    at = 0
    end = finds.links[0] if links > 0 else n
    while at < n:
        if at >= end:
            at = max(at, finds.links[2 * link + 1])
            link += 1
            end = finds.links[2 * link] if link < links else n
            continue
        classes = class_of(tables, points[at])
        if classes & (BEGINS | DIGIT | NUMERAL | SIGN) == 0:
            at += 1
        elif classes & DIGIT:
            at = read_figure(tables, points, at, end, finds)
        else:
            at = _read(tables, points, at, end, finds, classes)
    return finds.kept[0]


@apart
def _read(tables: FindTables, points: View, at: int, n: int, finds: Finds, classes: int) -> int:
    """What begins at a place with a sign, a cue word or a Chinese figure; the place to go on from."""
    if classes & SIGN:
        end = signed_amount_end(tables, points, at + 1, n)
        if end > 0:
            add(finds, _AMOUNT, at, end, 0, 0)
            return end
        return at + 1
    word = word_at(tables, points, at, n) if classes & BEGINS else -1
    if word >= 0:
        return _read_word(tables, points, at, n, finds, word // GROUPS, word % GROUPS)
    if classes & NUMERAL:
        end, place = chinese_amount_end(tables, points, at, n)
        if end > 0:
            add(finds, _AMOUNT, at, end, 0, 0)
            return end
        return place
    return at + 1


def _read_word(tables: FindTables, points: View, at: int, n: int, finds: Finds, end: int, group: int) -> int:
    """What a cue word from `at` to `end` announces; the place to go on from."""
    if group == _CALL:
        finds.memory[AFTER_CALL] = end
    elif group == _OF_CODE:
        _end_pending(at, finds)
        finds.memory[AFTER_CODE] = end
    elif group == _MONEY:
        finds.memory[AFTER_MONEY] = end
    elif group == _OF_QQ:
        return read_qq(tables, points, end, n, finds)
    elif group == _WECHAT or group == _WEAK:
        is_told = points[at] in _ADD or (at > 0 and points[at - 1] in _ADD)
        return read_wechat(tables, points, end, n, finds, is_told, group == _WEAK and not is_told)
    elif group == _REPLY:
        return read_reply(tables, points, at, end, n, finds)
    elif group == _LEAVE:
        return read_leave(tables, points, at, end, n, finds)
    elif group == _UNIT and end - at == 3:
        last = signed_amount_end(tables, points, end, n)
        if last > 0:
            add(finds, _AMOUNT, at, last, 0, 0)
            return last
    return end


def _end_pending(at: int, finds: Finds) -> None:
    """A figure before turns out to be a code."""
    if finds.memory[PENDING_FIRST] >= 0 and at - finds.memory[PENDING_LAST] <= PENDING_REACH:
        add(finds, _CODE, finds.memory[PENDING_FIRST], finds.memory[PENDING_LAST], 0, 0)
        finds.memory[PENDING_FIRST] = -1
