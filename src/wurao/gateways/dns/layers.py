"""Two zones for one list: a large one that is written seldom, and a recent one ahead of it that says what differs.

`Layers` takes the list as the large zone was written by it, then every name listed or released since; out come the
records of the recent zone: `(owner, blocked)`, an owner being a name or `*.name`. A resolver asks the recent zone first,
and what it says there, block or pass, ends it. Called by the publisher.

What a wildcard matches is the hard part (RFC 4592): `*.a.example` says nothing of names below `b.a.example` once any
name at or below `b.a.example` has a record in the same zone. So whatever stands below a released name is said anew, name
and wildcard both, and so is every name between the two. What the large zone does not block is never passed explicitly:
a pass would also end what the operator's own zones behind ours say.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator

EXACT, BELOW = 1, 2
"""How a name is listed: alone, or with all below it. It may be listed both ways."""
Entry = tuple[str, bool]
"""A listed name, and whether with all below it."""
Record = tuple[str, bool]
"""An owner in a zone, and whether it is blocked or passed."""
Ways = Callable[[str], int]
"""How a name is listed; 0 where it is not."""


class Layers:
    """The list of the large zone, and what was listed and released since."""

    def __init__(self, large: Iterable[Entry] = ()) -> None:
        """Begin with the large zone as it was written: canonical names."""
        self._large = _listed(large)
        self._now: dict[str, int] = {}
        self._older: dict[str, int] = {}
        self._touched: set[str] = set()
        self._backwards: list[str] | None = None

    def __len__(self) -> int:
        """How many names the recent zone speaks of, beside those that stand below them."""
        return len(self._now.keys() | self._touched)

    def put(self, entries: Iterable[Entry]) -> None:
        """List names."""
        for name, below in entries:
            self._set(name, self._ways(name) | (BELOW if below else EXACT))

    def take(self, entries: Iterable[Entry]) -> None:
        """Release names."""
        for name, below in entries:
            self._set(name, self._ways(name) & ~(BELOW if below else EXACT))

    def entries(self) -> Iterator[Entry]:
        """Every name listed now: what the large zone is written of next."""
        for name, ways in self._large.items():
            yield from _entries(name, self._now.get(name, ways))
        for name, ways in self._now.items():
            if name not in self._large:
                yield from _entries(name, ways)

    def replace(self, entries: Iterable[Entry]) -> None:
        """Another large zone is on its way to the resolvers, and the list is what it was written by.

        Until all have it the recent zone is right above the new one, and above the old one in all that was recent
        before or has changed since: `replaced` ends this.
        """
        large = _listed(entries)
        self._touched |= self._now.keys()
        self._older = self._large
        self._large, self._now, self._backwards = large, {}, None

    def replaced(self) -> None:
        """Every resolver has the new large zone."""
        self._older, self._touched = {}, set()

    def records(self) -> Iterator[Record]:
        """What the recent zone has to say, in the order of the owners."""
        for name in sorted(self._nodes()):
            if self.is_blocked(name):
                yield name, True
            elif _is_blocked(self._in_any_large, name):
                yield name, False
            if _is_below(self._ways, name):
                yield f"*.{name}", True
            elif _is_below(self._in_any_large, name):
                yield f"*.{name}", False

    def is_blocked(self, name: str) -> bool:
        """Whether a look-up of the name is refused, by the list as it is now."""
        return _is_blocked(self._ways, name)

    def _ways(self, name: str) -> int:
        return self._now.get(name, self._large.get(name, 0))

    def _in_any_large(self, name: str) -> int:
        return self._large.get(name, 0) | self._older.get(name, 0)

    def _set(self, name: str, ways: int) -> None:
        if self._older:
            self._touched.add(name)
        if self._large.get(name, 0) == ways:
            self._now.pop(name, None)
        else:
            self._now[name] = ways

    def _nodes(self) -> set[str]:
        """The names that the recent zone speaks of."""
        differing = self._now.keys() | self._touched
        nodes = set(differing)
        for name in differing:
            if self._in_any_large(name) & BELOW and not _is_below(self._ways, name):
                nodes.update(self._below(name))
        for name in tuple(nodes):
            between: list[str] = []
            for above in _above(name):
                if above in nodes:
                    nodes.update(between)
                    between = []
                else:
                    between.append(above)
        return nodes

    def _below(self, name: str) -> Iterator[str]:
        """The names below one that are listed now by the large zone; what is listed since is a node anyway."""
        if self._backwards is None:
            self._backwards = sorted(each[::-1] for each in self._large)
        begins = f".{name}"[::-1]
        place = bisect_left(self._backwards, begins)
        while place < len(self._backwards) and self._backwards[place].startswith(begins):
            found = self._backwards[place][::-1]
            if self._ways(found):
                yield found
            place += 1


def _listed(entries: Iterable[Entry]) -> dict[str, int]:
    listed: dict[str, int] = {}
    for name, below in entries:
        listed[name] = listed.get(name, 0) | (BELOW if below else EXACT)
    return listed


def _entries(name: str, ways: int) -> Iterator[Entry]:
    if ways & EXACT:
        yield name, False
    if ways & BELOW:
        yield name, True


def _above(name: str) -> Iterator[str]:
    while "." in name:
        name = name.partition(".")[2]
        yield name


def _is_below(ways: Ways, name: str) -> bool:
    return bool(ways(name) & BELOW) or any(ways(above) & BELOW for above in _above(name))


def _is_blocked(ways: Ways, name: str) -> bool:
    return bool(ways(name)) or _is_below(ways, name)
