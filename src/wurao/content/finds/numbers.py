"""Figures in a text: a run of digits is an amount, a one-time code, a telephone number, or nothing.

In go folded points and the place where a run begins; out go finds of the kinds AMOUNT, CODE and PHONE and the place
behind what was read. What was seen before (a word such as 电话 or 验证码) the scan keeps in `Finds.memory`. Whether
digits are a number is the numbering plan's to say (`numbering.parse`).
"""

from __future__ import annotations

from wurao.compiled import View, apart
from wurao.content.finds.amounts import amount_end
from wurao.content.finds.kinds import FindKind, Finds, add
from wurao.content.finds.tables import (
    BLANK,
    DIGIT,
    DOT,
    HYPHEN,
    JOINER,
    LATIN,
    FindTables,
    class_of,
)
from wurao.numbering.number import Kind, kind_of
from wurao.numbering.parse import number_of

AFTER_CALL, AFTER_CODE, AFTER_MONEY, PENDING_FIRST, PENDING_LAST, RUN_END, RUN_SIZE = 0, 1, 2, 3, 4, 5, 6
"""What the scan remembers: where the last word for a call, a code, a sum ended; a figure that may turn out a code; the
last run of digits that was nothing."""

CODE_REACH = 16
"""Points from a word for codes to its code."""
CALL_REACH = 8
"""Points from a word for calls to a short number; another name may stand between."""
CLOSE = 4

_PHONE, _AMOUNT, _CODE = FindKind.PHONE.value, FindKind.AMOUNT.value, FindKind.CODE.value
_MOBILE, _SATELLITE, _IOT = Kind.MOBILE.value, Kind.SATELLITE.value, Kind.IOT.value
_FIXED, _FREEPHONE, _SHORT, _FOREIGN = Kind.FIXED.value, Kind.FREEPHONE.value, Kind.SHORT.value, Kind.FOREIGN.value
_PORT = Kind.MESSAGE_PORT.value
_PLUS, _DASH, _FULL_STOP, _COLON, _OPENING, _CLOSING, _AT_SIGN, _PERCENT = 43, 45, 46, 58, 40, 41, 64, 37
_I, _S, _IS, _FOR = 105, 115, 0x662F, 0x4E3A
_LONGEST_NUMBER = 15
_LONGEST_RUN = 20
_MEASURES = (
    0x5E74,
    0x6708,
    0x65E5,
    0x53F7,
    0x65F6,
    0x70B9,
    0x5206,
    0x79D2,
    0x4F4D,
    0x6B21,
    0x4E07,
    0x5C0F,
    0x5929,
    0x4E2A,
)
"""年 月 日 号 时 点 分 秒 位 次 万 小 天 个: behind a figure they say that it is no code."""
_TAIL, _HAO = 0x5C3E, 0x53F7
"""尾 号: the last figures of a card."""


@apart
def read_figure(tables: FindTables, points: View, at: int, n: int, finds: Finds) -> int:
    """Find what a run of digits is that begins at a place; the place behind what was read."""
    end = at
    while end < n and class_of(tables, points[end]) & DIGIT:
        end += 1
    if at > 0 and class_of(tables, points[at - 1]) & LATIN and finds.memory[AFTER_CALL] != at:
        return end
    last = amount_end(tables, points, at, n, at - finds.memory[AFTER_MONEY] <= 6)
    if last > 0:
        add(finds, _AMOUNT, at, last, 0, 0)
        return last
    size = end - at
    if size <= _LONGEST_RUN and not (end < n and points[end] == _AT_SIGN):
        last = _code_end(tables, points, at, end, n, finds)
        if last > 0:
            add(finds, _CODE, at, last, 0, 0)
            finds.memory[AFTER_CODE] = -1000
            return last
        last = phone_end(tables, points, at, n, finds, at - finds.memory[AFTER_CALL])
        if last > 0:
            add(finds, _PHONE, at - 1 if _begins_before(points, at, last) else at, last, 0, 0)
            return last
        if 4 <= size <= 8 and _tells_what_it_is(tables, points, end, n):
            finds.memory[PENDING_FIRST] = at
            finds.memory[PENDING_LAST] = end
    finds.memory[RUN_END] = end
    finds.memory[RUN_SIZE] = size
    return end


def _begins_before(points: View, at: int, end: int) -> bool:
    """Whether a plus before a number belongs to it, or a bracket that closes in it."""
    if at == 0 or points[at - 1] != _OPENING:
        return at > 0 and points[at - 1] == _PLUS
    for place in range(at, end):
        if points[place] == _CLOSING:
            return True
    return False


def _code_end(tables: FindTables, points: View, at: int, end: int, n: int, finds: Finds) -> int:
    """Where a one-time code ends behind a word for it; -1 for none."""
    if at - finds.memory[AFTER_CODE] > CODE_REACH or (at >= 2 and points[at - 1] == _HAO and points[at - 2] == _TAIL):
        return -1
    if end - at == 3 and end + 4 <= n and points[end] == _DASH and _digits_from(tables, points, end + 1, n) == end + 4:
        return end + 4
    if not 4 <= end - at <= 8 or (at > 0 and points[at - 1] == _FULL_STOP):
        return -1
    if end < n:
        after = points[end]
        if after in _MEASURES or after == _PERCENT:
            return -1
        if end + 1 < n and after in (_DASH, _FULL_STOP, _COLON) and class_of(tables, points[end + 1]) & DIGIT:
            return -1
    return end


def _digits_from(tables: FindTables, points: View, at: int, n: int) -> int:
    while at < n and class_of(tables, points[at]) & DIGIT:
        at += 1
    return at


def _tells_what_it_is(tables: FindTables, points: View, at: int, n: int) -> bool:
    """Whether what follows a figure says what it is: 是, 为, a bracket, `is`."""
    if at < n and class_of(tables, points[at]) & BLANK:
        at += 1
    if at >= n:
        return False
    point = points[at]
    return point in (_IS, _FOR, _OPENING) or (point == _I and at + 1 < n and points[at + 1] == _S)


@apart
def phone_end(tables: FindTables, points: View, at: int, n: int, finds: Finds, since_call: int) -> int:
    """Where a telephone number ends that begins at a place, separators inside; -1 for none.

    `since_call`: points since a word that announces one.
    """
    is_plus = at > 0 and points[at - 1] == _PLUS
    count = groups = best = 0
    first_size = 0
    is_spread = True
    is_wide = True
    place = at
    while True:
        size = 0
        while place < n and class_of(tables, points[place]) & DIGIT and count + size < _LONGEST_NUMBER + 1:
            finds.digits[count + size] = points[place] - 48
            place += 1
            size += 1
        count += size
        groups += 1
        if count > _LONGEST_NUMBER:
            break
        is_country = groups == 1 and _is_country_code(finds, size)
        if groups == 1 or first_size == 0:
            first_size = 0 if is_country else size
        elif size != 1:
            is_spread = False
        if size > 1:
            is_spread = is_spread and is_country
        if size < 3 and not is_country:
            is_wide = False
        is_usual = groups == 1 or is_spread or first_size == 3 or first_size == 0 or (is_wide and first_size >= 3)
        if is_usual and _is_number(tables, points, at, place, n, finds, count, groups, is_plus, since_call):
            best = place
        after = _past_separators(tables, points, place, n)
        if after == place or after >= n or class_of(tables, points[after]) & DIGIT == 0:
            break
        place = after
    return best if best > 0 else -1


def _is_counted(points: View, at: int) -> bool:
    """Whether 号 stands before a figure, as in 工号 and 单号."""
    return at > 1 and (points[at - 1] == _HAO or (points[at - 1] == _COLON and points[at - 2] == _HAO))


def _is_country_code(finds: Finds, size: int) -> bool:
    """Whether the first digits are 86 or 0086."""
    if size == 2:
        return finds.digits[0] == 8 and finds.digits[1] == 6
    return size == 4 and finds.digits[0] + finds.digits[1] == 0 and finds.digits[2] == 8 and finds.digits[3] == 6


def _past_separators(tables: FindTables, points: View, at: int, n: int) -> int:
    passed = 0
    while at < n and passed < 2:
        point = points[at]
        if class_of(tables, point) & (BLANK | HYPHEN | JOINER) == 0 and point not in (_FULL_STOP, _OPENING, _CLOSING):
            break
        at += 1
        passed += 1
    return at


@apart
def _is_number(
    tables: FindTables,
    points: View,
    at: int,
    end: int,
    n: int,
    finds: Finds,
    count: int,
    groups: int,
    is_plus: bool,
    since_call: int,
) -> bool:
    """Whether the digits so far are a number that the plan knows, or that a word announces."""
    if end < n and (points[end] == _AT_SIGN or class_of(tables, points[end]) & DIGIT):
        return False
    if count < 3:
        return False
    is_close = since_call <= CLOSE
    if groups > 1 and not is_close and finds.memory[RUN_END] == at - 1 and finds.memory[RUN_SIZE] >= 3:
        return False
    kind = kind_of(number_of(finds.digits, 0, count, is_plus))
    if kind == _MOBILE or kind == _SATELLITE or kind == _IOT or kind == _FREEPHONE:
        return True
    if kind == _FIXED:
        return is_plus or is_close or finds.digits[0] == 0
    if kind == _FOREIGN:
        return is_plus and count >= 8
    if kind == _SHORT and groups == 1:
        if end < n and (class_of(tables, points[end]) & LATIN or points[end] in _MEASURES or points[end] == _PERCENT):
            return False
        if end + 1 < n and class_of(tables, points[end]) & DOT and class_of(tables, points[end + 1]) & DIGIT:
            return False
        return is_close or (count >= 5 and since_call <= CALL_REACH and not _is_counted(points, at))
    return is_close and (7 <= count <= 12 or kind == _PORT)
