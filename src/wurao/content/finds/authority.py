"""What stands between a scheme and a path: a user's name up to the last @, percent signs, and only then the host.

A browser asks `https://bank.cn@evil.cn` of evil.cn, and `http://%65vil.cn` too (RFC 3986 3.2), so a host behind a
scheme is read behind the last @, and with percent signs decoded. In go folded points and where a scheme's colon or
slash stands; what is to be known of the authority is remembered in `Finds.memory`, a decoded host written into
`Finds.decoded`. Called by `links`.
"""

from __future__ import annotations

from wurao.compiled import View, apart
from wurao.content.finds.hosts import COMMA_DOT, dot_at, is_apart
from wurao.content.finds.kinds import DECODED_ROOM, Finds
from wurao.content.finds.paths import AT_ODD, AT_SCHEME, AT_SIGN, scheme_before
from wurao.content.finds.tables import ALNUM, LABEL, LETTER, FindTables, class_of

PLAIN, BEHIND_USER, ENCODED = 0, 1, 2
"""An authority without a user; one whose host stands behind an @; one with percent signs in its host."""

_END, _LAST, _PERCENT, _DOUBT = 10, 11, 12, 13
"""Places of `Finds.memory`: where the authority read last ends, its last @, its last percent sign, its last mark of a
sentence before that @."""
_COLON, _SLASH, _BACKSLASH, _AT_SIGN_POINT, _PERCENT_SIGN, _STAR = 58, 47, 92, 64, 37, 42
_ENDS = (34, 35, 47, 60, 62, 63, 92)
"""The marks " # / < > ? and the backslash."""
_SENTENCE = (33, 40, 41, 44, 59)
"""! ( ) , and ; may stand in a user's name, and are what a sentence's marks are in plain text."""
_SCHEME = (104, 116, 116, 112, 58, 47, 47)
_LONGEST_SCHEME = 12
_DECODED_ROOM = DECODED_ROOM


def begins_scheme(points: View, at: int) -> bool:
    """Whether the first colon or slash behind something stands at a place."""
    return _is_colon_or_slash(points[at]) and not _is_colon_or_slash(points[at - 1])


def _is_colon_or_slash(point: int) -> bool:
    return point == _COLON or point == _SLASH or point == _BACKSLASH


@apart
def authority_at(tables: FindTables, points: View, at: int, n: int, floor: int, finds: Finds) -> tuple[int, int, int]:
    """Look at the authority behind a scheme whose first colon or slash stands at a place.

    Gives what it is, where its host begins, and where the scheme begins. The name before an @ is one to be read as well
    where no name stands behind, or where a mark of a sentence stands between: the host then begins at `at`.
    """
    begin = at
    while begin < n and begin - at < _LONGEST_SCHEME and _is_passed(tables, points[begin]):
        begin += 1
    scheme, is_odd = scheme_before(tables, points, begin, floor, finds)
    if scheme < 0 or begin >= n:
        return PLAIN, at, -1
    if begin >= finds.memory[_END]:
        _measure(points, begin, n, finds)
    last = finds.memory[_LAST]
    has_user = last >= begin
    if has_user:
        finds.memory[AT_SIGN], finds.memory[AT_SCHEME] = last, scheme
        finds.memory[AT_ODD] = 1 if is_odd else 0
    host = last + 1 if has_user else begin
    is_doubtful = has_user and finds.memory[_DOUBT] >= begin
    if finds.memory[_PERCENT] >= host:
        return ENCODED, at if is_doubtful else host, scheme
    if has_user and not is_doubtful and has_name(tables, points, host, n):
        return BEHIND_USER, host, scheme
    return PLAIN, at, scheme


def _is_passed(tables: FindTables, point: int) -> bool:
    return _is_colon_or_slash(point) or (is_apart(tables, point) and point != _STAR)


def _measure(points: View, begin: int, n: int, finds: Finds) -> None:
    """Remember where an authority ends, and what stands in it; each point is looked at once."""
    last = percent = mark = doubt = -1
    place = begin
    while place < n and 33 <= points[place] <= 126 and points[place] not in _ENDS:
        point = points[place]
        if point in _SENTENCE:
            mark = place
        elif point == _AT_SIGN_POINT:
            last, doubt = place, mark
        elif point == _PERCENT_SIGN and _octet_at(points, place, n) >= 0:
            percent = place
        place += 1
    finds.memory[_END], finds.memory[_LAST] = place, last
    finds.memory[_PERCENT], finds.memory[_DOUBT] = percent, doubt


def end_of_authority(finds: Finds) -> int:
    """Where the authority looked at last ends."""
    return finds.memory[_END]


@apart
def has_name(tables: FindTables, points: View, begin: int, n: int) -> bool:
    """Whether a name with a dot in it begins at a place."""
    end = begin
    while end < n and end - begin < 64 and class_of(tables, points[end]) & (LABEL | LETTER):
        end += 1
    if end == begin or end >= n:
        return False
    way, after = dot_at(tables, points, end, n)
    return 0 <= way < COMMA_DOT and class_of(tables, points[after]) & (ALNUM | LETTER) != 0


@apart
def decode(points: View, begin: int, n: int, finds: Finds) -> int:
    """Write `http://` and the host that begins at a place, percent signs decoded, into `decoded`; how many points.

    A decoded @ ends a user's name too, a colon the host; UTF-8 is read, wrong octets are left out.
    """
    start = len(_SCHEME)
    for place in range(start):
        finds.decoded[place] = _SCHEME[place]
    size, place, rest, point = start, begin, 0, 0
    while place < n and size < _DECODED_ROOM and points[place] > 32 and points[place] not in _ENDS:
        octet = _octet_at(points, place, n)
        place += 1 if octet < 0 else 3
        if octet < 0 and points[place - 1] == _COLON:
            break
        if octet < 0:
            point, rest = points[place - 1], 0
        elif octet < 128:
            point, rest = octet + 32 if 65 <= octet <= 90 else octet, 0
        elif octet >= 192:
            rest = 1 if octet < 224 else 2 if octet < 240 else 3
            point = octet & (63 >> rest)
            continue
        elif rest > 0:
            rest -= 1
            point = point << 6 | (octet & 63)
            if rest > 0:
                continue
        else:
            continue
        if point == _AT_SIGN_POINT:
            size = start
        elif point in _ENDS or point <= 32:
            break
        else:
            finds.decoded[size] = point
            size += 1
    return size


def _octet_at(points: View, at: int, n: int) -> int:
    """The octet that a percent sign and two figures stand for; -1 where none stands."""
    if at + 2 >= n or points[at] != _PERCENT_SIGN:
        return -1
    high, low = _figure(points[at + 1]), _figure(points[at + 2])
    return -1 if high < 0 or low < 0 else 16 * high + low


def _figure(point: int) -> int:
    if 48 <= point <= 57:
        return point - 48
    return point - 87 if 97 <= point <= 102 else -1
