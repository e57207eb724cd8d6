"""What is found in a text: the kinds, what is said of a link, and the room that finds are written into.

Compiled code that reads texts makes one `Finds` a thread and hands it to `find_all` for each text; `add` puts a find
in its place, so that they stand in the order in which they begin. Every module of this package writes through it.
"""

from __future__ import annotations

from enum import IntEnum, IntFlag
from typing import ClassVar, Self

import numpy as np

from wurao.compiled import Bundle, apart


class FindKind(IntEnum):
    """What was found. The integers are part of the stored format."""

    LINK = 0
    PHONE = 1
    QQ = 2
    WECHAT = 3
    AMOUNT = 4
    CODE = 5
    UNSUBSCRIBE = 6
    SIGNATURE = 7


class Flag(IntFlag):
    """What is said of a link beside its host."""

    SHORT = 1
    """Its host belongs to a short-link service."""
    DISGUISED = 2
    """It was not written as a browser takes it: blanks inside, hxxp, `点`, `。`, `[.]` and the like."""
    ADDRESS = 4
    """Its host is an IPv4 address."""
    PATH = 8
    """Something follows the host: a path or a query."""


MOST = 16
"""Finds of one kind that are kept of one text; further ones are counted."""
ROOM = MOST * len(FindKind)
LONGEST_HOST = 253
"""Octets of a name (RFC 1035 2.3.4, without the last dot)."""
HOST_ROOM = 512
"""Octets that a name being read may take before it turns out too long."""
DECODED_ROOM = HOST_ROOM + 8
"""Points of a name whose percent signs are decoded, `http://` before it."""

_MOST = MOST
_LINK = FindKind.LINK.value


class Finds(Bundle):
    """Room for the finds of one text, used again for the next; sized once."""

    columns: ClassVar[dict[str, str]] = {
        "kind": "i1",
        "first": "i4",
        "last": "i4",
        "flags": "i1",
        "host_from": "i4",
        "host_to": "i4",
        "octets": "u1",
        "counts": "i4",
        "kept": "i4",
        "links": "i4",
        "label": "i4",
        "decoded": "i4",
        "digits": "u1",
        "memory": "i8",
    }
    """`kind`, `first`, `last`, `flags`: a row each find, places in the points, half-open. `host_from`, `host_to`: where
    a link's host lies in `octets` (ASCII, lower case, international labels in Punycode); 0, 0 for other kinds.
    `counts`: how many of each kind there were, kept or not. `kept`: how many rows hold, and how many octets are used.
    The rest is scratch: where kept links begin and end, one label, one decoded host, one
    number's digits, what the scan remembers."""

    @classmethod
    def empty(cls) -> Self:
        """Room for one text at a time."""
        rows = {name: np.zeros(ROOM, cls.columns[name]) for name in ("kind", "first", "last", "flags")}
        hosts = {name: np.zeros(ROOM, cls.columns[name]) for name in ("host_from", "host_to")}
        return cls(
            **rows,
            **hosts,
            octets=np.zeros(MOST * LONGEST_HOST + HOST_ROOM, "u1"),
            counts=np.zeros(len(FindKind), "i4"),
            kept=np.zeros(2, "i4"),
            links=np.zeros(2 * MOST, "i4"),
            label=np.zeros(64, "i4"),
            decoded=np.zeros(DECODED_ROOM, "i4"),
            digits=np.zeros(32, "u1"),
            memory=np.zeros(16, "i8"),
        )


KINDS_COUNTED = len(FindKind)


def clear(finds: Finds) -> None:
    """Forget the last text's finds."""
    for kind in range(KINDS_COUNTED):
        finds.counts[kind] = 0
    finds.kept[0] = 0
    finds.kept[1] = 0
    for place in range(len(finds.memory)):
        finds.memory[place] = -1000


@apart
def add(finds: Finds, kind: int, first: int, last: int, flags: int, host_octets: int) -> None:
    """Put a find in its place by where it begins; a link's host lies behind the octets used so far."""
    seen = finds.counts[kind]
    finds.counts[kind] = seen + 1
    if seen >= _MOST:
        return
    place = finds.kept[0]
    while place > 0 and finds.first[place - 1] > first:
        _move(finds, place - 1, place)
        place -= 1
    used = finds.kept[1]
    finds.kind[place] = kind
    finds.first[place] = first
    finds.last[place] = last
    finds.flags[place] = flags
    finds.host_from[place] = used if host_octets > 0 else 0
    finds.host_to[place] = used + host_octets if host_octets > 0 else 0
    finds.kept[0] = finds.kept[0] + 1
    finds.kept[1] = used + host_octets
    if kind == _LINK:
        finds.links[2 * seen] = first
        finds.links[2 * seen + 1] = last


@apart
def take_last(finds: Finds, first: int, last: int, flags: int) -> None:
    """Give the link added last, which was read elsewhere, the place and further flags that it has in the text."""
    row = 0
    while row < finds.kept[0] and (finds.kind[row] != _LINK or finds.host_to[row] != finds.kept[1]):
        row += 1
    if row == finds.kept[0]:
        return
    finds.first[row], finds.last[row] = first, last
    finds.flags[row] |= flags
    seen = finds.counts[_LINK] - 1
    finds.links[2 * seen], finds.links[2 * seen + 1] = first, last
    while row + 1 < finds.kept[0] and finds.first[row + 1] < first:
        _swap(finds, row)
        row += 1


def _swap(finds: Finds, row: int) -> None:
    """Swap a find with the next one."""
    kind, first, last, flags = finds.kind[row], finds.first[row], finds.last[row], finds.flags[row]
    host_from, host_to = finds.host_from[row], finds.host_to[row]
    _move(finds, row + 1, row)
    finds.kind[row + 1], finds.first[row + 1], finds.last[row + 1] = kind, first, last
    finds.flags[row + 1], finds.host_from[row + 1], finds.host_to[row + 1] = flags, host_from, host_to


def _move(finds: Finds, place: int, to: int) -> None:
    finds.kind[to] = finds.kind[place]
    finds.first[to] = finds.first[place]
    finds.last[to] = finds.last[place]
    finds.flags[to] = finds.flags[place]
    finds.host_from[to] = finds.host_from[place]
    finds.host_to[to] = finds.host_to[place]
