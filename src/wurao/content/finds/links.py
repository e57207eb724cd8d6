"""Links in a text: every dot that may belong to one is looked at, and the name around it read (`names`).

In go folded points, out go finds of kind LINK with their hosts. A dot is `.`, or by way of disguise `。`, `点`, `·`,
`dot` or anything of these in brackets, with blanks around. What is believed depends on how it is written: behind
http, hxxp or www every known top-level domain; behind a plain dot one that is no everyday word, or a word when a path
follows or Chinese stands on both sides; behind a disguised dot only the names of the list that are marked `core`.
E-mail addresses are no links. `find_all` calls this before anything else, which then passes over the links.
"""

from __future__ import annotations

from wurao.compiled import View, apart
from wurao.content.finds.authority import BEHIND_USER, ENCODED, authority_at, begins_scheme, decode, end_of_authority
from wurao.content.finds.hosts import BROKEN, PLAIN_DOT, dot_at, dot_begins, label_after, label_before, label_hash
from wurao.content.finds.kinds import MOST, FindKind, Finds, Flag, clear, take_last
from wurao.content.finds.names import read_name
from wurao.content.finds.paths import AT_SIGN, path_after
from wurao.content.finds.tables import ALNUM, DOT, GLUED, LABEL, LETTER, FindTables, class_of, name_hash

_LINK = FindKind.LINK.value
_DISGUISED, _PATH = Flag.DISGUISED.value, Flag.PATH.value
_MOST = MOST
_NEXT, _NEXT_FLOOR = 14, 15
"""Places of `Finds.memory`: where to look for further links, and how far they reach back."""
_WWW = name_hash("www")
_FULL_STOP, _D = 46, 100


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
    return read_name(tables, points, n, finds, begin, label_end, way, right, floor, spread == 2)


def _starts_later(tables: FindTables, points: View, begin: int, label_end: int, right: int, end: int, n: int) -> bool:
    """Whether the name begins behind this dot: with www, or behind a Chinese sentence that a full stop ended."""
    way, after = dot_at(tables, points, end, n)
    if way < 0 or class_of(tables, points[after]) & ALNUM == 0:
        return False
    if label_hash(tables, points, right, end) == _WWW:
        return True
    return way == PLAIN_DOT and class_of(tables, points[label_end - 1]) & GLUED != 0
