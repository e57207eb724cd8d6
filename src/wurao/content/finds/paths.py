"""What stands around a host: the scheme before it, however disguised, and the port, path or query behind it.

Places in the points go in and come out. Called by `links`.
"""

from __future__ import annotations

from wurao.compiled import View, apart
from wurao.content.finds.hosts import is_apart
from wurao.content.finds.kinds import Finds
from wurao.content.finds.tables import ALNUM, DIGIT, FindTables, class_of

_SLASH, _BACKSLASH, _COLON, _QUESTION, _HASH = 47, 92, 58, 63, 35
_STAR, _F, _H, _P, _S, _T, _X = 42, 102, 104, 112, 115, 116, 120
AT_SIGN, AT_SCHEME, AT_ODD = 7, 8, 9
"""Places of `Finds.memory`: the @ behind a scheme and a user's name, where that scheme begins, whether disguised."""


@apart
def scheme_before(tables: FindTables, points: View, begin: int, floor: int, finds: Finds) -> tuple[int, bool]:
    """Where the scheme before a host begins, -1 for none, and whether it was disguised (`hxxp`, `h**p`, blanks, any
    mixture of colons and slashes). A user's name between them is passed over, as `authority` remembers it.
    """
    if begin > 0 and finds.memory[AT_SIGN] == begin - 1:
        return finds.memory[AT_SCHEME], finds.memory[AT_ODD] == 1
    place = begin
    slashes = colons = blanks = 0
    while place > floor and begin - place < 12:
        point = points[place - 1]
        if point == _SLASH or point == _BACKSLASH:
            slashes += 1
        elif point == _COLON:
            colons += 1
        elif is_apart(tables, point) and point != _STAR:
            blanks += 1
        else:
            break
        place -= 1
    if slashes + colons == 0:
        return -1, False
    first, is_odd = _letters_before(tables, points, place, floor)
    return first, is_odd or blanks > 0 or slashes != 2 or colons != 1


def _letters_before(tables: FindTables, points: View, end: int, floor: int) -> tuple[int, bool]:
    """Where http, https or ftp begins that ends at a place, blanks inside passed over; and whether it is disguised."""
    place, point = _letter_before(tables, points, end, floor)
    is_odd = place < end - 1
    if point == _S:
        before = place
        place, point = _letter_before(tables, points, place, floor)
        is_odd = is_odd or place < before - 1
    if point != _P:
        return -1, False
    before = place
    place, point = _letter_before(tables, points, place, floor)
    wanted = 2
    while wanted > 0 and (point == _T or point == _X or point == _STAR):
        is_odd = is_odd or point != _T or place < before - 1
        before = place
        place, point = _letter_before(tables, points, place, floor)
        wanted -= 1
    if (wanted == 0 and point == _H) or (wanted == 1 and point == _F):
        return place, is_odd or place < before - 1
    return -1, False


def _letter_before(tables: FindTables, points: View, end: int, floor: int) -> tuple[int, int]:
    """The next sign to the left that is not put between letters, and its place; -1 for none within three."""
    place = end - 1
    while place >= floor and end - place <= 3:
        if points[place] == _STAR or not is_apart(tables, points[place]):
            return place, points[place]
        place -= 1
    return end, -1


@apart
def path_after(tables: FindTables, points: View, end: int, n: int, ways: int) -> tuple[int, bool]:
    """Where a link ends whose host ends at a place, with port, path and query; and whether it has a path or query.

    In a broken link (`ways` not 0) blanks before the slash are passed over. Marks that end a sentence are no part. A
    further address that stands in the path or query is no part either: it is a link of its own.
    """
    place = end
    if place + 1 < n and points[place] == _COLON and class_of(tables, points[place + 1]) & DIGIT:
        place += 1
        while place < n and place - end < 6 and class_of(tables, points[place]) & DIGIT:
            place += 1
    last = place
    passed = 0
    while ways != 0 and place < n and passed < 2 and is_apart(tables, points[place]):
        place += 1
        passed += 1
    if place >= n or (points[place] != _SLASH and points[place] != _QUESTION and points[place] != _HASH):
        return last, False
    begins = place
    while place < n and _is_of_path(points[place]):
        if points[place] == _COLON and place + 2 < n and points[place + 1] == points[place + 2] == _SLASH:
            scheme, _ = _letters_before(tables, points, place, begins + 1)
            if scheme >= 0:
                last = _without_marks(tables, points, begins, scheme)
                return last, last > begins + 1
        if class_of(tables, points[place]) & ALNUM or points[place] == _SLASH:
            last = place + 1
        place += 1
    return last, last > begins + 1


def _without_marks(tables: FindTables, points: View, begins: int, end: int) -> int:
    """Where a path ends behind its last letter, figure or slash."""
    while end > begins + 1 and class_of(tables, points[end - 1]) & ALNUM == 0 and points[end - 1] != _SLASH:
        end -= 1
    return end


def _is_of_path(point: int) -> bool:
    """Whether a sign may stand in a path or query (RFC 3986 3.3 and 3.4)."""
    return 33 <= point <= 126 and point not in (34, 60, 62, 92, 94, 96, 123, 124, 125)
