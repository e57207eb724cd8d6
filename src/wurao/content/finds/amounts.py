"""Amounts of money: 500元, ¥1,200.50, 3万元, 五万元, 八百块, 100rmb, $100.

In go folded points and a place, out comes where the amount ends that begins there. Called by `numbers` for digits and
by `scan` for signs of currencies and Chinese figures. Left out, since more often they are no amount: 一块 without 钱
(it means together), 元 before 旦 and the like (2015元旦), 万 without a currency unless a word such as 额度 stands
before.
"""

from __future__ import annotations

from wurao.compiled import View, apart
from wurao.content.finds.tables import (
    BEGINS,
    BLANK,
    DIGIT,
    GLUED,
    GROUPS,
    LATIN,
    NUMERAL,
    FindTables,
    Group,
    class_of,
    word_at,
)

_UNIT = Group.UNIT.value
_COMMA, _FULL_STOP = 44, 46
_YUAN, _KUAI, _QIAN = 0x5143, 0x5757, 0x94B1
_MAGNITUDES = (0x5341, 0x767E, 0x5343, 0x4E07, 0x4EBF, 0x4F70, 0x4EDF)
"""十 百 千 万 亿 佰 仟"""
_TEN_THOUSAND, _HUNDRED_MILLION, _W, _K, _M = 0x4E07, 0x4EBF, 119, 107, 109
_ABOUT = (0x591A, 0x4F59, 0x6765, 0x51E0)
"""多 余 来 几"""
_NO_YUAN = (0x65E6, 0x5BB5, 0x7D20, 0x4EF6, 0x8001, 0x9996, 0x5E05, 0x6C14, 0x6708, 0x7EC4)
"""旦 宵 素 件 老 首 帅 气 月 组: with 元 before they make another word."""
_AFTER_KUAI = (0x94B1, 0x591A, 0x8D77, 0x4E86, 0x5427, 0x554A, 0x5462, 0x5DE6, 0x6BCF, 0x4E00, 0x7684, 0x5230)
"""钱 多 起 了 吧 啊 呢 左 每 一 的 到: what may follow 块 when it is money."""
_LONGEST_FIGURE = 40


@apart
def amount_end(tables: FindTables, points: View, at: int, n: int, of_money: bool) -> int:
    """Where an amount ends whose digits begin at a place, its currency behind; -1 for none. `of_money`: a word such as
    额度 stands before, so that 万 is enough.
    """
    place, magnitude = figure_end(tables, points, at, n)
    end = _unit_end(tables, points, place, n, 2)
    if end > 0:
        return end
    return place if of_money and magnitude and not _counts_others(tables, points, place, n) else -1


def _counts_others(tables: FindTables, points: View, at: int, n: int) -> bool:
    """Whether a letter follows, or what people and things are counted by (人 位 名 个 户 次 条 天 年)."""
    return at < n and (
        class_of(tables, points[at]) & (LATIN | DIGIT) != 0
        or points[at] in (0x4EBA, 0x4F4D, 0x540D, 0x4E2A, 0x6237, 0x6B21, 0x6761, 0x5929, 0x5E74)
    )


@apart
def figure_end(tables: FindTables, points: View, at: int, n: int) -> tuple[int, bool]:
    """Where a figure such as `1,200.50`, `3万` or `3万5千` ends; and whether 万, 亿, w or k ends it."""
    place = _digits_end(tables, points, at, n)
    magnitude = is_grown = False
    passed = place
    if place < n and class_of(tables, points[place]) & BLANK:
        passed = place + 1
    while passed < n and passed - at < _LONGEST_FIGURE:
        point = points[passed]
        if point in _MAGNITUDES:
            magnitude = magnitude or point == _TEN_THOUSAND or point == _HUNDRED_MILLION
            is_grown = True
        elif (point == _W or point == _K) and not magnitude and _ends_word(tables, points, passed + 1, n):
            magnitude = True
        elif class_of(tables, point) & DIGIT == 0 or not is_grown:
            break
        passed += 1
        place = passed
    if place < n and points[place] in _ABOUT:
        place += 1
        if place < n and (points[place] == _TEN_THOUSAND or points[place] == _HUNDRED_MILLION):
            return place + 1, True
    return place, magnitude


def _ends_word(tables: FindTables, points: View, at: int, n: int) -> bool:
    return at >= n or class_of(tables, points[at]) & (LATIN | DIGIT) == 0


def _digits_end(tables: FindTables, points: View, at: int, n: int) -> int:
    """Where digits end with commas before each three, and with decimals."""
    place = at
    while place < n and class_of(tables, points[place]) & DIGIT:
        place += 1
    while place + 3 < n and points[place] == _COMMA and _count_digits(tables, points, place + 1, n) == 3:
        place += 4
    if place + 1 < n and points[place] == _FULL_STOP:
        decimals = _count_digits(tables, points, place + 1, n)
        if 0 < decimals <= 4:
            place += 1 + decimals
    return place


def _count_digits(tables: FindTables, points: View, at: int, n: int) -> int:
    """How many digits stand at a place, counted up to five."""
    place = at
    while place < n and place - at < 5 and class_of(tables, points[place]) & DIGIT:
        place += 1
    return place - at


def _unit_end(tables: FindTables, points: View, at: int, n: int, figures: int) -> int:
    """Where a currency ends that stands at a place, one blank passed over; -1 for none. `figures`: how many a Chinese
    figure has, 1 is too few for 块 alone.
    """
    if at < n and class_of(tables, points[at]) & BLANK:
        at += 1
    if at >= n or class_of(tables, points[at]) & BEGINS == 0:
        return -1
    word = word_at(tables, points, at, n)
    if word < 0 or word % GROUPS != _UNIT:
        return -1
    end = word // GROUPS
    after = points[end] if end < n else 0
    if points[at] == _YUAN and end == at + 1:
        return -1 if after in _NO_YUAN else end
    if points[at] == _KUAI:
        if after == _QIAN:
            return end + 1
        if figures < 2 or (class_of(tables, after) & GLUED and after not in _AFTER_KUAI):
            return -1
    return end


@apart
def signed_amount_end(tables: FindTables, points: View, at: int, n: int) -> int:
    """Where an amount ends whose currency ended before a place (`¥500`, `rmb 100`); -1 for none."""
    if at < n and class_of(tables, points[at]) & BLANK:
        at += 1
    if at >= n or class_of(tables, points[at]) & DIGIT == 0:
        return -1
    place, _ = figure_end(tables, points, at, n)
    if place < n and points[place] == _M and _ends_word(tables, points, place + 1, n):
        place += 1
    end = _unit_end(tables, points, place, n, 2)
    return end if end > 0 else place


@apart
def chinese_amount_end(tables: FindTables, points: View, at: int, n: int) -> tuple[int, int]:
    """Where an amount in Chinese figures ends that begins at a place, -1 for none; and where the figures end."""
    place = at
    while place < n and class_of(tables, points[place]) & NUMERAL:
        place += 1
    figures = place - at
    starts_with_magnitude = points[at] in _MAGNITUDES and points[at] != _MAGNITUDES[0]
    if starts_with_magnitude or figures > _LONGEST_FIGURE:
        return -1, place
    after = place + 1 if place < n and points[place] in _ABOUT else place
    return _unit_end(tables, points, after, n, figures), place
