"""A host's labels, read to the left and right of a dot: as written, with a sign between every two letters, in Chinese.

Places in the points go in and come out; the labels are written as octets into `Finds.octets` behind those in use,
where `links` keeps or forgets them. Called by `links` alone.
"""

from __future__ import annotations

from wurao.compiled import View, apart
from wurao.content.finds.kinds import Finds
from wurao.content.finds.punycode import LONGEST_LABEL, write_label
from wurao.content.finds.tables import (
    ALNUM,
    BEGINS,
    BLANK,
    DOT,
    GLUED,
    GROUPS,
    HYPHEN,
    JOINER,
    LABEL,
    LATIN,
    LETTER,
    FindTables,
    Group,
    class_of,
    hashed,
    word_at,
)

PLAIN_DOT, WIDE_DOT, SPELLED_DOT, COMMA_DOT = 0, 1, 2, 3
"""How a dot is written: `.`; another sign or `点`; `dot`, or anything in brackets; a comma."""
BROKEN = 8
"""Beside these: blanks or joiners stand around it."""

LONGEST_CHINESE = 20
LONGEST_WITHOUT_CUE = 10
_LONGEST_LABEL = LONGEST_LABEL
_VISIT = Group.VISIT.value
_COMMA, _FULL_STOP = 44, 46
_PLEASE = 0x8BF7
_PARTICLES = (0x7684, 0x4E86, 0x5417, 0x5462, 0x5427, 0x554A)
"""的 了 吗 呢 吧 啊: a sentence ends so, a name does not."""


@apart
def dot_at(tables: FindTables, points: View, at: int, n: int) -> tuple[int, int]:
    """A dot that begins at a place with the blanks and the bracket before it.

    Gives how it is written, and where the next label begins; -1 where there is no dot or no label behind it.
    """
    place, blanks = _past_blanks(tables, points, at, n)
    if place >= n:
        return -1, at
    bracket = _closing(points[place])
    if bracket > 0:
        place, _ = _past_blanks(tables, points, place + 1, n)
        if place >= n:
            return -1, at
    way, end = _dot_sign(tables, points, place, n)
    if way < 0:
        return -1, at
    end, more = _past_blanks(tables, points, end, n)
    if bracket > 0:
        if end >= n or points[end] != bracket:
            return -1, at
        end, more = _past_blanks(tables, points, end + 1, n)
        way = SPELLED_DOT
    elif way == SPELLED_DOT and (blanks == 0 or more == 0):
        return -1, at
    if end >= n or class_of(tables, points[end]) & (ALNUM | GLUED | LETTER) == 0:
        return -1, at
    return way | (BROKEN if blanks + more > 0 else 0), end


def _dot_sign(tables: FindTables, points: View, at: int, n: int) -> tuple[int, int]:
    """The dot itself, and the place behind it."""
    point = points[at]
    if class_of(tables, point) & DOT:
        return (PLAIN_DOT if point == _FULL_STOP else COMMA_DOT if point == _COMMA else WIDE_DOT), at + 1
    if point == 100 and at + 2 < n and points[at + 1] == 111 and points[at + 2] == 116:
        return SPELLED_DOT, at + 3
    return -1, at


def _closing(point: int) -> int:
    """The bracket that closes one, 0 for what opens none."""
    if point == 40:
        return 41
    if point in (91, 123, 0x3014):
        return point + (1 if point == 0x3014 else 2)
    return 0x3011 if point == 0x3010 else 0


@apart
def dot_begins(tables: FindTables, points: View, at: int, floor: int) -> int:
    """Where the blanks and the bracket before a dot begin; the label before it ends there."""
    begin = _before_blanks(tables, points, at, floor)
    if begin > floor and _closing(points[begin - 1]) > 0:
        begin = _before_blanks(tables, points, begin - 1, floor)
    return begin


def _before_blanks(tables: FindTables, points: View, at: int, floor: int) -> int:
    passed = 0
    while at > floor and passed < 2 and is_apart(tables, points[at - 1]):
        at -= 1
        passed += 1
    return at


def is_apart(tables: FindTables, point: int) -> bool:
    """Whether a sign is one that is put between letters to hide a word; dots are not."""
    return class_of(tables, point) & (BLANK | JOINER) != 0 and class_of(tables, point) & DOT == 0


def _past_blanks(tables: FindTables, points: View, at: int, n: int) -> tuple[int, int]:
    """The first place behind up to two blanks or joiners, and how many there were."""
    passed = 0
    while at < n and passed < 2 and is_apart(tables, points[at]):
        at += 1
        passed += 1
    return at, passed


@apart
def label_before(tables: FindTables, points: View, end: int, floor: int, way: int) -> tuple[int, int, int]:
    """The label before a dot and the blanks around it: where it begins and ends, and the step between its letters (1,
    or 2 when a sign stands between every two, which only a broken link has). Begin equals end when there is none.
    """
    if end <= floor:
        return end, end, 1
    if class_of(tables, points[end - 1]) & GLUED:
        return (_chinese_before(tables, points, end, floor) if way == PLAIN_DOT else end), end, 1
    if way & BROKEN:
        begin = _spread_before(tables, points, end, floor)
        if begin < end - 1:
            return begin, end, 2
    begin = end
    wanted = LABEL | LETTER if way == PLAIN_DOT else LABEL
    while begin > floor and end - begin <= _LONGEST_LABEL and class_of(tables, points[begin - 1]) & wanted:
        begin -= 1
    if end - begin > _LONGEST_LABEL:
        return end, end, 1
    while begin < end and class_of(tables, points[begin]) & HYPHEN:
        begin += 1
    while end > begin and class_of(tables, points[end - 1]) & HYPHEN:
        end -= 1
    return begin, end, 1


def _spread_before(tables: FindTables, points: View, end: int, floor: int) -> int:
    """Where single letters begin that end at a place and have the same sign between every two."""
    begin = end - 1
    if begin - 2 < floor or class_of(tables, points[begin]) & ALNUM == 0 or not is_apart(tables, points[begin - 1]):
        return end
    between = points[begin - 1]
    while (
        begin - 2 >= floor
        and end - begin < 2 * _LONGEST_LABEL
        and points[begin - 1] == between
        and class_of(tables, points[begin - 2]) & LABEL
        and (begin - 3 < floor or class_of(tables, points[begin - 3]) & LABEL == 0)
    ):
        begin -= 2
    while begin < end and class_of(tables, points[begin]) & HYPHEN:
        begin += 2
    return begin


def _chinese_before(tables: FindTables, points: View, end: int, floor: int) -> int:
    """Where a Chinese label begins: behind the last word that says to go there, else where the Chinese begins if that
    is near; `end` when no sensible label stands there.
    """
    begin = end
    while begin > floor and end - begin <= LONGEST_CHINESE and class_of(tables, points[begin - 1]) & (GLUED | ALNUM):
        begin -= 1
    is_cut = False
    place = begin
    while place < end:
        word = word_at(tables, points, place, end) if class_of(tables, points[place]) & BEGINS else -1
        if word >= 0 and word % GROUPS == _VISIT and word // GROUPS < end:
            begin = place = word // GROUPS
            is_cut = True
        else:
            place += 1
    if not is_cut and end - begin > 3 and points[begin] == _PLEASE:
        begin += 1
        is_cut = True
    if end - begin > (LONGEST_CHINESE if is_cut else LONGEST_WITHOUT_CUE) or points[end - 1] in _PARTICLES:
        return end
    return begin


@apart
def label_after(tables: FindTables, points: View, begin: int, n: int) -> tuple[int, int]:
    """The label that begins at a place behind a dot: where it ends, and the step between its letters."""
    if class_of(tables, points[begin]) & GLUED:
        end = begin
        while end < n and end - begin <= LONGEST_CHINESE and class_of(tables, points[end]) & GLUED:
            if class_of(tables, points[end]) & DOT:
                break
            end += 1
        return end, 1
    if begin + 2 < n and is_apart(tables, points[begin + 1]) and _is_single(tables, points, begin + 2, n):
        between = points[begin + 1]
        end = begin + 1
        while (
            end + 1 < n
            and end - begin < 2 * _LONGEST_LABEL
            and points[end] == between
            and _is_single(tables, points, end + 1, n)
        ):
            end += 2
        return end, 2
    end = begin
    while end < n and end - begin <= _LONGEST_LABEL and class_of(tables, points[end]) & (LABEL | LETTER):
        end += 1
    while end > begin and class_of(tables, points[end - 1]) & HYPHEN:
        end -= 1
    return end, 1


def _is_single(tables: FindTables, points: View, at: int, n: int) -> bool:
    """Whether one letter, digit or hyphen stands at a place, and none behind it."""
    return class_of(tables, points[at]) & LABEL != 0 and (at + 1 >= n or class_of(tables, points[at + 1]) & LABEL == 0)


@apart
def label_hash(tables: FindTables, points: View, begin: int, end: int) -> int:
    """The hash of a label's letters, what stands between them left out."""
    value = 0
    for place in range(begin, end):
        if not is_apart(tables, points[place]):
            value = hashed(value, points[place])
    return value


@apart
def write_host(tables: FindTables, points: View, begin: int, end: int, finds: Finds, at: int) -> int:
    """Write a label at a place of the octets, what stands between its letters left out; where it ends, or -1 when it
    is longer than a label may be.
    """
    size = 0
    for place in range(begin, end):
        if not is_apart(tables, points[place]):
            if size >= _LONGEST_LABEL:
                return -1
            finds.label[size] = points[place]
            size += 1
    return write_label(finds.label, size, finds.octets, at)


def has_letter(tables: FindTables, points: View, begin: int, end: int) -> bool:
    """Whether a label holds anything but digits and hyphens."""
    for place in range(begin, end):
        if class_of(tables, points[place]) & (LATIN | LETTER | GLUED):
            return True
    return False
