"""What speaks for a link and what against: how its dots are written, its top-level domain, what stands around it.

In go the places of a name's labels, out comes yes or no. `links` asks this for every name with a known top-level
domain.
"""

from __future__ import annotations

from wurao.compiled import View, apart
from wurao.content.finds.authority import has_name
from wurao.content.finds.hosts import BROKEN, COMMA_DOT, SPELLED_DOT, WIDE_DOT, has_letter, is_apart, label_hash
from wurao.content.finds.kinds import Finds
from wurao.content.finds.paths import path_after, scheme_before
from wurao.content.finds.tables import ALNUM, CORE, GLUED, LETTER, WORD, FindTables, class_of, name_hash

_WWW = name_hash("www")
_AT_SIGN, _COLON, _FIRST_CHINESE = 64, 58, 0x3001
_LAST_HOUR = 50
"""The digit 2: 点 behind 1 to 29 says the hour."""


@apart
def is_believed(
    tables: FindTables,
    points: View,
    n: int,
    begin: int,
    label_end: int,
    right: int,
    end: int,
    marks: int,
    ways: int,
    labels: int,
    floor: int,
    spread: bool,
    finds: Finds,
) -> bool:
    """Whether what was read is a link, by how its dots are written, its top-level domain and what stands around."""
    if is_of_mail(tables, points, end, n):
        return False
    first, _ = scheme_before(tables, points, begin, floor, finds)
    if first >= 0:
        return True
    if (begin > 0 and points[begin - 1] == _AT_SIGN and not _is_bare(tables, points, begin - 1)) or (
        begin > 1 and points[begin - 2] == _AT_SIGN and is_apart(tables, points[begin - 1])
    ):
        return False
    if label_hash(tables, points, begin, label_end) == _WWW:
        return labels > 2
    if ways & (1 << COMMA_DOT):
        return False
    is_number = not has_letter(tables, points, begin, label_end)
    if is_number and labels == 2 and label_end - begin <= 2:
        is_hour = ways & (1 << WIDE_DOT) != 0 and (label_end - begin == 1 or points[begin] <= _LAST_HOUR)
        if is_hour or marks & CORE == 0 or marks & WORD:
            return False
    _, path = path_after(tables, points, end, n, ways)
    if ways & (1 << BROKEN) and not spread:
        is_rare = marks & CORE != 0 and marks & WORD == 0
        is_rare = is_rare or ((marks & CORE != 0 or marks & WORD == 0) and _amid_chinese(tables, points, begin, end, n))
        return is_rare or (path and marks & CORE != 0)
    if spread or path:
        return True
    if marks & WORD:
        is_bracketed = ways == 1 << SPELLED_DOT
        return marks & CORE != 0 or is_bracketed or (ways == 0 and _amid_chinese(tables, points, begin, end, n))
    is_mixed = class_of(tables, points[label_end - 1]) & GLUED != 0 and class_of(tables, points[right]) & GLUED == 0
    return marks & CORE != 0 or not is_mixed


@apart
def is_of_mail(tables: FindTables, points: View, end: int, n: int) -> bool:
    """Whether what ends at a place is a mailbox: an @ and a name stand behind it."""
    return end < n and points[end] == _AT_SIGN and has_name(tables, points, end + 1, n)


def _is_bare(tables: FindTables, points: View, at: int) -> bool:
    """Whether no mailbox can stand before an @: Chinese stands there, or nothing."""
    return at == 0 or class_of(tables, points[at - 1]) & GLUED != 0


def _amid_chinese(tables: FindTables, points: View, begin: int, end: int, n: int) -> bool:
    """Whether Chinese or its punctuation stands before a name, and no letter of another script behind it, blanks left
    out; a text may also begin with the name when Chinese follows.
    """
    if class_of(tables, points[begin]) & GLUED or class_of(tables, points[end - 1]) & GLUED:
        return False
    before = begin - 1
    while before > 0 and begin - before < 3 and is_apart(tables, points[before]):
        before -= 1
    after = end
    while after < n - 1 and after - end < 3 and is_apart(tables, points[after]):
        after += 1
    if before < 0:
        return after < n and class_of(tables, points[after]) & GLUED != 0
    if points[before] < _FIRST_CHINESE and points[before] != _COLON:
        return False
    return after >= n or class_of(tables, points[after]) & (ALNUM | LETTER) == 0
