"""What a sender must say: how to receive no more of it, and the signature 【…】 at the beginning or the end.

In go folded points, out go finds of the kinds UNSUBSCRIBE (the whole instruction) and SIGNATURE (with its brackets).
The forms follow the ministry's rule on commercial messages (通信短信息服务管理规定, 工信部令第31号, 第十八条) and
senders' habit: 退订回T, 拒收请回复R, 回TD退订, reply STOP, text STOP to.
"""

from __future__ import annotations

from wurao.compiled import View, apart
from wurao.content.finds.kinds import FindKind, Finds, add
from wurao.content.finds.tables import (
    ALNUM,
    BEGINS,
    BLANK,
    DIGIT,
    GLUED,
    GROUPS,
    LATIN,
    FindTables,
    Group,
    class_of,
    word_at,
)

REPLY_FIRST, REPLY_LAST = 7, 8
"""Of `Finds.memory`: the last 回X that may yet turn out to refuse."""

_UNSUBSCRIBE, _SIGNATURE = FindKind.UNSUBSCRIBE.value, FindKind.SIGNATURE.value
_REPLY, _LEAVE = Group.REPLY.value, Group.LEAVE.value
_LONGEST_CODE = 6
_QUOTES = (0x22, 0x27, 0x201C, 0x201D, 0x2018, 0x2019, 0x3A, 0x28, 0x29, 0x5B, 0x5D, 0x300C, 0x300D)
_BETWEEN = (0x8BF7, 0x53EF, 0x5373, 0x76F4, 0x63A5, 0x5219, 0x4EE5, 0x2C, 0x77ED, 0x4FE1, 0x5B57, 0x6BCD)
"""请 可 即 直 接 则 以 , 短 信 字 母: may stand between 退订 and 回."""
_OPENING, _CLOSING, _SQUARE_OPENING, _SQUARE_CLOSING = 0x3010, 0x3011, 0x5B, 0x5D
LONGEST_SIGNATURE = 20
_TO, _TXT = (116, 111), (116, 120, 116)


@apart
def read_reply(tables: FindTables, points: View, word: int, at: int, n: int, finds: Finds) -> int:
    """What to send back, behind a word such as 回 that begins at `word` and ends at `at`; the place to go on from."""
    begin = _past_between(tables, points, at, n, 3)
    end = _reply_code_end(tables, points, begin, n)
    if end < 0:
        return at
    if class_of(tables, points[word]) & LATIN:
        if _is_stop(points, begin, end) and _asks_for_it(tables, points, word, end, n):
            add(finds, _UNSUBSCRIBE, word, end, 0, 0)
            return end
        return at
    finds.memory[REPLY_FIRST] = word
    finds.memory[REPLY_LAST] = end
    return end


@apart
def read_leave(tables: FindTables, points: View, word: int, at: int, n: int, finds: Finds) -> int:
    """An instruction around a word such as 退订 that begins at `word` and ends at `at`; the place to go on from."""
    first = finds.memory[REPLY_FIRST]
    if first >= 0 and _past_between(tables, points, finds.memory[REPLY_LAST], n, 4) == word:
        finds.memory[REPLY_FIRST] = -1
        add(finds, _UNSUBSCRIBE, first, at, 0, 0)
        return at
    place = _past_between(tables, points, at, n, 4)
    if place < n and class_of(tables, points[place]) & BEGINS:
        reply = word_at(tables, points, place, n)
        if reply >= 0 and reply % GROUPS == _REPLY:
            place = _past_between(tables, points, reply // GROUPS, n, 3)
            end = _reply_code_end(tables, points, place, n)
            if end > 0:
                add(finds, _UNSUBSCRIBE, word, end, 0, 0)
                return end
    if at - word >= 2 and place - at <= 1:
        end = _reply_code_end(tables, points, place, n)
        if end > 0 and end - place <= 2 and class_of(tables, points[place]) & LATIN:
            add(finds, _UNSUBSCRIBE, word, end, 0, 0)
            return end
    return at


def _past_between(tables: FindTables, points: View, at: int, n: int, most: int) -> int:
    """The first place behind up to so many blanks, quotes and small words."""
    place = at
    while place < n and place - at < most:
        point = points[place]
        if class_of(tables, point) & BLANK == 0 and point not in _QUOTES and point not in _BETWEEN:
            break
        place += 1
    return place


def _reply_code_end(tables: FindTables, points: View, begin: int, n: int) -> int:
    """Where the one to six letters or digits end that are to be sent back; -1 for none."""
    end = begin
    while end < n and end - begin <= _LONGEST_CODE and class_of(tables, points[end]) & ALNUM:
        end += 1
    return end if 0 < end - begin <= _LONGEST_CODE else -1


def _is_stop(points: View, begin: int, end: int) -> bool:
    """Whether `stop`, `unsub`, `end`, `cancel` or `optout` stands there; that they end there is known."""
    size = end - begin
    first, second = points[begin], points[begin + 1] if size > 1 else 0
    return (size == 4 and first == 115 and second == 116 and points[begin + 2] == 111 and points[begin + 3] == 112) or (
        size == 5 and first == 117 and second == 110 and points[begin + 2] == 115 and points[begin + 4] == 98
    )


def _asks_for_it(tables: FindTables, points: View, word: int, end: int, n: int) -> bool:
    """Whether `reply stop` stands there, or `text stop` with `to`, a number or nothing more behind it."""
    if points[word] == 114 or (points[word] == 116 and points[word + 1] == _TXT[1]):
        return True
    place = end
    while place < n and place - end < 3 and class_of(tables, points[place]) & (ALNUM | GLUED) == 0:
        place += 1
    if place >= n or place > end + 1 or class_of(tables, points[place]) & DIGIT:
        return True
    return place + 1 < n and points[place] == _TO[0] and points[place + 1] == _TO[1]


@apart
def find_signatures(tables: FindTables, points: View, n: int, finds: Finds) -> None:
    """The signature that a text begins with, and the one that it ends with."""
    begin, end = 0, n
    while begin < end and class_of(tables, points[begin]) & BLANK:
        begin += 1
    while end > begin and class_of(tables, points[end - 1]) & BLANK:
        end -= 1
    last = begin
    if begin < end and _closing(points[begin]) > 0:
        last = begin + 1
        while last < end and last - begin <= LONGEST_SIGNATURE and points[last] != _closing(points[begin]):
            if points[last] == points[begin]:
                return
            last += 1
        if last < end and points[last] == _closing(points[begin]) and last > begin + 1:
            add(finds, _SIGNATURE, begin, last + 1, 0, 0)
            begin = last + 1
    _find_last_signature(points, begin, end, finds)


def _find_last_signature(points: View, begin: int, end: int, finds: Finds) -> None:
    if end <= begin or (points[end - 1] != _CLOSING and points[end - 1] != _SQUARE_CLOSING):
        return
    first = end - 2
    while first >= begin and end - 2 - first <= LONGEST_SIGNATURE and _closing(points[first]) != points[end - 1]:
        if points[first] == points[end - 1]:
            return
        first -= 1
    is_face = points[end - 1] == _SQUARE_CLOSING and end - 2 - first <= 2
    if begin <= first < end - 2 and _closing(points[first]) == points[end - 1] and not is_face:
        add(finds, _SIGNATURE, first, end, 0, 0)


def _closing(point: int) -> int:
    return _CLOSING if point == _OPENING else _SQUARE_CLOSING if point == _SQUARE_OPENING else 0
