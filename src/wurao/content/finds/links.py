"""Links in a text: every dot that may belong to one is looked at, its labels read, and what speaks for a link weighed.

In go folded points, out go finds of kind LINK with their hosts. A dot is `.`, or by way of disguise `。`, `点`, `·`,
`dot` or anything of these in brackets, with blanks around. What is believed depends on how it is written: behind
http, hxxp or www every known top-level domain; behind a plain dot one that is no everyday word, or a word when a path
follows or Chinese stands on both sides; behind a disguised dot only the names of the list that are marked `core`.
E-mail addresses are no links. `find_all` calls this before anything else, which then passes over the links.
"""

from __future__ import annotations

from wurao.compiled import View, apart
from wurao.content.finds.authority import BEHIND_USER, ENCODED, authority_at, begins_scheme, decode, end_of_authority
from wurao.content.finds.belief import is_believed, is_of_mail
from wurao.content.finds.hosts import (
    BROKEN,
    PLAIN_DOT,
    dot_at,
    dot_begins,
    has_letter,
    is_apart,
    label_after,
    label_before,
    label_hash,
    write_host,
)
from wurao.content.finds.kinds import LONGEST_HOST, MOST, FindKind, Finds, Flag, add, clear, take_last
from wurao.content.finds.paths import AT_SIGN, path_after, scheme_before
from wurao.content.finds.tables import (
    ALNUM,
    CORE,
    DIGIT,
    DOT,
    GLUED,
    KNOWN,
    LABEL,
    LATIN,
    LETTER,
    WORD,
    FindTables,
    class_of,
    hashed,
    known,
    name_hash,
)

_LINK = FindKind.LINK.value
_SHORT, _DISGUISED, _ADDRESS, _PATH = Flag.SHORT.value, Flag.DISGUISED.value, Flag.ADDRESS.value, Flag.PATH.value
_LONGEST_HOST = LONGEST_HOST
_MOST = MOST
_NEXT, _NEXT_FLOOR = 14, 15
"""Places of `Finds.memory`: where to look for further links, and how far they reach back."""
_WWW = name_hash("www")
_FULL_STOP, _D = 46, 100
_LONGEST_BROKEN_NAME = 4


@apart
def find_links(tables: FindTables, points: View, n: int, finds: Finds) -> None:
    """Every link of a text, put into `finds`."""
    _find_from(tables, points, n, finds, 1, 0, n)


@apart
def find_further_links(tables: FindTables, points: View, n: int, finds: Finds, before: Finds) -> bool:
    """The next links of a text, as many as are kept, put into `finds` in place of others; whether there are any.

    `before` has the links that were found last, and may be the same room.
    """
    at, floor = before.memory[_NEXT], before.memory[_NEXT_FLOOR]
    if before.counts[_LINK] < _MOST or at >= n:
        return False
    clear(finds)
    _find_from(tables, points, n, finds, at, floor, _MOST)
    return finds.counts[_LINK] > 0


def _find_from(tables: FindTables, points: View, n: int, finds: Finds, at: int, floor: int, most: int) -> None:
    """Find links from a place on, and remember where to go on behind the last one that is kept."""
    found = 0
    while at < n and found < most:
        if begins_scheme(points, at):
            at, floor = _at_scheme(tables, points, at, n, floor, finds)
        else:
            at, floor = _at_point(tables, points, at, n, floor, finds)
        if finds.counts[_LINK] != found:
            found = finds.counts[_LINK]
            if found == _MOST:
                finds.memory[_NEXT], finds.memory[_NEXT_FLOOR] = at, floor


def _at_scheme(tables: FindTables, points: View, at: int, n: int, floor: int, finds: Finds) -> tuple[int, int]:
    """Look at what a colon or slash may end, a scheme; a host behind a user's name, or encoded, is read from there."""
    told, host, scheme = authority_at(tables, points, at, n, floor, finds)
    if told == BEHIND_USER:
        return host, floor
    if told == ENCODED:
        begin = host if host > at else finds.memory[AT_SIGN] + 1
        end = _read_decoded(tables, points, n, finds, begin, scheme)
        if end > 0 and host > at:
            return end, end
    return at + 1, floor


@apart
def _read_decoded(tables: FindTables, points: View, n: int, finds: Finds, begin: int, scheme: int) -> int:
    """Read the host at a place with its percent signs decoded; where the link ends, -1 where none is."""
    size, before = decode(points, begin, n, finds), finds.counts[_LINK]
    at = floor = 1
    while at < size and finds.counts[_LINK] == before:
        at, floor = _at_point(tables, finds.decoded, at, size, floor, finds)
    if finds.counts[_LINK] == before:
        return -1
    last, path = path_after(tables, points, end_of_authority(finds), n, 0)
    if before < _MOST:
        take_last(finds, scheme, last, _DISGUISED | (_PATH if path else 0))
    return last


def _at_point(tables: FindTables, points: View, at: int, n: int, floor: int, finds: Finds) -> tuple[int, int]:
    """Look at one point, which may be a dot; where to go on looking, and the place as below."""
    point = points[at]
    if class_of(tables, point) & DOT:
        if point == _FULL_STOP or class_of(tables, points[at - 1]) & GLUED == 0:
            return _at_dot(tables, points, at, n, floor, finds)
    elif point == _D and at + 2 < n and points[at + 1] == 111 and points[at + 2] == 116:
        return _at_dot(tables, points, at, n, floor, finds)
    return at + 1, floor


@apart
def _at_dot(tables: FindTables, points: View, at: int, n: int, floor: int, finds: Finds) -> tuple[int, int]:
    """Look at one dot; where to go on looking, and the place that the next link cannot reach back over."""
    begins = dot_begins(tables, points, at, floor)
    way, right = dot_at(tables, points, begins, n)
    if way < 0 or begins <= floor:
        return at + 1, floor
    if way == PLAIN_DOT:
        if class_of(tables, points[begins - 1]) & (LABEL | LETTER | GLUED) == 0:
            return at + 1, floor
    elif class_of(tables, points[begins - 1]) & LABEL == 0 or class_of(tables, points[right]) & ALNUM == 0:
        return at + 1, floor
    end, step = label_after(tables, points, right, n)
    if end == right:
        return at + 1, floor
    begin, label_end, spread = label_before(tables, points, begins, floor, way | BROKEN if step == 2 else way)
    if begin == label_end or _starts_later(tables, points, begin, label_end, right, end, n):
        return right, floor
    return _read_name(tables, points, n, finds, begin, label_end, way, right, floor, spread == 2)


def _starts_later(tables: FindTables, points: View, begin: int, label_end: int, right: int, end: int, n: int) -> bool:
    """Whether the name begins behind this dot: with www, or behind a Chinese sentence that a full stop ended."""
    way, after = dot_at(tables, points, end, n)
    if way < 0 or class_of(tables, points[after]) & ALNUM == 0:
        return False
    if label_hash(tables, points, right, end) == _WWW:
        return True
    return way == PLAIN_DOT and class_of(tables, points[label_end - 1]) & GLUED != 0


def _read_name(
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
