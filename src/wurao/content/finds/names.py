"""A host's name read label after label, and what of it is kept as a link: the longest that is believed.

In go the first label and the dot behind it, out goes a find of kind LINK with its host, scheme and path, or nothing.
Four numbers are an address, where something says so. Called by `links`.
"""

from __future__ import annotations

from wurao.compiled import View, apart
from wurao.content.finds.belief import is_believed, is_of_mail
from wurao.content.finds.hosts import (
    BROKEN,
    PLAIN_DOT,
    dot_at,
    has_letter,
    is_apart,
    label_after,
    label_hash,
    write_host,
)
from wurao.content.finds.kinds import LONGEST_HOST, FindKind, Finds, Flag, add
from wurao.content.finds.paths import path_after, scheme_before
from wurao.content.finds.tables import (
    ALNUM,
    CORE,
    DIGIT,
    GLUED,
    KNOWN,
    LABEL,
    LATIN,
    WORD,
    FindTables,
    class_of,
    hashed,
    known,
)

_LINK = FindKind.LINK.value
_SHORT, _DISGUISED, _ADDRESS, _PATH = Flag.SHORT.value, Flag.DISGUISED.value, Flag.ADDRESS.value, Flag.PATH.value
_LONGEST_HOST = LONGEST_HOST
_FULL_STOP = 46
_LONGEST_BROKEN_NAME = 4


def read_name(
    tables: FindTables,
    points: View,
    n: int,
    finds: Finds,
    begin: int,
    label_end: int,
    way: int,
    right: int,
    floor: int,
    is_spread: bool,
) -> tuple[int, int]:
    """Read label after label; keep the longest name that is believed, else an address or what http stands before."""
    used = finds.kept[1]
    written = write_host(tables, points, begin, label_end, finds, used)
    if written < 0:
        return right, floor
    ways = _ways(way)
    labels, best, best_octets, best_ways = 1, -1, 0, 0
    numbers = 1 if _is_octet(tables, points, begin, label_end) else 0
    end = right
    while True:
        end, marks, spread = _name_at(tables, points, right, n, is_spread)
        if end == right:
            break
        finds.octets[written] = _FULL_STOP
        written = write_host(tables, points, right, end, finds, written + 1)
        if written < 0 or written - used > _LONGEST_HOST:
            break
        labels += 1
        numbers += 1 if _is_octet(tables, points, right, end) else 0
        if is_spread or spread:
            ways |= 1 << BROKEN
        if marks > 0 and is_believed(
            tables, points, n, begin, label_end, right, end, marks, ways, labels, floor, spread, finds
        ):
            best, best_octets, best_ways = end, written - used, ways
        way, after = dot_at(tables, points, end, n)
        if way < 0 or not _goes_on(tables, points, end, after, way) or (best >= 0 and _ways(way) | ways != ways):
            break
        ways |= _ways(way)
        right = after
    if best >= 0 and end > best and is_of_mail(tables, points, end, n):
        return end, floor
    if best < 0 and written > 0 and end > right:
        if labels == 4 and numbers == 4:
            return _keep_address(tables, points, n, finds, begin, end, ways, floor, written - used)
        is_user = is_of_mail(tables, points, end, n)
        if ways == 0 and not is_user and has_letter(tables, points, right, end):
            first, _ = scheme_before(tables, points, begin, floor, finds)
            if first >= 0:
                best, best_octets = end, written - used
    if best < 0:
        return max(end, right), floor
    return _keep(tables, points, n, finds, begin, best, best_ways, 0, floor, best_octets)


def _ways(way: int) -> int:
    """A way of writing a dot as bits; 0 for a plain one."""
    signs = way & ~BROKEN
    return (1 << signs if signs != PLAIN_DOT else 0) | (1 << BROKEN if way & BROKEN else 0)


def _goes_on(tables: FindTables, points: View, end: int, after: int, way: int) -> bool:
    """Whether a further dot may belong to the name: a disguised one stands between ASCII letters only."""
    if way == PLAIN_DOT:
        return True
    return class_of(tables, points[end - 1]) & ALNUM != 0 and class_of(tables, points[after]) & ALNUM != 0


@apart
def _name_at(tables: FindTables, points: View, begin: int, n: int, after_spread: bool) -> tuple[int, int, bool]:
    """The label behind a dot: where it ends, its marks as a top-level domain (0 for none), whether it was broken up.

    Two single letters (`i'm`, `r u`) are a name only behind a label that was broken up as well.
    """
    end, step = label_after(tables, points, begin, n)
    if step == 2:
        marks = known(tables.top_level, label_hash(tables, points, begin, end))
        if marks & CORE or (marks > 0 and (after_spread or end - begin > 3)):
            return end, marks, True
        for last in range(min(end, begin + 13), begin + 2, -2):
            marks = known(tables.top_level, label_hash(tables, points, begin, last))
            if marks & CORE:
                way, _ = dot_at(tables, points, end, n)
                return (last if way < 0 else end), marks, True
        return end, 0, True
    if end - begin < _LONGEST_BROKEN_NAME and class_of(tables, points[begin]) & LATIN:
        joined = _joined(tables, points, begin, end, n)
        if joined > 0:
            return joined, known(tables.top_level, label_hash(tables, points, begin, joined)), True
    marks = known(tables.top_level, label_hash(tables, points, begin, end))
    if marks == 0 and end < n and class_of(tables, points[end]) & GLUED:
        letters = end
        while letters > begin and class_of(tables, points[letters - 1]) & DIGIT:
            letters -= 1
        if begin < letters < end:
            shorter = known(tables.top_level, label_hash(tables, points, begin, letters))
            if shorter & CORE:
                return letters, shorter, False
    return end, marks, False


def _joined(tables: FindTables, points: View, begin: int, end: int, n: int) -> int:
    """Where a name such as `com` ends that blanks broke up (`c om`, `co m`); -1 where none stands."""
    place = end
    while place + 1 < n and place - begin <= 2 * _LONGEST_BROKEN_NAME:
        if not is_apart(tables, points[place]) or class_of(tables, points[place + 1]) & LATIN == 0:
            return -1
        place += 1
        while place < n and class_of(tables, points[place]) & LATIN:
            place += 1
        if place < n and class_of(tables, points[place]) & LABEL:
            return -1
        marks = known(tables.top_level, label_hash(tables, points, begin, place))
        if marks & CORE and marks & WORD == 0:
            return place
    return -1


def _is_octet(tables: FindTables, points: View, begin: int, end: int) -> bool:
    """Whether a label is a number from 0 to 255."""
    value = 0
    if end - begin > 5:
        return False
    for place in range(begin, end):
        if class_of(tables, points[place]) & DIGIT:
            value = value * 10 + points[place] - 48
        elif not is_apart(tables, points[place]):
            return False
    return value <= 255


def _keep_address(
    tables: FindTables,
    points: View,
    n: int,
    finds: Finds,
    begin: int,
    end: int,
    ways: int,
    floor: int,
    octets: int,
) -> tuple[int, int]:
    """Keep four numbers as an address where http stands before them or a port or path behind; else they are none."""
    first, _ = scheme_before(tables, points, begin, floor, finds)
    last, path = path_after(tables, points, end, n, ways)
    if first < 0 and not path and last == end:
        return end, floor
    return _keep(tables, points, n, finds, begin, end, ways, _ADDRESS, floor, octets)


def _keep(
    tables: FindTables,
    points: View,
    n: int,
    finds: Finds,
    begin: int,
    end: int,
    ways: int,
    flags: int,
    floor: int,
    octets: int,
) -> tuple[int, int]:
    """Put a link into the finds, with its scheme and path."""
    scheme, is_disguised = scheme_before(tables, points, begin, floor, finds)
    last, path = path_after(tables, points, end, n, ways)
    if is_disguised or ways != 0:
        flags |= _DISGUISED
    if path:
        flags |= _PATH
    if known(tables.short_links, _host_hash(finds, octets)) & KNOWN:
        flags |= _SHORT
    add(finds, _LINK, scheme if scheme >= 0 else begin, last, flags, octets)
    return last, last


def _host_hash(finds: Finds, octets: int) -> int:
    value = 0
    used = finds.kept[1]
    for place in range(used, used + octets):
        value = hashed(value, finds.octets[place])
    return value
