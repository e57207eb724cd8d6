"""The hosts of a text's links, as they are looked up: those that a person reads, and those that a machine asks for.

The two differ where a link has a look-alike, a traditional character or a mark: folding reads `аpple.com` with its
Cyrillic letter as apple.com, whereas a browser asks for xn--pple-43d.com. Either may be blocked, so both are kept.
Every host of a text is, however many links it has; behind the first of them one may stand there twice. In go finds, out
come hosts in `Readings`. Called by `reading`.
"""

from __future__ import annotations

from typing import ClassVar

from wurao.compiled import Bundle, View, apart
from wurao.content.finds import MOST, Finds, FindTables
from wurao.content.finds.kinds import HOST_ROOM, clear
from wurao.content.finds.links import find_further_links, find_links
from wurao.content.finds.tables import LETTER, class_of

HOSTS_A_TEXT = 2 * MOST
"""So many hosts of a text are shown and kept with verdicts, and looked for when another one comes."""
OCTETS_OF_HOSTS = HOSTS_A_TEXT * HOST_ROOM
"""Room for the hosts of a text as texts are."""
_HOSTS_A_TEXT, _HOST_ROOM = HOSTS_A_TEXT, HOST_ROOM


class Readings(Bundle):
    """What is kept of distinct texts beside what they were judged to be."""

    columns: ClassVar[dict[str, str]] = {
        "hashes": "u1",  # 32 octets each
        "sketches": "u1",  # 64 octets each
        "hosts_of": "i4",  # where each text's hosts begin among all and, one further, end
        "host_begins": "i4",  # where each host begins in `hosts` and, one further, ends
        "hosts": "u1",
    }

    hashes: View
    sketches: View
    hosts_of: View
    host_begins: View
    hosts: View


def has_room(readings: Readings, known: int, points: int) -> bool:
    """Whether there is room behind so many hosts for those of so many points, whatever they hold."""
    octets = readings.host_begins[known] + 10 * points + _HOST_ROOM
    return known + points // 3 + 2 < len(readings.host_begins) and octets <= len(readings.hosts)


@apart
def keep_hosts(
    tables: FindTables, points: View, n: int, finds: Finds, more: Finds, readings: Readings, first: int, known: int
) -> int:
    """Put a text's hosts, which begin at `first`, behind those there are, each once; how many there are then.

    `finds` has what was found in the text's `n` points; `more` is room for the links that were not kept.
    """
    for find in range(finds.kept[0]):
        known = _keep_host(finds, find, readings, first, known)
    if find_further_links(tables, points, n, more, finds):
        known = _keep_links(more, readings, first, known)
        while find_further_links(tables, points, n, more, more):
            known = _keep_links(more, readings, first, known)
    return known


def _keep_links(finds: Finds, readings: Readings, first: int, known: int) -> int:
    for find in range(finds.kept[0]):
        known = _keep_host(finds, find, readings, first, known)
    return known


def _keep_host(finds: Finds, find: int, readings: Readings, first: int, known: int) -> int:
    used = readings.host_begins[known]
    size = finds.host_to[find] - finds.host_from[find]
    for octet in range(size):
        readings.hosts[used + octet] = finds.octets[finds.host_from[find] + octet]
    if size > 0 and not _is_kept(readings, first, known, used, size):
        known += 1
        readings.host_begins[known] = used + size
    return known


def _is_kept(readings: Readings, first: int, known: int, used: int, size: int) -> bool:
    """Whether the host that lies behind all others is one of its text's first."""
    for host in range(first, min(known, first + _HOSTS_A_TEXT)):
        begin = readings.host_begins[host]
        same = 0
        if readings.host_begins[host + 1] - begin == size:
            while same < size and readings.hosts[begin + same] == readings.hosts[used + same]:
                same += 1
        if same == size:
            return True
    return False


@apart
def keep_written_hosts(
    tables: FindTables, points: View, n: int, finds: Finds, readings: Readings, first: int, known: int
) -> int:
    """Put behind them the hosts of the same text as it is written; how many there are then.

    Where a dot is disguised, a name is read in ASCII letters alone; the rest of one with others is no host.
    """
    clear(finds)
    find_links(tables, points, n, finds)
    known = _keep_written(tables, points, finds, readings, first, known)
    while find_further_links(tables, points, n, finds, finds):
        known = _keep_written(tables, points, finds, readings, first, known)
    return known


def _keep_written(tables: FindTables, points: View, finds: Finds, readings: Readings, first: int, known: int) -> int:
    for find in range(finds.kept[0]):
        begin = finds.first[find]
        if begin == 0 or class_of(tables, points[begin - 1]) & LETTER == 0:
            known = _keep_host(finds, find, readings, first, known)
    return known
