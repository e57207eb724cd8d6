"""QQ numbers and WeChat ids, found behind the words that announce them, however these are disguised.

In go folded points and where the word ended, out go finds of the kinds QQ and WECHAT whose span is the id itself. A
WeChat id is a letter and 5 to 19 letters, digits, `_` or `-` (Tencent's rule), or a mobile number; one of letters alone
is believed only behind a colon, 号, 是 or 加, since words such as "facebook" follow 微信 too.
"""

from __future__ import annotations

from wurao.compiled import View, apart
from wurao.content.finds.kinds import FindKind, Finds, add
from wurao.content.finds.numbers import phone_end
from wurao.content.finds.tables import (
    BLANK,
    DIGIT,
    HYPHEN,
    JOINER,
    LABEL,
    LATIN,
    FindTables,
    class_of,
)

_QQ, _WECHAT = FindKind.QQ.value, FindKind.WECHAT.value
_COLON, _AT_SIGN, _FULL_STOP, _ZERO = 58, 64, 46, 48
_TELLING = (0x3A, 0x53F7, 0x662F, 0x4E3A, 0x52A0, 0x3D, 0x7801)
"""`:` 号 是 为 加 = 码: an id follows."""
_PASSED = (0x28, 0x29, 0x5B, 0x22, 0x201C, 0x201D, 0x2C, 0x2B, 0x2795, 0x2F, 0x2192)
"""( ) [ " “ ” , + ➕ / →: may stand between."""
_PASSED_WORDS = (0x4FE1, 0x7FA4, 0x6211, 0x7684, 0x8054, 0x7CFB)
"""信 群 我 的 联 系: likewise."""
_LEAST, _MOST = 6, 20
_LEAST_QQ, _MOST_QQ = 5, 11
_BETWEEN = 8


@apart
def read_qq(tables: FindTables, points: View, at: int, n: int, finds: Finds) -> int:
    """A QQ number behind its word, which ends at a place; the place to go on from."""
    begin, _ = _past_fillers(tables, points, at, n)
    if begin >= n or class_of(tables, points[begin]) & DIGIT == 0 or points[begin] == _ZERO:
        return at
    end = _qq_end(tables, points, begin, n)
    if end < 0 or (end < n and points[end] == _AT_SIGN):
        return at
    add(finds, _QQ, begin, end, 0, 0)
    return end


def _qq_end(tables: FindTables, points: View, begin: int, n: int) -> int:
    """Where 5 to 11 digits end; groups are put together, none longer than a first of up to four once five are there."""
    count = first_size = 0
    place = begin
    best = -1
    while True:
        size = 0
        while place < n and class_of(tables, points[place]) & DIGIT and size <= _MOST_QQ:
            place += 1
            size += 1
        if first_size == 0:
            first_size = size
        if best > 0 and (first_size >= _LEAST_QQ or size > first_size):
            return best
        count += size
        if count > _MOST_QQ:
            return best
        if count >= _LEAST_QQ:
            best = place
        if place + 1 >= n or (
            class_of(tables, points[place]) & (BLANK | HYPHEN | JOINER) == 0 and points[place] != _FULL_STOP
        ):
            return best
        if class_of(tables, points[place + 1]) & DIGIT == 0:
            return best
        place += 1


@apart
def read_wechat(tables: FindTables, points: View, at: int, n: int, finds: Finds, is_told: bool, is_weak: bool) -> int:
    """A WeChat id behind its word, which ends at a place; the place to go on from.

    `is_told`: the word itself says that an id follows (加微). `is_weak`: the word alone says little (微, v), so a colon
    must follow.
    """
    begin, telling = _past_fillers(tables, points, at, n)
    if begin >= n or (is_weak and telling != _COLON):
        return at
    if class_of(tables, points[begin]) & DIGIT:
        end = phone_end(tables, points, begin, n, finds, 1000)
        if end > 0 and (finds.digits[0] == 1 or finds.digits[1] == 6):
            add(finds, _WECHAT, begin, end, 0, 0)
            return end
        return at
    end = begin
    has_figure = False
    while end < n and end - begin <= _MOST and class_of(tables, points[end]) & LABEL:
        has_figure = has_figure or class_of(tables, points[end]) & LATIN == 0
        end += 1
    while end > begin and class_of(tables, points[end - 1]) & HYPHEN and points[end - 1] != 95:
        end -= 1
    if not _LEAST <= end - begin <= _MOST or class_of(tables, points[begin]) & LATIN == 0:
        return at
    if (end < n and points[end] == _AT_SIGN) or (not has_figure and not is_told and telling == 0):
        return at
    add(finds, _WECHAT, begin, end, 0, 0)
    return end


def _past_fillers(tables: FindTables, points: View, at: int, n: int) -> tuple[int, int]:
    """The first place behind what may stand between a word and its id, and the last sign that says an id follows."""
    telling = 0
    place = at
    while place < n and place - at < _BETWEEN:
        point = points[place]
        if point in _TELLING:
            telling = _COLON if telling == _COLON else point
        elif not (class_of(tables, point) & (BLANK | JOINER | HYPHEN) or point in _PASSED or point in _PASSED_WORDS):
            break
        place += 1
    return place, telling
